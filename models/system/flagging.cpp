// Feature flags: which version of a service's behaviour a call meets, where that is a matter of the
// call and not of the instance.

#include <algorithm>

#include "models/system/world.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kBucket = 0x666c6167;

}  // namespace

// The version that an attempt meets at its instance. As it was when the attempt arrived: a flag
// that is turned meanwhile is for those who come later.
std::uint32_t World::flagged_version(const Attempt& attempt, const Call& call) const {
  const Instance& instance = instances_[attempt.instance];
  const ServiceState& service = services_[instance.service];
  const std::uint32_t who = spec_.edges[routes_[call.route].edge].caller;
  std::uint32_t met = instance.version;
  for (const FlagState& flag : service.flags) {
    if (flag.of != instance.version) continue;
    double share = 0;
    for (const FlagState::Turn& turn : flag.turns) {
      if (turn.at >= attempt.arrived) break;
      if (turn.caller != kNone && turn.caller != who) continue;
      share = turn.share > 0 ? std::max(share, turn.share) : 0;  // more, or off
    }
    if (share <= 0) continue;
    const std::uint64_t key = derive(call.lineage, service.versions[flag.version].key ^ kBucket);
    if (Draws(key).uniform() < share) met = flag.version;
  }
  return met;
}

// A controller turns its flag: at the first turn it is made.
void World::turn_flag(std::uint32_t s, std::uint32_t version, const FlagShare& share) {
  ServiceState& service = services_[s];
  const bool made = std::any_of(service.flags.begin(), service.flags.end(),
                                [&](const FlagState& f) { return f.version == version; });
  if (!made) service.flags.push_back({version, service.stable, {}});
  for (Instance& instance : instances_) {
    if (instance.service != s) continue;
    instance.flagged = true;
    instance.judge();
  }
  for (FlagState& flag : service.flags) {
    if (flag.version == version) flag.turns.push_back({now(), share.share, caller_named(share.of)});
  }
}

// A client's index, or clients + a service's; none for "".
std::uint32_t World::caller_named(const std::string& name) const {
  for (std::uint32_t i = 0; i < spec_.clients.size(); ++i) {
    if (spec_.clients[i].name == name) return i;
  }
  for (std::uint32_t i = 0; i < spec_.services.size(); ++i) {
    if (spec_.services[i].name == name) return static_cast<std::uint32_t>(spec_.clients.size()) + i;
  }
  return kNone;
}

}  // namespace faultline
