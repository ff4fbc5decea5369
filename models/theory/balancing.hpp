#pragma once
// Many equal servers behind a balancer that looks at d of them. Service is exponential; load is per
// server. Sources: Vvedenskaya, Dobrushin & Karpelevich (1996) and Mitzenmacher (1996), the
// supermarket model; Gardner et al., "Redundancy-d" (2017); finite fleets are solved as a chain.

#include <optional>

namespace faultline::theory {

// The limit of a large fleet: each arrival joins the shortest of d random queues (d = 1: random).
double supermarket_mean_sojourn(int choices, double load, double service_rate);
double supermarket_share_with_at_least(int choices, double load, int in_system);

// The same for a fleet of `servers`, d distinct servers sampled, ties at random. The chain keeps
// sorted queue lengths, cut where its tail is below 1e-12; computed for up to four servers, and
// empty where it is not.
std::optional<double> shortest_of_sampled_mean_sojourn(int servers, int choices, double load,
                                                       double service_rate);

// Copies go to d random servers and the first to finish cancels the others; each copy draws its own
// service time. The limit of a large fleet.
double redundancy_mean_sojourn(int copies, double load, double service_rate);
// The same when the fleet is just those d servers: they act as one of d-fold speed.
double redundancy_on_all_mean_sojourn(int servers, double arrival_rate, double service_rate);

}  // namespace faultline::theory
