// At the server: a thread is found, or a place in the queue, or the door is shut; the steps are
// done, the thread held throughout, calls to others included; the answer goes back.

#include "models/system/mutations.hpp"
#include "models/system/world.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kWorkDraw = 0x776f726b;
constexpr std::uint64_t kPatience = 0x70617469;
constexpr std::uint64_t kChance = 0x63686e63;
constexpr std::uint64_t kVersionError = 0x76657272;
constexpr std::uint64_t kVersionSlow = 0x76736c6f;
constexpr std::uint16_t kBeginning = 0x8000;  // in `pending`: legs are still being begun

}  // namespace

HandlingStatistics& World::handling(const Attempt& attempt, const Call& call) {
  return instances_[attempt.instance].handling[routes_[call.route].endpoint];
}

void World::arrive(AttemptId id) {
  Attempt& attempt = attempts_[id];
  if (attempt.state == AttemptState::Ghost) return release_attempt(id);
  Instance& instance = instances_[attempt.instance];
  const Call& call = calls_[attempt.call];
  attempt.arrived = now();
  ServiceStatistics& stats = *instance.stats;
  ++stats.arrivals;
  for (PeakCounter& peak : stats.arrivals_peaks) peak.count(now());
  ++handling(attempt, call).arrivals;
  if (instance.conditions.down || instance.state == InstanceState::Gone)
    return refuse(id, Error::Unavailable);
  if (now() >= expiry(attempt, call)) return refuse(id, Error::Deadline);
  const ServiceSpec& service = *instance.spec;
  if (instance.busy < service.threads && instance.queued == 0) return start_job(id);
  const bool one_more = mutation::one_place_too_many && instance.queued == service.queue_limit;
  if (instance.queued >= service.queue_limit && !one_more) return refuse(id, Error::Refused);
  enqueue(attempt.instance, id);
}

// Answers without having done anything.
void World::refuse(AttemptId id, Error why) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  ++handling(attempt, call).rejected;
  count_answer(attempt, call, Outcome::failed(why));
  if (traced(call)) trace(call, fmt::format("is turned away at the door: {}", name(why)));
  reply(id, Outcome::failed(why));
}

void World::enqueue(InstanceId instance_id, AttemptId id) {
  Instance& instance = instances_[instance_id];
  Attempt& attempt = attempts_[id];
  attempt.state = AttemptState::Queued;
  const bool by_priority = instance.spec->discipline == Discipline::Priority;
  Instance::Line& line = instance.lines[by_priority ? attempt.priority : 0];
  attempt.prev = line.tail;
  attempt.next = kNone;
  (line.tail == kNone ? line.head : attempts_[line.tail].next) = id;
  line.tail = id;
  ++instance.queued;
  instance.stats->queued.add(now(), 1);
  const ServiceSpec& service = *instance.spec;
  if (!service.queue_timeout) return;
  Draws draws(derive(attempt_key(calls_[attempt.call], attempt), service.key ^ kPatience));
  attempt.timers =
      calendar_.arm(service.queue_timeout->sample(draws),
                    service.queue_timeout->is_constant() ? Timing::Constant : Timing::Varying,
                    kAttemptTimer, id, kQueueTimeout, attempt.timers);
}

void World::leave_queue(Instance& instance, AttemptId id) {
  Attempt& attempt = attempts_[id];
  const bool by_priority = instance.spec->discipline == Discipline::Priority;
  Instance::Line& line = instance.lines[by_priority ? attempt.priority : 0];
  (attempt.prev == kNone ? line.head : attempts_[attempt.prev].next) = attempt.next;
  (attempt.next == kNone ? line.tail : attempts_[attempt.next].prev) = attempt.prev;
  --instance.queued;
  instance.stats->queued.add(now(), -1);
  if (instance.spec->queue_timeout)
    cancel_timers(attempt.timers, kQueueTimeout, kQueueTimeout + 1);
}

// The server's queue has a timeout of its own, whether or not anybody still waits for the answer.
void World::waited_too_long(AttemptId id) {
  leave_queue(instances_[attempts_[id].instance], id);
  refuse(id, Error::Refused);
}

AttemptId World::take_next(Instance& instance) {
  const bool lifo = instance.spec->discipline == Discipline::Lifo;
  for (Instance::Line& line : instance.lines) {
    if (line.head == kNone) continue;
    const AttemptId id = lifo ? line.tail : line.head;
    leave_queue(instance, id);
    return id;
  }
  return kNone;
}

