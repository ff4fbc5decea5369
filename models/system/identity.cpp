// Which user a request is for. An open client's requests are its users' by a draw of their own; a
// closed client's are those of the user who thought of them. Whatever a request causes is done for
// the same user. Rows don't grow: who it is stands beside the calls, and only if somebody has
// users.

#include <algorithm>

#include "models/system/world.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kWho = 0x77686f;
constexpr std::uint64_t kTier = 0x74696572;

}  // namespace

void World::identify(CallId id, std::uint32_t client_id) {
  if (id >= identities_.size()) identities_.resize(std::size_t{id} + 1);
  const ClientSpec& client = spec_.clients[client_id];
  const PopulationSpec& population = client.population;
  Call& call = calls_[id];
  std::uint32_t number = 0;
  if (client.kind == ClientSpec::Kind::Closed) {
    // What is there when the run begins was asked for by any of them.
    Draws anybody(derive(call.lineage, kWho));
    number = call.prev != kNone ? users_[call.prev].number
                                : static_cast<std::uint32_t>(anybody.below(client.users));
  } else if (population.users > 1) {
    number = draw_rank(population.popularity, derive(call.lineage, kWho));
  }
  Identity& who = identities_[id];
  who = {population.first + number, kNoTier};
  if (call.traced) trace(call, "asks for its user {}", number);
  if (population.tiers.empty()) return;
  // A user is of a tier for good, whatever the seed.
  double u = Draws(derive(derive(client.key, kTier), number)).uniform();
  for (const PopulationSpec::TierShare& tier : population.tiers) {
    if (u < tier.share) {
      who.tier = tier.tier;
      if (tier.priority >= 0) call.priority = static_cast<std::uint8_t>(tier.priority);
      return;
    }
    u -= tier.share;
  }
}

void World::inherit(CallId child, CallId parent) {
  if (child >= identities_.size()) identities_.resize(std::size_t{child} + 1);
  identities_[child] = identities_[parent];
}

}  // namespace faultline
