// What the cores, the memory and the disks of a service's instances were used for.

#include "lab/run/figures.hpp"

namespace faultline {
namespace {

double ratio(double a, double b, double otherwise) {
  return b > 0 ? a / b : otherwise;
}

}  // namespace

MachineSnapshot machine_snapshot(World& world, std::uint32_t service) {
  const MachineSpec& spec = world.spec().services[service].machine;
  if (!spec.any()) return {};
  const ServiceStatistics& stats = world.services()[service];
  const MachineStatistics& machine = stats.machine;
  const Instant now = world.now();
  MachineSnapshot s;
  s.ready = stats.ready.area(now);
  s.cores = machine.cpu.area(now) / 1e6;
  s.throttled = machine.throttled.area(now);
  s.slowdown = machine.slowdown;
  s.cpu_steps = machine.cpu_steps;
  s.oom_kills = machine.oom_kills;
  const double requests = stats.busy.area(now) + stats.queued.area(now);
  s.bytes = static_cast<double>(spec.memory.idle) * s.ready +
            static_cast<double>(spec.memory.per_request) * requests + machine.stress.area(now);
  s.disk_busy = world.disk_busy_s(service);
  s.disk_jobs = machine.disk_jobs.area(now);
  return s;
}

MachineFigures machine_figures(const ServiceSpec& spec, const MachineSnapshot& from,
                               const MachineSnapshot& to) {
  MachineFigures f;
  const MachineSpec& machine = spec.machine;
  f.cpu = machine.processor.cores > 0;
  f.memory = machine.memory.limit > 0;
  f.disk = machine.disk.operations_per_s > 0;
  const double ready = to.ready - from.ready;
  if (f.cpu) {
    f.cpu_utilization = ratio(to.cores - from.cores, ready * machine.processor.allowed(), 0);
    f.cpu_throttled = ratio(to.throttled - from.throttled, ready, 0);
    f.cpu_slowdown =
        ratio(to.slowdown - from.slowdown, static_cast<double>(to.cpu_steps - from.cpu_steps), 1);
  }
  if (f.memory) {
    f.memory_utilization =
        ratio(to.bytes - from.bytes, ready * static_cast<double>(machine.memory.limit), 0);
    f.oom_kills = to.oom_kills - from.oom_kills;
  }
  if (f.disk) {
    f.disk_utilization = ratio(to.disk_busy - from.disk_busy, ready, 0);
    f.disk_queue_length_mean = ratio(to.disk_jobs - from.disk_jobs, ready, 0);
  }
  return f;
}

}  // namespace faultline
