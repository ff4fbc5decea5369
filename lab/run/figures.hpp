#pragma once
// Statistics → figures. A service's figures for a stretch of time are the difference of two
// snapshots of its counters.

#include "lab/run/result.hpp"
#include "models/system/world.hpp"

namespace faultline {

// Counts, and areas in seconds.
struct MachineSnapshot {
  double cores = 0, throttled = 0, ready = 0, slowdown = 0, bytes = 0, disk_busy = 0, disk_jobs = 0;
  std::uint64_t cpu_steps = 0, oom_kills = 0;
};

struct ServiceSnapshot {
  std::vector<HandlingStatistics> handling;
  double busy = 0, working = 0, queued = 0, ready = 0, threads = 0, wasted_s = 0,
         failed_work_s = 0;  // areas, seconds
  MachineSnapshot machine;
  std::vector<std::uint64_t> born_again;
};

struct Snapshot {
  Instant at;
  std::vector<ServiceSnapshot> services;
  std::vector<EdgeStatistics> edges;
  std::vector<CacheCounts> caches;
};

Snapshot snapshot(World& world);
// Before anything has happened: a world that has been made has already done what is due at 0.
Snapshot snapshot_before(const World& world);

MachineSnapshot machine_snapshot(World& world, std::uint32_t service);
MachineFigures machine_figures(const ServiceSpec& spec, const MachineSnapshot& from,
                               const MachineSnapshot& to);

Latency latency_of(const Histogram& histogram);
// Of a stretch of time that is watched, of so many seconds.
ClientFigures client_figures(const ClientStatistics& client, const ClientWindow& window,
                             double seconds);
// Of all services and edges between two snapshots.
void service_figures(const World& world, const Snapshot& from, const Snapshot& to,
                     std::vector<Named<ServiceFigures>>& out);
void cache_figures(const World& world, const Snapshot& from, const Snapshot& to,
                   std::vector<Named<CacheFigures>>& out);
CacheCounts between(const CacheCounts& from, CacheCounts to);
double lookups(const CacheCounts& counts);
void edge_figures(const World& world, const Snapshot& from, const Snapshot& to,
                  std::vector<Named<EdgeFigures>>& out);

}  // namespace faultline
