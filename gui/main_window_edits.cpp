// The window's part in turning knobs: an edit is run at once, undone, saved; a file that changes
// under the window is read again, with the edits on top.

#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenuBar>
#include <QMessageBox>
#include <QSaveFile>
#include <QTabWidget>

#include "gui/knobs_panel.hpp"
#include "gui/main_window.hpp"
#include "gui/saved_text.hpp"
#include "gui/verdict_bar.hpp"
#include "lab/scenario/document.hpp"

namespace faultline::gui {
namespace {

constexpr int kEditPause = 150, kFilePause = 250;  // milliseconds
constexpr int kWide = 1200;                        // pixels

}  // namespace

void MainWindow::make_knobs() {
  knobs_ = new KnobsPanel(edits_, time_);
  knobs_dock_ = new QDockWidget(tr("Knobs"), this);
  knobs_dock_->setObjectName("knobs");
  knobs_dock_->setWidget(knobs_);
  addDockWidget(Qt::LeftDockWidgetArea, knobs_dock_);
  resizeDocks({knobs_dock_}, {340}, Qt::Horizontal);
  knobs_dock_->hide();
  QAction* toggle = knobs_dock_->toggleViewAction();
  toggle->setText(tr("&Knobs"));
  toggle->setShortcut(Qt::CTRL | Qt::Key_K);
  menuBar()->actions().value(1)->menu()->addAction(toggle);
  // In a narrow window the form takes the place of the story.
  connect(knobs_dock_, &QDockWidget::visibilityChanged, this,
          [this](bool shown) { lists_->parentWidget()->setVisible(!shown || width() >= kWide); });
  for (QTimer* timer : {&edited_, &file_changed_}) timer->setSingleShot(true);
  edited_.setInterval(kEditPause);
  file_changed_.setInterval(kFilePause);
  connect(&edits_, &Edits::changed, this, &MainWindow::take_edit);
  connect(&edited_, &QTimer::timeout, this, &MainWindow::run_again);
  connect(&file_changed_, &QTimer::timeout, this, &MainWindow::run_again);
  connect(&watcher_, &QFileSystemWatcher::fileChanged, this, [this] { file_changed_.start(); });
  connect(knobs_, &KnobsPanel::asked_to_save, this, &MainWindow::ask_to_save);
}

void MainWindow::take_edit() {
  if (file_.isEmpty() || !result() || shown_file_ != file_) return;
  if (edits_.step() != step_) {  // not while a slider goes on
    step_ = edits_.step();
    ghost_ = result();
  }
  edited_.start();
}

// Editors write a new file over the old one: the path has to be watched anew each time.
void MainWindow::watch_file() {
  const QStringList before = watcher_.files();
  if (!before.isEmpty()) watcher_.removePaths(before);
  if (QFileInfo::exists(file_)) watcher_.addPath(file_);
}

bool MainWindow::save_as(const QString& file) {
  const auto text = read_text(file_.toStdString());
  const auto written = text ? text_with(*text, variant_.toStdString(), edits_.settings())
                            : tl::make_unexpected(std::string("the file can't be read any more"));
  const auto refuse = [&](const QString& why) {
    verdict_->show();
    QMessageBox box(QMessageBox::Warning, tr("Not saved"), why, QMessageBox::Ok, this);
    box.exec();
    return false;
  };
  if (!written) return refuse(tr("Not saved: %1.").arg(QString::fromStdString(written.error())));
  QSaveFile out(file);
  const QByteArray bytes = QByteArray::fromStdString(*written);
  if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size() || !out.commit()) {
    return refuse(tr("Not saved: %1.").arg(out.errorString()));
  }
  edits_.clear();
  open(file, variant_);
  return true;
}

void MainWindow::ask_to_save() {
  if (file_.isEmpty()) return;
  const QString file =
      QFileDialog::getSaveFileName(this, tr("Save the scenario"), file_, tr("Scenarios (*.toml)"));
  if (!file.isEmpty()) save_as(file);
}

bool MainWindow::may_leave() {
  if (edits_.empty()) return true;
  const auto answer = QMessageBox::question(
      this, tr("Settings were turned"), tr("The settings that you turned are not saved."),
      QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel);
  if (answer == QMessageBox::Cancel) return false;
  if (answer == QMessageBox::Save) {
    ask_to_save();
    return edits_.empty();
  }
  edits_.clear();
  return true;
}

}  // namespace faultline::gui