// Gives free threads to those who wait. What starts may end at once and free its thread again: then
// this same loop, not a nested one, takes the next.
void World::serve_queue(InstanceId id) {
  Instance& instance = instances_[id];
  const std::uint32_t threads = instance.spec->threads;
  instance.serving = true;
  // `instances_` may grow meanwhile, so the reference is not kept.
  while (instances_[id].busy < threads && instances_[id].queued > 0) {
    const AttemptId next = take_next(instances_[id]);
    const Attempt& attempt = attempts_[next];
    if (now() >= expiry(attempt, calls_[attempt.call])) {
      refuse(next, Error::Deadline);
    } else {
      start_job(next);
    }
  }
  instances_[id].serving = false;
}

void World::start_job(AttemptId id) {
  Attempt& attempt = attempts_[id];
  Instance& instance = instances_[attempt.instance];
  const Call& call = calls_[attempt.call];
  attempt.started = now();
  handling(attempt, call).wait.record(now() - attempt.arrived);
  ++instance.busy;
  instance.stats->busy.add(now(), 1);
  attempt.prev = kNone;
  attempt.next = instance.jobs;
  if (instance.jobs != kNone) attempts_[instance.jobs].prev = id;
  instance.jobs = id;
  attempt.state = AttemptState::Calling;
  if (traced(call))
    trace(call, fmt::format("gets a thread after {:.3f} ms in the queue",
                            (now() - attempt.arrived).seconds() * 1e3));
  Error why = Error::None;
  if (fails_at_once(attempt, call, why)) return finish_job(id, Outcome::failed(why));
  run_steps(id);
}

// Whether a fault or the version makes the job fail before any work.
bool World::fails_at_once(const Attempt& attempt, const Call& call, Error& why) const {
  const Instance& instance = instances_[attempt.instance];
  for (const InstanceConditions::Errors& errors : instance.conditions.errors) {
    if (Draws(derive(attempt_key(call, attempt), errors.key)).uniform() >= errors.share) continue;
    why = errors.error;
    return true;
  }
  if (instance.version == 0) return false;
  const Version& version = services_[instance.service].versions[instance.version];
  if (version.effects.errors <= 0) return false;
  why = Error::ServerError;
  return Draws(derive(attempt_key(call, attempt), version.key ^ kVersionError)).uniform() <
         version.effects.errors;
}

Duration World::work_of(const StepSpec& step, const Attempt& attempt, const Call& call) const {
  Draws draws(derive(attempt_key(call, attempt), step.key ^ kWorkDraw));
  Duration work = step.work.sample(draws);
  const Instance& instance = instances_[attempt.instance];
  double factor = instance.conditions.slowdown;
  if (instance.version != 0) {
    const Version& version = services_[instance.service].versions[instance.version];
    const std::uint64_t key = derive(attempt_key(call, attempt), version.key ^ kVersionSlow);
    if (version.effects.slow_share > 0 && Draws(key).uniform() < version.effects.slow_share)
      factor *= version.effects.slow_factor;
  }
  if (factor != 1) work = from_seconds(work.seconds() * factor);
  return work;
}

bool World::takes_chance(const StepSpec& step, const Attempt& attempt, const Call& call) const {
  if (step.chance >= 1) return true;
  return Draws(derive(attempt_key(call, attempt), step.key ^ kChance)).uniform() < step.chance;
}

void World::run_steps(AttemptId id) {
  for (;;) {
    Attempt& attempt = attempts_[id];
    const Call& call = calls_[attempt.call];
    const Route& route = routes_[call.route];
    if (attempt.step == route.step_count) {
      const Outcome answer = attempt.tainted ? Outcome::failed(Error::WrongData)
                                             : Outcome{Error::None, attempt.quality};
      return finish_job(id, answer);
    }
    const StepSpec& step = route.steps[attempt.step];
    if (step.otherwise == kNone && !takes_chance(step, attempt, call)) {
      ++attempt.step;
      continue;
    }
    if (step.kind == StepSpec::Kind::Work) {
      const Duration work = work_of(step, attempt, call);
      if (work.ns > 0) {
        attempt.state = AttemptState::Working;
        route.served->working.add(now(), 1);
        if (traced(call)) {
          trace(call, fmt::format("works for {:.3f} ms on attempt {}", work.seconds() * 1e3,
                                  attempt.number + 1));
        }
        return calendar_.schedule(now() + work, kWorkDone, id);
      }
    } else if (step.kind == StepSpec::Kind::Calls) {
      return begin_calls(id, step);
    } else if (!look_up(id, step)) {
      return;  // it waits for an answer
    }
    ++attempt.step;
  }
}

