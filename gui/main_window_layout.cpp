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
#include <QTabBar>
#include <QTabWidget>
#include <QToolBar>
#include <QVBoxLayout>

#include "gui/budget_page.hpp"
#include "gui/budget_panel.hpp"
#include "gui/compare_page.hpp"
#include "gui/diagnostics_view.hpp"
#include "gui/eliding_combo.hpp"
#include "gui/event_list.hpp"
#include "gui/golden_signals.hpp"
#include "gui/main_window.hpp"
#include "gui/notes_panel.hpp"
#include "gui/playback_bar.hpp"
#include "gui/recent_files.hpp"
#include "gui/requests_page.hpp"
#include "gui/shipped.hpp"
#include "gui/start_page.hpp"
#include "gui/subject_chooser.hpp"
#include "gui/sweep_page.hpp"
#include "gui/theme.hpp"
#include "gui/time_chart.hpp"
#include "gui/topology_view.hpp"
#include "gui/verdict_bar.hpp"

namespace faultline::gui {

void MainWindow::make_actions() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  open_ = file->addAction(tr("&Open…"), QKeySequence::Open, this, &MainWindow::ask_for_file);
  recent_ = new RecentFiles(this);
  file->addMenu(recent_);
  connect(recent_, &RecentFiles::chosen, this, [this](const QString& path) { open(path); });
  file->addSeparator();
  file->addAction(tr("Save &as…"), QKeySequence::SaveAs, this, &MainWindow::ask_to_save);
  make_out(file);
  file->addSeparator();
  file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);

  QMenu* edit = menuBar()->addMenu(tr("&Edit"));
  edit->addAction(tr("&Undo"), QKeySequence::Undo, &edits_, &Edits::undo);
  edit->addAction(tr("&Redo"), QKeySequence::Redo, &edits_, &Edits::redo);

  QMenu* run = menuBar()->addMenu(tr("&Run"));
  run_ = run->addAction(tr("&Run"), this, &MainWindow::run_again);
  run_->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_R), QKeySequence(Qt::Key_F5)});
  stop_ = run->addAction(tr("&Stop"), QKeySequence(Qt::Key_Escape), this, &MainWindow::stop);

  QMenu* view = view_menu_ = menuBar()->addMenu(tr("&View"));
  view->addAction(tr("&Start page"), QKeySequence(Qt::Key_1), this, &MainWindow::show_start);
  view->addAction(tr("The &run"), QKeySequence(Qt::Key_2), this, &MainWindow::show_run_page);
  view->addAction(tr("Re&quests"), QKeySequence(Qt::Key_3), this, &MainWindow::show_requests);
  view->addAction(tr("&Error budget"), QKeySequence(Qt::Key_4), this, &MainWindow::show_budget);
  view->addAction(tr("&Compare variants"), QKeySequence(Qt::Key_5), this,
                  &MainWindow::show_compare);
  view->addAction(tr("S&weep"), QKeySequence(Qt::Key_6), this, [this] {
    if (tabs_->isTabEnabled(static_cast<int>(tab_pages_.indexOf(sweep_)))) show_sweep();
  });
  look_ = view->addAction(tr("Requests &here"), QKeySequence(Qt::Key_R), this,
                          [this] { show_requests_at(time_.cursor()); });
  look_->setToolTip(tr("The slowest and the failed requests where the clock stands (R)"));
  look_->setEnabled(false);
  view->addSeparator();
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
  bar->addAction(look_);
  bar->addSeparator();
  const auto chooser = [&](auto* combo, const QString& label, const QString& key) {
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
  variants_ = chooser(new ElidingCombo(bar), tr("&Variant"), tr("Variant"));
  subjects_ = chooser(new SubjectChooser(bar), tr("&Showing"), tr("Showing"));
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

  start_ = new StartPage(shipped_folder());
  start_->show_recent(recent_->files());
  connect(start_, &StartPage::chosen, this, [this](const QString& path) { open(path); });
  connect(start_, &StartPage::asked_for_file, this, &MainWindow::ask_for_file);
  run_page_ = make_run_page();
  diagnostics_ = new DiagnosticsView;
  compare_ = new ComparePage(controller_.runner(), time_);
  sweep_ = new SweepPage;
  connect(sweep_, &SweepPage::chosen, this, &MainWindow::open_point);
  requests_ = new RequestsPage(time_);
  budget_page_ = new BudgetPage(time_);
  for (QWidget* page : std::initializer_list<QWidget*>{start_, run_page_, requests_, budget_page_,
                                                       compare_, sweep_, diagnostics_}) {
    pages_->addWidget(page);
    for (TimeChart* chart : page->findChildren<TimeChart*>()) give_menu(chart);
  }
  make_page_tabs();
}

