// An instance is chosen, and messages travel. A link without latency, loss or trouble delivers at
// once and costs no event. What a partition holds back is sent again when it heals, as TCP does.

#include "models/system/world.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kChoice = 0x6c62;
constexpr std::uint64_t kSplit = 0x77656967;

}  // namespace

void World::dispatch(AttemptId id, Attempt& attempt, Call& call, const Route& route) {
  EdgeStatistics& edge = *route.counts;
  ++edge.attempts;
  if (attempt.number > 0 || call.resent) count_resent(id);
  Target& target = target_of(call, route);
  const InstanceId chosen = choose(target, call, attempt);
  if (chosen == kNone) {
    return fail_at_caller(id, attempt, Error::Unavailable);
  }
  attempt.instance = chosen;
  ++instances_[chosen].named;
  if (route.counts_outstanding) ++target.outstanding[chosen];
  if (route.watched) note_sent(id, call);
  if (call.traced) {
    trace(call, {TraceKind::SetsOut, attempt.number, {}, {}, instances_[chosen].ordinal},
          "attempt {} sets out for {}/{}", attempt.number + 1, spec_.services[route.service].name,
          instances_[chosen].ordinal);
  }
  if (route.log != kNone) note_operation(id);
  if (route.ceremonious) return set_out(id);
  if (!route.wire->plain) return travel(id, false);
  arrive(id, attempt, call, route);
}

InstanceId World::choose(Target& target, const Call& call, const Attempt& attempt) {
  const ServiceState& service = services_[target.service];
  const std::vector<InstanceId>* among = &service.ready;
  if (service.weight >= 0) {
    const std::uint64_t key =
        derive(derive(attempt_key(call, attempt), spec_.services[target.service].key), kSplit);
    const Version& newest = service.versions[service.split];
    const Version& stable = service.versions[service.stable];
    const bool to_newest = Draws(key).uniform() < service.weight;
    among = to_newest && !newest.ready.empty() ? &newest.ready : &stable.ready;
  }
  const auto n = static_cast<std::uint32_t>(among->size());
  if (n == 0) return kNone;
  if (target.balancer) return choose_with_care(target, call, attempt, *among);
  if (n == 1) return (*among)[0];
  switch (spec_.services[target.service].balancing) {
    case Balancing::RoundRobin:
      return target.in_turn(*among);
    case Balancing::Random:
      return (*among)[Draws(derive(attempt_key(call, attempt), kChoice)).below(n)];
    case Balancing::LeastRequest:
      return least_loaded(target, *among, derive(attempt_key(call, attempt), kChoice));
    case Balancing::PowerOfTwo:
      return better_of_two(target, *among, derive(attempt_key(call, attempt), kChoice));
    case Balancing::PeakEwma:
      break;  // is never plain
  }
  return kNone;
}

// The one with the fewest of this caller's own attempts; among equals the first from a random
// place.
InstanceId World::least_loaded(const Target& target, const std::vector<InstanceId>& among,
                               std::uint64_t key) const {
  const std::size_t start = Draws(key).below(among.size());
  InstanceId best = kNone;
  std::uint32_t fewest = ~0u;
  for (std::size_t i = 0; i < among.size(); ++i) {
    const InstanceId id = among[(start + i) % among.size()];
    const std::uint32_t load = load_at(target.outstanding, id);
    if (load >= fewest) continue;
    fewest = load;
    best = id;
  }
  return best;
}

// Two different ones at random, and of these the one with fewer of this caller's attempts.
InstanceId World::better_of_two(const Target& target, const std::vector<InstanceId>& among,
                                std::uint64_t key) const {
  Draws draws(key);
  const std::size_t first = draws.below(among.size());
  const std::size_t second = (first + 1 + draws.below(among.size() - 1)) % among.size();
  const auto load = [&](InstanceId id) { return load_at(target.outstanding, id); };
  return load(among[second]) < load(among[first]) ? among[second] : among[first];
}