void World::on_work_done(AttemptId id) {
  Attempt& attempt = attempts_[id];
  if (attempt.state == AttemptState::Ghost) return release_attempt(id);
  if (attempt.stale) {  // the job it belonged to was killed; the row lives on as an answer
    attempt.stale = false;
    return;
  }
  instances_[attempt.instance].stats->working.add(now(), -1);
  attempt.state = AttemptState::Calling;
  ++attempt.step;
  run_steps(id);
}

void World::begin_calls(AttemptId id, const StepSpec& step) {
  Attempt& attempt = attempts_[id];
  attempt.state = AttemptState::Calling;
  attempt.good = 0;
  attempt.share = 0;
  if (step.routes.count == 1 && !step.timeout) {
    attempt.pending = 1;
    const bool other =
        step.otherwise != kNone && !takes_chance(step, attempt, calls_[attempt.call]);
    return begin_call(begin_leg(id, other ? step.otherwise : step.routes.first));
  }
  // Legs that end at once must not settle a step that is still being begun.
  attempt.pending = static_cast<std::uint16_t>(step.routes.count | kBeginning);
  if (step.timeout) {
    attempt.timers = calendar_.arm(*step.timeout, Timing::Constant, kAttemptTimer, id, kStepTimeout,
                                   attempt.timers);
  }
  std::vector<CallId> legs;
  for (std::uint32_t leg = 0; leg < step.routes.count; ++leg)
    legs.push_back(begin_leg(id, step.routes.first + leg));
  for (CallId leg : legs) begin_call(leg);
  attempts_[id].pending &= kBeginning - 1;
  settle_step(id);
}

CallId World::begin_leg(AttemptId id, std::uint32_t route) {
  const CallId call_id = calls_.acquire();
  Call& call = calls_[call_id];
  Attempt& attempt = attempts_[id];
  const Call& parent = calls_[attempt.call];
  call.lineage = derive(attempt_key(parent, attempt), routes_[route].key);
  call.priority = attempt.priority;
  call.due = now();
  call.deadline = expiry(attempt, parent);
  call.parent = id;
  call.caller = instances_[attempt.instance].caller;
  call.route = route;
  call.next = attempt.calls;
  if (attempt.calls != kNone) calls_[attempt.calls].prev = call_id;
  attempt.calls = call_id;
  call.traced = parent.traced;
  return call_id;
}

void World::leg_ended(AttemptId id, Outcome outcome) {
  Attempt& attempt = attempts_[id];
  --attempt.pending;
  // Whoever is given wrong data does not know; what is made of it is wrong too.
  const bool wrong = outcome.error == Error::WrongData;
  if (wrong) {
    attempt.tainted = true;
    outcome = {};
  }
  if (outcome.ok()) {
    ++attempt.good;
    attempt.share += outcome.quality;
  }
  const Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  const StepSpec& step = route.steps[attempt.step];
  if (step.kind == StepSpec::Kind::Cache) filled(id, step, outcome);
  settle_step(id);
}

// Whether the step's calls have gone well enough, or badly enough, to go on.
void World::settle_step(AttemptId id) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  const StepSpec& step = route.steps[attempt.step];
  const bool decided = !step.wait_all && (attempt.pending & kBeginning) == 0 &&
                       (attempt.good >= step.need || attempt.good + attempt.pending < step.need);
  if (attempt.pending > 0 && !decided) return;
  if (attempt.pending > 0) abandon_calls(id);
  if (step.timeout) cancel_timers(attempts_[id].timers, kStepTimeout, kStepTimeout + 1);
  Attempt& job = attempts_[id];
  job.pending = 0;
  if (job.good < step.need) return finish_job(id, Outcome::failed(Error::ServerError));
  job.quality *= job.share / static_cast<float>(step.routes.count);
  ++job.step;
  run_steps(id);
}

void World::finish_job(AttemptId id, Outcome outcome) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  HandlingStatistics& stats = handling(attempt, call);
  ++stats.completed;
  stats.latency.record(now() - attempt.arrived);
  count_answer(attempt, call, outcome);
  const InstanceId instance = attempt.instance;
  free_thread(id);
  if (traced(call))
    trace(call, fmt::format("is done: {}", outcome.ok() ? "ok" : name(outcome.error)));
  attempt.state = AttemptState::Replying;  // from here on it can't be called off
  if (!mutation::leaves_threads_idle || instances_[instance].queued != 1) serve_next(instance);
  if (mutation::loses_answers && id % 16 == 0) return;
  reply(id, outcome);
}

