#pragma once
// Chains that move one step up or down: the number of requests in one exponential station. Rates
// are per time unit, times in the same unit. Sources: Kleinrock, "Queueing Systems I" (1975), ch.
// 3; Karlin & Taylor, "A First Course in Stochastic Processes" (1975), ch. 4, for first passages.

#include <functional>
#include <vector>

namespace faultline::theory {

// The long-run probability of states 0..n, where births[i] is the rate i -> i+1 (n entries) and
// deaths[i] the rate i+1 -> i (n entries).
std::vector<double> stationary(const std::vector<double>& births,
                               const std::vector<double>& deaths);

// The same for an unbounded chain, cut where the remaining states weigh less than 1e-17 of the
// heaviest one. The ratio birth(n)/death(n+1) must stay below 1 from some n on;
// two hundred thousand states are the limit.
std::vector<double> stationary_unbounded(const std::function<double(int)>& birth,
                                         const std::function<double(int)>& death);

// The mean time from state `from` until state `to` is reached first.
double mean_passage(const std::vector<double>& births, const std::vector<double>& deaths, int from,
                    int to);

// Means over a distribution of states: sum of state, and of the excess of the state over
// `threshold`.
double mean_state(const std::vector<double>& probability);
double mean_excess(const std::vector<double>& probability, int threshold);
// P(state >= threshold).
double tail_mass(const std::vector<double>& probability, int threshold);

// A server that works at `fast_rate` while fewer than `slow_from` requests are present and at
// `slow_rate` from there on (a cache that thrashes, a garbage collector that falls behind), with
// room for `room` requests. It has two quasi-stable modes: the smallest metastable system.
struct DegradingServer {
  double arrival_rate, fast_rate, slow_rate;
  int slow_from, room;
};
double mean_escape_time(const DegradingServer&, int from, int to);
double probability_slow(const DegradingServer&);

}  // namespace faultline::theory
