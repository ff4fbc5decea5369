#pragma once
// What a run has to say: plain data, immutable once made, shared by whoever shows it. The names are
// those of the JSON result (lab/export), the units are in the names.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lab/scenario/scenario.hpp"
#include "models/system/statistics.hpp"
#include "models/vocabulary/fact.hpp"
#include "models/vocabulary/trace.hpp"

namespace faultline {

struct Latency {  // seconds
  double mean = 0, p50 = 0, p95 = 0, p99 = 0, p999 = 0, max = 0;
};

struct ClientFigures {
  std::uint64_t offered = 0, ok = 0, degraded = 0, partial = 0, failed = 0, in_flight = 0;
  double success_rate = 1;  // ok / (ok + failed); 1 when nothing has ended
  std::array<std::uint64_t, kErrors> errors{};
  double goodput_per_s = 0, quality_mean = 1, availability = 1;
  Latency latency;
  std::uint64_t peak_per_100ms = 0;
};

// Of what a service's instances run on; each part means something only where it is modelled.
struct MachineFigures {
  bool cpu = false, memory = false, disk = false;  // modelled
  double cpu_utilization = 0, cpu_throttled = 0, cpu_slowdown = 1;
  double memory_utilization = 0;
  double disk_utilization = 0, disk_queue_length_mean = 0;
  std::uint64_t oom_kills = 0;
};

struct ServiceFigures {
  std::uint64_t arrivals = 0, completed = 0, rejected = 0, ok = 0, failed = 0;
  double success_rate = 1;
  std::array<std::uint64_t, kErrors> errors{};
  double thread_utilization = 0, cpu_utilization = 0;
  double queue_length_mean = 0, in_system_mean = 0;
  Latency wait, latency;
  double wasted_work_s = 0, failed_work_s = 0, instances_mean = 0;
  MachineFigures machine;
  std::uint64_t effects = 0, duplicates = 0, replayed = 0, conflicts = 0;
  double retry_share = 0;  // of what was sent to it: born of a try that was sent again,
  std::vector<Named<double>> born_again;  // at these edges
  std::uint64_t peak_per_100ms = 0;
  // The same, for parts: "endpoint.checkout", "version.v2". Utilization and lengths are the
  // whole's.
  std::vector<Named<ServiceFigures>> parts;
};

struct EdgeFigures {
  std::uint64_t calls = 0, attempts = 0, retries = 0, ok = 0, failed = 0, breaker_opened = 0;
  double breaker_open_s = 0;
  std::uint64_t ejections = 0, cross_zone = 0;
  std::uint64_t hedges = 0, connections = 0;
  double link_utilization = 0;  // time in which its link was sending, mean of both ways
  double amplification = 1;     // attempts / calls
  std::array<std::uint64_t, kErrors> errors{};
  std::uint64_t peak_per_100ms = 0;  // of retries
};

struct SloFigures {
  std::string client;
  double target = 0;
  std::uint64_t good = 0, total = 0;
  double availability = 1, budget_left = 1, burn_rate = 0;
  // The budget of the window, in requests (slices, for throughput); what the history has spent of
  // it; the seconds that history and run cover.
  double budget = 0, spent_before = 0, history_s = 0, covered_s = 0;
  std::vector<double> budget_left_series, burn_rate_series;  // by bin
  std::vector<double> good_series, bad_series;               // by bin, by when they ended
};

struct RolloutFigures {
  std::string service, version;
  bool rolled_back = false;
  double rollback_s = 0;                       // from its beginning to the decision; 0 if none
  std::uint64_t answers = 0, bad_answers = 0;  // by the new version
};

struct CacheFigures {
  CacheCounts counts;
  double hit_ratio = 0;  // fresh or stale, of all that looked
};

// One value for each bin of `step_s` seconds, from the start of the run.
struct ClientSeries {
  std::vector<double> offered, ok, failed, p50_s, p99_s;
  std::vector<double> quality;  // mean of the answers; 1 where there are none
};
struct VersionSeries {
  std::vector<double> ok, failed, p50_s, p99_s;
};
struct InstanceSeries {  // NaN while there is no such instance
  std::vector<double> ok, failed, p50_s, p99_s;
  std::vector<double> utilization, queue;  // means of ten looks in each bin
};
struct ServiceSeries {
  std::vector<double> arrivals, queue, busy, instances, ok, failed;
  std::vector<double> utilization;             // busy threads / threads of ready instances
  std::vector<double> p50_s, p99_s;            // of the answers given in the bin, arrival to reply
  std::vector<double> wasted_s;                // thread-seconds after the caller had gone
  std::vector<double> cpu, memory, disk;       // utilization; empty where not modelled
  std::vector<Named<VersionSeries>> versions;  // where there is more than one
  std::vector<Named<InstanceSeries>> each_instance;  // likewise, if they were asked for
};
struct CacheSeries {
  std::vector<double> lookups, hit_ratio;
};
struct EdgeSeries {
  std::vector<double> calls, attempts, failed;
};

// The figures of a stretch of time that an expectation asks about.
struct Stretch {
  double from_s = 0, to_s = 0;
  std::vector<Named<ClientFigures>> clients;    // requests due in it
  std::vector<Named<ServiceFigures>> services;  // what happened in it
  std::vector<Named<EdgeFigures>> edges;
  std::vector<Named<CacheFigures>> caches;
};

enum class Verdict : std::uint8_t { Pass, Fail, Inconclusive };

struct Judgement {
  std::string metric, variant, op;
  double window_from_s = 0, window_to_s = 0;
  bool windowed = false;
  double bound = 0, observed = 0;
  Verdict verdict = Verdict::Pass;
  std::string detail;     // with replications: the interval
  std::string why, unit;  // unit: share, seconds, count, per_second, factor
  int line = 0;
};

struct Moment {
  double t_s = 0;
  std::string kind, subject, what;
};

// A request that was among the slowest or the failed of the stretch that was watched.
struct WatchedFigures {
  std::uint64_t number = 0;  // what --trace-request is given
  std::string client;
  double due_s = 0, took_s = 0;  // took: until the run's end, where it never ended
  Error error = Error::None;
  bool ended = false, degraded = false;
};
struct Watched {
  std::uint64_t answers = 0, failures = 0;      // in the stretch, kept or not
  std::vector<WatchedFigures> slowest, failed;  // slowest first; failed: and never ended
};

// A step of the traced request (models/vocabulary/trace.hpp), with names.
struct TracePoint {
  double t_s = 0, due_s = 0, waited_s = 0;
  std::uint64_t call = 0, parent = 0;
  unsigned attempt = 0, parent_attempt = 0, instance = 0;
  TraceKind kind = TraceKind::Aside;
  Error error = Error::None;
  std::string caller, callee, sentence;
};

struct RunResult {
  std::string scenario, variant = "base", file;
  std::int64_t seed = 0;
  double duration_s = 0, warmup_s = 0;
  std::uint64_t fingerprint = 0, events = 0;
  double wall_s = 0;
  bool partial = false;  // interrupted; `reached_s` tells how far it got
  double reached_s = 0;
  Ledger ledger;
  std::vector<Named<ClientFigures>> clients;
  std::vector<Named<ServiceFigures>> services;
  std::vector<Named<EdgeFigures>> edges;
  std::vector<Named<SloFigures>> slos;
  std::vector<Named<RolloutFigures>> rollouts;
  std::vector<Named<CacheFigures>> caches;
  std::vector<Stretch> stretches;  // of the windows that expectations ask about
  std::vector<Judgement> expectations;
  std::vector<Moment> timeline;                          // in order of time
  std::vector<std::string> trace;                        // of the request asked for
  std::vector<TracePoint> steps;                         // the same, to be drawn
  Watched watched;                                       // if asked for
  std::vector<Named<std::vector<RequestEnd>>> requests;  // by client, if asked for
  double step_s = 1;
  std::vector<Named<ClientSeries>> client_series;
  std::vector<Named<ServiceSeries>> service_series;
  std::vector<Named<EdgeSeries>> edge_series;
  std::vector<Named<CacheSeries>> cache_series;
};

}  // namespace faultline
