#pragma once
// Watches a world from outside and writes down what it sees: series bin by bin, snapshots where
// windows begin and end. Nothing it does has an influence on the world.

#include <map>

#include "lab/run/figures.hpp"
#include "lab/run/result.hpp"
#include "lab/run/run.hpp"

namespace faultline {

// Whether a world is small enough for its instances to be looked at one by one.
bool shows_instances(const WorldSpec& spec);

// What a scenario wants to have recorded.
Measuring measuring_for(const Scenario& scenario, const WorldSpec& spec, const RunOptions& options);

class Recorder {
 public:
  Recorder(const Scenario& scenario, World& world, const Measuring& measuring);

  // Instants at which `look` has to be called: ends of bins, and where windows begin and end.
  Instant next_look() const { return next_; }
  void look();
  RunResult finish(const RunOptions& options);

 private:
  void sample_bin();
  void sample_caches();
  void sample_versions(std::size_t service);
  void look_at_instances();
  void sample_instances(std::size_t service);
  void sample_machine(std::uint32_t service);
  const Histogram& latency_since_last_bin(std::size_t service);
  void keep_snapshot();
  void write_slos(RunResult& result) const;
  void write_rollouts(RunResult& result) const;
  void write_timeline(RunResult& result) const;
  void write_requests(RunResult& result) const;
  void schedule_next();

  const Scenario& scenario_;
  World& world_;
  Duration step_;
  Instant next_, next_bin_;
  bool instances_ = false;
  Instant next_instances_ = Instant::max();  // a tenth of a bin after the last time
  struct InstanceLooks {
    std::uint32_t looks = 0;
    double busy = 0, queued = 0, threads = 0;  // summed over them
  };
  std::vector<std::vector<InstanceLooks>> instance_looks_;  // of the running bin; by service
  std::map<Instant, Snapshot> snapshots_;                   // at the instants asked for
  std::vector<Instant> wanted_;                             // sorted; those still to come
  std::vector<Named<ClientSeries>> clients_;
  std::vector<Named<ServiceSeries>> services_;
  std::vector<Named<EdgeSeries>> edges_;
  // Where each series stood at the end of the bin before.
  struct Before {
    double busy = 0, queued = 0, ready = 0, threads = 0;
    std::uint64_t arrivals = 0, ok = 0, failed = 0;
    double wasted_s = 0;
  };
  std::vector<Before> service_before_;
  std::vector<Named<CacheSeries>> caches_;
  std::vector<CacheCounts> cache_before_;
  std::vector<MachineSnapshot> machine_before_;
  std::vector<EdgeStatistics> edge_before_;
  struct ClientBefore {
    std::uint64_t offered = 0, ok = 0, failed = 0;
    Histogram latency;
  };
  std::vector<ClientBefore> client_before_;
  std::vector<std::vector<Histogram>> latency_before_;  // of services, by version and endpoint
  struct VersionBefore {
    std::uint64_t ok = 0, failed = 0;
    Histogram latency;
  };
  std::vector<std::vector<VersionBefore>> version_before_;  // of services
  Histogram latency_of_bin_, fresh_latency_;  // of whoever is at hand; kept for their room
  Instant bin_began_;
};

}  // namespace faultline
