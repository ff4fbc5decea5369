// How an instance is chosen where more is asked for than the plain kinds: hosts that misbehave are
// left out, zones are looked at, and then one of those that are left is picked by weight, by load
// or by round trip. Follows Envoy; the peak EWMA follows Linkerd.

#include <algorithm>
#include <array>

#include "models/system/world.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kPick = 0x6c62;
constexpr std::uint64_t kZone = 0x7a6f6e65;

using Hosts = std::vector<InstanceId>;

}  // namespace

// One choice.
class Chooser {
 public:
  Chooser(World& world, Target& target, const Call& call, std::uint64_t key)
      : world_(world),
        target_(target),
        call_(call),
        key_(key),
        service_(world.spec_.services[target.service]),
        spec_(*service_.balancer),
        state_(*target.balancer) {}

  InstanceId choose(const Hosts& among) {
    outliers_ = world_.outliers_of(target_, call_);
    state_.look_at_loads(world_.now(), spec_.refresh, target_.outstanding);
    Hosts left;
    const Hosts& healthy = without_ejected(among, left);
    const bool panic = panics(healthy.size(), among.size(), spec_.panic_threshold);
    const std::uint32_t zone = world_.callers_[call_.caller].zone;
    if (spec_.zone_routing == ZoneRouting::Failover && zone != kNone) return fail_over(among, zone);
    const bool aware = spec_.zone_routing == ZoneRouting::Aware && zone != kNone;
    if (panic || !aware || healthy.size() < spec_.min_zone_hosts)
      return pick(panic ? among : healthy);
    return pick(share_of_zone(healthy, zone));
  }

 private:
  // `left` is where they are put, unless nobody is ejected.
  const Hosts& without_ejected(const Hosts& among, Hosts& left) const {
    if (outliers_ == nullptr || !outliers_->any_ejected()) return among;
    for (const InstanceId id : among) {
      if (!outliers_->ejected(world_.instances_[id].ordinal)) left.push_back(id);
    }
    return left;
  }

  // The instances of the zone that this request goes to.
  Hosts share_of_zone(const Hosts& hosts, std::uint32_t zone) const {
    std::vector<std::uint32_t> here(world_.spec_.zones.size());
    for (const InstanceId id : hosts) ++here[world_.zone_of(world_.instances_[id])];
    const ZoneSplit split = zone_split(here, callers_by_zone(), zone);
    Draws draws(derive(key_, kZone));
    std::uint32_t to = zone;
    if (draws.uniform() >= split.local) {
      double all = 0;
      for (const double r : split.residual) all += r;
      double left = draws.uniform() * all;
      for (std::uint32_t z = 0; z < split.residual.size(); ++z) {
        if (split.residual[z] <= 0) continue;
        to = z;
        if (left < split.residual[z]) break;
        left -= split.residual[z];
      }
    }
    Hosts chosen;
    for (const InstanceId id : hosts) {
      if (world_.zone_of(world_.instances_[id]) == to) chosen.push_back(id);
    }
    return chosen.empty() ? hosts : chosen;
  }

  // How many callers like this one there are in each zone.
  std::vector<std::uint32_t> callers_by_zone() const {
    std::vector<std::uint32_t> by_zone(world_.spec_.zones.size());
    const auto& clients = world_.spec_.clients;
    const std::uint32_t entity = world_.spec_.edges[world_.routes_[call_.route].edge].caller;
    if (entity < clients.size()) {
      const auto& zones = clients[entity].caller.zones;
      for (std::uint32_t i = 0; i < clients[entity].instances; ++i)
        ++by_zone[zones[i % zones.size()]];
    } else {
      for (const InstanceId id : world_.services_[entity - clients.size()].ready)
        ++by_zone[world_.zone_of(world_.instances_[id])];
    }
    return by_zone;
  }

  // The caller's zone first, the others as far as its healthy hosts don't suffice.
  InstanceId fail_over(const Hosts& among, std::uint32_t zone) {
    std::array<Hosts, 2> all;  // near, far
    for (const InstanceId id : among)
      all[world_.zone_of(world_.instances_[id]) == zone ? 0 : 1].push_back(id);
    std::array<Hosts, 2> left;
    const std::array<const Hosts*, 2> good{&without_ejected(all[0], left[0]),
                                           &without_ejected(all[1], left[1])};
    const auto health = [&](std::size_t level) {
      return all[level].empty() ? 0.0
                                : static_cast<double>(good[level]->size()) /
                                      static_cast<double>(all[level].size());
    };
    const PriorityLoad load = priority_load(health(0), health(1), spec_.panic_threshold);
    std::size_t level = Draws(derive(key_, kZone)).uniform() < load.first ? 0 : 1;
    if (all[level].empty()) level = 1 - level;
    const bool panic = level == 0 ? load.first_panics : load.second_panics;
    return pick(panic || good[level]->empty() ? all[level] : *good[level]);
  }

