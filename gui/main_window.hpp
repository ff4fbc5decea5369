#pragma once
// The window: arranges the views of one scenario and passes on what the user wants. It knows which
// file and variant are open; what they mean is the lab's business, how they look is the views'.

#include <QMainWindow>
#include <memory>

#include "gui/run_controller.hpp"
#include "gui/time_axis.hpp"

class QComboBox;
class QLabel;
class QProgressBar;
class QStackedWidget;

namespace faultline::gui {

class BudgetPanel;
class DiagnosticsView;
class EventList;
class GoldenSignals;
class NotesPanel;
class PlaybackBar;
class RecentFiles;
class VerdictBar;

class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  explicit MainWindow(Runner runner, QWidget* parent = nullptr);
  ~MainWindow() override;

  // Opens a file and runs it.
  void open(const QString& file, const QString& variant = "base");
  void run_again();
  void stop();
  void choose_variant(const QString& variant);
  void choose_subject(const QString& name);

  // For tests and pictures.
  TimeAxis& time() { return time_; }
  RunController& controller() { return controller_; }
  std::shared_ptr<const RunResult> result() const;

 Q_SIGNALS:
  void showed_result();
  void showed_mistakes();

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void closeEvent(QCloseEvent* event) override;

 private:
  void make_actions();
  void make_toolbar();
  void make_pages();
  QWidget* make_run_page();
  void make_keys();
  void ask_for_file();
  void show_keys();
  void show_outcome(std::shared_ptr<const RunOutcome> outcome);
  void show_run(const RunOutcome& outcome);
  void fill_variants(const Scenario& scenario, const std::string& chosen);
  void fill_subjects(const RunResult& result);
  void show_chosen_subject();
  void show_activity(bool running);

  RunController controller_;
  TimeAxis time_;
  QString file_, variant_ = "base";
  std::shared_ptr<const RunOutcome> outcome_;

  QAction *open_, *run_, *stop_;
  RecentFiles* recent_;
  QComboBox *variants_, *subjects_;
  QProgressBar* progress_;
  QStackedWidget* pages_;
  QWidget *welcome_page_, *run_page_;
  DiagnosticsView* diagnostics_;
  VerdictBar* verdict_;
  GoldenSignals* golden_;
  NotesPanel* notes_;
  BudgetPanel* budget_;
  EventList *events_, *breaks_;
  PlaybackBar* playback_;
};

}  // namespace faultline::gui
