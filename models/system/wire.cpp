// What else a connection and a link can do: names are looked up and connections set up before a try
// sets out, the parts of a try have timeouts of their own, links have a bandwidth, and faults
// duplicate, damage, swallow or break what is on them. Routes and links without any of this never
// get here.

#include <algorithm>

#include "models/system/world.hpp"
#include "models/vocabulary/wire_rules.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kHandshake = 0x73796e;
constexpr std::uint64_t kTls = 0x746c73;
constexpr std::uint64_t kLookup = 0x646e73;
constexpr std::uint64_t kFate = 0x66617465;
constexpr std::uint64_t kPieceDraw = 0x7069656365;
constexpr Duration kSynAgain = milliseconds(1'000);  // TCP's first retransmission of a SYN

// The draw is a share of the jitter, so that it means the same whatever the unit of time.
Duration swung(const LinkConditions::Swing& swing, Draws& draws) {
  const std::int64_t jitter = std::max<std::int64_t>(0, swing.jitter.ns);
  const std::uint64_t random = jitter > 0 ? draws.below(2 * static_cast<std::uint64_t>(jitter)) : 0;
  return Duration{std::max<std::int64_t>(0, jittered_latency(swing.latency.ns, jitter, random))};
}

}  // namespace

// The attempt has an instance; before its request can go it may need the name and a connection.
void World::set_out(AttemptId id) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  const LinkState& link = links_[route.link];
  if (wires_.size() <= id) wires_.resize(id + 1);
  wires_[id] = {now(), false};
  attempt.state = AttemptState::Waiting;
  attempt.waiting_at = 0xff;  // in no line
  Target& target = callers_[call.caller].targets[route.target];
  const PhaseTimeouts phases = route.policies->phases.value_or(PhaseTimeouts{});
  const auto later = [&](Duration after, std::uint32_t tag) {
    attempt.timers = calendar_.arm(after, Timing::Varying, kAttemptTimer, id, tag, attempt.timers);
  };

  Duration connected{0};
  if (!resolve(id, target, connected))
    return later(std::min(connected, phases.connect), kNotConnected);
  if (connection_waits(id, target, connected)) {
    if (connected > phases.connect) return later(phases.connect, kNotConnected);
    return connected.ns > 0 ? later(connected, kConnected) : begin_request(id);
  }
  // A new one.
  const LinkSpec& spec = spec_.links[route.link];
  const bool handshake = spec.connection.has_value();
  if (handshake) connected += round_trip(id, kHandshake);
  if (link.conditions.refused) {
    if (connected > phases.connect) return later(phases.connect, kNotConnected);
    return later(connected, kTurnedAway);
  }
  if (handshake && (is_cut(id, link, false) || is_cut(id, link, true))) {
    if (phases.connect < spec.unreachable_after) later(phases.connect, kNotConnected);
    return park(id, route.link, false, false);
  }
  if (connected > phases.connect) return later(phases.connect, kNotConnected);
  Duration secured{0};
  for (std::uint32_t trip = 0; handshake && trip < spec.connection->tls_round_trips; ++trip)
    secured += round_trip(id, kTls + trip);
  if (secured > phases.tls) return later(connected + phases.tls, kNotConnected);
  const Duration ready = connected + secured;
  if (handshake) {
    ++route.counts->connections;
    wires_[id].since = now() + ready;
    if (call.traced)
      trace(call, "sets up a connection, which takes {:.3f} ms", ready.seconds() * 1e3);
    if (spec.connection->kind == ConnectionSpec::Kind::Shared)
      target.idle[attempt.instance] = {{now() + ready, now() + ready}};
  }
  ready.ns > 0 ? later(ready, kConnected) : begin_request(id);
}

