// What happens when a policy sends again: beside an attempt that is under way (a hedge), or in
// place of one that has failed (a retry); and where the load that this makes was born.

#include "models/system/world.hpp"

namespace faultline {

// Another attempt may still answer for this one, or will be sent.
void World::absorb(CallId id, AttemptId attempt, unsigned layer, const After& answer) {
  Call& call = calls_[id];
  if (call.traced) tell_absorbed(call, attempts_[attempt], answer);
  if (answer.verdict == After::Verdict::Rearm) {
    cancel_timers(call.timers, layer, layer + 1);
    call.timers = calendar_.arm(answer.delay, Timing::Varying, kCallTimer, id, layer, call.timers);
  }
  if (answer.verdict == After::Verdict::NoMore) {
    cancel_timers(call.timers, layer, layer + 1);
    call.hedges = 0xff;
  }
  detach(attempt);
}

// The timer of a hedge: another attempt, or perhaps later.
void World::send_another(CallId id, unsigned layer, const OnTimer& answer) {
  Call& call = calls_[id];
  if (answer.again.ns >= 0) {
    call.timers = calendar_.arm(answer.again, Timing::Constant, kCallTimer, id, layer, call.timers);
  }
  if (answer.verdict != OnTimer::Verdict::SendAnother) return;
  // One that has not got past an outer line needs no second in the same line.
  for (AttemptId a = call.attempts; a != kNone; a = sibling(a)) {
    if (waits_outside(call, attempts_[a])) return cancel_timers(call.timers, layer, layer + 1);
  }
  ++call.hedges;
  if (call.traced) trace(call, "has waited long enough and sends a hedge");
  const AttemptId hedge = new_attempt(id);
  attempts_[hedge].is.hedge = true;
  walk_in(hedge, layer + 1);
}

// When the oldest of the attempts that are under way set out.
Instant World::first_asked(const Call& call) const {
  Instant first = Instant::max();
  for (AttemptId a = call.attempts; a != kNone; a = sibling(a)) first = std::min(first, sent(a));
  return first;
}

// A retry inside the hedge: each hedged attempt has retries of its own. What is outside the retry
// has let the branch through and goes on to hold for the new attempt.
void World::send_branch_again(AttemptId old_id, unsigned layer, Outcome outcome, Duration pause) {
  const CallId call_id = attempts_[old_id].call;
  const AttemptId id = new_attempt(call_id);
  Attempt& old = attempts_[old_id];
  Attempt& attempt = attempts_[id];
  Call& call = calls_[call_id];
  if (call.traced) {
    trace(call, {TraceKind::Failed, old.number, outcome.error}, "attempt {} failed",
          old.number + 1);
    tell_resend(call, outcome, pause);
  }
  const auto kept = static_cast<LayerMask>((1u << (layer + 1)) - 1);
  attempt.passed = static_cast<LayerMask>(old.passed & kept);
  old.passed = static_cast<LayerMask>(old.passed & ~kept);
  calls_[id].tries = static_cast<std::uint16_t>(resends(old_id) + 1);
  attempt.is.hedge = old.is.hedge;
  attempt.state = AttemptState::Waiting;
  attempt.waiting_at = 0xff;  // in no line
  // The alarms of the layers that hold go over to it.
  cancel_timers(old.timers, layer + 1, kServerSide);
  for (std::uint32_t* link = &old.timers; *link != kNone;) {
    const std::uint32_t timer = *link;
    if (calendar_.tag(timer) > layer) {
      link = &calendar_.next_of_owner(timer);
      continue;
    }
    *link = calendar_.next_of_owner(timer);
    calendar_.next_of_owner(timer) = attempt.timers;
    attempt.timers = timer;
    calendar_.hand_over(timer, id);
  }
  attempt.timers =
      calendar_.arm(pause, Timing::Varying, kAttemptTimer, id, kWoken + layer + 1, attempt.timers);
  detach(old_id);
}

// A call that would not be made, had some try further out not been sent again: the outermost of
// these counts. Kept by call, since whoever is further out may have gone.
void World::note_origin(CallId id, const Attempt& parent) {
  const Call& outer = calls_[parent.call];
  if (origins_.size() <= id) origins_.resize(id + 1);
  origins_[id] = outer.resent ? origins_[parent.call] : routes_[outer.route].edge;
}

// Counts an attempt that is sent because some try, its own or one further out, was sent again.
void World::count_resent(AttemptId id) {
  const Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  if (attempt.number > 0) {
    ++(attempt.is.hedge ? route.counts->hedges : route.counts->retries);
    route.counts->sent_again.count(now());
  }
  const std::uint32_t born = call.resent ? origins_[attempt.call] : route.edge;
  std::vector<std::uint64_t>& counts = route.served->born_again;
  if (counts.empty()) counts.resize(edge_stats_.size());
  ++counts[born];
}

}  // namespace faultline
