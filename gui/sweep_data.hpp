#pragma once
// The results of a sweep as its CSV file has them: a value for each point, replication and metric.
// Axes and metrics are whatever the header and the rows say. Knows no widget.

#include <map>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "lab/study/statistics.hpp"

namespace faultline::gui {

struct SweepData {
  std::vector<std::string> axes;
  std::vector<std::vector<std::string>> points;  // values, by axis
  std::vector<std::string> metrics;
  // By metric, then point: of the replications.
  std::vector<std::vector<std::vector<double>>> values;

  // The values of an axis, in the order of numbers where they are, else of the file.
  std::vector<std::string> values_of(std::size_t axis) const;
  // Over the points that have these values on these axes; nothing counted: mean is NaN.
  Estimate at(std::size_t metric, const std::map<std::size_t, std::string>& where) const;
  // The first such point; points.size(): none.
  std::size_t point_at(const std::map<std::size_t, std::string>& where) const;
};

// An error is a sentence.
tl::expected<SweepData, std::string> read_sweep(const std::string& file);
tl::expected<SweepData, std::string> parse_sweep(const std::string& text);

}  // namespace faultline::gui