void World::count_answer(const Attempt& attempt, const Call& call, Outcome outcome) {
  HandlingStatistics& stats = handling(attempt, call);
  if (outcome.ok()) {
    ++stats.ok;
  } else {
    ++stats.failed;
    ++stats.errors[static_cast<std::size_t>(outcome.error)];
  }
  const Instance& instance = instances_[attempt.instance];
  ServiceState& service = services_[instance.service];
  if (!service.metered) return;
  Version& version = service.versions[instance.version];
  ++version.answers;
  ++version.meter.answers;
  if (outcome.ok()) {
    version.meter.latency.record(now() - attempt.arrived);
  } else {
    ++version.errors;
    ++version.meter.errors;
  }
}

void World::free_thread(AttemptId id) {
  Attempt& attempt = attempts_[id];
  Instance& instance = instances_[attempt.instance];
  ServiceStatistics& stats = *instance.stats;
  --instance.busy;
  stats.busy.add(now(), -1);
  if (attempt.abandoned) stats.wasted_s += (now() - attempt.started).seconds();
  if (attempt.prev != kNone) attempts_[attempt.prev].next = attempt.next;
  if (attempt.next != kNone) attempts_[attempt.next].prev = attempt.prev;
  if (instance.jobs == id) instance.jobs = attempt.next;
}

void World::reply(AttemptId id, Outcome outcome) {
  Attempt& attempt = attempts_[id];
  cancel_timers(attempt.timers, kServerSide, ~0u);
  if (attempt.abandoned) return release_attempt(id);
  attempt.error = outcome.error;
  attempt.quality = outcome.quality;
  travel(id, true);
}

// The caller has let go and said so: the server stops.
void World::cancel_job(AttemptId id) {
  Attempt& attempt = attempts_[id];
  const InstanceId instance = attempt.instance;
  switch (attempt.state) {
    case AttemptState::Travelling:
      attempt.state = AttemptState::Ghost;
      return;
    case AttemptState::Queued:
      ++handling(attempt, calls_[attempt.call]).dropped;
      leave_queue(instances_[instance], id);
      return release_attempt(id);
    case AttemptState::Working:
      ++handling(attempt, calls_[attempt.call]).dropped;
      instances_[instance].stats->working.add(now(), -1);
      free_thread(id);
      attempt.state = AttemptState::Ghost;
      afterwards_.push_back({Afterwards::What::Serve, instance});
      return;
    case AttemptState::Calling:
      ++handling(attempt, calls_[attempt.call]).dropped;
      abandon_calls(id);
      free_thread(id);
      release_attempt(id);
      afterwards_.push_back({Afterwards::What::Serve, instance});
      return;
    default:
      return;
  }
}

// The server died with the job in it. The caller learns that the connection is gone.
void World::crash_job(AttemptId id) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  if (attempt.state == AttemptState::Queued) {
    leave_queue(instances_[attempt.instance], id);
  } else {
    if (attempt.state == AttemptState::Working) {
      instances_[attempt.instance].stats->working.add(now(), -1);
      attempt.stale = true;
    }
    abandon_calls(id);
    free_thread(id);
  }
  ++handling(attempts_[id], call).dropped;
  count_answer(attempts_[id], call, Outcome::failed(Error::Crash));
  reply(id, Outcome::failed(Error::Crash));
}

// Lets go of every call that the job has under way.
void World::abandon_calls(AttemptId id) {
  leave_cache(id);
  CallId call = attempts_[id].calls;
  attempts_[id].calls = kNone;
  while (call != kNone) {
    const CallId next = calls_[call].next;
    abandon_call(call);
    call = next;
  }
}

void World::release_attempt(AttemptId id) {
  Attempt& attempt = attempts_[id];
  if (!mutation::keeps_timers) cancel_timers(attempt.timers, 0, ~0u);
  if (attempt.stale) {
    attempt.state = AttemptState::Ghost;  // the event that names it releases it
    attempt.stale = false;
    return;
  }
  if (attempt.instance != kNone) {
    --instances_[attempt.instance].named;
    retire_if_idle(attempt.instance);
  }
  const CallId call = attempt.call;
  attempts_.release(id);
  release_reference(call);
}

}  // namespace faultline
