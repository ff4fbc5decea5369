// A call walks its policies inward, and its outcome walks them outward.
//
// An attempt is born at a layer and dies at that layer: the first at layer 0, one sent again by the
// policy at layer r at layer r + 1. It walks inward from there; on a refusal it turns round; it
// walks outward through exactly the policies that said Proceed. What the layers outside every
// policy that sends again have said and armed belongs to the call; what the others have, to the
// attempt.

#include "models/system/world.hpp"

namespace faultline {

CallView World::view(CallId call_id, const Call& call, AttemptId id) const {
  CallView v;
  v.now = calendar_.now();
  v.lineage = call.lineage;
  v.attempt = id;
  v.tries = call.tries;  // and those of its branch, below
  v.hedges = call.hedges;
  v.live = call.live;
  v.tier = call.tier;
  v.idempotent = routes_[call.route].idempotent;
  v.born = call.due;
  v.priority = call.priority;
  if (has_users_) v.who = identities_[call_id];
  if (id != kNone) {
    const Attempt& attempt = attempts_[id];
    v.born = v.asked = sent(id);
    if (attempt.is.hedge) v.asked = first_asked(call);
    v.number = attempt.number;
    v.tries = static_cast<std::uint16_t>(v.tries + resends(id));
    v.priority = attempt.priority;
  }
  return v;
}

void World::begin_call(CallId id) {
  Call& call = calls_[id];
  call.references = 1;
  ++routes_[call.route].counts->calls;
  if (call.limited) {
    // The job that calls was told a deadline, which has passed while it worked.
    const Instant deadline = deadlines_[id];
    if (deadline <= now()) {
      ++routes_[call.route].counts->errors[static_cast<std::size_t>(Error::Deadline)];
      return end_call(id, Outcome::failed(Error::Deadline));
    }
    call.timers =
        calendar_.arm(deadline - now(), Timing::Varying, kCallTimer, id, kInherited, call.timers);
  }
  send_try(id, 0);
}

// Sends a try that is born at `layer`: the first, or one the policy outside `layer` asked for.
void World::send_try(CallId id, unsigned layer) {
  ++calls_[id].tries;
  calls_[id].hedges = 0;
  walk_in(new_attempt(id), layer);
}

AttemptId World::new_attempt(CallId call_id) {
  AttemptId id = call_id;
  if (calls_[call_id].sent > 0) {
    id = rows_.acquire();
    calls_[id].due = now();
    calls_[id].next = calls_[call_id].attempts;
  }
  Attempt& attempt = attempts_[id];
  Call& call = calls_[call_id];
  attempt.call = call_id;
  attempt.number = call.sent++;
  attempt.is.plain = id == call_id && routes_[call.route].plain_jobs && !call.traced;
  attempt.priority = call.priority;
  call.attempts = id;
  ++call.live;
  ++call.references;
  ++attempts_begun_;
  return id;
}

void World::walk_in(AttemptId id, unsigned layer) {
  Attempt& attempt = attempts_[id];
  Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  if (!route.timers_only) return ask_policies(id, layer);
  const std::vector<Duration>& alarms = route.policies->alarms;
  for (; layer < alarms.size(); ++layer) {
    attempt.timers =
        calendar_.arm(alarms[layer], Timing::Constant, kAttemptTimer, id, layer, attempt.timers);
  }
  dispatch(id, attempt, call, route);
}

void World::ask_policies(AttemptId id, unsigned layer) {
  Attempt& attempt = attempts_[id];
  const CallId call_id = attempt.call;
  Call& call = calls_[call_id];
  Pipeline& pipeline = pipeline_of(call);
  const auto depth = static_cast<unsigned>(pipeline.layers.size());
  for (; layer < depth; ++layer) {
    const bool outer = layer < pipeline.spec->inner;
    // What stands outside a policy that sends again has let the call through, not each attempt.
    if (outer && (call.passed >> layer & 1) != 0) continue;
    if (const Duration alarm = pipeline.spec->alarms[layer]; alarm.ns >= 0) {
      set_alarm(id, attempt, call, layer, alarm, Timing::Constant);
      if (outer) call.passed |= static_cast<LayerMask>(1u << layer);
      continue;
    }
    Policy& policy = *pipeline.layers[layer];
    const std::optional<BreakerState> was =
        pipeline.spec->is_breaker(layer) ? policy.breaker_state() : std::nullopt;
    const Before answer = policy.before(view(call_id, call, id));
    if (was) note_breaker(call, policy, was);
    if (answer.timer.ns >= 0) set_alarm(id, attempt, call, layer, answer.timer, answer.timing);
    if (answer.verdict == Before::Verdict::Proceed) {
      (outer ? call.passed : attempt.passed) |= static_cast<LayerMask>(1u << layer);
      continue;
    }
    if (answer.verdict == Before::Verdict::Wait) {
      attempt.state = AttemptState::Waiting;
      attempt.waiting_at = static_cast<std::uint8_t>(layer);
      return;
    }
    if (call.traced)
      trace(call, {TraceKind::NotSent, attempt.number, answer.why, {}, 0},
            "is turned away before it is sent: {}", name(answer.why));
    attempt.state = AttemptState::Waiting;
    attempt.waiting_at = static_cast<std::uint8_t>(depth);  // in no line
    ++routes_[call.route].counts->errors[static_cast<std::size_t>(answer.why)];
    return walk_out(call_id, id, layer, Outcome::failed(answer.why, answer.retry_after_s));
  }
  dispatch(id, attempt, call, routes_[call.route]);
}

// Arms a layer's timer: the call's if the layer is outside every one that sends again, else the
// attempt's.
void World::set_alarm(AttemptId id, Attempt& attempt, Call& call, unsigned layer, Duration after,
                      Timing timing) {
  if (layer < pipeline_of(call).spec->inner) {
    call.timers = calendar_.arm(after, timing, kCallTimer, attempt.call, layer, call.timers);
  } else {
    attempt.timers = calendar_.arm(after, timing, kAttemptTimer, id, layer, attempt.timers);
  }
}

// The outcome goes outward from just outside `layer`. `attempt` brought it; kNone: the call itself.
void World::walk_out(CallId id, AttemptId attempt, unsigned layer, Outcome outcome) {
  Call& call = calls_[id];
  const Route& route = routes_[call.route];
  if (!route.timers_only) return tell_policies(id, attempt, layer, outcome);
  if (attempt != kNone) {
    cancel_others(call, attempt);
    detach(attempt, attempts_[attempt], call, route);
  }
  end_call(id, call, route, outcome);
}

void World::tell_policies(CallId id, AttemptId attempt, unsigned layer, Outcome outcome) {
  Call& call = calls_[id];
  Pipeline& pipeline = pipeline_of(call);
  const unsigned inner = pipeline.spec->inner;
  while (layer-- > 0) {
    const auto mask = static_cast<LayerMask>(1u << layer);
    LayerMask& passed = layer < inner || attempt == kNone ? call.passed : attempts_[attempt].passed;
    if ((passed & mask) == 0) continue;
    Policy& policy = *pipeline.layers[layer];
    const std::optional<BreakerState> was =
        pipeline.spec->is_breaker(layer) ? policy.breaker_state() : std::nullopt;
    const After answer = policy.after(view(id, call, attempt), outcome);
    if (was) note_breaker(call, policy, was);
    if (answer.wake != kNone) wake(answer.wake, layer, answer.delay);
    if (answer.verdict >= After::Verdict::Absorb) return absorb(id, attempt, layer, answer);
    if (answer.verdict == After::Verdict::SendAgain && layer >= inner && attempt != kNone)
      return send_branch_again(attempt, layer, outcome, answer.delay);
    if (layer < inner && attempt != kNone) {
      cancel_others(call, attempt);
      detach(attempt);
      attempt = kNone;
    }
    if (answer.verdict == After::Verdict::CallInstead) return call_instead(id, layer, call.tier);
    if (answer.verdict == After::Verdict::SendAgain) {
      // What is outside this layer stays as it is; what is inside begins anew.
      call.tier = 0;
      call.passed &= static_cast<LayerMask>((mask << 1) - 1);
      cancel_timers(call.timers, layer + 1, kSendAgain);
      if (call.traced) tell_resend(call, outcome, answer.delay);
      call.timers = calendar_.arm(answer.delay, Timing::Varying, kCallTimer, id,
                                  kSendAgain + layer + 1, call.timers);
      return;
    }
    if (call.traced) tell_verdict(call, outcome, answer);
    passed = static_cast<LayerMask>(passed & ~mask);
    if (answer.verdict == After::Verdict::Replace) outcome = answer.outcome;
  }
  if (attempt != kNone) {
    cancel_others(call, attempt);
    detach(attempt);
  }
  end_call(id, outcome);
}

// Somebody outside has given the attempt up: the layers from the innermost to `floor` only account.
void World::unwind(AttemptId id, unsigned floor, Error why) {
  const CallId call_id = attempts_[id].call;
  Call& call = calls_[call_id];
  if (routes_[call.route].watched) note_result(attempts_[id], call, why);
  Pipeline& pipeline = pipeline_of(call);
  for (auto layer = static_cast<unsigned>(pipeline.layers.size()); layer-- > floor;) {
    Attempt& attempt = attempts_[id];
    Policy& policy = *pipeline.layers[layer];
    CallView v = view(call_id, call, id);
    v.final = true;
    const auto mask = static_cast<LayerMask>(1u << layer);
    if (attempt.state == AttemptState::Waiting && attempt.waiting_at == layer &&
        (attempt.passed & mask) == 0) {
      if (const AttemptId next = policy.leave(v); next != kNone) wake(next, layer, {0});
    }
    if ((attempt.passed & mask) == 0) continue;
    attempt.passed = static_cast<LayerMask>(attempt.passed & ~mask);
    const std::optional<BreakerState> was =
        pipeline.spec->is_breaker(layer) ? policy.breaker_state() : std::nullopt;
    const After answer = policy.after(v, Outcome::failed(why));
    if (was) note_breaker(call, policy, was);
    if (answer.wake != kNone) wake(answer.wake, layer, answer.delay);
  }
}

// A place in a policy's line has come free: the attempt has it from this moment, and goes on as the
// next thing that happens.
void World::wake(AttemptId id, unsigned layer, Duration delay) {
  Attempt& attempt = attempts_[id];
  Call& call = calls_[attempt.call];
  const bool outer = layer < pipeline_of(call).spec->inner;
  cancel_timers(outer ? call.timers : attempt.timers, layer, layer + 1);
  (outer ? call.passed : attempt.passed) |= static_cast<LayerMask>(1u << layer);
  attempt.timers =
      calendar_.arm(delay, Timing::Varying, kAttemptTimer, id, kWoken + layer + 1, attempt.timers);
}

void World::note_breaker(const Call& call, Policy& policy, std::optional<BreakerState> was) {
  const std::optional<BreakerState> is = policy.breaker_state();
  if (is == was) return;
  constexpr std::array<std::string_view, 3> kStates = {"closed", "open", "half-open"};
  const std::uint32_t edge = routes_[call.route].edge;
  EdgeStatistics& counts = *routes_[call.route].counts;
  // One that is judged between two calls may have opened and be half-open by the next.
  const bool unseen = *was == BreakerState::Closed && *is == BreakerState::HalfOpen;
  if (*is == BreakerState::Open || unseen) ++counts.breaker_opened;
  if (*is == BreakerState::Closed) ++counts.breaker_closed;
  counts.open_breakers.add(now(),
                           int{*was == BreakerState::Closed} - int{*is == BreakerState::Closed});
  tell(FactKind::Breaker, spec_.edges[edge].name,
       fmt::format("breaker {} → {} (caller {})", kStates[static_cast<std::size_t>(*was)],
                   kStates[static_cast<std::size_t>(*is)], call.caller));
}

}  // namespace faultline
