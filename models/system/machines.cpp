// What an instance runs on: cores that its steps share, a disk that serves one operation after the
// other, memory that every request in it holds a piece of. A job that is with one of them keeps its
// thread.

#include <algorithm>

#include "models/system/world.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kDiskError = 0x64736b65;
constexpr std::uint64_t kDiskLatency = 0x64736b6c;

}  // namespace

void World::equip(InstanceId id) {
  const MachineSpec& spec = instances_[id].spec->machine;
  if (!spec.any()) return;
  if (machines_.size() <= id) machines_.resize(id + 1);
  machines_[id] = std::make_unique<Machine>(spec);
}

Machine* World::machine_of(InstanceId id) const {
  return id < machines_.size() ? machines_[id].get() : nullptr;
}

// The instance is gone for good; its jobs have left before.
void World::scrap(InstanceId id) {
  Machine* machine = machine_of(id);
  if (machine == nullptr) return;
  cancel_timers(machine->timers, 0, ~0u);
  MachineStatistics& stats = instances_[id].stats->machine;
  stats.cpu.add(now(), -machine->counted_use);
  stats.throttled.add(now(), machine->counted_throttled ? -1 : 0);
  stats.stress.add(now(), -machine->counted_stress);
  machines_[id].reset();
}

void World::on_machine(InstanceId id, std::uint32_t tag, TimerId timer) {
  forget_timer(machines_[id]->timers, timer);
  if (tag == kRestart) return restart_machine(id);
  if (tag == kProcessor) {
    // One at a time: what one of them does next may call off another, or kill the instance.
    while (Machine* machine = machine_of(id)) {
      const auto done = machine->processor.take_done(now());
      if (!done) break;
      MachineStatistics& stats = instances_[id].stats->machine;
      stats.slowdown += done->slowdown;
      ++stats.cpu_steps;
      computed(done->job);
    }
    if (machine_of(id) != nullptr) settle_processor(id);
    return;
  }
  while (Machine* machine = machine_of(id)) {
    if (machine->disk.empty() || machine->disk.front().done > now()) break;
    const AttemptId job = machine->disk.front().job;
    machine->disk.pop_front();
    instances_[id].stats->machine.disk_jobs.add(now(), -1);
    computed(job);
  }
  if (machine_of(id) != nullptr) settle_disk(id);
}

// The step is done; the job goes on.
void World::computed(AttemptId id) {
  Attempt& attempt = attempts_[id];
  attempt.state = AttemptState::Calling;
  ++attempt.step;
  go_on(id);
}

// The steps that need more than a clock. Answers whether the step is done already.
bool World::other_step(AttemptId id, const StepSpec& step) {
  switch (step.kind) {
    case StepSpec::Kind::Cpu:
      return compute(id, step);
    case StepSpec::Kind::Disk:
      return use_disk(id, step);
    case StepSpec::Kind::Gate:
    case StepSpec::Kind::Rung:
      pass_gate(attempts_[id], calls_[attempts_[id].call], step);
      return true;
    case StepSpec::Kind::Read:
      read_record(id, step.record);
      return true;
    case StepSpec::Kind::Write:
      if (writes_record(id, step.record)) return true;
      if (calls_[attempts_[id].call].traced) {
        trace(calls_[attempts_[id].call], "finds {} changed since it was read (409)",
              spec_.records[step.record]);
      }
      ++handling(attempts_[id], calls_[attempts_[id].call]).conflicts;
      finish_job(id, attempts_[id], calls_[attempts_[id].call],
                 routes_[calls_[attempts_[id].call].route], Outcome::failed(Error::ClientError));
      return false;
    default:
      return look_up(id, step);
  }
}

bool World::compute(AttemptId id, const StepSpec& step) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const Duration work = work_of(step, attempt, call);
  if (work.ns <= 0) return true;
  attempt.state = AttemptState::Computing;
  if (call.traced) trace(call, "needs {:.3f} ms of CPU time", work.seconds() * 1e3);
  machine_of(attempt.instance)->processor.add(now(), id, work, attempt.priority);
  settle_processor(attempt.instance);
  return false;
}

bool World::use_disk(AttemptId id, const StepSpec& step) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const Instance& instance = instances_[attempt.instance];
  Machine& machine = *machine_of(attempt.instance);
  const DiskSpec& disk = machine.spec->disk;
  MachineStatistics& stats = instance.stats->machine;
  ++stats.disk_steps;
  const std::uint64_t key = derive(attempt_key(call, attempt), step.key);
  for (const InstanceConditions::Errors& errors : instance.conditions.disk_errors) {
    if (Draws(derive(key, errors.key ^ kDiskError)).uniform() >= errors.share) continue;
    finish_job(id, attempt, call, routes_[call.route], Outcome::failed(errors.error));
    return false;
  }
  if (machine.disk.size() > disk.queue) {  // one is being served
    finish_job(id, attempt, call, routes_[call.route], Outcome::failed(Error::ServerError));
    return false;
  }
  const auto operations = static_cast<double>(step.operations);
  double seconds = operations / disk.operations_per_s;
  if (disk.bytes_per_s > 0) {
    const double bytes = operations * static_cast<double>(step.bytes);
    seconds = std::max(seconds, bytes / disk.bytes_per_s);
  }
  stats.disk_busy_s += seconds;
  machine.disk_free = std::max(machine.disk_free, now()) + from_seconds(seconds);
  Draws draws(derive(key, kDiskLatency));
  Instant done = machine.disk_free + disk.latency.sample(draws);
  for (const Distribution& added : instance.conditions.disk_added) done += added.sample(draws);
  attempt.state = AttemptState::Computing;
  if (call.traced)
    trace(call, "has its data from the disk in {:.3f} ms", (done - now()).seconds() * 1e3);
  const auto later = [](Instant at, const Machine::DiskJob& job) { return at < job.done; };
  machine.disk.insert(std::upper_bound(machine.disk.begin(), machine.disk.end(), done, later),
                      {id, done});
  stats.disk_jobs.add(now(), 1);
  settle_disk(attempt.instance);
  return false;
}

