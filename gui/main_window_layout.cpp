// The furniture of the main window: menus, toolbar, pages, keys. What they do is in
// main_window.cpp.

#include <QAbstractItemView>
#include <QActionGroup>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QProgressBar>
#include <QSettings>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QToolBar>
#include <QVBoxLayout>

#include "gui/budget_panel.hpp"
#include "gui/diagnostics_view.hpp"
#include "gui/eliding_combo.hpp"
#include "gui/event_list.hpp"
#include "gui/golden_signals.hpp"
#include "gui/main_window.hpp"
#include "gui/notes_panel.hpp"
#include "gui/playback_bar.hpp"
#include "gui/recent_files.hpp"
#include "gui/theme.hpp"
#include "gui/verdict_bar.hpp"

namespace faultline::gui {

void MainWindow::make_actions() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  open_ = file->addAction(tr("&Open…"), QKeySequence::Open, this, &MainWindow::ask_for_file);
  recent_ = new RecentFiles(this);
  file->addMenu(recent_);
  connect(recent_, &RecentFiles::chosen, this, [this](const QString& path) { open(path); });
  file->addSeparator();
  file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);

  QMenu* run = menuBar()->addMenu(tr("&Run"));
  run_ = run->addAction(tr("&Run"), this, &MainWindow::run_again);
  run_->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_R), QKeySequence(Qt::Key_F5)});
  stop_ = run->addAction(tr("&Stop"), QKeySequence(Qt::Key_Escape), this, &MainWindow::stop);

  QMenu* view = menuBar()->addMenu(tr("&View"));
  view->addAction(tr("Zoom &in"), QKeySequence(Qt::Key_Plus), this,
                  [this] { time_.zoom_by(0.5, time_.cursor()); });
  view->addAction(tr("Zoom &out"), QKeySequence(Qt::Key_Minus), this,
                  [this] { time_.zoom_by(2, time_.cursor()); });
  view->addAction(tr("Zoom &back"), QKeySequence(Qt::Key_Backspace), this,
                  [this] { time_.zoom_back(); });
  view->addAction(tr("&Whole run"), QKeySequence(Qt::Key_0), this, [this] { time_.zoom_out(); });
  view->addSeparator();
  auto* themes = new QActionGroup(this);
  const int chosen = QSettings().value("theme", 0).toInt();
  const QStringList names = {tr("Colours of the &system"), tr("&Light"), tr("&Dark")};
  for (int i = 0; i < names.size(); ++i) {
    QAction* action = view->addAction(names[i], this, [i] {
      QSettings().setValue("theme", i);
      apply_theme(*qApp, static_cast<ThemeChoice>(i));
    });
    action->setCheckable(true);
    action->setChecked(i == chosen);
    themes->addAction(action);
  }
  QMenu* help = menuBar()->addMenu(tr("&Help"));
  help->addAction(tr("&Keys"), QKeySequence(Qt::Key_Question), this, &MainWindow::show_keys);
}

void MainWindow::make_toolbar() {
  QToolBar* bar = addToolBar(tr("Run"));
  bar->setMovable(false);
  bar->setContextMenuPolicy(Qt::PreventContextMenu);
  bar->addAction(open_);
  bar->addAction(run_);
  bar->addAction(stop_);
  bar->addSeparator();
  const auto chooser = [&](const QString& label, const QString& key) {
    auto* combo = new ElidingCombo(bar);
    auto* text = new QLabel(label, bar);
    text->setBuddy(combo);
    text->setContentsMargins(8, 0, 6, 0);
    combo->setFixedWidth(230);
    combo->view()->setTextElideMode(Qt::ElideNone);
    combo->setAccessibleName(key);
    combo->setEnabled(false);
    bar->addWidget(text);
    bar->addWidget(combo);
    return combo;
  };
  variants_ = chooser(tr("&Variant"), tr("Variant"));
  subjects_ = chooser(tr("&Showing"), tr("Showing"));
  connect(variants_, &QComboBox::activated, this,
          [this] { choose_variant(variants_->currentData().toString()); });
  connect(subjects_, &QComboBox::currentIndexChanged, this, [this] { show_chosen_subject(); });
  auto* space = new QWidget(bar);
  space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  bar->addWidget(space);
  progress_ = new QProgressBar;
  progress_->setRange(0, 1000);
  progress_->setMaximumWidth(160);
  progress_->setAccessibleName(tr("Progress of the run"));
  auto* holder = new QWidget(bar);  // keeps the bar's height when the progress is hidden
  auto* row = new QVBoxLayout(holder);
  row->setContentsMargins(0, 0, 8, 0);
  row->addWidget(progress_);
  bar->addWidget(holder);
}

