#pragma once
// The error budget of one SLO: how much is left and how fast it burns, over the shared time, and
// the figures of the whole run in a sentence.

#include <QWidget>
#include <memory>

#include "lab/run/result.hpp"

class QComboBox;
class QLabel;

namespace faultline::gui {

class TimeAxis;
class TimeChart;

class BudgetPanel : public QWidget {
  Q_OBJECT
 public:
  BudgetPanel(TimeAxis& time, QWidget* parent = nullptr);
  // Hides itself when the run has no SLO.
  void show_run(std::shared_ptr<const RunResult> result);
  const TimeChart& chart() const { return *chart_; }

 private:
  void show_slo(int index);

  std::shared_ptr<const RunResult> result_;
  QComboBox* slos_;
  QLabel* figures_;
  TimeChart* chart_;
};

}  // namespace faultline::gui