// Sends the attempt to its server, or its answer back, over a link that takes its time or loses.
void World::travel(AttemptId id, bool back) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const std::uint32_t link_id = routes_[call.route].link;
  const LinkState& link = links_[link_id];
  attempt.state = back ? AttemptState::Replying : AttemptState::Travelling;
  if (link.odd) return travel_oddly(id, back);
  const LinkSpec& spec = spec_.links[link_id];
  if (back ? link.conditions.cut_from : link.conditions.cut_to)
    return park(id, link_id, back, spec.retransmit.ns == 0);

  Draws draws(derive(attempt_key(call, attempt), spec.key ^ (back ? kBack : kThere)));
  Duration delay = spec.latency.sample(draws);
  for (const Distribution& added : link.conditions.added) delay += added.sample(draws);
  if (spec.cross_zone) delay += zone_delay(spec, attempt, call, draws);
  const double loss = 1 - (1 - spec.loss) * (1 - link.conditions.loss);
  if (loss > 0) {
    while (draws.uniform() < loss) {
      if (spec.retransmit.ns == 0 || delay >= spec.unreachable_after)
        return park(id, link_id, back, true);
      delay += spec.retransmit;
    }
  }
  calendar_.schedule(now() + delay, back ? kReplyDelivered : kDelivered, id);
}

// Nothing gets through: the message waits for better times, or is gone; its caller waits until a
// timeout of its own, or until the transport gives up.
void World::park(AttemptId id, std::uint32_t link_id, bool back, bool for_good) {
  Attempt& attempt = attempts_[id];
  if (attempt.is.abandoned) return release_attempt(id);
  attempt.state = AttemptState::Parked;
  attempt.waiting_at = static_cast<std::uint8_t>((back ? 1 : 0) | (for_good ? 2 : 0));
  attempt.timers = calendar_.arm(spec_.links[link_id].unreachable_after, Timing::Constant,
                                 kAttemptTimer, id, kUnreachable, attempt.timers);
  if (for_good) return;
  join_line(back ? links_[link_id].parked_from : links_[link_id].parked_to, id, attempt);
}

void World::unpark(AttemptId id, Attempt& attempt) {
  const bool for_good = (attempt.waiting_at & 2) != 0;
  attempt.state = AttemptState::Waiting;
  if (for_good) return;
  LinkState& link = links_[routes_[calls_[attempt.call].route].link];
  Line& line = (attempt.waiting_at & 1) != 0 ? link.parked_from : link.parked_to;
  leave_line(line, attempt);
  FL_ASSERT(line.head != id, "a parked message was not taken out");
}

// The link has healed: each message goes through at its next retransmission.
void World::deliver_parked(std::uint32_t link_id, bool back) {
  LinkState& link = links_[link_id];
  Line& line = back ? link.parked_from : link.parked_to;
  const LinkSpec& spec = spec_.links[link_id];
  while (line.head != kNone) {
    const AttemptId id = line.head;
    Attempt& attempt = attempts_[id];
    unpark(id, attempt);
    cancel_timers(attempt.timers, kUnreachable, kServerSide);
    attempt.state = back ? AttemptState::Replying : AttemptState::Travelling;
    Draws draws(
        derive(attempt_key(calls_[attempt.call], attempt), spec.key ^ (back ? kBack : kThere)));
    Duration delay = spec.latency.sample(draws);
    if (spec.cross_zone) delay += zone_delay(spec, attempt, calls_[attempt.call], draws);
    if (spec.retransmit.ns > 0) {
      const std::int64_t since = (now() - sent(id)).ns % spec.retransmit.ns;
      delay += Duration{since == 0 ? 0 : spec.retransmit.ns - since};
    }
    calendar_.schedule(now() + delay, back ? kReplyDelivered : kDelivered, id);
  }
}

bool World::is_plain(std::uint32_t link) const {
  const LinkSpec& spec = spec_.links[link];
  return spec.latency.is_constant_zero() && !spec.cross_zone && spec.loss == 0 &&
         spec.bandwidth == 0 && links_[link].conditions.clear();
}

void World::set_conditions(std::uint32_t link, LinkConditions conditions) {
  LinkState& state = links_[link];
  const bool was_cut = state.conditions.cut_to || state.conditions.cut_from;
  state.conditions = std::move(conditions);
  if (!was_cut) state.cut_since = now();
  state.plain = is_plain(link);
  for (Route& route : routes_) {
    if (route.link == link) route.plain_calls = has_plain_calls(route);
  }
  state.odd = spec_.links[link].bandwidth > 0 || state.conditions.odd();
  if (!state.conditions.cut_to) deliver_parked(link, false);
  if (!state.conditions.cut_from) deliver_parked(link, true);
}

}  // namespace faultline
