#pragma once
// Exponential stations with c servers and one first-come-first-served queue: M/M/1, M/M/c, M/M/c/K,
// Erlang loss, and a finite population. Rates per time unit, times in the same unit. An unstable
// queue answers infinity. Sources: Kleinrock, "Queueing Systems I" (1975), ch. 3; Gross & Harris,
// "Fundamentals of Queueing Theory", ch. 2-3.

namespace faultline::theory {

// M/M/c: Poisson arrivals, `servers` equal servers, unbounded queue. M/M/1 is servers == 1.
struct Station {
  double arrival_rate;
  double service_rate;  // of one server
  int servers = 1;

  double utilization() const { return arrival_rate / (servers * service_rate); }
  bool stable() const { return arrival_rate < servers * service_rate; }
};

// The share of arrivals refused by `servers` places when `offered_load` (arrival rate times mean
// service) is offered and nobody waits. Holds for any service law with that mean.
double erlang_b(int servers, double offered_load);
// P(an arrival has to wait) in M/M/c; 1 when unstable.
double erlang_c(int servers, double offered_load);

double mean_wait(const Station&);
double mean_sojourn(const Station&);
double mean_in_system(const Station&);
double mean_queue_length(const Station&);
double wait_quantile(const Station&, double probability);
double sojourn_tail(const Station&, double time);  // P(sojourn > time)
double sojourn_quantile(const Station&, double probability);
double probability_at_least(const Station&, int in_system);         // M/M/1 and M/M/c, time average
double mean_busy_period(double arrival_rate, double mean_service);  // M/G/1

// M/M/c/K: at most `places` requests in the system, service included; the rest are refused.
struct BoundedStation {
  Station station;
  int places;
};
double probability_blocked(const BoundedStation&);
double throughput(const BoundedStation&);
double mean_sojourn_accepted(const BoundedStation&);

// A closed population: each user thinks for an exponential time, then waits for the station
// (also the machine-repair model). The arrival rate of the station comes from the users.
struct FinitePopulation {
  int users;
  double mean_think;
  double service_rate;
  int servers = 1;
};
double throughput(const FinitePopulation&);
double mean_sojourn(const FinitePopulation&);
// Quantile of the sojourn at one server; an arriving user sees the system without herself.
double sojourn_quantile(const FinitePopulation&, double probability);

// M/G/infinity: in flight is Poisson with mean rate times mean service, whatever the law.
double probability_in_flight_above(double mean_in_flight, int threshold);

}  // namespace faultline::theory
