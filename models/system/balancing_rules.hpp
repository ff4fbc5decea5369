#pragma once
// The arithmetic of choosing an instance, as in Envoy and, for the peak EWMA,
// in Linkerd and Finagle. Pure rules: who is chosen from is for the world to
// say (balancing.cpp).

#include <cstdint>
#include <span>
#include <vector>

#include "sim/time.hpp"

namespace faultline {

// Weighted turns by earliest deadline first: whoever is picked comes again
// 1/weight later; among equal deadlines, who came to the queue first. Weights
// may change between two picks.
class DeadlineSchedule {
 public:
  // Entries 0 … n − 1 with weights > 0, added in order at time 0.
  explicit DeadlineSchedule(std::span<const double> weights);

  // Who is next; it goes back into the queue with `weight(who)`.
  template <class Weight>
  std::size_t pick(Weight weight) {
    const Entry first = pop();
    now_ = first.deadline;
    push(first.who, weight(first.who));
    return first.who;
  }

 private:
  struct Entry {
    double deadline;
    std::uint64_t order;
    std::size_t who;
  };
  void push(std::size_t who, double weight);
  Entry pop();

  std::vector<Entry> heap_;
  double now_ = 0;
  std::uint64_t added_ = 0;
};

// The least loaded of those drawn (they may repeat); among equals the first
// drawn.
std::size_t least_request(std::span<const std::uint32_t> drawn,
                          std::span<const std::uint32_t> active);

// What a weight counts for while `active` requests are under way: weight /
// (active + 1)^bias.
double least_request_weight(double weight, std::uint32_t active, double bias);

// An instance that has just become ready gets less at first.
struct SlowStart {
  Duration window{0};
  double aggression = 1;    // 1: its weight grows evenly; above: faster at first
  double min_weight = 0.1;  // share of its weight
};
double slow_start_weight(double weight, Duration since_ready, const SlowStart& rule);

// An estimate of a round trip that jumps up with every slower answer and sinks
// as time goes by. Asking for it is an observation of 0, as in the original.
class PeakEwma {
 public:
  PeakEwma(Duration first, Instant now) : estimate_(static_cast<double>(first.ns)), last_(now) {}

  void observe(Instant now, Duration took, Duration decay);
  double cost(Instant now, Duration decay, std::uint32_t pending) {
    observe(now, {}, decay);
    return estimate_ * (pending + 1.0);
  }
  double estimate_ns() const { return estimate_; }

 private:
  double estimate_;
  Instant last_;
};

// How traffic is shared out among two priority levels when some of their hosts
// are unhealthy. Shares are 0 … 1; a level counts for 1.4 times its healthy
// share.
struct PriorityLoad {
  double first = 1;         // the share of traffic that the first level gets; the second the rest
  double total_health = 1;  // both levels', at most 1
  bool first_panics = false,
       second_panics = false;  // takes its unhealthy hosts, too
};
PriorityLoad priority_load(double first_healthy, double second_healthy, double panic_threshold);

// Whether so few of the hosts are healthy that all are used.
constexpr bool panics(std::size_t healthy, std::size_t all, double threshold) {
  return static_cast<double>(healthy) < threshold * static_cast<double>(all);
}

// The share of its traffic that a caller keeps in its zone, so that every zone
// gets what it can bear: all of it where the zone has at least as large a part
// of the hosts as of the callers. What goes elsewhere is spread in proportion
// to `residual`.
struct ZoneSplit {
  double local = 0;
  std::vector<double> residual;  // by zone: hosts' share − callers' share, at least 0
};
ZoneSplit zone_split(std::span<const std::uint32_t> hosts, std::span<const std::uint32_t> callers,
                     std::size_t zone);

}  // namespace faultline
