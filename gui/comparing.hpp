#pragma once
// Variants side by side, as data: what differs in their settings, their curves on one chart, their
// figures with differences. Knows no widget.

#include <string>
#include <vector>

#include "gui/chart_series.hpp"
#include "gui/run_controller.hpp"
#include "lab/study/compare.hpp"

namespace faultline::gui {

inline constexpr std::size_t kMostCompared = 6;

// The setting that differs, and its value in each variant ("–": not given).
struct DifferingSetting {
  std::string key;
  std::vector<std::string> values;
};
std::vector<DifferingSetting> differing_settings(const std::string& text, const std::string& file,
                                                 const std::vector<std::string>& variants,
                                                 const Settings& on_top);

// Four charts of one subject – what it gets, how long it takes, what fails, how full it is – with a
// curve for each run that has the subject.
std::vector<ChartContent> overlaid(const std::vector<std::shared_ptr<const RunResult>>& runs,
                                   const Subject& subject);

// "99.2 %", "+3.1 pp ± 0.4", "no clear difference": cells of the table of figures. With one
// replication there are no intervals, and the last cell says so.
std::string value_cell(const ComparedValue& value, const std::string& unit);
std::string delta_cell(const ComparedValue& value, const std::string& unit);

}  // namespace faultline::gui
