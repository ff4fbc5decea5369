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
  if (!job.is.on_plain_way()) [[unlikely]]
    return work_done_otherwise(id, job);
  ++job.step;
  const AttemptId next = advance(id, row, instances_[job.instance], true);
  if (next != kNone) go_on(next);
}

// A job that has a thread goes on with the step that it has come to, and with it whoever is called
// or answered, until all of them wait for something.
void World::go_on(AttemptId id) {
  while (id != kNone) {
    CallRow& row = rows_[id];
    id = advance(id, row, instances_[row.attempt.instance], false);
  }
}

// Answers, as do all that follow, which job goes on next. `at_work`: the thread is still counted as
// working. If it goes on with other work, the job's own or that of the next in the queue, nothing
// changes.
inline AttemptId World::advance(AttemptId id, CallRow& row, Instance& instance, bool at_work) {
  Attempt& job = row.attempt;
  if (!keeps_to_it(job, instance)) [[unlikely]] {
    if (at_work) instance.stats->working.add(now(), -1);
    job.state = AttemptState::Calling;
    const Call& call = calls_[job.call];
    run_steps(id, job, call, routes_[call.route]);
    return kNone;
  }
  const Route& route = routes_[row.call.route];  // a plain attempt shares its call's row
  if (job.step == route.step_count) return answer_plainly(id, row, route, instance, at_work);
  const StepSpec& step = route.steps[job.step];
  if (step.kind != StepSpec::Kind::Calls) return work_plainly(id, row, step, instance, at_work);
  if (at_work) instance.stats->working.add(now(), -1);
  return call_plainly(id, row, instance, step);
}

inline AttemptId World::work_plainly(AttemptId id, CallRow& row, const StepSpec& step,
                                     Instance& instance, bool at_work) {
  Draws draws(derive(row.call.lineage, step.key ^ kWorkDraw));
  const Duration work = step.work.sample(draws);
  if (work.ns == 0) [[unlikely]] {
    if (at_work) instance.stats->working.add(now(), -1);
    row.attempt.state = AttemptState::Calling;
    ++row.attempt.step;
    return id;
  }
  row.attempt.state = AttemptState::Working;
  if (!at_work) instance.stats->working.add(now(), 1);
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
  const CallId id = set_out_plainly({.lineage = derive(by.call.lineage, route.key),
                                     .due = now(),
                                     .parent = caller,
                                     .caller = at.caller,
                                     .route = step.routes.first,
                                     .priority = job.priority},
                                    route);
  job.state = AttemptState::Calling;
  job.calls = id;
  job.pending = 1;
  job.good = 0;
  job.share = 0;
  return travel_plainly(id, rows_[id], route);
}

// A client's request, of which nobody wants to hear the story.
void World::begin_plainly(const NewCall& wanted, const Route& route) {
  const CallId id = set_out_plainly(wanted, route);
  const AttemptId next = travel_plainly(id, rows_[id], route);
  if (next != kNone) [[unlikely]]
    go_on(next);
}

// The call's row, with its one attempt.
inline CallId World::set_out_plainly(const NewCall& wanted, const Route& route) {
  return rows_.acquire([&](CallId id) {
    return CallRow{.call = {.lineage = wanted.lineage,
                            .due = wanted.due,
                            .parent = wanted.parent,
                            .caller = wanted.caller,
                            .route = wanted.route,
                            .attempts = id,
                            .prev = wanted.prev,
                            .tries = 1,
                            .sent = 1,
                            .references = 2,
                            .live = 1,
                            .priority = wanted.priority},
                   .attempt = {.started = {},
                               .call = id,
                               .next = kNone,
                               .prev = kNone,
                               .priority = wanted.priority,
                               .is = {.plain = route.plain_jobs}}};
  });
}

inline InstanceId World::choose_plainly(const CallRow& row, const Route& route) {
  const ServiceState& callee = *route.callee;
  if (callee.only != kNone) return callee.only;
  Target& target = target_of(row.call, route);
  return callee.in_turn ? target.in_turn(callee.ready) : choose(target, row.call, row.attempt);
}

// The attempt finds its server and arrives.
inline AttemptId World::travel_plainly(CallId id, CallRow& row, const Route& route) {
  Call& call = row.call;
  Attempt& attempt = row.attempt;
  ++attempts_begun_;
  ++route.counts->calls;
  ++route.counts->attempts;
  std::uint32_t layer = 0;
  for (const Duration alarm : route.policies->alarms) {
    attempt.timers =
        calendar_.arm(alarm, Timing::Constant, kAttemptTimer, id, layer++, attempt.timers);
  }
  const InstanceId chosen = choose_plainly(row, route);
  if (chosen == kNone) [[unlikely]] {
    fail_at_caller(id, attempt, Error::Unavailable);
    return kNone;
  }
  attempt.instance = chosen;
  Instance& instance = instances_[chosen];
  ++instance.named;
  if (route.counts_outstanding) ++target_of(call, route).outstanding[chosen];
  if (!(instance.plain & route.plain_jobs)) [[unlikely]] {
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
    get_thread(job);
    if (route.begins_with_work) return work_plainly(id, row, route.steps[0], instance, false);
    return id;
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

inline void World::get_thread(Attempt& job) {
  job.started = now();
  job.calls = kNone;  // it has left the queue
}

// The job's thread goes to the next in the queue, and its answer to whoever waits for it.
inline AttemptId World::answer_plainly(AttemptId id, CallRow& row, const Route& route,
                                       Instance& instance, bool at_work) {
  Call& call = row.call;
  Attempt& job = row.attempt;
  HandlingStatistics& handled = instance.handling[route.endpoint];
  ++handled.completed;
  ++handled.ok;
  handled.latency.record(now() - job.arrived);
  job.state = AttemptState::Replying;
  if (instance.queued == 0 || !hand_thread_on(instance, at_work)) {
    if (at_work) instance.stats->working.add(now(), -1);
    --instance.busy;
    instance.stats->busy.add(now(), -1);
    if (!mutation::leaves_threads_idle || instance.queued != 1) serve_next(job.instance);
  }
  if (mutation::loses_answers && id % 16 == 0) return kNone;

  // Serving may have taken away whoever waited for this.
  if (mutation::keeps_timers || !route.plain_calls || job.is.abandoned || call.errand)
      [[unlikely]] {
    reply(id, job, route, Outcome::answered(job.quality));
    return kNone;
  }
  if ((job.timers & call.timers) != kNone) {
    while (job.timers != kNone) job.timers = calendar_.cancel(job.timers);
    while (call.timers != kNone) call.timers = calendar_.cancel(call.timers);
  }
  if (route.counts_outstanding) --target_of(call, route).outstanding[job.instance];
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
inline bool World::hand_thread_on(Instance& instance, bool at_work) {
  if (instance.serving || (mutation::leaves_threads_idle && instance.queued == 1)) return false;
  const AttemptId first = instance.lines[0].head;
  CallRow& row = rows_[first];
  Attempt& job = row.attempt;
  const Route& route = routes_[row.call.route];
  // What begins with a call may be over at once, and free its thread again.
  if (!job.is.on_plain_way() || !route.begins_with_work) [[unlikely]]
    return false;
  pop_line(instance.lines[0], job);
  --instance.queued;
  instance.stats->queued.add(now(), -1);
  instance.handling[route.endpoint].got_thread(now() - job.arrived);
  get_thread(job);
  if (work_plainly(first, row, route.steps[0], instance, at_work) != kNone) [[unlikely]]
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
