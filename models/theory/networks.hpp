#pragma once
// Several stations: a chain, an open network with feedback, a closed network, and a gateway whose
// threads stay blocked while the backend works. Rates per time unit, times in the same unit.
// Sources: Jackson (1957); Reich (1957) and Burke (1956) for tandems; Reiser & Lavenberg, "Mean
// value analysis" (1980); the nested call is our own chain, solved as in Neuts (1981).

#include <optional>
#include <vector>

#include "models/theory/multi_server.hpp"

namespace faultline::theory {

// Single-server exponential stations in a row; no thread is held between them.
struct Tandem {
  double arrival_rate;
  std::vector<double> service_rates;
};
double mean_sojourn(const Tandem&);
double sojourn_quantile(const Tandem&, double probability);  // a sum of independent exponentials

// An open network: Poisson arrivals from outside, Markov routing (row sums below 1: the rest
// leave).
struct OpenNetwork {
  std::vector<double> external;
  std::vector<std::vector<double>> routing;
  std::vector<double> service_rates;
  std::vector<int> servers;
};
std::vector<double> throughputs(const OpenNetwork&);
Station station_of(const OpenNetwork&, int station);  // the M/M/c it behaves like
double mean_sojourn(const OpenNetwork&);              // from entry to exit

// A closed network: `users` who think, then visit single-server stations with given total demands.
struct ClosedNetwork {
  int users;
  double mean_think;
  std::vector<double> demands;
};
double throughput(const ClosedNetwork&);
double mean_response(const ClosedNetwork&);
double bottleneck_utilization(const ClosedNetwork&);
// N*: the population at which the asymptotes of light and heavy load cross.
double saturation_population(const ClosedNetwork&);

// A request takes one of `threads`, works locally for an exponential time, then blocks the thread
// while a single-server FIFO backend works. `local_rate` infinite means no local work.
struct HeldThreads {
  double arrival_rate;
  int threads;
  double local_rate;
  double backend_rate;
};
struct HeldThreadsMeans {
  double total_sojourn, gateway_wait, backend_sojourn, all_threads_busy;
};
double saturation_throughput(const HeldThreads&);
// Empty when the arrival rate exceeds the saturation throughput, or beyond 250 threads (each adds a
// phase to the chain).
std::optional<HeldThreadsMeans> steady_means(const HeldThreads&);

}  // namespace faultline::theory
