// The plain way, which most requests go most of the time: a call whose policies only set timers,
// over a link that delivers at once, to an instance that nothing ails, whose endpoint works and
// makes one call at a time. Here none of the questions are asked that such a request answers with
// no; the steps, the rows and the figures are those of the other files, in the same order, so a
// request may leave the plain way or come upon it wherever it is. That both ways are the same is
// tested on random worlds (tests/trust/test_plain_way.cpp).
//
// What is plain is said of a route when the world is made (has_plain_calls, has_plain_jobs), of an
// instance whenever something about it changes (Instance::judge), and of a job at every step
// (keeps_to_it).

#include <algorithm>

#include "models/system/mutations.hpp"
#include "models/system/world.hpp"

namespace faultline {

bool World::has_plain_calls(const Route& route) const {
  if (measuring_.off_the_plain_way || has_users_ || !logs_.empty() || !records_.empty()) return false;
  return route.timers_only && !route.tells_deadline && !route.ceremonious && !route.watched &&
         !route.required;
}

bool World::has_plain_jobs(const Route& route) const {
  if (measuring_.off_the_plain_way || has_users_ || !logs_.empty() || !records_.empty()) return false;
  return !route.tells_deadline &&
         std::all_of(route.steps, route.steps + route.step_count, [](const StepSpec& step) {
           const bool one_leg = step.kind == StepSpec::Kind::Calls && step.routes.count == 1;
           return step.chance >= 1 && step.otherwise == kNone && !step.timeout &&
                  (step.kind == StepSpec::Kind::Work || one_leg);
         });
}

bool World::keeps_to_it(const Attempt& attempt, const Call& call, const Route& route,
                        const Instance& instance) const {
  return route.plain_jobs && instance.plain && !call.traced && !attempt.abandoned &&
         !attempt.tainted && !attempt.partial && !attempt.doomed;
}

// A job that has a thread goes on with the step that it has come to, and with it whoever is called
// or answered, until all of them wait for something.
void World::go_on(AttemptId id) {
  while (id != kNone) {
    Attempt& attempt = attempts_[id];
    const Call& call = calls_[attempt.call];
    const Route& route = routes_[call.route];
    Instance& instance = instances_[attempt.instance];
    if (!keeps_to_it(attempt, call, route, instance)) return run_steps(id, attempt, call, route);
    if (attempt.step == route.step_count) {
      id = answer_plainly(id, attempt, route, instance);
      continue;
    }
    const StepSpec& step = route.steps[attempt.step];
    if (step.kind == StepSpec::Kind::Calls) {
      id = call_plainly(id, attempt, call, instance, step);
      continue;
    }
    const Duration work = work_of(step, attempt, call);
    if (work.ns > 0) {
      attempt.state = AttemptState::Working;
      instance.stats->working.add(now(), 1);
      return calendar_.schedule(now() + work, kWorkDone, id);
    }
    ++attempt.step;
  }
}

// The job that goes on next: the one called, if it has a thread, or none.
AttemptId World::call_plainly(AttemptId parent_id, Attempt& parent, const Call& of,
                              const Instance& instance, const StepSpec& step) {
  const Route& route = routes_[step.routes.first];
  if (!route.plain_calls || !route.wire->plain || of.resent || parent.number > 0 ||
      parent.calls != kNone) {
    begin_calls(parent_id, step);
    return kNone;
  }
  const CallId id = rows_.acquire();
  parent.state = AttemptState::Calling;
  parent.calls = id;
  parent.pending = 1;
  parent.good = 0;
  parent.share = 0;
  Call& call = calls_[id];
  call.lineage = derive(of.lineage, route.key);
  call.due = now();
  call.parent = parent_id;
  call.caller = instance.caller;
  call.route = step.routes.first;
  call.priority = parent.priority;
  return set_out_plainly(id, call, route);
}

// The call's one attempt sets out and arrives. Answers as above.
AttemptId World::set_out_plainly(CallId id, Call& call, const Route& route) {
  Attempt& attempt = attempts_[id];
  call.attempts = id;
  call.tries = call.sent = 1;
  call.live = 1;
  call.references = 2;
  attempt.call = id;
  attempt.priority = call.priority;
  ++attempts_begun_;
  ++route.counts->calls;
  ++route.counts->attempts;
  const std::vector<Duration>& alarms = route.policies->alarms;
  for (std::uint32_t layer = 0; layer < alarms.size(); ++layer) {
    attempt.timers =
        calendar_.arm(alarms[layer], Timing::Constant, kAttemptTimer, id, layer, attempt.timers);
  }
  Target& target = callers_[call.caller].targets[route.target];
  const InstanceId chosen = choose(target, call, attempt);
  if (chosen == kNone) {
    fail_at_caller(id, attempt, Error::Unavailable);
    return kNone;
  }
  attempt.instance = chosen;
  Instance& instance = instances_[chosen];
  ++instance.named;
  if (target.counts_outstanding) ++target.outstanding[chosen];
  if (keeps_to_it(attempt, call, route, instance)) {
    if (arrive_plainly(id, attempt, call, route, instance)) return id;
  } else {
    arrive(id, attempt, call, route);
  }
  return kNone;
}

// Answers whether it has a thread.
bool World::arrive_plainly(AttemptId id, Attempt& attempt, const Call& call, const Route& route,
                           Instance& instance) {
  attempt.arrived = now();
  ServiceStatistics& stats = *instance.stats;
  HandlingStatistics& handled = instance.handling[route.endpoint];
  ++stats.arrivals;
  for (PeakCounter& peak : stats.arrivals_peaks) peak.count(now());
  ++handled.arrivals;
  if (instance.busy >= instance.spec->threads || instance.queued > 0) {
    enter(id, attempt, call, route);
    return false;
  }
  attempt.started = now();
  handled.wait.record({0});
  ++instance.busy;
  stats.busy.add(now(), 1);
  attempt.state = AttemptState::Calling;
  return true;
}

// The job's thread goes to the next in the queue, and its answer to whoever waits for it. Answers
// the job that goes on next: the one that waited, or none.
AttemptId World::answer_plainly(AttemptId id, Attempt& attempt, const Route& route,
                                Instance& instance) {
  HandlingStatistics& handled = instance.handling[route.endpoint];
  ++handled.completed;
  ++handled.ok;
  handled.latency.record(now() - attempt.arrived);
  --instance.busy;
  instance.stats->busy.add(now(), -1);
  attempt.state = AttemptState::Replying;
  if (!mutation::leaves_threads_idle || instance.queued != 1) serve_next(attempt.instance);
  if (mutation::loses_answers && id % 16 == 0) return kNone;

  // Serving may have taken away whoever waited for this.
  Call& call = calls_[id];
  if (mutation::keeps_timers || !route.plain_calls || !route.wire->plain || attempt.abandoned ||
      attempt.call != id || call.references != 2 || call.errand || call.replaced ||
      instances_[attempt.instance].state != InstanceState::Ready) {
    reply(id, attempt, route, Outcome::answered(attempt.quality));
    return kNone;
  }
  while (attempt.timers != kNone) attempt.timers = calendar_.cancel(attempt.timers);
  while (call.timers != kNone) call.timers = calendar_.cancel(call.timers);
  Target& target = callers_[call.caller].targets[route.target];
  if (target.counts_outstanding) --target.outstanding[attempt.instance];
  --instances_[attempt.instance].named;
  ++attempts_ended_;
  ++route.counts->ok;
  const AttemptId parent_id = call.parent;
  if (parent_id == kNone) {
    request_ended(call, Outcome::answered(attempt.quality));
    rows_.release(id);
    return kNone;
  }
  Attempt& parent = attempts_[parent_id];
  const float quality = attempt.quality;
  if (call.prev != kNone) calls_[call.prev].next = call.next;
  if (call.next != kNone) calls_[call.next].prev = call.prev;
  if (parent.calls == id) parent.calls = call.next;
  rows_.release(id);
  if (!routes_[calls_[parent.call].route].plain_jobs || parent.doomed) {
    leg_ended(parent_id, Outcome::answered(quality));
    return kNone;
  }
  parent.pending = 0;
  parent.good = 1;
  parent.share = quality;
  parent.quality *= quality;
  ++parent.step;
  return parent_id;
}

}  // namespace faultline
