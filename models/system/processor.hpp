#pragma once
// The cores of one instance, shared by the steps that compute. A step brings CPU time; how fast it
// gets it depends on who else is there.
//
// `fair` is egalitarian processor sharing, what an operating system's fair scheduler (Linux CFS,
// EEVDF) comes to when its time slices are short against the work: of n steps each advances at
// min(1, cores / n). The others let the first in their order run, each on a core of its own:
// `lifo` the newest (preemptive resume), `srpt` the one with the least left, `priority` the most
// important (SCHED_FIFO). Nothing is lost when a step is interrupted.
//
// A limit is CFS bandwidth control as a container runtime sets it up: all steps draw on one quota
// of CPU time a period; once it is spent they stand still until the next period begins. The
// kernel's hand-out in slices of 5 ms, and its bursts, are left out.
// Often confused: `cores` is how many there are, `limit` how much of them may be used.

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/time.hpp"

namespace faultline {

enum class Scheduler : std::uint8_t { Fair, Lifo, Srpt, Priority };

struct ProcessorSpec {
  double cores = 0;  // 0: there is no such processor
  double limit = 0;  // cores that may be used on average over a period; 0: all
  Duration period = milliseconds(100);
  Scheduler scheduler = Scheduler::Fair;

  // CPU time a period; the kernel grants no less than 1 ms.
  Duration quota() const;
  // What use is measured against.
  double allowed() const { return limit > 0 && limit < cores ? limit : cores; }
};

class Processor {
 public:
  explicit Processor(const ProcessorSpec& spec);

  // CPU time to be had by `job` from `now` on. Times never go back.
  void add(Instant now, std::uint32_t job, Duration work, std::uint8_t priority);
  // The job is gone. Answers whether it was here.
  bool remove(Instant now, std::uint32_t job);
  // So many threads of somebody else's compete for the cores, at all times.
  void stress(Instant now, double threads);

  struct Done {
    std::uint32_t job = 0;
    double slowdown = 1;  // time it took / CPU time it had
  };
  // A job that has had its CPU time by `now`; call until there is none.
  std::optional<Done> take_done(Instant now);
  // When to ask again: a job is done then, or the processor stops or goes on. Nothing: never.
  std::optional<Instant> next() const;

  bool empty() const { return jobs_.empty(); }
  bool throttled() const { return throttled_; }
  // Millionths of a core in use, strangers included.
  std::int64_t use() const;

 private:
  struct Job {
    double key = 0;      // of fair: the attained service at which it is done; else what is left
    double work_ns = 0;  // CPU time it came with
    std::uint64_t number = 0;
    Instant since;
    std::uint32_t job = 0;
    std::uint8_t priority = 0;
  };

  void advance(Instant now);
  void refill(Instant now);
  double used() const;                           // cores, strangers included, when not throttled
  double capacity() const;                       // cores for its own jobs
  double rate_of_all() const;                    // of fair: at which each job advances
  double speed_at(std::size_t rank) const;       // of the others: rank 0 runs first
  bool later(const Job& a, const Job& b) const;  // whether a stands behind b
  bool finished(const Job& job) const;
  double left(const Job& job) const;

  ProcessorSpec spec_;
  std::vector<Job> jobs_;  // fair: a heap, the next to be done on top; else in order, first last
  Instant now_;
  double attained_ns_ = 0;  // of fair: CPU time that a job which is always here would have had
  double stress_ = 0;
  std::uint64_t numbered_ = 0;
  double budget_ns_ = 0;  // of the running period
  Instant period_began_;
  bool throttled_ = false;
};

}  // namespace faultline
