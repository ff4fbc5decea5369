#pragma once
// One server, first come first served, with a service law that is not exponential or arrivals that
// are not Poisson. Rates per time unit, times in the same unit; an unstable queue answers infinity.
// Sources: Kleinrock, "Queueing Systems I" (1975), ch. 5-6; Takacs (1962) for the variance;
// Crommelin (1932) and Erlang for constant service; Spitzer's identity for M/D/c.

#include <string_view>

#include "models/theory/service_law.hpp"

namespace faultline::theory {

// M/G/1.
struct PoissonServer {
  double arrival_rate;
  ServiceLaw service;

  double utilization() const { return arrival_rate * service.mean; }
};
double mean_wait(const PoissonServer&);  // Pollaczek-Khinchine
double mean_sojourn(const PoissonServer&);
double wait_variance(const PoissonServer&);
// Quantiles: an exact series for constant service, else Takacs's integral equation of the wait,
// solved to about seven digits (five for heavy
// tails or loads near one); NaN where the grid would be too fine.
double wait_quantile(const PoissonServer&, double probability);
double sojourn_quantile(const PoissonServer&, double probability);

// GI/M/1: exponential service, renewal arrivals. An arrival finds the server busy with probability
// sigma, which is not the utilization; its sojourn is exponential with rate mu (1 - sigma).
enum class Gaps { constant, erlang, hyperexponential };
struct RenewalServer {
  double arrival_rate;
  double service_rate;
  Gaps gaps = Gaps::constant;
  int phases = 1;                  // erlang: round robin over `phases` servers is this law
  double squared_variation = 1.0;  // hyperexponential, balanced means
};
double sigma(const RenewalServer&);
double mean_wait(const RenewalServer&);
double mean_sojourn(const RenewalServer&);
double sojourn_quantile(const RenewalServer&, double probability);

// M^X/M/1: batches arrive as a Poisson process and queue in order. Mean sojourn over all requests.
// `second_moment` is that of the batch size.
double batch_mean_sojourn(double batch_rate, double mean_batch, double second_moment,
                          double service_rate);

// M/D/c with constant service time `service`.
double constant_service_mean_wait(double arrival_rate, double service, int servers);
double constant_service_probability_wait(double arrival_rate, double service, int servers);

// MMPP(2)/M/1: the arrival rate jumps between two values (bursty load), exponential service.
struct ModulatedServer {
  double first_rate, second_rate;    // arrivals while in each phase
  double leave_first, leave_second;  // phase change rates
  double service_rate;

  double mean_arrival_rate() const;
};
double mean_sojourn(const ModulatedServer&);

}  // namespace faultline::theory