// In the corner of the menu bar, where they take no room from the charts.
void MainWindow::make_page_tabs() {
  tabs_ = new QTabBar;
  tabs_->setDrawBase(false);
  tabs_->setFocusPolicy(Qt::TabFocus);
  tabs_->setAccessibleName(tr("Pages"));
  struct Tab {
    QString name;
    QWidget* page;
    void (MainWindow::*show)();
  };
  const QList<Tab> tabs = {{tr("Start"), start_, &MainWindow::show_start},
                           {tr("Run"), run_page_, &MainWindow::show_run_page},
                           {tr("Requests"), requests_, &MainWindow::show_requests},
                           {tr("Budget"), budget_page_, &MainWindow::show_budget},
                           {tr("Compare"), compare_, &MainWindow::show_compare},
                           {tr("Sweep"), sweep_, &MainWindow::show_sweep}};
  for (const Tab& tab : tabs) {
    tabs_->addTab(tab.name);
    tab_pages_.append(tab.page);
    allow_page(tab.page, tab.page == start_);
  }
  connect(tabs_, &QTabBar::currentChanged, this, [this, tabs](int index) {
    if (index >= 0) (this->*tabs[index].show)();
  });
  connect(pages_, &QStackedWidget::currentChanged, this, [this] {
    const QSignalBlocker quiet(tabs_);
    const QWidget* page = pages_->currentWidget();
    playback_->setVisible(page != start_ && page != sweep_ && page != diagnostics_);
    tabs_->setCurrentIndex(static_cast<int>(tab_pages_.indexOf(pages_->currentWidget())));
  });
  menuBar()->setCornerWidget(tabs_);
  playback_->hide();  // until there is something to play
}

void MainWindow::allow_page(QWidget* page, bool allowed) {
  tabs_->setTabEnabled(static_cast<int>(tab_pages_.indexOf(page)), allowed);
}

QWidget* MainWindow::make_run_page() {
  topology_ = new TopologyView(time_);
  connect(topology_, &TopologyView::chosen, this,
          qOverload<const Subject&>(&MainWindow::choose_subject));
  golden_ = new GoldenSignals(time_);
  notes_ = new NotesPanel(time_);
  budget_ = new BudgetPanel(time_);
  events_ = new EventList(time_);
  breaks_ = new EventList(time_);
  events_->setAccessibleName(tr("Events"));
  breaks_->setAccessibleName(tr("What broke first"));
  events_->setObjectName("events");
  breaks_->setObjectName("breaks");
  auto* lists = lists_ = new QTabWidget;
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
  auto* run = new QSplitter(Qt::Vertical);
  run->addWidget(topology_);
  run->addWidget(golden_);
  run->setSizes({185, 555});
  run->setStretchFactor(0, 1);
  run->setStretchFactor(1, 3);
  page->addWidget(run);
  page->addWidget(side);
  page->setStretchFactor(0, 3);
  page->setStretchFactor(1, 1);
  page->setSizes({880, 330});
  for (QSplitter* splitter : {side, run, page}) {
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
  key(Qt::Key_L, [this] { golden_->toggle_logarithmic(); });
  key(Qt::Key_M, [this] { time_.toggle_mark(); });
  key(Qt::Key_End, [this] { time_.set_cursor(time_.duration()); });
}

void MainWindow::show_keys() {
  const QStringList rows = {tr("Ctrl+O"),
                            tr("open a scenario"),
                            tr("1 … 6"),
                            tr("start, run, requests, error budget, compare, sweep"),
                            tr("R"),
                            tr("slowest and failed requests where the clock stands"),
                            tr("Menu, right click"),
                            tr("of a chart: its requests, its picture"),
                            tr("Ctrl+K"),
                            tr("the knobs: every setting"),
                            tr("Ctrl+Z"),
                            tr("undo (Ctrl+Shift+Z: redo)"),
                            tr("Ctrl+Shift+S"),
                            tr("save as"),
                            tr("Ctrl+R, F5"),
                            tr("run again"),
                            tr("Esc"),
                            tr("stop the run"),
                            tr("Space"),
                            tr("play or pause"),
                            tr("Left, Right"),
                            tr("one step (Shift: 10)"),
                            tr("N, P"),
                            tr("next, previous event"),
                            tr("Home, End"),
                            tr("first, last moment"),
                            tr("+, -, 0"),
                            tr("zoom in, out, whole run"),
                            tr("Backspace"),
                            tr("zoom back"),
                            tr("Click"),
                            tr("set the clock"),
                            tr("Drag"),
                            tr("zoom into a stretch"),
                            tr("Wheel"),
                            tr("zoom (Shift: move)"),
                            tr("F2"),
                            tr("the values of the charts as a table"),
                            tr("F11"),
                            tr("presenting: large type, full screen"),
                            tr("Ctrl+Shift+C"),
                            tr("copy what is in view as Markdown"),
                            tr("L"),
                            tr("latency on a logarithmic or even scale"),
                            tr("M"),
                            tr("mark the moment: differences from it"),
                            tr("?"),
                            tr("this list")};
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
