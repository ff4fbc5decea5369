// Doing less on purpose: features that are switched off by hand or by rule, rungs of a ladder, and
// calls made instead of one that has failed. And errands: calls that no job waits for.

#include <algorithm>
#include <utility>

#include "models/system/world.hpp"

namespace faultline {

// --- flags and ladders

void World::start_degradation() {
  flags_.resize(spec_.flags.size());
  for (std::size_t i = 0; i < flags_.size(); ++i) flags_[i].by_hand = spec_.flags[i].on;
  for (const LadderSpec& ladder : spec_.ladders) ladders_.push_back({Ladder(ladder.rules), {}});
  for (std::uint32_t i = 0; i < spec_.actions.size(); ++i)
    calendar_.schedule(spec_.actions[i].at, kDegradation, i);
  const auto actions = static_cast<std::uint32_t>(spec_.actions.size());
  for (std::uint32_t i = 0; i < spec_.ladders.size(); ++i)
    calendar_.schedule(Instant{} + spec_.ladders[i].rules.period, kDegradation, actions + i);
}

void World::on_degradation(std::uint32_t id) {
  if (id < spec_.actions.size()) {
    const ActionSpec& action = spec_.actions[id];
    if (action.flag != kNone) {
      flags_[action.flag].by_hand = action.on;
      const std::string& name = spec_.flags[action.flag].name;
      tell(FactKind::Action, name,
           fmt::format("{} is switched {}", name, action.on ? "on" : "off"));
    }
    if (action.cache != kNone) {
      flush(action.cache);
      tell(FactKind::Action, spec_.caches[action.cache].name, "is flushed");
    }
    return;
  }
  const auto i = id - static_cast<std::uint32_t>(spec_.actions.size());
  climb(i);
  calendar_.schedule(now() + spec_.ladders[i].rules.period, kDegradation, id);
}

// What the ladder's rule sees: an average since it last looked, of its service as a whole.
double World::strain(std::uint32_t i) {
  const LadderSpec& ladder = spec_.ladders[i];
  const ServiceSpec& spec = spec_.services[ladder.service];
  const ServiceStatistics& stats = service_stats_[ladder.service];
  LadderState::Seen seen;
  seen.threads = stats.threads.area(now());
  seen.ready = stats.ready.area(now());
  seen.busy = stats.busy.area(now());
  seen.queued = stats.queued.area(now());
  seen.working = spec.machine.processor.cores > 0 ? stats.machine.cpu.area(now()) / 1e6
                                                  : stats.working.area(now());
  seen.disk = disk_busy_s(ladder.service);
  for (const auto& version : stats.handling) {
    for (const HandlingStatistics& h : version) {
      seen.ok += h.ok;
      seen.failed += h.failed;
    }
  }
  const LadderState::Seen before = std::exchange(ladders_[i].seen, seen);
  const auto share = [](double part, double whole) { return whole > 0 ? part / whole : 0.0; };
  const double ready = seen.ready - before.ready;
  switch (ladder.signal) {
    case Signal::Threads:
      return share(seen.busy - before.busy, seen.threads - before.threads);
    case Signal::Queue:
      return share(seen.queued - before.queued, ready * spec.queue_limit);
    case Signal::Cpu:
      return share(seen.working - before.working,
                   spec.cpu > 0 ? ready * spec.cpu : seen.threads - before.threads);
    case Signal::Disk:
      return share(seen.disk - before.disk, ready);
    case Signal::Errors: {
      const auto failed = static_cast<double>(seen.failed - before.failed);
      return share(failed, failed + static_cast<double>(seen.ok - before.ok));
    }
  }
  return 0;
}

void World::climb(std::uint32_t i) {
  const LadderSpec& spec = spec_.ladders[i];
  LadderState& state = ladders_[i];
  const double seen = strain(i);
  const std::size_t was = state.ladder.rung();
  const std::size_t is = state.ladder.look(now(), seen);
  if (is == was) return;
  const auto apply = [&](std::size_t rung, int sign) {
    if (rung == 0) return;
    for (const std::uint32_t flag : spec.rungs[rung - 1].off) flags_[flag].by_rule += sign;
  };
  apply(was, -1);
  apply(is, 1);
  if (spec.of_service) {
    ServiceState& service = services_[spec.service];
    service.quality = is == 0 ? 1 : spec.rungs[is - 1].quality;
    service.cache_age = is == 0 ? Duration{0} : spec.rungs[is - 1].cache_age;
  }
  tell(
      FactKind::Action, spec.name,
      fmt::format("{} {} to rung {}{} at {:.0f} %", spec.name, is > was ? "goes" : "comes back", is,
                  is == 0 ? std::string(" (everything)") : " (" + spec.rungs[is - 1].name + ")",
                  seen * 100));
}

// A step that may be left out, or that says what an answer of this service is worth now.
void World::pass_gate(Attempt& attempt, const Call& call, const StepSpec& step) {
  if (step.kind == StepSpec::Kind::Rung) {
    attempt.quality *= services_[routes_[call.route].service].quality;
    return;
  }
  if (flags_[step.flag].on()) return;
  if (call.traced) trace(call, "leaves {} out", spec_.flags[step.flag].name);
  attempt.quality *= step.without;
  ++attempt.step;  // past the step that it guards
}

// --- instead of a call that has failed

void World::call_instead(CallId id, unsigned layer, std::uint32_t tier) {
  const PipelineSpec& spec = *pipeline_of(calls_[id]).spec;
  const std::uint32_t route = spec.instead[tier];
  const CallId child_id = rows_.acquire();
  Call& call = calls_[id];
  Call& child = calls_[child_id];
  child.lineage = derive(call.lineage, routes_[route].key);
  child.due = now();
  limit(child_id, deadline(id));
  child.caller = call.caller;
  child.route = route;
  child.priority = call.priority;
  child.traced = call.traced;
  child.errand = true;
  if (has_users_) inherit(child_id, id);
  cancel_timers(call.timers, layer + 1, kSendAgain);  // what is inside has no say any more
  call.replaced = true;
  ++call.tier;
  if (errands_.size() <= std::max(id, child_id)) errands_.resize(std::max(id, child_id) + 1);
  errands_[id].substitute = child_id;
  errands_[child_id] = {Errand::What::Instead, id, layer};
  if (call.traced)
    trace(call, {TraceKind::Instead}, "asks {} instead",
          spec_.services[routes_[route].service].name);
  begin_call(child_id);
}

// A call that no job waits for has ended.
void World::errand_ended(CallId id, Outcome outcome) {
  const Errand errand = errands_[id];
  release_reference(id);
  if (errand.what == Errand::What::Refresh) return refreshed(errand, outcome);
  calls_[errand.other].replaced = false;
  walk_out(errand.other, kNone, errand.at + 1, outcome);
}

// The call is given up while another is under way in its place.
void World::drop_substitute(CallId id) {
  calls_[id].replaced = false;
  abandon_call(errands_[id].substitute);
}

// --- parts that must be there

// Whether some part that must be there has not answered yet.
bool World::requires_more(const Attempt& attempt) const {
  for (CallId call = attempt.calls; call != kNone; call = calls_[call].next) {
    if (routes_[calls_[call].route].required) return true;
  }
  return false;
}

void World::doom_if_required(Attempt& attempt) {
  if (requires_more(attempt)) attempt.is.doomed = true;
}

}  // namespace faultline
