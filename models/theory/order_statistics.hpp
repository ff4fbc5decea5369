#pragma once
// Requests that wait for several legs or race two copies: fan-out, quorum, fork-join, hedging. Legs
// are independent. Times in the unit of the leg's law. Sources: David & Nagaraja, "Order
// Statistics" (2003); Nelson & Tantawi (1988) for fork-join; Dean & Barroso, "The Tail at Scale"
// (2013).

#include "models/theory/service_law.hpp"

namespace faultline::theory {

// Done when `needed` of `legs` have answered; needed == legs is a full fan-out, 1 a race.
struct Gather {
  ServiceLaw leg;
  int legs, needed;
};
double gather_tail(const Gather&, double time);  // P(not done by `time`)
double mean_time(const Gather&);
double time_quantile(const Gather&, double probability);

// P(at least one of `legs` is slow).
double probability_any_slow(int legs, double slow_probability);

// n parallel M/M/1 queues fed by the same Poisson stream, done when all are: exact for two, the
// Nelson-Tantawi approximation (within a few per cent) beyond.
double fork_join_mean(int branches, double arrival_rate, double service_rate);

// A second copy is sent after `delay` if the first has not answered; the first answer wins.
struct Hedge {
  ServiceLaw leg;
  double delay;
};
double hedged_tail(const Hedge&, double time);
double mean_time(const Hedge&);
double time_quantile(const Hedge&, double probability);
double extra_load(const Hedge&);  // copies per request beyond the first

}  // namespace faultline::theory
