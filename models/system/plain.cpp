// The plain way, which most requests go most of the time: a call whose policies only set timers,
// over a link that delivers at once, to an instance that nothing ails, whose endpoint works and
// makes one call at a time. Here none of the questions are asked that such a request answers with
// no; the steps, the rows and the figures are those of the other files, in the same order, so a
// request may leave the plain way or come upon it wherever it is. A request whose story is told
// never goes it; so telling all stories shows that both ways are the same
// (tests/trust/test_plain_way.cpp).
//
// What is plain is said of a route when the world is made and when the weather on its link changes
// (has_plain_calls, has_plain_jobs), of an instance whenever something about it changes
// (Instance::judge), of an attempt when it is made (AttemptFlags::plain: the first of its call,
// whose story nobody hears), and asked at every step (keeps_to_it).

#include <algorithm>

#include "models/system/mutations.hpp"
#include "models/system/world.hpp"

namespace faultline {

bool World::has_plain_calls(const Route& route) const {
  return route.timers_only && !route.tells_deadline && !route.ceremonious && !route.watched &&
         !route.required && route.wire->plain && keeps_no_accounts();
}

bool World::has_plain_jobs(const Route& route) const {
  const auto is_plain = [](const StepSpec& step) {
    const bool one_leg = step.kind == StepSpec::Kind::Calls && step.routes.count == 1;
    return step.chance >= 1 && step.otherwise == kNone && !step.timeout &&
           (step.kind == StepSpec::Kind::Work || one_leg);
  };
  return !route.tells_deadline && keeps_no_accounts() &&
         std::all_of(route.steps, route.steps + route.step_count, is_plain);
}

// A step's work is done. Every job comes by here, so all that may follow at once is compiled into
// it.
[[gnu::flatten]] void World::on_work_done(AttemptId id) {
  CallRow& row = rows_[id];
  Attempt& job = row.attempt;
  if ((job.state == AttemptState::Ghost) | job.is.stale) [[unlikely]]
    return worked_in_vain(id, job);
  instances_[job.instance].stats->working.add(now(), -1);
  job.state = AttemptState::Calling;
  ++job.step;
  const AttemptId next = advance(id, row);
  if (next != kNone) go_on(next);
}

// A job that has a thread goes on with the step that it has come to, and with it whoever is called
// or answered, until all of them wait for something.
void World::go_on(AttemptId id) {
  while (id != kNone) id = advance(id, rows_[id]);
}

// Answers, as do all that follow, which job goes on next.
inline AttemptId World::advance(AttemptId id, CallRow& row) {
  Attempt& job = row.attempt;
  Instance& instance = instances_[job.instance];
  if (!keeps_to_it(job, instance)) [[unlikely]] {
    const Call& call = calls_[job.call];
    run_steps(id, job, call, routes_[call.route]);
    return kNone;
  }
  const Route& route = routes_[row.call.route];  // a plain attempt shares its call's row
  if (job.step == route.step_count) return answer_plainly(id, row, route, instance);
  return step_plainly(id, row, route.steps[job.step], instance);
}

inline AttemptId World::step_plainly(AttemptId id, CallRow& row, const StepSpec& step,
                                     Instance& instance) {
  if (step.kind == StepSpec::Kind::Calls) return call_plainly(id, row, instance, step);
  Draws draws(derive(row.call.lineage, step.key ^ kWorkDraw));
  const Duration work = step.work.sample(draws);
  if (work.ns == 0) [[unlikely]] {
    ++row.attempt.step;
    return id;
  }
  row.attempt.state = AttemptState::Working;
  instance.stats->working.add(now(), 1);
  calendar_.schedule(now() + work, kWorkDone, id);
  return kNone;
}

inline AttemptId World::call_plainly(AttemptId caller, CallRow& by, const Instance& at,
                                     const StepSpec& step) {
  Attempt& job = by.attempt;
  const Route& route = routes_[step.routes.first];
  if (!route.plain_calls || by.call.resent || job.calls != kNone) [[unlikely]] {
    begin_calls(caller, step);
    return kNone;
  }
  const CallId id = rows_.acquire();
  job.state = AttemptState::Calling;
  job.calls = id;
  job.pending = 1;
  job.good = 0;
  job.share = 0;
  CallRow& row = rows_[id];
  row.call.lineage = derive(by.call.lineage, route.key);
  row.call.due = now();
  row.call.parent = caller;
  row.call.caller = at.caller;
  row.call.route = step.routes.first;
  row.call.priority = job.priority;
  return set_out_plainly(id, row, route);
}

// A client's request, of which nobody wants to hear the story.
void World::begin_plainly(CallId id, CallRow& row, const Route& route) {
  const AttemptId next = set_out_plainly(id, row, route);
  if (next != kNone) [[unlikely]]
    go_on(next);
}

// The call's one attempt sets out and arrives.
inline AttemptId World::set_out_plainly(CallId id, CallRow& row, const Route& route) {
  Call& call = row.call;
  Attempt& attempt = row.attempt;
  call.attempts = id;
  call.tries = 1;
  call.sent = 1;
  call.live = 1;
  call.references = 2;
  attempt.call = id;
  attempt.is = {.plain = route.plain_jobs};
  attempt.priority = call.priority;
  ++attempts_begun_;
  ++route.counts->calls;
  ++route.counts->attempts;
  std::uint32_t layer = 0;
  for (const Duration alarm : route.policies->alarms) {
    attempt.timers =
        calendar_.arm(alarm, Timing::Constant, kAttemptTimer, id, layer++, attempt.timers);
  }
  Target& target = callers_[call.caller].targets[route.target];
  const ServiceState& callee = *route.callee;
  const bool by_turn = route.in_turn && callee.weight < 0 && !callee.ready.empty();
  const InstanceId chosen = by_turn ? target.in_turn(callee.ready) : choose(target, call, attempt);
  if (chosen == kNone) [[unlikely]] {
    fail_at_caller(id, attempt, Error::Unavailable);
    return kNone;
  }
  attempt.instance = chosen;
  Instance& instance = instances_[chosen];
  ++instance.named;
  if (route.counts_outstanding) ++target.outstanding[chosen];
  if (!keeps_to_it(attempt, instance)) [[unlikely]] {
    arrive(id, attempt, call, route);
    return kNone;
  }
  return arrive_plainly(id, row, route, instance);
}

void World::come_in_plainly(AttemptId id, CallRow& row, const Route& route, Instance& instance) {
  go_on(arrive_plainly(id, row, route, instance));
}

inline AttemptId World::arrive_plainly(AttemptId id, CallRow& row, const Route& route,
                                       Instance& instance) {
  Attempt& job = row.attempt;
  job.arrived = now();
  ServiceStatistics& stats = *instance.stats;
  HandlingStatistics& handled = instance.handling[route.endpoint];
  stats.arrivals.count(now());
  ++handled.arrivals;
  if (instance.busy < instance.spec->threads && instance.queued == 0) {
    ++handled.at_once;
    ++instance.busy;
    stats.busy.add(now(), 1);
    return start_plainly(id, row, route, instance);
  }
  if (instance.queued >= instance.spec->queue_limit) {
    enter(id, job, row.call, route);
  } else {
    job.state = AttemptState::Queued;
    join_line(instance.lines[0], id, job);
    ++instance.queued;
    stats.queued.add(now(), 1);
  }
  return kNone;
}

// The job has been given a thread, and begins with its first step.
inline AttemptId World::start_plainly(AttemptId id, CallRow& row, const Route& route,
                                      Instance& instance) {
  Attempt& job = row.attempt;
  job.started = now();
  job.calls = kNone;  // it has left the queue
  job.state = AttemptState::Calling;
  if (route.step_count == 0) [[unlikely]]
    return id;
  return step_plainly(id, row, route.steps[0], instance);
}

// The job's thread goes to the next in the queue, and its answer to whoever waits for it.
inline AttemptId World::answer_plainly(AttemptId id, CallRow& row, const Route& route,
                                       Instance& instance) {
  Call& call = row.call;
  Attempt& job = row.attempt;
  HandlingStatistics& handled = instance.handling[route.endpoint];
  ++handled.completed;
  ++handled.ok;
  handled.latency.record(now() - job.arrived);
  job.state = AttemptState::Replying;
  if (instance.queued == 0 || !hand_thread_on(instance)) {
    --instance.busy;
    instance.stats->busy.add(now(), -1);
    if (!mutation::leaves_threads_idle || instance.queued != 1) serve_next(job.instance);
  }
  if (mutation::loses_answers && id % 16 == 0) return kNone;

  // Serving may have taken away whoever waited for this.
  if (mutation::keeps_timers || !route.plain_calls || job.is.abandoned || call.references != 2 ||
      (call.errand | call.replaced)) [[unlikely]] {
    reply(id, job, route, Outcome::answered(job.quality));
    return kNone;
  }
  while (job.timers != kNone) job.timers = calendar_.cancel(job.timers);
  while (call.timers != kNone) call.timers = calendar_.cancel(call.timers);
  if (route.counts_outstanding)
    --callers_[call.caller].targets[route.target].outstanding[job.instance];
  --instance.named;
  ++attempts_ended_;
  ++route.counts->ok;
  const AttemptId waiting = call.parent;
  if (waiting == kNone) {
    request_ended(call, route, Outcome::answered(job.quality));
    rows_.release(id);
    return kNone;
  }
  const float quality = job.quality;
  CallRow& by = rows_[waiting];
  if (call.prev != kNone) calls_[call.prev].next = call.next;
  if (call.next != kNone) calls_[call.next].prev = call.prev;
  if (by.attempt.calls == id) by.attempt.calls = call.next;
  rows_.release(id);
  if (!by.attempt.is.plain || by.attempt.is.doomed) [[unlikely]] {
    leg_ended(waiting, Outcome::answered(quality));
    return kNone;
  }
  by.attempt.pending = 0;
  by.attempt.good = 1;
  by.attempt.share = quality;
  by.attempt.quality *= quality;
  ++by.attempt.step;
  return waiting;
}

// Whether the thread of a job that is done went straight to the first in the queue: so it isn't
// counted as free in between.
inline bool World::hand_thread_on(Instance& instance) {
  if (instance.serving || (mutation::leaves_threads_idle && instance.queued == 1)) return false;
  const AttemptId first = instance.lines[0].head;
  CallRow& row = rows_[first];
  Attempt& job = row.attempt;
  const Route& route = routes_[row.call.route];
  // What begins with a call may be over at once, and free its thread again.
  if (!keeps_to_it(job, instance) || route.step_count == 0 ||
      route.steps[0].kind == StepSpec::Kind::Calls) [[unlikely]]
    return false;
  pop_line(instance.lines[0], job);
  --instance.queued;
  instance.stats->queued.add(now(), -1);
  instance.handling[route.endpoint].got_thread(now() - job.arrived);
  if (start_plainly(first, row, route, instance) != kNone) [[unlikely]]
    took_no_time(first, job.instance);
  return true;
}

// The thread may be free again, before the one who had it last has answered.
void World::took_no_time(AttemptId id, InstanceId at) {
  instances_[at].serving = true;
  go_on(id);
  instances_[at].serving = false;
  serve_next(at);
}

}  // namespace faultline