// The job is called off or killed. The disk finishes what it was told to do.
void World::leave_machine(AttemptId id) {
  const InstanceId instance = attempts_[id].instance;
  attempts_[id].state = AttemptState::Calling;
  Machine& machine = *machine_of(instance);
  if (machine.spec->processor.cores > 0 && machine.processor.remove(now(), id))
    return settle_processor(instance);
  std::erase_if(machine.disk, [&](const Machine::DiskJob& job) { return job.job == id; });
  instances_[instance].stats->machine.disk_jobs.add(now(), -1);
  settle_disk(instance);
}

void World::rearm(Machine& machine, InstanceId id, std::uint32_t tag, std::optional<Instant> at) {
  cancel_timers(machine.timers, tag, tag + 1);
  if (!at) return;
  machine.timers = calendar_.arm(*at - now(), Timing::Varying, kMachine, id, tag, machine.timers);
}

// Who is there has changed: when is the next one done, and how much is in use meanwhile?
void World::settle_processor(InstanceId id) {
  Machine& machine = *machines_[id];
  rearm(machine, id, kProcessor, machine.processor.next());
  MachineStatistics& stats = instances_[id].stats->machine;
  const std::int64_t use = machine.processor.use();
  if (use != machine.counted_use) stats.cpu.add(now(), use - machine.counted_use);
  machine.counted_use = use;
  const bool throttled = machine.processor.throttled() && !machine.processor.empty();
  if (throttled != machine.counted_throttled) stats.throttled.add(now(), throttled ? 1 : -1);
  machine.counted_throttled = throttled;
}

void World::settle_disk(InstanceId id) {
  Machine& machine = *machines_[id];
  rearm(machine, id, kDisk,
        machine.disk.empty() ? std::nullopt : std::optional(machine.disk.front().done));
}

double World::disk_busy_s(std::uint32_t service) const {
  double busy = service_stats_[service].machine.disk_busy_s;
  for (InstanceId id = 0; id < machines_.size(); ++id) {
    if (machines_[id] && instances_[id].service == service && machines_[id]->disk_free > now())
      busy -= (machines_[id]->disk_free - now()).seconds();
  }
  return busy;
}

// Whether there is room for one more; if not, says so to the caller.
bool World::has_memory(AttemptId id) {
  const InstanceId instance_id = attempts_[id].instance;
  const Instance& instance = instances_[instance_id];
  const MemorySpec& memory = instance.spec->machine.memory;
  const std::int64_t requests = std::int64_t{instance.busy} + instance.queued + 1;
  const std::int64_t used =
      memory.idle + instance.conditions.memory_stress + requests * memory.per_request;
  if (used <= memory.limit) return true;
  if (memory.kills) run_out_of_memory(instance_id);
  refuse(id, memory.kills ? Error::Crash : Error::Refused);
  return false;
}

// The kernel kills it, and all that is in it. The container is started again.
void World::run_out_of_memory(InstanceId id) {
  Machine& machine = *machine_of(id);
  Instance& instance = instances_[id];
  if (machine.out_of_memory) return;
  machine.out_of_memory = true;
  instance.conditions.down = true;
  ++instance.stats->machine.oom_kills;
  tell(FactKind::Crash, instance.spec->name,
       fmt::format("{}/{} is out of memory and killed", instance.spec->name, instance.ordinal));
  rearm(machine, id, kRestart, now() + machine.spec->memory.restart);
  afterwards_.push_back({Afterwards::What::Kill, id});
}

void World::restart_machine(InstanceId id) {
  Instance& instance = instances_[id];
  machine_of(id)->out_of_memory = false;
  instance.ready_since = now();  // it is cold again
  instance.set(conditions_of(id));
  if (instance.conditions.down) return;  // something else keeps it down
  tell(FactKind::Ready, instance.spec->name,
       fmt::format("{}/{} is up again", instance.spec->name, instance.ordinal));
  feel_weather(id);
}

// What faults do to the machine itself.
void World::feel_weather(InstanceId id) {
  Machine* machine = machine_of(id);
  if (machine == nullptr) return;
  const InstanceConditions& conditions = instances_[id].conditions;
  instances_[id].stats->machine.stress.add(now(),
                                           conditions.memory_stress - machine->counted_stress);
  machine->counted_stress = conditions.memory_stress;
  if (machine->spec->processor.cores > 0) {
    machine->processor.stress(now(), conditions.cpu_stress);
    settle_processor(id);
  }
  const MemorySpec& memory = machine->spec->memory;
  if (memory.limit == 0 || conditions.down) return;
  const Instance& instance = instances_[id];
  const std::int64_t requests = std::int64_t{instance.busy} + instance.queued;
  const bool fits =
      memory.idle + conditions.memory_stress + requests * memory.per_request <= memory.limit;
  if (!fits && memory.kills) run_out_of_memory(id);
}

}  // namespace faultline
