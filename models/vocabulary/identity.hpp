#pragma once
// On whose behalf a call is made. A client with a population has users; each of its requests is
// made by one of them, and what the request causes further in is done for that same user. Limits,
// fair queues, caches and flags act on it.

#include <cstdint>
#include <string_view>

#include "sim/random.hpp"

namespace faultline {

inline constexpr std::uint32_t kNobody = 0xffffffffu;

// A tier is known by its name everywhere: two clients' "premium" users are of one tier.
using Tier = std::uint32_t;
inline constexpr Tier kNoTier = 0;
constexpr Tier tier_named(std::string_view name) {
  return static_cast<Tier>(derive(std::uint64_t{0x74696572}, name)) | 1u;
}

struct Identity {
  std::uint32_t user = kNobody;  // dense over all clients' populations
  Tier tier = kNoTier;
};

}  // namespace faultline
