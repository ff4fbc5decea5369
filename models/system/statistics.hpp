#pragma once
// Counting, in place and cheap, because it happens on every event. Clients are counted by when a
// request was due, judged until the end of the run; services and edges by when things happened
// (contract §3), so their figures for a stretch of time are differences of two snapshots.

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "models/system/arrivals.hpp"
#include "models/vocabulary/outcome.hpp"
#include "sim/histogram.hpp"
#include "sim/series.hpp"
#include "sim/time.hpp"

namespace faultline {

// The time integral of a number that changes in steps.
//
// A change of c at time t leaves c·(T − t) by time T; so Σc and Σc·t are all there is to keep.
class StepIntegral {
 public:
  void add(Instant now, std::int64_t change) {
    value_ += change;
    const Wide sum = moment() + static_cast<Wide>(change) * static_cast<std::uint64_t>(now.ns);
    low_ = static_cast<std::uint64_t>(sum);
    high_ = static_cast<std::uint64_t>(sum >> 64);
  }
  std::int64_t value() const { return value_; }
  // Seconds × number, up to `now`.
  double area(Instant now) const {
    return static_cast<double>(static_cast<Wide>(value_) * now.ns - moment()) / 1e9;
  }

 private:
  __extension__ using Wide = __int128;
  // In two words, because a processor that wrote two has to wait before it can read them as one.
  Wide moment() const { return static_cast<Wide>(high_) << 64 | low_; }

  std::int64_t value_ = 0;
  std::uint64_t low_ = 0, high_ = 0;
};

// One request, as it ends.
struct Ended {
  std::uint64_t lineage;
  Instant due, now;
  Outcome outcome;
  bool in_time;  // within its client's deadline
  Duration took() const { return now - due; }
};

// A client's requests due in [begin, end).
struct ClientWindow {
  Instant begin, end = Instant::max();
  std::uint64_t ok = 0, degraded = 0, partial = 0, failed = 0, in_time = 0;
  double lost_quality = 0;  // 1 − quality, summed over degraded
  std::array<std::uint64_t, kErrors> errors{};
  Histogram latency;

  bool covers(Instant due) const { return due >= begin && due < end; }
  // One of them has ended.
  void count(const Ended& request) {
    const Outcome outcome = request.outcome;
    if (!outcome.ok()) {
      ++failed;
      ++errors[static_cast<std::size_t>(outcome.error)];
      return;
    }
    ++ok;
    partial += outcome.partial;
    in_time += request.in_time;
    latency.record(request.took());
    if (outcome.quality() < 1) [[unlikely]] {
      ++degraded;
      lost_quality += 1 - static_cast<double>(outcome.quality());
    }
  }
};

// What a service level objective counts: requests or, for throughput, slices of time.
struct SloRule {
  enum class Kind : std::uint8_t { Availability, Latency, Throughput, Correctness };
  Kind kind = Kind::Availability;
  Duration threshold = Duration::max();  // Latency: a good answer takes no longer
  double rate = 0;                       // Throughput: per second
  Duration slice{0};                     // Throughput
};

// Its count of what was good, among what was judged.
class SloCounter {
 public:
  // Requests due from `begin` on; the series are of the run's bins.
  SloCounter(const SloRule& rule, Instant begin, const Series& empty)
      : good_series(empty), bad_series(empty), rule_(rule), begin_(begin) {}
  void due(Instant now);
  void ended(Instant due, Instant now, Outcome outcome);
  // Judges the slices that are over by now.
  void advance(Instant now);

  std::uint64_t good = 0, total = 0;
  Series good_series, bad_series;  // by when they ended

 private:
  struct Slice {
    std::int64_t number = -1;
    std::uint64_t offered = 0, served = 0;
  };
  void count(bool is_good, Instant now);
  Slice& slice(Instant due);

  SloRule rule_;
  Instant begin_;
  std::array<Slice, 2> slices_;  // the one that is, and the one before: the others are judged
  std::int64_t judged_ = 0;      // slices
};

// How one request ended.
struct RequestEnd {
  std::uint64_t lineage = 0;  // the same request in another variant has the same
  Duration took;
  Error error = Error::None;
};

struct ClientStatistics {
  // Asks about the requests due in [begin, end).
  void watch(Instant begin, Instant end) {
    asked.emplace_back().begin = begin;
    asked.back().end = end;
    arrivals.watch(begin, end);
  }
  void due(Instant now) {
    arrivals.count(now);
    if (asked_for) [[unlikely]]
      due_elsewhere(now);
  }
  void ended(const Ended& request) {
    (request.due >= whole.begin ? whole : early).count(request);
    if (request.outcome.ok() && request.outcome.quality() < 1) [[unlikely]]
      lost_in_bin += 1 - static_cast<double>(request.outcome.quality());
    if (asked_for) [[unlikely]]
      ended_elsewhere(request.lineage, request.due, request.now, request.outcome, request.in_time);
  }

