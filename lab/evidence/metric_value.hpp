#pragma once
// The value of a metric in a result: the path of contract §1.3 into the figures of contract §3.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lab/run/result.hpp"

namespace faultline {

// `client.shoppers.latency_s.p99`, `edge."orders->db".amplification`, …; without a window: after
// the warm-up. Nothing if there is no such metric. In the unit of the figures (shares 0 … 1,
// seconds).
std::optional<double> metric_value(
    const RunResult& result, std::string_view metric,
    std::optional<std::pair<double, double>> window_s = std::nullopt);

// Seconds from the end of the last fault to the first instant after which the client's success rate
// stays ≥ 99 % in every bin; infinite if never.
double recovered_s(const RunResult& result, const ClientSeries& series);

}  // namespace faultline
