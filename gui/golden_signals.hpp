#pragma once
// Latency, traffic, errors, saturation: four charts of one subject over one time, and the events
// under them.

#include <QWidget>
#include <array>
#include <memory>

#include "gui/chart_series.hpp"

namespace faultline::gui {

class EventLane;
class TimeAxis;
class TimeChart;

class GoldenSignals : public QWidget {
  Q_OBJECT
 public:
  GoldenSignals(TimeAxis& time, QWidget* parent = nullptr);

  void show_run(std::shared_ptr<const RunResult> result, const Subject& subject);
  void show_subject(const Subject& subject);
  const Subject& subject() const { return subject_; }
  const std::array<TimeChart*, 4>& charts() const { return charts_; }

 private:
  std::shared_ptr<const RunResult> result_;
  Subject subject_;
  std::array<TimeChart*, 4> charts_{};
  EventLane* lane_;
};

}  // namespace faultline::gui