  InstanceId pick(const Hosts& among) {
    if (among.empty()) return kNone;
    if (among.size() == 1) return among[0];
    const bool weighted = !spec_.weights.empty() || spec_.slow_start.window.ns > 0;
    switch (service_.balancing) {
      case Balancing::RoundRobin:
        return weighted ? by_weight(among, 0) : in_turn(among);
      case Balancing::Random:
        return among[Draws(derive(key_, kPick)).below(among.size())];
      case Balancing::LeastRequest:
        if (weighted) return by_weight(among, spec_.bias);
        return spec_.choice_count > 0 ? least_of_drawn(among) : least_of_some(among, among.size());
      case Balancing::PowerOfTwo:
        return least_of_some(among, std::max(2u, spec_.choice_count));
      case Balancing::PeakEwma:
        return quicker_of_two(among);
    }
    return kNone;
  }

  BalancerState::Turns& turns_among(const Hosts& among) {
    for (BalancerState::Turns& t : state_.turns) {
      if (t.members == among) return t;
    }
    constexpr std::size_t kMostSets = 16;  // older ones belong to instances that are no more
    if (state_.turns.size() == kMostSets) state_.turns.erase(state_.turns.begin());
    state_.turns.push_back({among, target_.turn, std::nullopt});
    return state_.turns.back();
  }

  InstanceId in_turn(const Hosts& among) {
    std::uint32_t& next = turns_among(among).next;
    if (++next >= among.size()) next = 0;
    return among[next];
  }

  InstanceId by_weight(const Hosts& among, double bias) {
    const auto weight = [&](std::size_t i) {
      const Instance& instance = world_.instances_[among[i]];
      const double own =
          spec_.weights.empty() ? 1 : spec_.weights[instance.ordinal % spec_.weights.size()];
      const double slow = slow_start_weight(own, world_.since_ready(instance), spec_.slow_start);
      return least_request_weight(slow, load(among[i]), bias);
    };
    BalancerState::Turns& turns = turns_among(among);
    if (!turns.weighted) {
      std::vector<double> weights;
      for (std::size_t i = 0; i < among.size(); ++i) weights.push_back(weight(i));
      turns.weighted.emplace(weights);
      // Callers begin at different places, so that they don't all fall on the same one.
      for (std::size_t i = target_.turn % among.size(); i > 0; --i) turns.weighted->pick(weight);
    }
    return among[turns.weighted->pick(weight)];
  }

  // Envoy's: draws that may repeat.
  InstanceId least_of_drawn(const Hosts& among) const {
    Draws draws(derive(key_, kPick));
    std::vector<std::uint32_t> drawn, active;
    for (const InstanceId id : among) active.push_back(load(id));
    for (std::uint32_t i = 0; i < spec_.choice_count; ++i)
      drawn.push_back(static_cast<std::uint32_t>(draws.below(among.size())));
    return among[least_request(drawn, active)];
  }

  // Of `n` different ones in random order, the first with the fewest.
  InstanceId least_of_some(const Hosts& hosts, std::size_t n) const {
    Draws draws(derive(key_, kPick));
    InstanceId best = kNone;
    const auto consider = [&](InstanceId id) {
      if (best == kNone || load(id) < load(best)) best = id;
    };
    if (n * 2 > hosts.size()) {
      Hosts order = hosts;
      for (std::size_t i = 0; i < std::min(n, order.size()); ++i) {
        std::swap(order[i], order[i + draws.below(order.size() - i)]);
        consider(order[i]);
      }
      return best;
    }
    for (Hosts drawn; drawn.size() < n;) {
      const InstanceId id = hosts[draws.below(hosts.size())];
      if (std::find(drawn.begin(), drawn.end(), id) != drawn.end()) continue;
      drawn.push_back(id);
      consider(id);
    }
    return best;
  }

  InstanceId quicker_of_two(const Hosts& among) {
    const auto cost = [&](InstanceId id) {
      return world_.round_trip(target_, id).cost(world_.now(), spec_.decay, load(id));
    };
    Draws draws(derive(key_, kPick));
    const std::size_t first = draws.below(among.size());
    const std::size_t second = (first + 1 + draws.below(among.size() - 1)) % among.size();
    const double one = cost(among[first]), other = cost(among[second]);
    return other < one ? among[second] : among[first];
  }

  // The caller's attempts under way there, as far as it knows.
  std::uint32_t load(InstanceId id) const {
    return load_at(spec_.refresh.ns > 0 ? state_.loads : target_.outstanding, id);
  }

  World& world_;
  Target& target_;
  const Call& call_;
  std::uint64_t key_;
  const ServiceSpec& service_;
  const BalancerSpec& spec_;
  BalancerState& state_;
  const OutlierDetector* outliers_ = nullptr;
};

InstanceId World::choose_with_care(Target& target, const Call& call, const Attempt& attempt,
                                   const std::vector<InstanceId>& among) {
  return Chooser(*this, target, call, attempt_key(call, attempt)).choose(among);
}

