#pragma once
// The slowest and the failed requests of a stretch of the run, and the one that was chosen: as a
// waterfall, in sentences, step by step. A run records none of this; the same seed is run again to
// look (and once more to trace the chosen one), which gives the same run to the bit.

#include <QWidget>
#include <memory>
#include <optional>

#include "gui/run_controller.hpp"
#include "gui/worker.hpp"

class QComboBox;
class QLabel;
class QScrollArea;
class QTextBrowser;
class QTreeWidget;
class QTreeWidgetItem;

namespace faultline::gui {

class TimeAxis;
class TimeChart;
class WaterfallView;

class RequestsPage : public QWidget {
  Q_OBJECT
 public:
  RequestsPage(TimeAxis& time, QWidget* parent = nullptr);

  void show_run(const RunOutcome& outcome);
  void choose_client(const QString& client);
  // Looks up the requests that ended about an instant, or in a stretch; seconds.
  void look_at(double t);
  void look_at(double from, double to);
  // The latest stretch anew, if the run has changed since.
  void refresh();
  void choose(std::uint64_t number);

  const std::optional<std::pair<double, double>>& window() const { return window_; }
  QTreeWidget& list() { return *list_; }
  WaterfallView& waterfall() { return *waterfall_; }
  QString story() const;
  TimeChart& chart() { return *chart_; }
  QString command() const;  // that tells the same on the command line

 Q_SIGNALS:
  void listed();  // the requests of the stretch
  void told();    // the chosen request
  void looked_elsewhere();

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void show_chart();
  void fill_list(const RunResult& found);
  QTreeWidgetItem* add_group(const QString& title, const std::vector<WatchedFigures>& requests);
  void show_request(const RunResult& traced);
  void fail(const QString& why);

  TimeAxis& time_;
  RunRequest request_;
  std::shared_ptr<const Scenario> scenario_;
  std::shared_ptr<const RunResult> result_;
  std::optional<std::pair<double, double>> window_;
  std::uint64_t chosen_ = 0;
  bool chart_stale_ = false;
  bool stale_ = false;  // the list is of an earlier run
  QComboBox* clients_;
  TimeChart* chart_;
  QLabel *title_, *command_;
  QTreeWidget* list_;
  WaterfallView* waterfall_;
  QTextBrowser* story_;
  Worker finding_, tracing_;  // last: they end first
};

}  // namespace faultline::gui
