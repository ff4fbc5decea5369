#pragma once
// Chance, keyed. A draw belongs to what it is about, not to the order in which it happens: the key
// is (seed, lineage, purpose), so adding a breaker or a fault leaves every other draw as it was
// (common random numbers by construction). `Draws` is a counter-based 64-bit generator that feeds
// Boost.Random's distributions; the mixer is the finalizer of splitmix64 (Steele, Lea, Flood 2014).

#include <cstdint>
#include <limits>
#include <string_view>

namespace faultline {

// A bijection of 64-bit words that scatters every input bit over every output bit.
constexpr std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  x ^= x >> 31;
  return x;
}

// The key of a thing that is `part` of the thing with key `whole`.
constexpr std::uint64_t derive(std::uint64_t whole, std::uint64_t part) {
  return mix(whole + 0x9e3779b97f4a7c15ULL * (part + 1));
}

// The key of a name; independent of the order in which names appear in a file.
constexpr std::uint64_t derive(std::uint64_t whole, std::string_view name) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return derive(whole, h);
}

// A stream of uniform 64-bit words. Satisfies UniformRandomBitGenerator.
class Draws {
 public:
  using result_type = std::uint64_t;

  explicit constexpr Draws(std::uint64_t key) : state_(key) {}  // a key is mixed already

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  constexpr result_type operator()() { return mix(state_ += 0x9e3779b97f4a7c15ULL); }

  // Uniform in [0, 1), 53 bits.
  constexpr double uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }
  // Uniform integer in [0, n); n > 0. Multiply-shift: bias below n / 2^64.
  constexpr std::uint64_t below(std::uint64_t n) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>((*this)()) * n) >> 64);
  }

 private:
  std::uint64_t state_;
};

}  // namespace faultline
