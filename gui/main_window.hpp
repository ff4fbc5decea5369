#pragma once
// The window: arranges the views of one scenario and passes on what the user wants. It knows which
// file and variant are open; what they mean is the lab's business, how they look is the views'.

#include <QFileSystemWatcher>
#include <QMainWindow>
#include <QTimer>
#include <memory>

#include "gui/edits.hpp"
#include "gui/run_controller.hpp"
#include "gui/time_axis.hpp"

class QComboBox;
class QDockWidget;
class QLabel;
class QMenu;
class QProgressBar;
class QStackedWidget;
class QTabBar;
class QTabWidget;

namespace faultline::gui {

class BudgetPage;
class BudgetPanel;
class ComparePage;
class DataTable;
class DiagnosticsView;
class EventList;
class GoldenSignals;
class KnobsPanel;
class NotesPanel;
class PlaybackBar;
class RecentFiles;
class RequestsPage;
class StartPage;
class SubjectChooser;
class SweepPage;
class TimeChart;
class TopologyView;
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
  void choose_subject(const Subject& subject);
  void show_start();
  void show_run_page();
  void show_compare();
  void show_sweep();
  void show_budget();
  void show_requests();
  // The slowest and the failed requests about an instant.
  void show_requests_at(double t);
  // Writes the file with what was turned, and goes on with it. Answers whether it could.
  bool save_as(const QString& file);
  // The page as PNG, SVG or PDF; what is in view as CSV. Answers whether it could be written.
  bool export_page(const QString& file, double scale = 1);
  bool export_csv(const QString& file);
  void copy_markdown();
  // One chart, by the file's ending as above; the whole run as one HTML file.
  bool export_chart(TimeChart& chart, const QString& file, double scale = 1);
  bool export_report(const QString& file);

  // For tests and pictures.
  TimeAxis& time() { return time_; }
  RunController& controller() { return controller_; }
  Edits& edits() { return edits_; }
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
  void make_page_tabs();
  void allow_page(QWidget* page, bool allowed);
  void make_keys();
  void ask_for_file();
  void ask_to_save();
  void open_sweep(const QString& file);
  void open_point(const Settings& settings);  // of a sweep
  bool may_leave();                           // asks about what was turned and not saved
  void make_knobs();
  void make_out(QMenu* file);
  void make_table();
  void give_menu(TimeChart* chart);
  void show_chart_menu(TimeChart* chart, QPoint where, double t);
  void open_page(QWidget* page, bool with_verdict);
  void present();
  std::vector<const ChartContent*> charts_shown() const;
  void watch_file();
  void take_edit();
  void show_keys();
  void show_outcome(std::shared_ptr<const RunOutcome> outcome);
  void show_run(const RunOutcome& outcome);
  void fill_variants(const Scenario& scenario, const std::string& chosen);
  void show_chosen_subject();
  void show_activity(bool running);

  RunController controller_;
  TimeAxis time_;
  Edits edits_;
  QTimer edited_, file_changed_;  // run again a little later: more may follow
  QFileSystemWatcher watcher_;
  QString file_, variant_ = "base";
  std::shared_ptr<const RunOutcome> outcome_;  // shown
  std::shared_ptr<const RunResult> ghost_;     // before the latest edit
  int step_ = 0;                               // of the edits, when the ghost was taken
  QString shown_file_, shown_variant_;

  QAction *open_, *run_, *stop_, *present_, *look_;
  QMenu* view_menu_;
  RecentFiles* recent_;
  QComboBox* variants_;
  SubjectChooser* subjects_;
  QProgressBar* progress_;
  QStackedWidget* pages_;
  QTabBar* tabs_;
  QList<QWidget*> tab_pages_;  // in their order
  StartPage* start_;
  ComparePage* compare_;
  SweepPage* sweep_;
  RequestsPage* requests_;
  BudgetPage* budget_page_;
  QWidget* run_page_;
  QDockWidget* knobs_dock_;
  KnobsPanel* knobs_;
  DataTable* table_;
  QTabWidget* lists_;
  TopologyView* topology_;
  DiagnosticsView* diagnostics_;
  VerdictBar* verdict_;
  GoldenSignals* golden_;
  NotesPanel* notes_;
  BudgetPanel* budget_;
  EventList *events_, *breaks_;
  PlaybackBar* playback_;
};

}  // namespace faultline::gui