// Whether the callee's name is or gets known, and adds what that takes. If not, how long it takes
// to learn so.
bool World::resolve(AttemptId id, Target& target, Duration& until) {
  const Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  const LinkState& link = links_[route.link];
  const LinkSpec& spec = spec_.links[route.link];
  if (!spec.dns && !link.conditions.no_dns) return true;
  if (target.resolved > now()) return true;
  const DnsSpec dns = spec.dns.value_or(DnsSpec{});
  if (!link.conditions.no_dns) {
    Draws draws(derive(attempt_key(call, attempt), spec.key ^ kLookup));
    until += dns.lookup.sample(draws);
    target.resolved = now() + until + dns.ttl;
    return true;
  }
  if (target.resolved.ns >= 0 && target.resolved + dns.stale_for > now()) {
    if (call.traced)
      trace(call, "its name can't be looked up; an address that has expired will do");
    return true;
  }
  if (call.traced) trace(call, "its name can't be looked up");
  until += dns.gives_up;
  return false;
}

// Whether there is a connection that the attempt can use, and adds how long it waits for it.
bool World::connection_waits(AttemptId id, Target& target, Duration& until) {
  const Attempt& attempt = attempts_[id];
  const LinkSpec& spec = spec_.links[routes_[calls_[attempt.call].route].link];
  if (!spec.connection || spec.connection->kind == ConnectionSpec::Kind::Fresh) return false;
  auto& idle = target.idle[attempt.instance];
  if (spec.connection->kind == ConnectionSpec::Kind::Shared) {
    if (idle.empty()) return false;
    wires_[id].since = idle.front().since;
    until = std::max(until, idle.front().since - now());
    return true;
  }
  while (!idle.empty()) {
    const Target::Connection last = idle.back();
    idle.pop_back();
    if (last.used + spec.connection->keep_alive <= now()) continue;
    wires_[id].since = last.since;
    return true;
  }
  return false;
}

// There and back once, with what the weather adds; what is lost is sent again after a second, then
// two, and so on.
Duration World::round_trip(AttemptId id, std::uint64_t purpose) const {
  const Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const std::uint32_t link_id = routes_[call.route].link;
  const LinkSpec& spec = spec_.links[link_id];
  const LinkConditions& weather = links_[link_id].conditions;
  Draws draws(derive(attempt_key(call, attempt), spec.key ^ purpose));
  Duration trip = spec.latency.sample(draws) + spec.latency.sample(draws);
  for (const Distribution& added : weather.added) trip += added.sample(draws) + added.sample(draws);
  const double loss = 1 - (1 - spec.loss) * (1 - weather.loss);
  if (loss <= 0) return trip;
  const double fails = 1 - (1 - loss) * (1 - loss);
  for (Duration again = kSynAgain; draws.uniform() < fails && trip < spec.unreachable_after;
       again = again + again)
    trip += again;
  return trip;
}

void World::begin_request(AttemptId id) {
  Attempt& attempt = attempts_[id];
  const Route& route = routes_[calls_[attempt.call].route];
  wires_[id].open = true;
  if (const auto& phases = route.policies->phases; phases && phases->header != Duration::max()) {
    attempt.timers = calendar_.arm(phases->header, Timing::Constant, kAttemptTimer, id,
                                   kHeaderTimeout, attempt.timers);
  }
  if (!route.wire->plain) return travel(id, false);
  arrive(id, attempt, calls_[attempt.call], route);
}

void World::on_wire_timer(AttemptId id, std::uint32_t tag) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  if (tag == kConnected) return begin_request(id);
  if (tag == kPiece || tag == kLastPiece) return piece_arrived(id, tag == kLastPiece);
  if (attempt.state == AttemptState::Parked) unpark(id, attempt);
  if (id < wires_.size()) wires_[id].open = false;
  if (tag == kNotConnected || tag == kTurnedAway) {
    if (call.traced)
      trace(call, "{}",
            tag == kTurnedAway ? "is refused a connection" : "gets no connection in time");
    return fail_at_caller(id, attempt, tag == kTurnedAway ? Error::Refused : Error::Unreachable);
  }
  // The server has it, or will get it; the caller has let go of the connection.
  const Error why = tag == kReset ? Error::Crash : Error::Timeout;
  if (call.traced) {
    trace(call, "{}",
          tag == kReset           ? "its connection breaks"
          : tag == kHeaderTimeout ? "gives up on attempt: no answer has begun in time"
                                  : "gives up on attempt: the answer has stalled");
  }
  ++routes_[call.route].counts->errors[static_cast<std::size_t>(why)];
  walk_out(attempt.call, id, static_cast<unsigned>(pipeline_of(call).layers.size()),
           Outcome::failed(why));
}

