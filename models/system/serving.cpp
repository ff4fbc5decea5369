// At the server: a thread is found, or a place in the queue, or the door is shut; the steps are
// done, the thread held throughout, calls to others included; the answer goes back.

#include "models/system/mutations.hpp"
#include "models/system/world.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kPatience = 0x70617469;

}  // namespace

void World::on_delivered(AttemptId id) {
  Attempt& attempt = attempts_[id];
  if (attempt.state == AttemptState::Ghost) return release_attempt(id);
  if (attempt.is.admitted) return let_in(id);
  const Call& call = calls_[attempt.call];
  arrive(id, attempt, call, routes_[call.route]);
}

void World::arrive(AttemptId id, Attempt& attempt, const Call& call, const Route& route) {
  Instance& instance = instances_[attempt.instance];
  if (keeps_to_it(attempt, instance)) return come_in_plainly(id, rows_[id], route, instance);
  attempt.arrived = now();
  ServiceStatistics& stats = *instance.stats;
  stats.arrivals.count(now());
  ++handling(attempt, call, route, instance).arrivals;
  if (instance.conditions.down || instance.state == InstanceState::Gone)
    return refuse(id, Error::Unavailable);
  if (now() >= expiry(attempt, call, route)) return refuse(id, Error::Deadline);
  if (instance.door && !knock(id)) return;
  enter(id, attempt, call, route);
}

// Past the door: a thread, a place in the queue, or neither.
void World::enter(AttemptId id, Attempt& attempt, const Call& call, const Route& route) {
  Instance& instance = instances_[attempt.instance];
  const ServiceSpec& service = *instance.spec;
  if (service.machine.memory.limit > 0 && !has_memory(id)) return;
  if (instance.busy < service.threads && instance.queued == 0)
    return start_job(id, attempt, call, route);
  const bool one_more = mutation::one_place_too_many && instance.queued == service.queue_limit;
  if (instance.queued >= service.queue_limit && !one_more) {
    const AttemptId out = who_gives_way(id);
    if (out == kNone) return refuse(id, Error::Refused);
    enqueue(attempt.instance, id);
    return refuse(out, Error::Refused);
  }
  enqueue(attempt.instance, id);
}

// Answers without having done anything.
void World::refuse(AttemptId id, Error why, float retry_after_s) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  ++handling(attempt, call).rejected;
  count_answer(attempt, call, Outcome::failed(why));
  if (call.traced)
    trace(call, {TraceKind::TurnedAway, attempt.number, why, {}, 0},
          "is turned away at the door: {}", name(why));
  reply(id, attempt, routes_[call.route], Outcome::failed(why, retry_after_s));
}

void World::enqueue(InstanceId instance_id, AttemptId id) {
  Instance& instance = instances_[instance_id];
  Attempt& attempt = attempts_[id];
  attempt.state = AttemptState::Queued;
  if (const Call& call = calls_[attempt.call]; call.traced)
    trace(call, {TraceKind::Queued, attempt.number}, "waits in the queue, {} before it",
          instance.queued);
  if (instance.codel && instance.queued == 0) instance.codel->last_empty = now();
  join_line(line_to_join(instance, attempt), id, attempt);
  ++instance.queued;
  instance.stats->queued.add(now(), 1);
  const ServiceSpec& service = *instance.spec;
  if (service.codel && service.codel->at_arrival()) return limit_wait(instance, id);
  if (!service.queue_timeout) return;
  Draws draws(derive(attempt_key(calls_[attempt.call], attempt), service.key ^ kPatience));
  attempt.timers =
      calendar_.arm(service.queue_timeout->sample(draws),
                    service.queue_timeout->is_constant() ? Timing::Constant : Timing::Varying,
                    kAttemptTimer, id, kQueueTimeout, attempt.timers);
}

void World::leave_queue(Instance& instance, AttemptId id) {
  Attempt& attempt = attempts_[id];
  leave_line(line_of(instance, attempt), attempt);
  --instance.queued;
  instance.stats->queued.add(now(), -1);
  if (instance.fair) leave_fair(instance, attempt);
  if (instance.spec->limits_wait()) cancel_timers(attempt.timers, kQueueTimeout, kQueueTimeout + 1);
}

// The server's queue has a timeout of its own, whether or not anybody still waits for the answer.
void World::waited_too_long(AttemptId id) {
  const Instance& instance = instances_[attempts_[id].instance];
  leave_queue(instances_[attempts_[id].instance], id);
  if (instance.door) learn_at_door(instance, attempts_[id], true);
  refuse(id, instance.codel && !instance.spec->queue_timeout ? Error::Shed : Error::Refused);
}

AttemptId World::take_next(Instance& instance) {
  if (instance.fair) return take_fair(instance);
  const ServiceSpec& spec = *instance.spec;
  const bool lifo =
      spec.discipline == Discipline::Lifo ||
      (spec.discipline == Discipline::AdaptiveLifo && instance.queued > spec.lifo_above);
  for (Line& line : instance.lines) {
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
    const AttemptId next = instances_[id].codel ? take_in_time(id) : take_next(instances_[id]);
    if (next == kNone) break;
    Attempt& attempt = attempts_[next];
    const Call& call = calls_[attempt.call];
    const Route& route = routes_[call.route];
    if (now() >= expiry(attempt, call, route)) {
      if (instances_[id].door) learn_at_door(instances_[id], attempt, true);
      refuse(next, Error::Deadline);
    } else {
      start_job(next, attempt, call, route);
    }
  }
  instances_[id].serving = false;
}

