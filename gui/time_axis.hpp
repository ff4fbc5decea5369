#pragma once
// The time that every view of a run shares: how long it is, which part is in view, where the clock
// stands, when the faults were. All in seconds of simulated time.

#include <QObject>
#include <optional>
#include <utility>
#include <vector>

#include "gui/chart_series.hpp"

namespace faultline::gui {

class TimeAxis : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  // A new run: everything is in view and the clock stands at the end. `again`: as long as the one
  // before, and what was in view stays there.
  void show_run(const RunResult& result, bool again = false);

  double duration() const { return duration_; }
  double warmup() const { return warmup_; }
  double step() const { return step_; }
  double from() const { return from_; }
  double to() const { return to_; }
  double cursor() const { return cursor_; }
  const std::vector<FaultSpan>& faults() const { return faults_; }

  void set_cursor(double t);
  // A second cursor, where the clock stands; again there: none.
  void toggle_mark();
  std::optional<double> mark() const { return mark_; }
  // Not less than five bins of the series. Each zoom can be taken back.
  void zoom_to(double from, double to);
  void zoom_by(double factor, double about);  // < 1: closer
  void pan_by(double seconds);
  void zoom_back();
  void zoom_out();  // to the whole run

 Q_SIGNALS:
  void run_changed();
  void range_changed();
  void cursor_changed(double t);

 private:
  void set_range(double from, double to);

  double duration_ = 1, warmup_ = 0, step_ = 1;
  double from_ = 0, to_ = 1, cursor_ = 0;
  std::optional<double> mark_;
  std::vector<FaultSpan> faults_;
  std::vector<std::pair<double, double>> earlier_;
};

}  // namespace faultline::gui
