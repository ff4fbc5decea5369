#pragma once
// The error budget of an objective on a page of its own: what there was, is spent and is left; the
// burn-down with what happened; how fast it burns over the windows of alerts, where the clock
// stands.

#include <QWidget>
#include <memory>

#include "gui/chart_series.hpp"
#include "lab/evidence/error_budget.hpp"

class QComboBox;
class QLabel;
class QTableWidget;

namespace faultline::gui {

class EventLane;
class TimeAxis;
class TimeChart;

class BudgetPage : public QWidget {
  Q_OBJECT
 public:
  explicit BudgetPage(TimeAxis& time, QWidget* parent = nullptr);

  void show_run(std::shared_ptr<const RunResult> result);
  QTableWidget& rules() { return *rules_; }
  QTableWidget& amounts() { return *amounts_; }
  QString state() const;     // "At risk – slow down"
  QString sentence() const;  // when the budget will be gone

 protected:
  void showEvent(QShowEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  const Named<SloFigures>* chosen() const;
  void show_slo();
  void show_moment();
  void fill_amounts(const BudgetReading& reading);
  void fill_rules(const BudgetReading& reading);

  TimeAxis& time_;
  std::shared_ptr<const RunResult> result_;
  bool stale_ = false;  // drawn when it is seen
  QComboBox* slos_;
  QLabel *state_, *sentence_, *remark_;
  QTableWidget *amounts_, *rules_;
  TimeChart *left_, *burn_;
  EventLane* lane_;
};

// "for 8 min", "for 2 h", "for 3 days"
std::string window_text(double seconds);
// Of the burn-down, and of the burn rates over an alert's windows.
ChartContent burn_down_of(const RunResult& result, const SloFigures& slo);
ChartContent burn_rates_of(const RunResult& result, const SloFigures& slo);

}  // namespace faultline::gui