std::unique_ptr<BalancerState> World::make_balancer(std::uint32_t service, std::uint64_t key) {
  const ServiceSpec& spec = spec_.services[service];
  if (!spec.balancer) return nullptr;
  auto state = std::make_unique<BalancerState>();
  if (spec.balancer->outliers)
    state->outliers.emplace(*spec.balancer->outliers, now(), derive(derive(seed_, key), spec.key));
  return state;
}

// The detector, with its sweeps done and its hosts up to date.
OutlierDetector* World::outliers_of(Target& target, const Call& call) {
  BalancerState& state = *target.balancer;
  if (!state.outliers) return nullptr;
  const ServiceState& service = services_[target.service];
  if (state.hosts_known != service.changes) {
    state.hosts_known = service.changes;
    std::vector<OutlierDetector::Host> hosts;
    for (const InstanceId id : service.ready) hosts.push_back(instances_[id].ordinal);
    state.outliers->set_hosts(std::move(hosts));
  }
  state.outliers->sweep(now());
  if (state.outliers->has_told()) tell_outliers(target, call);
  return &*state.outliers;
}

PeakEwma& World::round_trip(Target& target, InstanceId id) {
  auto& all = target.balancer->round_trips;
  const std::uint32_t ordinal = instances_[id].ordinal;
  if (ordinal >= all.size()) all.resize(ordinal + 1);
  if (!all[ordinal])
    all[ordinal].emplace(spec_.services[target.service].balancer->default_rtt, now());
  return *all[ordinal];
}

// The attempt has been sent on its way: from here its round trip is measured.
void World::note_sent(AttemptId id, const Call& call) {
  const std::uint32_t here = callers_[call.caller].zone;
  const std::uint32_t there = zone_of(instances_[attempts_[id].instance]);
  if (here != kNone && there != kNone && here != there) ++routes_[call.route].counts->cross_zone;
  if (spec_.services[routes_[call.route].service].balancing != Balancing::PeakEwma) return;
  if (id >= set_out_.size()) set_out_.resize(id + 1);
  set_out_[id] = now();
}

// The caller is about to be done with an attempt that had been sent, in whatever way.
void World::note_done(AttemptId id, const Call& call) {
  const ServiceSpec& service = spec_.services[routes_[call.route].service];
  Target& target = callers_[call.caller].targets[routes_[call.route].target];
  if (!target.balancer) return;
  target.balancer->look_at_loads(now(), service.balancer->refresh, target.outstanding);
  if (service.balancing != Balancing::PeakEwma) return;
  round_trip(target, attempts_[id].instance)
      .observe(now(), now() - set_out_[id], service.balancer->decay);
}

// What the caller has learnt of the host that the attempt went to.
void World::note_result(const Attempt& attempt, const Call& call, Error error) {
  Target& target = callers_[call.caller].targets[routes_[call.route].target];
  if (!target.balancer || !target.balancer->outliers || attempt.instance == kNone) return;
  if (error == Error::Cancelled) return;  // says nothing
  OutlierDetector& outliers = *outliers_of(target, call);
  outliers.report(now(), instances_[attempt.instance].ordinal, host_result(error));
  if (outliers.has_told()) tell_outliers(target, call);
}

void World::tell_outliers(Target& target, const Call& call) {
  const Route& route = routes_[call.route];
  for (const OutlierDetector::Told& told : target.balancer->outliers->take_told()) {
    const std::string who = fmt::format("{}/{}", spec_.services[target.service].name, told.host);
    if (told.out.ns >= 0) ++route.counts->ejections;
    tell(FactKind::Breaker, spec_.edges[route.edge].name,
         told.out.ns >= 0 ? fmt::format("{} is ejected for {:g} s (caller {})", who,
                                        told.out.seconds(), call.caller)
                          : fmt::format("{} may be called again (caller {})", who, call.caller));
  }
}

std::uint32_t World::zone_of(const Instance& instance) const {
  const auto& zones = instance.spec->caller.zones;
  return zones.empty() ? kNone : zones[instance.ordinal % zones.size()];
}

// What a message between two zones takes longer.
Duration World::zone_delay(const LinkSpec& link, const Attempt& attempt, const Call& call,
                           Draws& draws) const {
  const std::uint32_t here = callers_[call.caller].zone;
  const std::uint32_t there = zone_of(instances_[attempt.instance]);
  return here != kNone && there != kNone && here != there ? link.cross_zone->sample(draws)
                                                          : Duration{0};
}

// Those that are there when the run begins have long been.
Duration World::since_ready(const Instance& instance) const {
  return instance.ready_since == Instant{} ? Duration::max() : now() - instance.ready_since;
}

double World::warm_up_factor(const Instance& instance) const {
  const WarmUpSpec& rule = instance.spec->warm_up;
  const Duration up = since_ready(instance);
  if (up >= rule.lasts) return 1;
  return rule.factor + (1 - rule.factor) * (up.seconds() / rule.lasts.seconds());
}

}  // namespace faultline
