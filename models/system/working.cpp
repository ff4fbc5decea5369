// A job at work: it holds its thread from the first step to the last, calls to others included.

#include "models/system/world.hpp"

namespace faultline {

namespace {

constexpr std::uint64_t kChance = 0x63686e63;
constexpr std::uint64_t kVersionError = 0x76657272;
constexpr std::uint64_t kVersionSlow = 0x76736c6f;
constexpr std::uint16_t kBeginning = 0x8000;  // in `pending`: legs are still being begun

}  // namespace

void World::start_job(AttemptId id, Attempt& attempt, const Call& call, const Route& route) {
  Instance& instance = instances_[attempt.instance];
  attempt.started = now();
  attempt.calls = kNone;  // it has left the queue
  handling(attempt, call, route, instance).got_thread(now() - attempt.arrived);
  ++instance.busy;
  instance.stats->busy.add(now(), 1);
  attempt.state = AttemptState::Calling;
  if (call.traced) {
    const Duration waited = now() - attempt.arrived;
    const Told told{TraceKind::GetsThread, attempt.number, {}, waited, 0};
    if (waited.ns == 0)
      trace(call, told, "gets a thread at once");
    else
      trace(call, told, "gets a thread after {:.3f} ms in the queue", waited.seconds() * 1e3);
  }
  if (!instance.ordinary) {
    Outcome how;
    if (fails_at_once(attempt, call, how)) return finish_job(id, attempt, call, route, how);
  }
  if (route.log != kNone && !may_begin(id)) return;
  go_on(id);
}

// Whether a fault or the version makes the job fail before any work.
bool World::fails_at_once(const Attempt& attempt, const Call& call, Outcome& how) const {
  const Instance& instance = instances_[attempt.instance];
  for (const InstanceConditions::Errors& errors : instance.conditions.errors) {
    if (Draws(derive(attempt_key(call, attempt), errors.key)).uniform() >= errors.share) continue;
    how = Outcome::failed(errors.error, errors.retry_after_s);
    return true;
  }
  const std::uint32_t met = version_met(attempt, call);
  if (met == 0) return false;
  const Version& version = services_[instance.service].versions[met];
  if (version.effects.errors <= 0) return false;
  how = Outcome::failed(Error::ServerError);
  return Draws(derive(attempt_key(call, attempt), version.key ^ kVersionError)).uniform() <
         version.effects.errors;
}

Duration World::work_of(const StepSpec& step, const Attempt& attempt, const Call& call) const {
  Draws draws(derive(attempt_key(call, attempt), step.key ^ kWorkDraw));
  const Duration work = step.work.sample(draws);
  return instances_[attempt.instance].ordinary ? work : slowed(work, attempt, call);
}

Duration World::slowed(Duration work, const Attempt& attempt, const Call& call) const {
  const Instance& instance = instances_[attempt.instance];
  double factor = instance.conditions.slowdown * (1 + instance.spec->contention * instance.busy);
  if (instance.spec->warm_up.factor != 1) factor *= warm_up_factor(instance);
  for (const InstanceConditions::Slowed& slow : instance.conditions.slowed) {
    if (Draws(derive(attempt_key(call, attempt), slow.key)).uniform() < slow.share)
      factor *= slow.factor;
  }
  if (const std::uint32_t met = version_met(attempt, call); met != 0) {
    const Version& version = services_[instance.service].versions[met];
    const std::uint64_t key = derive(attempt_key(call, attempt), version.key ^ kVersionSlow);
    if (version.effects.slow_share > 0 && Draws(key).uniform() < version.effects.slow_share)
      factor *= version.effects.slow_factor;
  }
  if (factor != 1) work = from_seconds(work.seconds() * factor);
  return work;
}

bool World::draws_chance(const StepSpec& step, const Attempt& attempt, const Call& call) const {
  return Draws(derive(attempt_key(call, attempt), step.key ^ kChance)).uniform() < step.chance;
}

void World::run_steps(AttemptId id, Attempt& attempt, const Call& call, const Route& route) {
  for (;;) {
    if (attempt.step == route.step_count) {
      const Outcome answer = attempt.is.tainted ? Outcome::failed(Error::WrongData)
                                                : Outcome::answered(attempt.quality);
      return finish_job(id, attempt, call, route, answer);
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
        if (call.traced) {
          trace(call, "works for {:.3f} ms on attempt {}", work.seconds() * 1e3,
                attempt.number + 1);
        }
        return calendar_.schedule(now() + work, kWorkDone, id);
      }
    } else if (step.kind == StepSpec::Kind::Calls) {
      return begin_calls(id, step);
    } else if (step.kind == StepSpec::Kind::Flush) {
      send_piece(id);
    } else if (!other_step(id, step)) {
      return;  // it waits for something
    }
    ++attempt.step;
  }
}