void World::finish_job(AttemptId id, Attempt& attempt, const Call& call, const Route& route,
                       Outcome outcome) {
  const InstanceId instance_id = attempt.instance;
  Instance& instance = instances_[instance_id];
  HandlingStatistics& stats = handling(attempt, call, route, instance);
  ++stats.completed;
  stats.latency.record(now() - attempt.arrived);
  count_answer(attempt, call, instance, stats, outcome);
  if (route.log != kNone) operation_ended(id, outcome);
  if (instance.door && outcome.ok()) learn_at_door(instance, attempt, false);
  if (!outcome.ok() && !attempt.is.abandoned)
    instance.stats->failed_work_s += (now() - attempt.started).seconds();
  free_thread(attempt, instance);
  if (call.traced)
    trace(call, {TraceKind::Done, attempt.number, outcome.error, {}, 0}, "is done: {}",
          outcome.ok() ? "ok" : name(outcome.error));
  attempt.state = AttemptState::Replying;  // from here on it can't be called off
  if (!mutation::leaves_threads_idle || instance.queued != 1) serve_next(instance_id);
  if (mutation::loses_answers && id % 16 == 0) return;
  reply(id, attempt, route, outcome);
}

void World::count_answer(const Attempt& attempt, const Call& call, const Instance& instance,
                         HandlingStatistics& stats, Outcome outcome) {
  if (outcome.ok()) {
    ++stats.ok;
  } else {
    ++stats.failed;
    ++stats.errors[static_cast<std::size_t>(outcome.error)];
  }
  if (services_[instance.service].metered) meter(attempt, call, outcome);
}

// For the controllers that look at this service, and for whoever watches its instances.
void World::meter(const Attempt& attempt, const Call& call, Outcome outcome) {
  const Instance& instance = instances_[attempt.instance];
  if (measuring_.instances && instance.ordinal < InstanceMeter::kMost) {
    std::vector<InstanceMeter>& all = instance.stats->instances;
    if (all.size() <= instance.ordinal) all.resize(instance.ordinal + 1);
    ++(outcome.ok() ? all[instance.ordinal].ok : all[instance.ordinal].failed);
    if (outcome.ok()) all[instance.ordinal].latency.record(now() - attempt.arrived);
  }
  Version& version = services_[instance.service].versions[version_met(attempt, call)];
  ++version.answers;
  ++version.meter.answers;
  if (outcome.ok()) {
    version.meter.latency.record(now() - attempt.arrived);
  } else {
    ++version.errors;
    ++version.meter.errors;
  }
}

void World::free_thread(const Attempt& attempt, Instance& instance) {
  ServiceStatistics& stats = *instance.stats;
  --instance.busy;
  stats.busy.add(now(), -1);
  if (attempt.is.abandoned) stats.wasted_s += (now() - attempt.started).seconds();
}

void World::reply(AttemptId id, Attempt& attempt, const Route& route, Outcome outcome) {
  cancel_timers(attempt.timers, kServerSide, ~0u);
  if (attempt.is.abandoned) return release_attempt(id, attempt);
  attempt.error = outcome.error;
  attempt.quality = outcome.detail_;
  if (!route.wire->plain) return travel(id, true);
  answer_arrived(id, attempt);
}

// The caller has let go and said so: the server stops.
void World::cancel_job(AttemptId id) {
  Attempt& attempt = attempts_[id];
  const InstanceId instance = attempt.instance;
  switch (attempt.state) {
    case AttemptState::Travelling:
      if (attempt.is.admitted) {  // it waits at the door
        ++handling(attempt, calls_[attempt.call]).dropped;
        --instances_[instance].stats->at_the_door;
      }
      attempt.state = AttemptState::Ghost;
      return;
    case AttemptState::Queued:
      ++handling(attempt, calls_[attempt.call]).dropped;
      leave_queue(instances_[instance], id);
      return release_attempt(id);
    case AttemptState::Working:
      if (routes_[calls_[attempt.call].route].log != kNone) operation_dropped(id);
      ++handling(attempt, calls_[attempt.call]).dropped;
      instances_[instance].stats->working.add(now(), -1);
      free_thread(attempt, instances_[instance]);
      attempt.state = AttemptState::Ghost;
      afterwards_.push_back({Afterwards::What::Serve, instance});
      return;
    case AttemptState::Computing:
    case AttemptState::Calling:
      if (routes_[calls_[attempt.call].route].log != kNone) operation_dropped(id);
      ++handling(attempt, calls_[attempt.call]).dropped;
      if (attempt.state == AttemptState::Computing) leave_machine(id);
      abandon_calls(id);
      free_thread(attempt, instances_[instance]);
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
      attempt.is.stale = true;
    }
    if (attempt.state == AttemptState::Computing) leave_machine(id);
    if (routes_[call.route].log != kNone) operation_dropped(id);
    abandon_calls(id);
    free_thread(attempt, instances_[attempt.instance]);
  }
  ++handling(attempt, call).dropped;
  count_answer(attempt, call, Outcome::failed(Error::Crash));
  reply(id, attempt, routes_[call.route], Outcome::failed(Error::Crash));
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

void World::release_attempt(AttemptId id, Attempt& attempt) {
  if (!mutation::keeps_timers) cancel_timers(attempt.timers, 0, ~0u);
  if (attempt.is.stale) {
    attempt.state = AttemptState::Ghost;  // the event that names it releases it
    return;
  }
  if (attempt.instance != kNone) {
    --instances_[attempt.instance].named;
    retire_if_idle(attempt.instance);
  }
  const CallId call = attempt.call;
  attempt.call = kNone;
  if (id != call) rows_.release(id);
  release_reference(call);
}

}  // namespace faultline
