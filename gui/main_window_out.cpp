// What the window gives out: pictures of the page, figures of what is in view, the table beside the
// charts; and presenting, with large type and nothing but the story.

#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>
#include <QSaveFile>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>

#include "gui/budget_panel.hpp"
#include "gui/compare_page.hpp"
#include "gui/data_table.hpp"
#include "gui/exporting.hpp"
#include "gui/golden_signals.hpp"
#include "gui/main_window.hpp"
#include "gui/report_file.hpp"
#include "gui/time_chart.hpp"
#include "gui/verdict_bar.hpp"

namespace faultline::gui {
namespace {

constexpr double kPresenting = 1.45;  // times the type

}  // namespace

void MainWindow::make_out(QMenu* file) {
  QMenu* out = file->addMenu(tr("E&xport"));
  const auto picture = [&](const QString& text, const QString& ending, double scale) {
    out->addAction(text, this, [this, ending, scale] {
      const QString name = QFileInfo(file_).completeBaseName() + "." + ending;
      const QString path = QFileDialog::getSaveFileName(this, tr("Export"), name);
      if (!path.isEmpty()) export_page(path, scale);
    });
  };
  picture(tr("Page as &PNG…"), "png", 1);
  picture(tr("Page as PNG, &twice as sharp…"), "png", 2);
  picture(tr("Page as &SVG…"), "svg", 1);
  picture(tr("Page as P&DF…"), "pdf", 1);
  out->addAction(tr("What is in view as &CSV…"), this, [this] {
    const QString path = QFileDialog::getSaveFileName(this, tr("Export"),
                                                      QFileInfo(file_).completeBaseName() + ".csv");
    if (!path.isEmpty()) export_csv(path);
  });
  file->addAction(tr("&Report of the run…"), this, [this] {
    const QString name = QFileInfo(file_).completeBaseName() + ".html";
    const QString path = QFileDialog::getSaveFileName(this, tr("Report"), name);
    if (!path.isEmpty()) export_report(path);
  });
  file->addAction(tr("Copy as &Markdown"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), this,
                  &MainWindow::copy_markdown);
}

void MainWindow::make_table() {
  table_ = new DataTable(time_);
  auto* dock = new QDockWidget(tr("Values of the charts"), this);
  dock->setObjectName("values");
  dock->setWidget(table_);
  addDockWidget(Qt::BottomDockWidgetArea, dock);
  dock->hide();
  QAction* toggle = dock->toggleViewAction();
  toggle->setText(tr("&Table of values"));
  toggle->setShortcut(Qt::Key_F2);
  view_menu_->addAction(toggle);
  present_ = view_menu_->addAction(tr("&Presenting"), this, &MainWindow::present);
  present_->setShortcut(Qt::Key_F11);
  present_->setCheckable(true);
  present_->setObjectName("presenting");
}

std::vector<const ChartContent*> MainWindow::charts_shown() const {
  std::vector<const ChartContent*> all;
  const QWidget* page = pages_->currentWidget();
  for (const TimeChart* chart : page->findChildren<TimeChart*>()) {
    if (page != run_page_) all.push_back(&chart->content());
  }
  if (!all.empty()) return all;
  for (const TimeChart* chart : golden_->charts()) all.push_back(&chart->content());
  return all;
}

void MainWindow::give_menu(TimeChart* chart) {
  connect(chart, &TimeChart::asked_for_menu, this,
          [this, chart](QPoint where, double t) { show_chart_menu(chart, where, t); });
}

void MainWindow::show_chart_menu(TimeChart* chart, QPoint where, double t) {
  auto* menu = new QMenu(this);
  menu->setObjectName("chart_menu");
  menu->setAttribute(Qt::WA_DeleteOnClose);
  if (pages_->currentWidget() == run_page_) {
    menu->addAction(tr("Slowest and failed &requests here"), this,
                    [this, t] { show_requests_at(t); });
    menu->addSeparator();
  }
  const auto picture = [&](const QString& text, const QString& ending, double scale) {
    menu->addAction(text, this, [this, chart, ending, scale] {
      const QString title = QString::fromStdString(chart->content().title).toLower();
      const QString name = QFileInfo(file_).completeBaseName() + "_" + title + "." + ending;
      const QString path = QFileDialog::getSaveFileName(this, tr("Export"), name);
      if (!path.isEmpty()) export_chart(*chart, path, scale);
    });
  };
  picture(tr("Save this chart as &PNG…"), "png", 1);
  picture(tr("Save as PNG, &twice as sharp…"), "png", 2);
  picture(tr("Save as &SVG…"), "svg", 1);
  picture(tr("Save as P&DF…"), "pdf", 1);
  menu->popup(where);
}

bool MainWindow::export_chart(TimeChart& chart, const QString& file, double scale) {
  return export_picture(chart, file, scale);
}

bool MainWindow::export_report(const QString& file) {
  if (!outcome_ || !outcome_->result) return false;
  return write_report(*outcome_, file);
}

bool MainWindow::export_page(const QString& file, double scale) {
  return export_picture(*centralWidget(), file, scale);
}

bool MainWindow::export_csv(const QString& file) {
  const QByteArray bytes = csv_of(charts_shown(), time_.from(), time_.to()).toUtf8();
  QSaveFile out(file);
  return out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size() && out.commit();
}

void MainWindow::copy_markdown() {
  if (!result()) return;
  const bool comparing = pages_->currentWidget() == compare_;
  QString text = comparing ? compare_->markdown() : QString();
  if (text.isEmpty()) text = markdown_of(*result(), charts_shown(), time_.from(), time_.to());
  QApplication::clipboard()->setText(text);
}

// Only what an audience looks at: the story, the system and the signals, in large type.
void MainWindow::present() {
  const bool presenting = present_->isChecked();
  static const QFont usual = QApplication::font();
  QFont large = usual;
  large.setPointSizeF(usual.pointSizeF() * kPresenting);
  QApplication::setFont(presenting ? large : usual);
  for (QToolBar* bar : findChildren<QToolBar*>()) bar->setVisible(!presenting);
  for (QDockWidget* dock : findChildren<QDockWidget*>()) {
    if (presenting) dock->hide();
  }
  menuBar()->setMaximumHeight(presenting ? 0 : QWIDGETSIZE_MAX);  // its shortcuts stay alive
  lists_->setVisible(!presenting);
  budget_->setVisible(!presenting && result() && !result()->slos.empty());
  golden_->show_few(presenting);
  presenting ? showFullScreen() : showNormal();
}

}  // namespace faultline::gui