  Arrivals arrivals;
  ClientWindow whole;               // after the warm-up
  std::vector<ClientWindow> asked;  // by expectations
  // Since the recorder last looked: of requests that were due in the warm-up, and the quality lost
  // by all.
  ClientWindow early;
  double lost_in_bin = 0;
  bool asked_for = false;  // by an expectation or objective, or each request is logged
  Instant logged_from = Instant::max();
  std::vector<SloCounter> slos;
  std::vector<RequestEnd> log;

 private:
  [[gnu::noinline]] void due_elsewhere(Instant now);
  // The request's parts, which stay in registers: a reference would have each written to memory.
  [[gnu::noinline]] void ended_elsewhere(std::uint64_t lineage, Instant due, Instant now,
                                         Outcome outcome, bool in_time);
};

// What happened at a service, at one endpoint by one version.
struct HandlingStatistics {
  std::uint64_t arrivals = 0, completed = 0, rejected = 0, ok = 0, failed = 0;
  std::uint64_t dropped = 0;  // killed by a crash, or called off by the caller
  std::array<std::uint64_t, kErrors> errors{};
  std::uint64_t at_once = 0;  // got a thread without waiting;
  Histogram waited, latency;  // the waits of the others
  // Of what isn't idempotent or bears a key: done, done once more, answered from the store of keys,
  // turned away because the same is under way.
  std::uint64_t effects = 0, duplicates = 0, replayed = 0, conflicts = 0;

  void got_thread(Duration after) { after.ns == 0 ? void(++at_once) : waited.record(after); }
  // Everybody's.
  Histogram wait() const {
    Histogram all = waited;
    if (at_once > 0) all.record({0}, at_once);
    return all;
  }
};

// What one instance has answered since somebody last looked.
struct InstanceMeter {
  static constexpr std::uint32_t kMost = 64;  // of a service, the first ones
  std::uint64_t ok = 0, failed = 0;
  Histogram latency;  // of good answers, arrival to reply
};

// Of the machines that a service's instances run on, where they are modelled.
struct MachineStatistics {
  StepIntegral cpu;        // millionths of a core in use
  StepIntegral throttled;  // instances that stand still because their quota is spent
  StepIntegral disk_jobs;  // in the disks, waiting or being served
  StepIntegral stress;     // bytes that somebody else holds
  double disk_busy_s = 0;  // of operations handed to the disks, the running ones to their end
  double slowdown = 0;     // summed over steps: time it took / CPU time it had
  std::uint64_t cpu_steps = 0, oom_kills = 0, disk_steps = 0;
};

struct ServiceStatistics {
  // By version, then endpoint; each version's stay where they are.
  std::vector<std::vector<HandlingStatistics>> handling;
  std::vector<InstanceMeter> instances;  // by ordinal, where they are asked for
  StepIntegral busy, working, queued, ready;
  StepIntegral threads;  // of the instances that are ready or finish what they have
  Arrivals arrivals;
  double wasted_s = 0;           // thread-seconds after the caller had gone
  double failed_work_s = 0;      // thread-seconds spent on what was then answered with an error
  std::int64_t at_the_door = 0;  // let in, and waiting for the moment
  MachineStatistics machine;
  // Attempts sent to it that would not have been, had no try been sent again: by the edge where the
  // outermost of these was (retries and hedges).
  std::vector<std::uint64_t> born_again;
};

struct EdgeStatistics {
  std::uint64_t calls = 0, attempts = 0, retries = 0, ok = 0, failed = 0, breaker_opened = 0;
  std::uint64_t hedges = 0;
  std::uint64_t connections = 0;     // set up
  double wire_s = 0;                 // time in which its link was sending, both ways
  std::uint64_t breaker_closed = 0;  // after probes
  StepIntegral open_breakers;        // not closed, that is; of all instances of the caller
  std::uint64_t ejections = 0, cross_zone = 0;  // hosts put out of rotation; attempts between zones
  std::array<std::uint64_t, kErrors> errors{};  // of attempts
  Arrivals sent_again;                          // retries and hedges
};

struct CacheCounts {
  std::uint64_t hits = 0, stale = 0, misses = 0, coalesced = 0, fills = 0;
  std::uint64_t early = 0;      // fetched before its time (XFetch)
  std::uint64_t cycles = 0;     // the first of these, each time
  std::uint64_t refreshes = 0;  // behind the scenes
  std::uint64_t rescued = 0;    // fetches that failed and were answered with something old
  std::uint64_t redundant = 0;  // fetches while another was already fetching the key
  std::uint64_t evicted = 0;
  double earliness_s = 0;  // summed over cycles
};

// All requests of the run.
struct Ledger {
  std::uint64_t offered = 0, ok = 0, failed = 0, in_flight = 0;
  bool balanced = true;
};

}  // namespace faultline
