#pragma once
// The values of an empirical("file.csv"): text, the first column of each line (up to "," ";" or a
// tab) a duration ("5ms"); or a first line that names the column and ends with its unit
// ("latency_ms", "wait_s") and then bare numbers. Here alone, fractions of a nanosecond are
// rounded: they are digits that a measuring tool printed, not something an author meant.

#include <cstddef>
#include <filesystem>
#include <vector>

#include "lab/scenario/quantity.hpp"

namespace faultline {

// At least one value, or an error that names the file and line; `offset` is where it is mentioned.
Quantity<std::vector<Duration>> read_empirical(const std::filesystem::path& path,
                                               std::size_t offset);

}  // namespace faultline
