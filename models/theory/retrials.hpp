#pragma once
// Requests that are refused and come back later: the orbit. Rates per time unit, times in the same
// unit. Sources: Falin & Templeton, "Retrial Queues" (1997); the other two are solved as chains.

#include <optional>

namespace faultline::theory {

// One server, no queue; everyone in the orbit retries on their own at rate `retry_rate`, for ever.
struct Retrial {
  double arrival_rate, service_rate, retry_rate;
};
double mean_orbit(const Retrial&);
double mean_time_in_orbit(const Retrial&);
double mean_retries_per_request(const Retrial&);

// The same server when only the head of the orbit retries (a paced retry queue). Stable in a
// smaller region than load < 1; infinity outside.
double mean_orbit_paced(const Retrial&);

// c servers and `places` places; each refusal, first or repeated, leads to another try with
// probability `persistence` after an exponential delay, else the request is lost.
struct PersistentRetrial {
  double arrival_rate, service_rate;
  int servers, places;
  double mean_delay, persistence;
};
struct PersistentRetrialMeans {
  double lost_share, attempts_per_request, first_refused_share;
};
// Empty when the orbit outgrows the chain that is solved (persistence near 1 under overload).
std::optional<PersistentRetrialMeans> steady_means(const PersistentRetrial&);

}  // namespace faultline::theory
