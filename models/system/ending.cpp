// How a call ends: answered, given up, or abandoned by whoever wanted it. Nobody tells the server
// that its work is for nothing, unless cancellation is propagated; that is how an overload outlives
// its cause.

#include "models/system/mutations.hpp"
#include "models/system/world.hpp"

namespace faultline {

// The caller is done with the attempt. If the server still has it, it works on for nobody, unless
// cancellation is propagated.
void World::detach(AttemptId id, Attempt& attempt, Call& call, const Route& route) {
  if (!mutation::keeps_timers) cancel_timers(attempt.timers, 0, kServerSide);
  AttemptId* link = &call.attempts;
  while (*link != id) link = &calls_[*link].next;
  *link = sibling(id);
  --call.live;
  ++attempts_ended_;

  if (attempt.instance != kNone) {
    if (route.watched) note_done(id, call);
    if (route.counts_outstanding) --target_of(call, route).outstanding[attempt.instance];
  }
  if (attempt.state == AttemptState::Waiting) return release_attempt(id, attempt);
  let_go(id, attempt, call, route);
}

void World::detach(AttemptId id) {
  Attempt& attempt = attempts_[id];
  Call& call = calls_[attempt.call];
  detach(id, attempt, call, routes_[call.route]);
}

// The server has it, or the network.
void World::let_go(AttemptId id, Attempt& attempt, Call& call, const Route& route) {
  if (attempt.state == AttemptState::Parked) {
    unpark(id, attempt);
    return release_attempt(id);
  }
  attempt.is.abandoned = true;
  attempt.started = now();  // of what a thread does for it from here on
  if (route.policies->propagation != Propagation::Cancel) return;
  // The word that nobody waits any more takes the same way as the request did.
  const std::uint32_t link_id = route.link;
  if (links_[link_id].plain) return cancel_job(id);
  if (links_[link_id].conditions.cut_to) return;
  Draws draws(derive(attempt_key(call, attempt), std::uint64_t{0x63616e63}));
  Duration delay = spec_.links[link_id].latency.sample(draws);
  if (spec_.links[link_id].cross_zone)
    delay += zone_delay(spec_.links[link_id], attempt, call, draws);
  attempt.timers =
      calendar_.arm(delay, Timing::Varying, kAttemptTimer, id, kCancelMessage, attempt.timers);
}

// One attempt's outcome is the call's: the others are called off.
void World::cancel_all_but(Call& call, AttemptId kept) {
  const unsigned inner = pipeline_of(call).spec->inner;
  for (AttemptId id = call.attempts; id != kNone;) {
    const AttemptId next = sibling(id);
    if (id != kept) {
      unwind(id, inner, Error::Cancelled);
      detach(id);
    }
    id = next;
  }
}

// Whether the attempt stands in the line of a layer outside every policy that sends again.
bool World::waits_outside(const Call& call, const Attempt& attempt) const {
  return attempt.state == AttemptState::Waiting &&
         attempt.waiting_at < pipeline_of(call).spec->inner &&
         (call.passed >> attempt.waiting_at & 1) == 0;
}

// The attempt that stands in the line of an outer layer, if there is one.
AttemptId World::waiter_at(const Call& call, unsigned layer) const {
  for (AttemptId id = call.attempts; id != kNone; id = sibling(id)) {
    if (attempts_[id].waiting_at == layer && waits_outside(call, attempts_[id])) return id;
  }
  return kNone;
}

// The call is given up from outside layer `layer` inward; its outcome there is `why`.
void World::give_up_call(CallId id, unsigned layer, Error why) {
  Call& call = calls_[id];
  Pipeline& pipeline = pipeline_of(call);
  const unsigned inner = pipeline.spec->inner;
  if (call.replaced) drop_substitute(id);
  while (call.attempts != kNone) {
    const AttemptId attempt = call.attempts;
    unwind(attempt, inner, why);
    if (waits_outside(call, attempts_[attempt])) {
      CallView v = view(id, call, attempt);
      v.final = true;
      const unsigned at = attempts_[attempt].waiting_at;
      const AttemptId next = pipeline.layers[at]->leave(v);
      if (next != kNone) wake(next, at, {0});
    }
    detach(attempt);
  }
  for (unsigned i = inner; i-- > layer;) {
    const auto mask = static_cast<LayerMask>(1u << i);
    if ((call.passed & mask) == 0) continue;
    call.passed = static_cast<LayerMask>(call.passed & ~mask);
    CallView v = view(id, call, kNone);
    v.final = true;
    Policy& policy = *pipeline.layers[i];
    const std::optional<BreakerState> was =
        pipeline.spec->is_breaker(i) ? policy.breaker_state() : std::nullopt;
    const After answer = policy.after(v, Outcome::failed(why));
    if (was) note_breaker(call, policy, was);
    if (answer.wake != kNone) wake(answer.wake, i, answer.delay);
  }
  cancel_timers(call.timers, 0, ~0u);
}

// Nobody wants the call any more: no outcome, only the accounts are put straight.
void World::abandon_call(CallId id) {
  give_up_call(id, 0, Error::Cancelled);
  Call& call = calls_[id];
  if (call.traced) trace(call, {TraceKind::Abandoned}, "is no longer waited for");
  call.wanted = false;
  release_reference(id);
}

void World::end_call(CallId id, Call& call, const Route& route, Outcome outcome) {
  if (call.traced) tell_end(call, outcome);
  cancel_timers(call.timers, 0, ~0u);
  call.wanted = false;
  EdgeStatistics& edge = *route.counts;
  outcome.ok() ? ++edge.ok : ++edge.failed;
  if (call.errand) return errand_ended(id, outcome);
  if (call.parent == kNone) {
    request_ended(call, route, outcome);
    return release_reference(id);
  }
  const AttemptId parent = call.parent;
  AttemptId& head = attempts_[parent].calls;
  if (call.prev != kNone) calls_[call.prev].next = call.next;
  if (call.next != kNone) calls_[call.next].prev = call.prev;
  if (head == id) head = call.next;
  if (!outcome.ok() && route.required && outcome.error != Error::WrongData)
    attempts_[parent].is.doomed = true;
  release_reference(id);
  leg_ended(parent, outcome);
}

// The caller learns by itself that the attempt leads nowhere.
void World::fail_at_caller(AttemptId id, Attempt& attempt, Error why) {
  attempt.error = why;
  attempt.quality = 0;
  answer_arrived(id, attempt);
}

void World::on_reply_delivered(AttemptId id) {
  Attempt& attempt = attempts_[id];
  if (attempt.is.abandoned) return release_attempt(id, attempt);
  answer_arrived(id, attempt);
}

void World::answer_arrived(AttemptId id, Attempt& attempt) {
  const Call& call = calls_[attempt.call];
  Outcome outcome(attempt.error, attempt.quality);
  outcome.partial = attempt.is.partial;
  const Route& route = routes_[call.route];
  if (!outcome.ok()) ++route.counts->errors[static_cast<std::size_t>(outcome.error)];
  outcome.unsure = outcome.error == Error::Unreachable && attempt.arrived != Instant::max();
  if (route.ceremonious) keep_connection(id, outcome);
  if (route.watched) note_result(attempt, call, attempt.error);
  attempt.state = AttemptState::Waiting;  // the server is done with it
  attempt.waiting_at = 0xff;
  walk_out(attempt.call, id, static_cast<unsigned>(route.policies->layers.size()), outcome);
}

void World::on_attempt_timer(AttemptId id, std::uint32_t tag, TimerId timer) {
  Attempt& attempt = attempts_[id];
  forget_timer(attempt.timers, timer);
  if (tag == kStepTimeout) {
    doom_if_required(attempt);
    abandon_calls(id);
    attempt.pending = 0;
    return settle_step(id);
  }
  if (tag == kCancelMessage) return cancel_job(id);
  if (tag == kQueueTimeout) return waited_too_long(id);
  if (tag >= kConnected) return on_wire_timer(id, tag);
  const CallId call_id = attempt.call;
  Call& call = calls_[call_id];
  Pipeline& pipeline = pipeline_of(call);
  if (tag == kUnreachable) {
    unpark(id, attempt);
    return fail_at_caller(id, attempt, Error::Unreachable);
  }
  if (tag >= kWoken) return walk_in(id, tag - kWoken);

  const OnTimer answer = pipeline.layers[tag]->on_timer(view(call_id, call, id));
  switch (answer.verdict) {
    case OnTimer::Verdict::Ignore:
    case OnTimer::Verdict::SendAnother:  // only a layer of the call sends
      return;
    case OnTimer::Verdict::GoOn:
      attempt.passed |= static_cast<LayerMask>(1u << tag);
      return walk_in(id, tag + 1);
    case OnTimer::Verdict::GiveUp:
      break;
  }
  if (call.traced)
    trace(call, {TraceKind::GivesUp, attempt.number, answer.why, {}, 0},
          "gives up on attempt {}: {}", attempt.number + 1, name(answer.why));
  ++routes_[call.route].counts->errors[static_cast<std::size_t>(answer.why)];
  unwind(id, tag + 1, answer.why);
  attempt.passed = static_cast<LayerMask>(attempt.passed & ~(1u << tag));
  walk_out(call_id, id, tag, Outcome::failed(answer.why, answer.retry_after_s));
}

void World::on_call_timer(CallId id, std::uint32_t tag, TimerId timer) {
  Call& call = calls_[id];
  forget_timer(call.timers, timer);
  if (tag >= kSendAgain && tag < kInherited) return send_try(id, tag - kSendAgain);
  if (tag == kInherited) {
    ++routes_[call.route].counts->errors[static_cast<std::size_t>(Error::Deadline)];
    give_up_call(id, 0, Error::Deadline);
    return end_call(id, Outcome::failed(Error::Deadline));
  }
  const AttemptId waiting = waiter_at(call, tag);
  const OnTimer answer = pipeline_of(call).layers[tag]->on_timer(view(id, call, waiting));
  if (answer.verdict == OnTimer::Verdict::SendAnother && call.replaced)
    return;  // something else is asked already
  if (answer.verdict == OnTimer::Verdict::GoOn && waiting != kNone) {
    call.passed |= static_cast<LayerMask>(1u << tag);
    return walk_in(waiting, tag + 1);
  }
  if (answer.verdict != OnTimer::Verdict::GiveUp) return send_another(id, tag, answer);
  if (call.traced) trace(call, "gives up: {}", name(answer.why));
  ++routes_[call.route].counts->errors[static_cast<std::size_t>(answer.why)];
  // Timers of the layers outside this one keep running.
  std::uint32_t outside = kNone;
  for (std::uint32_t t = call.timers; t != kNone;) {
    const std::uint32_t next = calendar_.next_of_owner(t);
    if (calendar_.tag(t) < tag || calendar_.tag(t) == kInherited) {
      calendar_.next_of_owner(t) = outside;
      outside = t;
    } else {
      calendar_.cancel(t);
    }
    t = next;
  }
  call.timers = kNone;
  give_up_call(id, tag + 1, answer.why);
  call.timers = outside;
  call.passed = static_cast<LayerMask>(call.passed & ~(1u << tag));
  walk_out(id, kNone, tag, Outcome::failed(answer.why, answer.retry_after_s));
}

void WorldState::cancel_some(std::uint32_t& chain, std::uint32_t from, std::uint32_t until) {
  std::uint32_t* link = &chain;
  while (*link != kNone) {
    const std::uint32_t tag = calendar_.tag(*link);
    if (tag >= from && tag < until) {
      *link = calendar_.cancel(*link);
    } else {
      link = &calendar_.next_of_owner(*link);
    }
  }
}

void WorldState::forget_timer(std::uint32_t& chain, TimerId timer) {
  std::uint32_t* link = &chain;
  while (*link != timer) link = &calendar_.next_of_owner(*link);
  *link = calendar_.next_of_owner(timer);
}

// Until when somebody waits for this attempt, as far as its server has been told.
Instant World::told_deadline(const Attempt& attempt, const Call& call, const Route& route) const {
  const PipelineSpec& spec = *route.policies;
  Instant until = deadline(attempt.call);
  if (spec.call_deadline != Duration::max()) until = std::min(until, call.due + spec.call_deadline);
  if (spec.try_timeout != Duration::max())
    until = std::min(until, sent(attempts_.id_of(attempt)) + spec.try_timeout);
  return until;
}

}  // namespace faultline
