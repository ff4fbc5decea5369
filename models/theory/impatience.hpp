#pragma once
// Queues whose clients give up. Two switches decide everything: does the clock run on the wait in
// the queue or on the whole sojourn, and does the server still execute work nobody waits for
// (zombie work)? Rates per time unit, times in the same unit. Sources: Baccelli & Hebuterne, "On
// queues with impatient customers" (1981); Mandelbaum & Zeltyn on Erlang A (2007); Takacs,
// "Introduction to the Theory of Queues" (1962), for the busy period.

#include "models/theory/multi_server.hpp"

namespace faultline::theory {

// Erlang A, M/M/c+M: each waiting request leaves the queue after an exponential patience; service
// is never interrupted. Stable at every load.
struct ErlangA {
  Station station;
  double mean_patience;
};
double probability_abandon(const ErlangA&);
double mean_wait_all(const ErlangA&);  // served and abandoned requests together
double probability_wait(const ErlangA&);

// M/M/c+D: a request that has waited `timeout` in the queue is removed; service is never aborted.
struct QueueTimeout {
  Station station;
  double timeout;
};
double probability_timeout(const QueueTimeout&);
double mean_wait_of_served(const QueueTimeout&);
double throughput(const QueueTimeout&);

// Client timeout on the sojourn, FIFO, no retries, and the server never learns of it.
// Goodput is the rate of requests answered in time; the server's own throughput is unchanged.
double fifo_goodput(const Station&, double client_timeout);

// The same for one server that serves the newest request first, without preemption: the share of
// arrivals answered in time, also under overload (an arrival waits for a busy period, which the
// backlog below it cannot lengthen).
double lifo_goodput_share(double arrival_rate, double service_rate, double client_timeout);

}  // namespace faultline::theory
