#include "gui/main_window.hpp"

#include <QCloseEvent>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QProgressBar>
#include <QSettings>
#include <QStackedWidget>
#include <QTabBar>

#include "gui/budget_page.hpp"
#include "gui/budget_panel.hpp"
#include "gui/compare_page.hpp"
#include "gui/data_table.hpp"
#include "gui/diagnostics_view.hpp"
#include "gui/event_list.hpp"
#include "gui/golden_signals.hpp"
#include "gui/knobs_panel.hpp"
#include "gui/notes_panel.hpp"
#include "gui/playback_bar.hpp"
#include "gui/recent_files.hpp"
#include "gui/requests_page.hpp"
#include "gui/start_page.hpp"
#include "gui/subject_chooser.hpp"
#include "gui/sweep_page.hpp"
#include "gui/topology_view.hpp"
#include "gui/verdict_bar.hpp"
#include "lab/evidence/causal_order.hpp"

namespace faultline::gui {

MainWindow::MainWindow(Runner runner, QWidget* parent)
    : QMainWindow(parent), controller_(std::move(runner)) {
  setWindowTitle("Faultline");
  setAcceptDrops(true);
  resize(1280, 800);
  restoreGeometry(QSettings().value("geometry").toByteArray());
  make_actions();
  make_toolbar();
  make_pages();
  make_knobs();
  make_table();
  make_keys();
  connect(&controller_, &RunController::started, this, [this] { show_activity(true); });
  connect(&controller_, &RunController::progressed, this, [this](double share) {
    progress_->setValue(static_cast<int>(share * progress_->maximum()));
  });
  connect(&controller_, &RunController::finished, this, &MainWindow::show_outcome);
  show_activity(false);
}

MainWindow::~MainWindow() = default;

std::shared_ptr<const RunResult> MainWindow::result() const {
  return outcome_ ? outcome_->result : nullptr;
}

void MainWindow::open(const QString& file, const QString& variant) {
  if (file.endsWith(".csv", Qt::CaseInsensitive)) return open_sweep(file);
  if (!may_leave()) return;
  edits_.clear();
  file_ = file;
  variant_ = variant.isEmpty() ? "base" : variant;
  run_again();
}

void MainWindow::run_again() {
  if (file_.isEmpty()) return ask_for_file();
  edited_.stop();
  playback_->pause();
  controller_.start({file_.toStdString(), variant_.toStdString(), edits_.settings()});
}

void MainWindow::stop() {
  playback_->pause();
  controller_.stop();
}

void MainWindow::ask_for_file() {
  const QString folder = file_.isEmpty() ? "scenarios" : QFileInfo(file_).path();
  const QString file =
      QFileDialog::getOpenFileName(this, tr("Open a scenario"), folder,
                                   tr("Scenarios and sweeps (*.toml *.csv);;All files (*)"));
  if (!file.isEmpty()) open(file);
}

void MainWindow::choose_variant(const QString& variant) {
  if (variant == variant_ || variant.isEmpty()) return;
  variant_ = variant;
  run_again();
}

void MainWindow::choose_subject(const Subject& subject) {
  subjects_->choose(subject);
}

void MainWindow::open_page(QWidget* page, bool with_verdict) {
  verdict_->setVisible(with_verdict);
  pages_->setCurrentWidget(page);
  table_->show_charts(charts_shown());
}

void MainWindow::show_run_page() {
  if (result()) open_page(run_page_, true);
}

void MainWindow::show_compare() {
  if (result()) open_page(compare_, false);
}

void MainWindow::show_sweep() {
  open_page(sweep_, false);
}

void MainWindow::show_budget() {
  if (result() && !result()->slos.empty()) open_page(budget_page_, false);
}

void MainWindow::show_requests() {
  if (!result()) return;
  open_page(requests_, false);
  requests_->refresh();
}

void MainWindow::show_requests_at(double t) {
  if (!result()) return;
  const Subject& subject = golden_->subject();
  if (subject.kind == Subject::Kind::Client)
    requests_->choose_client(QString::fromStdString(subject.name));
  show_requests();
  requests_->look_at(t);
}

void MainWindow::open_sweep(const QString& file) {
  if (sweep_->open(file)) recent_->remember(file);
  allow_page(sweep_, true);
  show_sweep();
}

// The settings come on top of the scenario that is open; a sweep's file doesn't name its own.
void MainWindow::open_point(const Settings& settings) {
  if (file_.isEmpty()) ask_for_file();
  if (file_.isEmpty() || !may_leave()) return;
  edits_.clear();
  for (const auto& [key, value] : settings) {
    if (key == "variant") {
      variant_ = QString::fromStdString(value).remove('"');
    } else {
      edits_.set(key, value);
    }
  }
  pages_->setCurrentWidget(run_page_);
  run_again();
}

void MainWindow::show_start() {
  playback_->pause();
  start_->show_recent(recent_->files());
  verdict_->hide();
  pages_->setCurrentWidget(start_);
}

void MainWindow::choose_subject(const QString& name) {
  subjects_->choose(name);
}

void MainWindow::show_outcome(std::shared_ptr<const RunOutcome> outcome) {
  show_activity(false);
  setWindowTitle(QFileInfo(file_).fileName() + (edits_.empty() ? "" : "*") + " – Faultline");
  watch_file();
  if (!outcome->result && !edits_.empty() && result() && shown_file_ == file_) {
    // A knob was turned too far: what was there stays, and the edit can be undone.
    verdict_->show_mistakes(QFileInfo(file_).fileName(), outcome->diagnostics);
    verdict_->show();
    Q_EMIT showed_mistakes();
    return;
  }
  outcome_ = std::move(outcome);
  if (outcome_->result) {
    recent_->remember(file_);
    show_run(*outcome_);
    Q_EMIT showed_result();
    return;
  }
  verdict_->show_mistakes(QFileInfo(file_).fileName(), outcome_->diagnostics);
  verdict_->show();
  diagnostics_->show_diagnostics(outcome_->diagnostics, outcome_->text);
  pages_->setCurrentWidget(diagnostics_);
  playback_->setEnabled(false);
  Q_EMIT showed_mistakes();
}

void MainWindow::show_run(const RunOutcome& outcome) {
  const RunResult& result = *outcome.result;
  fill_variants(*outcome.scenario, outcome.request.variant);
  subjects_->show_subjects(result);
  const bool again = shown_file_ == file_ && shown_variant_ == variant_;
  shown_file_ = file_;
  shown_variant_ = variant_;
  if (!again || edits_.empty()) ghost_.reset();
  time_.show_run(result, again);
  knobs_->show_scenario(outcome.text, outcome.request.file, outcome.request.variant, result);
  verdict_->show_result(result);
  notes_->show_scenario(outcome.scenario, outcome.request.variant);
  budget_->show_run(outcome.result);
  topology_->show_run(outcome.result);
  events_->show_moments(result.timeline);
  std::vector<Moment> breaks;
  for (const Break& one : causal_order(result))
    breaks.push_back({one.t_s, "break", one.who, one.what});
  breaks_->show_moments(std::move(breaks));
  std::vector<double> times;
  for (const Moment& moment : result.timeline) times.push_back(moment.t_s);
  playback_->set_event_times(std::move(times));
  playback_->setEnabled(true);
  show_chosen_subject();
  compare_->set_scenario(outcome);
  requests_->show_run(outcome);
  budget_page_->show_run(outcome.result);
  allow_page(run_page_, true);
  allow_page(requests_, true);
  allow_page(budget_page_, !result.slos.empty());
  allow_page(compare_, !outcome.scenario->variants.empty());
  look_->setEnabled(true);
  const QWidget* page = pages_->currentWidget();
  const bool stays =
      page == compare_ || page == requests_ || (page == budget_page_ && !result.slos.empty());
  if (!stays) pages_->setCurrentWidget(run_page_);
  verdict_->setVisible(pages_->currentWidget() == run_page_);
}

void MainWindow::fill_variants(const Scenario& scenario, const std::string& chosen) {
  const QSignalBlocker quiet(variants_);
  variants_->clear();
  variants_->addItem(tr("base"), "base");
  for (const auto& variant : scenario.variants) {
    const QString name = QString::fromStdString(variant.name);
    const QString title = QString::fromStdString(variant.value.title);
    variants_->addItem(title.isEmpty() ? name : name + " – " + title, name);
  }
  variants_->setCurrentIndex(std::max(0, variants_->findData(QString::fromStdString(chosen))));
  variants_->setEnabled(variants_->count() > 1);
}

void MainWindow::show_chosen_subject() {
  if (!outcome_ || !outcome_->result) return;
  const Subject subject = subjects_->subject();
  golden_->show_run(outcome_->result, subject, ghost_);
  topology_->show_subject(subject);
  table_->show_charts(charts_shown());
}

void MainWindow::show_activity(bool running) {
  run_->setEnabled(!running);
  stop_->setEnabled(running);
  progress_->setValue(0);
  progress_->setVisible(running);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  for (const QUrl& url : event->mimeData()->urls()) {
    if (!url.isLocalFile()) continue;
    event->acceptProposedAction();
    return open(url.toLocalFile());
  }
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!may_leave()) return event->ignore();
  QSettings().setValue("geometry", saveGeometry());
  controller_.stop();
  event->accept();
}

}  // namespace faultline::gui