// The answer is there (or the try has failed at the caller); its connection may serve the next.
void World::keep_connection(AttemptId id, Outcome outcome) {
  const Attempt& attempt = attempts_[id];
  if (attempt.instance == kNone || wires_.size() <= id) return;
  const Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  const auto& connection = spec_.links[route.link].connection;
  if (!connection || connection->kind == ConnectionSpec::Kind::Fresh) return;
  auto& pool = callers_[call.caller].targets[route.target].idle[attempt.instance];
  const bool lost = outcome.error == Error::Unreachable || outcome.error == Error::Crash;
  if (connection->kind == ConnectionSpec::Kind::Shared) {
    if (lost) pool.clear();
    return;
  }
  if (!wires_[id].open || lost) return;
  if (pool.size() < connection->most_idle) pool.push_back({wires_[id].since, now()});
}

// The instance is gone, and every connection to it.
void World::forget_connections(InstanceId id) {
  for (Caller& caller : callers_) {
    for (Target& target : caller.targets) {
      if (auto* idle = target.idle.find(id)) idle->clear();
    }
  }
}

// Whether the cut of a link, if there is one, hits the attempt's connection.
bool World::is_cut(AttemptId id, const LinkState& link, bool back) const {
  if (!(back ? link.conditions.cut_from : link.conditions.cut_to)) return false;
  // Without connections each try is one.
  const bool connects = routes_[calls_[attempts_[id].call].route].ceremonious && id < wires_.size();
  const Instant since = connects ? wires_[id].since : sent(id);
  const bool established = since < link.cut_since;
  const std::uint8_t hit = established ? LinkConditions::kEstablished : LinkConditions::kNew;
  return (link.conditions.cut_hits & hit) != 0;
}

// Adds what losses cost; answers false if the message is lost for good. Correlated losses come in
// bursts (netem): x = (1 − c)·u + c·x before, lost if the loss is at least x.
bool World::passes(const LinkSpec& spec, LinkState& link, Draws& draws, Duration& delay) {
  const double loss = 1 - (1 - spec.loss) * (1 - link.conditions.loss);
  if (loss <= 0) return true;
  const double c = link.conditions.correlation;
  for (;;) {
    const double u = draws.uniform();
    const double x = c > 0 ? correlated(c, u, link.last_loss) : u;
    link.last_loss = x;
    if (c > 0 ? !is_lost(loss, x) : u >= loss) return true;
    if (spec.retransmit.ns == 0 || delay >= spec.unreachable_after) return false;
    delay += spec.retransmit;
  }
}

// How long until the message has been sent: it stands behind those before it.
Duration World::send_time(const Attempt& attempt, LinkState& link, bool back) {
  const Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  const double own = spec_.links[route.link].bandwidth, weather = link.conditions.bandwidth;
  const double rate = own > 0 && weather > 0 ? std::min(own, weather) : std::max(own, weather);
  const EndpointSpec& endpoint = spec_.services[route.service].endpoints[route.endpoint];
  const std::int64_t bytes = back ? endpoint.response_bytes : endpoint.request_bytes;
  if (rate <= 0 || bytes == 0) return {};
  const Duration sending = transmission(bytes, rate);
  Instant& free = back ? link.free_from : link.free_to;
  free = std::max(free, now()) + sending;
  route.counts->wire_s += sending.seconds();
  return free - now();
}

