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

  // `ghost` is the run before the latest edit, or nothing.
  void show_run(std::shared_ptr<const RunResult> result, const Subject& subject,
                std::shared_ptr<const RunResult> ghost = nullptr);
  void show_subject(const Subject& subject);
  void toggle_logarithmic();  // of latency; kept between sessions
  void show_few(bool few);    // latency and traffic only, for an audience
  const Subject& subject() const { return subject_; }
  const std::array<TimeChart*, 4>& charts() const { return charts_; }

 private:
  std::shared_ptr<const RunResult> result_, ghost_;
  Subject subject_;
  std::array<TimeChart*, 4> charts_{};
  EventLane* lane_;
};

}  // namespace faultline::gui
