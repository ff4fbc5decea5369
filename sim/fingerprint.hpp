#pragma once
// The fingerprint of a run: an order-sensitive 64-bit hash of the words it is fed (event times,
// kinds, outcomes). Equal runs have equal fingerprints on every machine. Each word costs two
// multiplications; not a cryptographic hash.

#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "sim/random.hpp"

namespace faultline {

class Fingerprint {
 public:
  // For each state a bijection of `word` and for each word a bijection of the state, so two
  // sequences that differ in a single word never collide.
  constexpr void add(std::uint64_t word) {
    // Scattering the word first keeps few-bit differences of neighbouring words from cancelling; it
    // doesn't wait for the state, so the chain of dependent work is still one multiplication a
    // word.
    word *= 0x9e3779b97f4a7c15ULL;
    word ^= word >> 32;
    state_ = (state_ ^ word) * 0xd1342543de82ef95ULL;
    state_ ^= state_ >> 29;
  }

  constexpr std::uint64_t value() const { return mix(state_); }
  std::string hex() const { return fmt::format("{:016x}", value()); }

  friend constexpr bool operator==(Fingerprint, Fingerprint) = default;

 private:
  std::uint64_t state_ = 0x243f6a8885a308d3ULL;  // not 0, so that leading zero words count
};

}  // namespace faultline