void MainWindow::make_pages() {
  auto* centre = new QWidget(this);
  auto* stack = new QVBoxLayout(centre);
  stack->setContentsMargins(0, 0, 0, 0);
  stack->setSpacing(0);
  verdict_ = new VerdictBar(centre);
  pages_ = new QStackedWidget(centre);
  playback_ = new PlaybackBar(time_, centre);
  playback_->setEnabled(false);
  verdict_->hide();
  stack->addWidget(verdict_);
  stack->addWidget(pages_, 1);
  stack->addWidget(playback_);
  setCentralWidget(centre);

  auto* welcome =
      new QLabel(tr("<h2>Open a scenario</h2>"
                    "<p>Drop a .toml file here, or press Ctrl+O.</p>"));
  welcome->setAlignment(Qt::AlignCenter);
  welcome_page_ = welcome;
  run_page_ = make_run_page();
  diagnostics_ = new DiagnosticsView;
  for (QWidget* page : {welcome_page_, run_page_, static_cast<QWidget*>(diagnostics_)}) {
    pages_->addWidget(page);
  }
}

QWidget* MainWindow::make_run_page() {
  golden_ = new GoldenSignals(time_);
  notes_ = new NotesPanel(time_);
  budget_ = new BudgetPanel(time_);
  events_ = new EventList(time_);
  breaks_ = new EventList(time_);
  events_->setObjectName("events");
  breaks_->setObjectName("breaks");
  auto* lists = new QTabWidget;
  lists->setDocumentMode(true);
  lists->addTab(events_, tr("Events"));
  lists->addTab(breaks_, tr("What broke first"));
  auto* side = new QSplitter(Qt::Vertical);
  side->addWidget(notes_);
  side->addWidget(budget_);
  side->addWidget(lists);
  side->setStretchFactor(0, 4);
  side->setStretchFactor(1, 3);
  side->setStretchFactor(2, 2);
  auto* page = new QSplitter(Qt::Horizontal);
  page->addWidget(golden_);
  page->addWidget(side);
  page->setStretchFactor(0, 3);
  page->setStretchFactor(1, 1);
  page->setSizes({880, 330});
  for (QSplitter* splitter : {side, page}) {
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(5);
  }
  return page;
}

void MainWindow::make_keys() {
  const auto key = [this](QKeySequence keys, auto action) {
    connect(new QShortcut(keys, this), &QShortcut::activated, this, action);
  };
  key(Qt::Key_Space, [this] { playback_->toggle(); });
  key(Qt::Key_Left, [this] { playback_->step(-1); });
  key(Qt::Key_Right, [this] { playback_->step(1); });
  key(Qt::SHIFT | Qt::Key_Left, [this] { playback_->step(-10); });
  key(Qt::SHIFT | Qt::Key_Right, [this] { playback_->step(10); });
  key(Qt::Key_N, [this] { playback_->next_event(); });
  key(Qt::Key_P, [this] { playback_->previous_event(); });
  key(Qt::Key_Home, [this] { time_.set_cursor(0); });
  key(Qt::Key_End, [this] { time_.set_cursor(time_.duration()); });
}

void MainWindow::show_keys() {
  const QStringList rows = {tr("Ctrl+O"),      tr("open a scenario"),
                            tr("Ctrl+R, F5"),  tr("run again"),
                            tr("Esc"),         tr("stop the run"),
                            tr("Space"),       tr("play or pause"),
                            tr("Left, Right"), tr("one step (Shift: 10)"),
                            tr("N, P"),        tr("next, previous event"),
                            tr("Home, End"),   tr("first, last moment"),
                            tr("+, -, 0"),     tr("zoom in, out, whole run"),
                            tr("Backspace"),   tr("zoom back"),
                            tr("Click"),       tr("set the clock"),
                            tr("Drag"),        tr("zoom into a stretch"),
                            tr("Wheel"),       tr("zoom (Shift: move)"),
                            tr("?"),           tr("this list")};
  QString text = "<table cellspacing='6'>";
  for (qsizetype i = 0; i + 1 < rows.size(); i += 2) {
    text += "<tr><td><b>" + rows[i] + "</b></td><td>" + rows[i + 1] + "</td></tr>";
  }
  auto* box =
      new QMessageBox(QMessageBox::NoIcon, tr("Keys"), text + "</table>", QMessageBox::Close, this);
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->open();
}

}  // namespace faultline::gui