// As travel() does, with everything that a link can do to a message.
void World::travel_oddly(AttemptId id, bool back) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  LinkState& link = links_[route.link];
  const LinkConditions& weather = link.conditions;
  const LinkSpec& spec = spec_.links[route.link];
  if (is_cut(id, link, back)) return park(id, route.link, back, spec.retransmit.ns == 0);
  Draws draws(derive(attempt_key(call, attempt), spec.key ^ (back ? kBack : kThere)));
  Draws fate(derive(attempt_key(call, attempt), spec.key ^ kFate ^ (back ? kBack : kThere)));
  const bool swallowed = fate.uniform() < weather.swallowed;
  const bool corrupted = fate.uniform() < weather.corrupted;
  const bool duplicated = fate.uniform() < weather.duplicated;
  const bool reset = fate.uniform() < weather.reset;
  if (swallowed) return park(id, route.link, back, true);
  Duration delay = spec.latency.sample(draws);
  for (const Distribution& added : weather.added) delay += added.sample(draws);
  if (spec.cross_zone) delay += zone_delay(spec, attempt, call, draws);
  for (const LinkConditions::Swing& swing : weather.swings) delay += swung(swing, fate);
  if (!passes(spec, link, draws, delay)) return park(id, route.link, back, true);
  const Duration sending = send_time(attempt, link, back);
  if (corrupted && !back) attempt.is.tainted = true;
  if (corrupted && back && attempt.error == Error::None) attempt.error = Error::WrongData;
  if (back && sending.ns > 0 && route.policies->phases && !attempt.is.abandoned) {
    attempt.timers =
        calendar_.arm(delay, Timing::Varying, kAttemptTimer, id, kLastPiece, attempt.timers);
  }
  delay += sending;
  if (!back && reset) {
    attempt.timers = calendar_.arm(delay + weather.reset_after, Timing::Varying, kAttemptTimer, id,
                                   kReset, attempt.timers);
  }
  if (!back && duplicated) duplicate(id, delay);
  calendar_.schedule(now() + delay, back ? kReplyDelivered : kDelivered, id);
}

// The request gets there twice. Nobody waits for the second one's answer.
void World::duplicate(AttemptId id, Duration delay) {
  const CallId call_id = attempts_[id].call;
  const AttemptId twin_id = new_attempt(call_id);
  Attempt& twin = attempts_[twin_id];
  Call& call = calls_[call_id];
  if (call.traced) trace(call, "the network delivers the request twice");
  call.attempts = sibling(twin_id);
  --call.live;
  ++attempts_ended_;
  twin.instance = attempts_[id].instance;
  ++instances_[twin.instance].named;
  twin.state = AttemptState::Travelling;
  twin.is.abandoned = true;
  twin.started = now();
  if (routes_[call.route].log != kNone) note_operation(twin_id);
  calendar_.schedule(now() + delay, kDelivered, twin_id);
}

// A step has sent what there is of the answer so far.
void World::send_piece(AttemptId id) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  if (attempt.is.abandoned || !route.policies->phases) return;
  const LinkState& link = links_[route.link];
  if (is_cut(id, link, true)) return;
  Draws draws(derive(derive(attempt_key(call, attempt), kPieceDraw), attempt.step));
  Duration delay = spec_.links[route.link].latency.sample(draws);
  for (const Distribution& added : link.conditions.added) delay += added.sample(draws);
  attempt.timers = calendar_.arm(delay, Timing::Varying, kAttemptTimer, id, kPiece, attempt.timers);
}

// The caller has more of the answer; `last`: the rest follows without a pause.
void World::piece_arrived(AttemptId id, bool last) {
  Attempt& attempt = attempts_[id];
  if (attempt.is.abandoned) return;
  cancel_timers(attempt.timers, kHeaderTimeout, kReadTimeout + 1);
  const auto& phases = routes_[calls_[attempt.call].route].policies->phases;
  if (last || phases->read == Duration::max()) return;
  attempt.timers = calendar_.arm(phases->read, Timing::Constant, kAttemptTimer, id, kReadTimeout,
                                 attempt.timers);
}

}  // namespace faultline
