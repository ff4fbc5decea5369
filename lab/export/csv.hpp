#pragma once
// RunResult → CSV files in a folder: summary.csv (metric, value, unit), series.csv (t_s, entity,
// signal, value; one row each) and timeline.csv.

#include <optional>
#include <string>

#include "lab/run/result.hpp"

namespace faultline {

// Makes the folder. Answers what went wrong, or nothing.
std::optional<std::string> write_csv(const RunResult& result, const std::string& folder);

}  // namespace faultline
