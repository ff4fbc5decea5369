// How an instance is chosen where more is asked for than the plain kinds: hosts
// that misbehave are left out, zones are looked at, and then one of those that
// are left is picked by weight, by load or by round trip. Follows Envoy; the
// peak EWMA follows Linkerd.

#include <algorithm>
#include <array>

#include "models/system/world.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kPick = 0x6c62;
constexpr std::uint64_t kZone = 0x7a6f6e65;

}  // namespace

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

InstanceId World::choose_with_care(Target& target, const Call& call, const Attempt& attempt,
                                   const std::vector<InstanceId>& among) {
  const BalancerSpec& spec = *spec_.services[target.service].balancer;
  const OutlierDetector* outliers = outliers_of(target, call);
  std::vector<InstanceId> healthy;
  const bool all_healthy = outliers == nullptr || !outliers->any_ejected();
  if (!all_healthy) {
    for (const InstanceId id : among) {
      if (!outliers->ejected(instances_[id].ordinal)) healthy.push_back(id);
    }
  }
  const std::vector<InstanceId>& good = all_healthy ? among : healthy;
  const bool panic = panics(good.size(), among.size(), spec.panic_threshold);
  const std::uint32_t zone = callers_[call.caller].zone;
  const std::uint64_t key = attempt_key(call, attempt);
  if (spec.zone_routing == ZoneRouting::Off || zone == kNone)
    return pick(target, panic ? among : good, key);
  if (spec.zone_routing == ZoneRouting::Failover) return fail_over(target, among, zone, key);
  if (panic || good.size() < spec.min_zone_hosts) return pick(target, panic ? among : good, key);
  return pick(target, share_of_zone(good, call, zone, key), key);
}

// The instances of the zone that this request goes to.
std::vector<InstanceId> World::share_of_zone(const std::vector<InstanceId>& hosts, const Call& call,
                                             std::uint32_t zone, std::uint64_t key) const {
  std::vector<std::uint32_t> here(spec_.zones.size()), callers(spec_.zones.size());
  for (const InstanceId id : hosts) {
    const std::uint32_t z = zone_of(instances_[id]);
    if (z == kNone) return hosts;  // some are nowhere, so shares mean nothing
    ++here[z];
  }
  count_callers(call, callers);
  const ZoneSplit split = zone_split(here, callers, zone);
  Draws draws(derive(key, kZone));
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
  std::vector<InstanceId> chosen;
  for (const InstanceId id : hosts) {
    if (zone_of(instances_[id]) == to) chosen.push_back(id);
  }
  return chosen.empty() ? hosts : chosen;
}

// How many callers like this one there are in each zone.
void World::count_callers(const Call& call, std::vector<std::uint32_t>& by_zone) const {
  const std::uint32_t entity = spec_.edges[routes_[call.route].edge].caller;
  if (entity < spec_.clients.size()) {
    const ClientSpec& client = spec_.clients[entity];
    const auto& zones = client.caller.zones;
    for (std::uint32_t i = 0; i < client.instances; ++i) ++by_zone[zones[i % zones.size()]];
    return;
  }
  for (const InstanceId id : services_[entity - spec_.clients.size()].ready)
    ++by_zone[zone_of(instances_[id])];
}

// The caller's zone first, the others as far as its healthy hosts don't
// suffice.
InstanceId World::fail_over(Target& target, const std::vector<InstanceId>& among,
                            std::uint32_t zone, std::uint64_t key) {
  const auto& outliers = target.balancer->outliers;
  std::array<std::vector<InstanceId>, 2> all, good;  // near, far
  for (const InstanceId id : among) {
    const std::size_t level = zone_of(instances_[id]) == zone ? 0 : 1;
    all[level].push_back(id);
    if (!outliers || !outliers->ejected(instances_[id].ordinal)) good[level].push_back(id);
  }
  const auto health = [&](std::size_t level) {
    return all[level].empty()
               ? 0.0
               : static_cast<double>(good[level].size()) / static_cast<double>(all[level].size());
  };
  const double threshold = spec_.services[target.service].balancer->panic_threshold;
  const PriorityLoad load = priority_load(health(0), health(1), threshold);
  std::size_t level = Draws(derive(key, kZone)).uniform() < load.first ? 0 : 1;
  if (all[level].empty()) level = 1 - level;
  const bool panic = level == 0 ? load.first_panics : load.second_panics;
  return pick(target, panic || good[level].empty() ? all[level] : good[level], key);
}

