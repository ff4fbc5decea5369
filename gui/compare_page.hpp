#pragma once
// Two to six variants of the open file: what differs in their settings, their figures with paired
// differences, and their curves over one time. Playing lets them race.

#include <QWidget>
#include <array>
#include <memory>
#include <vector>

#include "gui/comparing.hpp"
#include "gui/worker.hpp"

class QComboBox;
class QLabel;
class QMenu;
class QProgressBar;
class QPushButton;
class QTableWidget;

namespace faultline::gui {

class Legend;
class SubjectChooser;
class TimeAxis;
class TimeChart;

class ComparePage : public QWidget {
  Q_OBJECT
 public:
  ComparePage(Runner runner, TimeAxis& time, QWidget* parent = nullptr);

  // Another file: nothing has been compared yet.
  void set_scenario(const RunOutcome& outcome);
  void compare();
  void stop();
  void choose_variants(const QStringList& names);
  QStringList chosen_variants() const;
  void set_replications(int number);
  // The table of figures; the settings first. Empty before there are any.
  QString markdown() const;

  const std::array<TimeChart*, 4>& charts() const { return charts_; }
  QTableWidget& settings() { return *settings_; }
  QTableWidget& figures() { return *figures_; }
  bool comparing() const { return runs_.running() || numbers_.running(); }

 Q_SIGNALS:
  void overlaid_runs(std::shared_ptr<const RunResult> first);
  void showed_figures();

 private:
  struct Runs;
  struct Figures;
  void show_runs(const Runs& runs);
  void show_figures(const Figures& figures);
  void show_settings();
  void show_subject();
  void show_activity();

  Runner runner_;
  TimeAxis& time_;
  RunRequest request_;
  std::string text_;
  std::vector<std::shared_ptr<const RunResult>> results_;
  std::shared_ptr<const Figures> last_;
  std::array<TimeChart*, 4> charts_{};
  Legend* legend_;
  QPushButton* variants_;
  QMenu* menu_;
  SubjectChooser* subjects_;
  QComboBox* replications_;
  QPushButton *compare_, *stop_;
  QProgressBar* progress_;
  QLabel* remark_;
  QTableWidget *settings_, *figures_;
  Worker runs_, numbers_;  // last: they end first
};

}  // namespace faultline::gui