// The work of a job that isn't on the plain way is done. If the job was killed meanwhile, that was
// in vain: if its row lives on, then as an answer.
void World::work_done_otherwise(AttemptId id, Attempt& attempt) {
  const bool killed = attempt.state == AttemptState::Ghost || attempt.is.stale;
  attempt.is.stale = false;
  if (attempt.state == AttemptState::Ghost) release_attempt(id, attempt);
  if (killed) return;
  instances_[attempt.instance].stats->working.add(now(), -1);
  attempt.state = AttemptState::Calling;
  ++attempt.step;
  go_on(id);
}

void World::begin_calls(AttemptId id, const StepSpec& step) {
  Attempt& attempt = attempts_[id];
  attempt.state = AttemptState::Calling;
  attempt.good = 0;
  attempt.share = 0;
  attempt.is.doomed = false;
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
  const CallId call_id = rows_.acquire();
  Call& call = calls_[call_id];
  Attempt& attempt = attempts_[id];
  const Call& parent = calls_[attempt.call];
  call.lineage = derive(attempt_key(parent, attempt), routes_[route].key);
  call.priority = attempt.priority;
  call.due = now();
  limit(call_id, expiry(attempt, parent, routes_[parent.route]));
  call.parent = id;
  call.caller = instances_[attempt.instance].caller;
  call.route = route;
  call.next = attempt.calls;
  if (attempt.calls != kNone) calls_[attempt.calls].prev = call_id;
  attempt.calls = call_id;
  call.traced = parent.traced;
  call.resent = parent.resent || attempt.number > 0;
  if (call.resent) note_origin(call_id, attempt);
  if (!logs_.empty()) inherit_operation(call_id, attempt);
  if (has_users_) inherit(call_id, attempt.call);
  if (!records_.empty()) take_versions_along(call_id, id);
  return call_id;
}

void World::leg_ended(AttemptId id, Outcome outcome) {
  Attempt& attempt = attempts_[id];
  --attempt.pending;
  // Whoever is given wrong data does not know; what is made of it is wrong too.
  const bool wrong = outcome.error == Error::WrongData;
  if (wrong) {
    attempt.is.tainted = true;
    outcome = {};
  }
  if (outcome.ok()) {
    ++attempt.good;
    attempt.share += outcome.quality();
    attempt.is.partial |= outcome.partial;
  }
  const Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  const StepSpec& step = route.steps[attempt.step];
  if (step.kind == StepSpec::Kind::Cache) filled(id, step, outcome);
  settle_step(id, attempt, call, route, step);
}

void World::settle_step(AttemptId id) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  settle_step(id, attempt, call, route, route.steps[attempt.step]);
}

// Whether the step's calls have gone well enough, or badly enough, to go on.
void World::settle_step(AttemptId id, Attempt& attempt, const Call& call, const Route& route,
                        const StepSpec& step) {
  if (attempt.pending > 0) {
    if (!is_decided(attempt, step)) return;
    abandon_calls(id);
    attempt.pending = 0;
  }
  if (step.timeout) cancel_timers(attempt.timers, kStepTimeout, kStepTimeout + 1);
  if (attempt.good < step.need || attempt.is.doomed)
    return finish_job(id, attempt, call, route, Outcome::failed(Error::ServerError));
  if (attempt.good < step.routes.count) {
    attempt.is.partial = true;
    attempt.share += step.without * static_cast<float>(step.routes.count - attempt.good);
  }
  attempt.quality *= attempt.share / static_cast<float>(step.routes.count);
  ++attempt.step;
  go_on(id);
}

// Whether the legs that are still out can make no difference any more.
bool World::is_decided(const Attempt& attempt, const StepSpec& step) const {
  if (step.wait_all || (attempt.pending & kBeginning) != 0) return false;
  if (attempt.is.doomed || attempt.good + attempt.pending < step.need) return true;
  return attempt.good >= step.need && !(step.has_required && requires_more(attempt));
}

}  // namespace faultline