InstanceId World::pick(Target& target, const std::vector<InstanceId>& among, std::uint64_t key) {
  const auto n = static_cast<std::uint32_t>(among.size());
  if (n == 0) return kNone;
  if (n == 1) return among[0];
  const ServiceSpec& service = spec_.services[target.service];
  const BalancerSpec& spec = *service.balancer;
  const bool weighted = !spec.weights.empty() || spec.slow_start.window.ns > 0;
  const std::uint64_t choice = derive(key, kPick);
  switch (service.balancing) {
    case Balancing::RoundRobin:
      if (weighted) return by_weight(target, among, 0);
      return in_turn(target, among);
    case Balancing::Random:
      return among[Draws(choice).below(n)];
    case Balancing::LeastRequest:
      if (weighted) return by_weight(target, among, spec.bias);
      if (spec.choice_count > 0) return least_of_some(target, among, choice);
      return least_loaded(target, among, choice);
    case Balancing::PowerOfTwo:
      return better_of_two(target, among, choice);
    case Balancing::PeakEwma:
      return quicker_of_two(target, among, choice);
  }
  return kNone;
}

BalancerState::Turns& World::turns_among(Target& target, const std::vector<InstanceId>& among) {
  auto& turns = target.balancer->turns;
  for (BalancerState::Turns& t : turns) {
    if (t.members == among) return t;
  }
  constexpr std::size_t kMostSets = 16;  // older ones belong to instances that have come and gone
  if (turns.size() == kMostSets) turns.erase(turns.begin());
  turns.push_back({among, target.turn, std::nullopt});
  return turns.back();
}

InstanceId World::in_turn(Target& target, const std::vector<InstanceId>& among) {
  std::uint32_t& next = turns_among(target, among).next;
  if (++next >= among.size()) next = 0;
  return among[next];
}

InstanceId World::by_weight(Target& target, const std::vector<InstanceId>& among, double bias) {
  const BalancerSpec& spec = *spec_.services[target.service].balancer;
  const auto weight = [&](std::size_t i) {
    const Instance& instance = instances_[among[i]];
    const double own =
        spec.weights.empty() ? 1 : spec.weights[instance.ordinal % spec.weights.size()];
    const double slow = slow_start_weight(own, since_ready(instance), spec.slow_start);
    return least_request_weight(slow, outstanding(target, among[i]), bias);
  };
  BalancerState::Turns& turns = turns_among(target, among);
  if (!turns.weighted) {
    std::vector<double> weights;
    for (std::size_t i = 0; i < among.size(); ++i) weights.push_back(weight(i));
    turns.weighted.emplace(weights);
    // Callers begin at different places, so that they don't all fall on the
    // same one.
    for (std::size_t i = target.turn % among.size(); i > 0; --i) turns.weighted->pick(weight);
  }
  return among[turns.weighted->pick(weight)];
}

InstanceId World::least_of_some(const Target& target, const std::vector<InstanceId>& among,
                                std::uint64_t key) const {
  Draws draws(key);
  std::vector<std::uint32_t> drawn, active;
  for (const InstanceId id : among) active.push_back(outstanding(target, id));
  for (std::uint32_t i = 0; i < spec_.services[target.service].balancer->choice_count; ++i)
    drawn.push_back(static_cast<std::uint32_t>(draws.below(among.size())));
  return among[least_request(drawn, active)];
}

InstanceId World::quicker_of_two(Target& target, const std::vector<InstanceId>& among,
                                 std::uint64_t key) {
  const BalancerSpec& spec = *spec_.services[target.service].balancer;
  const auto cost = [&](InstanceId id) {
    return round_trip(target, id).cost(now(), spec.decay, outstanding(target, id));
  };
  Draws draws(key);
  const std::size_t first = draws.below(among.size());
  const std::size_t second = (first + 1 + draws.below(among.size() - 1)) % among.size();
  const double one = cost(among[first]), other = cost(among[second]);
  return other < one ? among[second] : among[first];
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

// The caller is done with an attempt that had been sent, in whatever way.
void World::note_done(AttemptId id, const Call& call) {
  const ServiceSpec& service = spec_.services[routes_[call.route].service];
  if (service.balancing != Balancing::PeakEwma) return;
  Target& target = callers_[call.caller].targets[routes_[call.route].target];
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
