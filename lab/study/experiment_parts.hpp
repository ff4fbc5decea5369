#pragma once
// Internal to the experiments of networks and fan-out: how their scenarios are put together.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/study/experiment.hpp"

namespace faultline::networks {

// A client that asks `calls` at so many a time unit; `more` goes into its table.
std::string open_client(std::string_view calls, double rate, std::string_view more = "");
std::string service(std::string_view name, std::string_view threads, std::string_view work);
// A service that does nothing itself and has as many threads as it needs: it leads a request from
// station to station without holding anything anywhere.
std::string flow(std::string_view name, const std::vector<std::string>& steps);
// Time units after which a station of this load has forgotten that it began empty.
double warmup_for(double load);
// Mean and percentiles of how long the client waited, under the names of the quantity.
Measure about_client(const Asked& ask, std::string_view mean, std::string_view percentile);
// The experiment, once it is known what to measure; nothing if it isn't.
std::optional<Experiment> with_value(Experiment e, Measure value);

}  // namespace faultline::networks
