#include "gui/requests_page.hpp"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QScrollArea>
#include <QSplitter>
#include <QTextBrowser>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "gui/qt_text.hpp"
#include "gui/report_file.hpp"
#include "gui/theme.hpp"
#include "gui/time_axis.hpp"
#include "gui/time_chart.hpp"
#include "gui/waterfall_view.hpp"
#include "gui/words.hpp"
#include "lab/run/run.hpp"

namespace faultline::gui {
namespace {

constexpr int kNumberRole = Qt::UserRole;
constexpr double kBinsAbout = 1;         // on either side of the one that was clicked
constexpr double kPixelsAbout = 3;       // at least
constexpr std::size_t kMostSteps = 200;  // told one by one
constexpr std::size_t kKeep = 20;        // slowest, and failed

Worker::Result run_again(const Scenario& scenario, RunOptions options,
                         const std::atomic<bool>& stop, const Progress& progress) {
  options.stop = &stop;
  options.progress = progress;
  return run(scenario, options);
}

}  // namespace

RequestsPage::RequestsPage(TimeAxis& time, QWidget* parent)
    : QWidget(parent),
      time_(time),
      clients_(new QComboBox),
      chart_(new TimeChart(time)),
      title_(new QLabel),
      command_(new QLabel),
      list_(new QTreeWidget),
      waterfall_(new WaterfallView),
      story_(new QTextBrowser) {
  clients_->setAccessibleName(tr("Client"));
  clients_->setMinimumWidth(150);
  title_->setWordWrap(true);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(8, 4, 8, 4);
  head->addWidget(clients_);
  head->addWidget(title_, 1);
  chart_->reserve_right_axis(true);
  chart_->setFixedHeight(140);
  chart_->setToolTip(tr("Click a spike, or drag over a stretch"));

  list_->setHeaderLabels({tr("Took"), tr("Wanted at"), tr("Ended")});
  list_->setAccessibleName(tr("Slowest and failed requests"));
  list_->setUniformRowHeights(true);
  list_->setIndentation(10);
  list_->setFrameShape(QFrame::NoFrame);
  list_->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
  list_->header()->setStretchLastSection(true);

  auto* scroll = new QScrollArea;
  scroll->setWidget(waterfall_);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  auto* picture = new QWidget;
  auto* drawn = new QVBoxLayout(picture);
  drawn->setContentsMargins(0, 0, 0, 0);
  drawn->setSpacing(0);
  drawn->addWidget(new WaterfallLegend);
  drawn->addWidget(scroll, 1);
  story_->setFrameShape(QFrame::NoFrame);
  story_->setAccessibleName(tr("The story of the request"));
  command_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  command_->setWordWrap(true);
  command_->setMargin(6);
  command_->hide();
  auto* words = new QWidget;
  auto* said = new QVBoxLayout(words);
  said->setContentsMargins(0, 0, 0, 0);
  said->setSpacing(0);
  said->addWidget(story_, 1);
  said->addWidget(command_);
  auto* right = new QSplitter(Qt::Vertical);
  right->addWidget(picture);
  right->addWidget(words);
  right->setSizes({300, 230});
  auto* body = new QSplitter(Qt::Horizontal);
  body->addWidget(list_);
  body->addWidget(right);
  body->setSizes({300, 800});
  body->setStretchFactor(1, 1);
  for (QSplitter* splitter : {right, body}) splitter->setChildrenCollapsible(false);

  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->setSpacing(2);
  all->addLayout(head);
  all->addWidget(chart_);
  all->addWidget(body, 1);

  connect(clients_, &QComboBox::currentIndexChanged, this, [this] {
    show_chart();
    if (window_) look_at(window_->first, window_->second);
  });
  connect(chart_, &TimeChart::clicked, this, qOverload<double>(&RequestsPage::look_at));
  connect(chart_, &TimeChart::dragged, this, qOverload<double, double>(&RequestsPage::look_at));
  connect(list_, &QTreeWidget::currentItemChanged, this, [this](const QTreeWidgetItem* item) {
    if (item == nullptr || !item->data(0, kNumberRole).isValid()) return;
    choose(item->data(0, kNumberRole).toULongLong());
  });
  connect(&finding_, &Worker::finished, this, [this](const Worker::Result& found) {
    fill_list(*std::static_pointer_cast<const RunResult>(found));
  });
  connect(&tracing_, &Worker::finished, this, [this](const Worker::Result& traced) {
    show_request(*std::static_pointer_cast<const RunResult>(traced));
  });
  fail(tr("Click a spike in the chart: its slowest and its failed requests appear here."));
}

void RequestsPage::show_run(const RunOutcome& outcome) {
  const bool other = request_.file != outcome.request.file;
  request_ = outcome.request;
  scenario_ = outcome.scenario;
  result_ = outcome.result;
  finding_.stop();
  tracing_.stop();
  const QVariant before = clients_->currentData();
  const QSignalBlocker quiet(clients_);
  clients_->clear();
  for (const auto& client : result_->clients) {
    clients_->addItem(tr("Client %1").arg(qt(client.name)), qt(client.name));
  }
  clients_->setCurrentIndex(std::max(0, clients_->findData(before)));
  if (other) window_.reset();
  stale_ = window_.has_value();
  show_chart();
  if (other)
    fail(tr("Click a spike in the chart: its slowest and its failed requests appear here."));
  if (isVisible()) refresh();
}

void RequestsPage::choose_client(const QString& client) {
  const int index = clients_->findData(client);
  if (index >= 0) clients_->setCurrentIndex(index);
}

void RequestsPage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (chart_stale_) show_chart();
}

void RequestsPage::show_chart() {
  chart_stale_ = !isVisible();
  if (!result_ || chart_stale_) return;
  const Subject subject{Subject::Kind::Client, clients_->currentData().toString().toStdString()};
  ChartContent content = latency_of(*result_, subject);
  content.title = "Requests";
  content.aside.clear();
  for (Curve& curve : errors_of(*result_, subject).curves) {
    curve.right_axis = true;
    curve.meaning = Meaning::Burn;
    content.curves.push_back(std::move(curve));
  }
  chart_->set_content(std::move(content));
  chart_->show_window(window_);
}

void RequestsPage::look_at(double t) {
  const double step = time_.step();
  const double pixel = std::abs(chart_->time_at(kPixelsAbout) - chart_->time_at(0));
  const double about = std::max(kBinsAbout * step, pixel);
  const double first = std::floor(t / step) * step;
  look_at(first - std::floor(about / step) * step, first + step + std::floor(about / step) * step);
}

void RequestsPage::look_at(double from, double to) {
  if (!result_ || !scenario_) return;
  stale_ = false;
  window_ = std::pair{std::max(0.0, from), std::min(time_.duration(), to)};
  chart_->show_window(window_);
  Q_EMIT looked_elsewhere();
  fail(tr("Looking …"));
  RunOptions options;
  options.seed = result_->seed;
  options.variant = request_.variant;
  options.file = request_.file;
  options.watch = WatchWindow{clients_->currentData().toString().toStdString(), window_->first,
                              window_->second, kKeep};
  finding_.start(
      [scenario = scenario_, options](const std::atomic<bool>& stop, const Progress& progress) {
        return run_again(*scenario, options, stop, progress);
      });
}

void RequestsPage::refresh() {
  if (stale_ && window_) look_at(window_->first, window_->second);
}

void RequestsPage::fail(const QString& why) {
  title_->setText(why);
  list_->clear();
  waterfall_->show_request({}, why);
  story_->clear();
  command_->hide();
}

QTreeWidgetItem* RequestsPage::add_group(const QString& title,
                                         const std::vector<WatchedFigures>& requests) {
  auto* group = new QTreeWidgetItem(list_, {title});
  group->setFirstColumnSpanned(true);
  group->setFlags(Qt::ItemIsEnabled);
  QFont bold = list_->font();
  bold.setBold(true);
  group->setFont(0, bold);
  const Theme& theme = theme_for(palette());
  for (const WatchedFigures& one : requests) {
    const QString end = !one.ended                 ? tr("… never")
                        : one.error != Error::None ? "✗ " + qt(spaced(name(one.error)))
                        : one.degraded             ? tr("✓ in part")
                                                   : tr("✓ answered");
    auto* item = new QTreeWidgetItem(
        group, {qt(value_text(one.took_s, Unit::Seconds)), qt(clock_text(one.due_s)), end});
    item->setData(0, kNumberRole, QVariant::fromValue<qulonglong>(one.number));
    item->setForeground(2, end.startsWith("✓") ? theme.good : theme.bad);
    item->setToolTip(0, tr("Request %1 of the run").arg(one.number));
  }
  group->setExpanded(true);
  return group;
}

void RequestsPage::fill_list(const RunResult& found) {
  if (!window_ || found.partial) return;  // called off: another is on its way
  if (!result_->partial && found.fingerprint != result_->fingerprint)
    return fail(tr("The run could not be repeated. This is a fault of the simulator."));
  const Watched& watched = found.watched;
  list_->clear();
  title_->setText(tr("From %1 to %2: %3 answered, %4 failed or never ended.")
                      .arg(qt(clock_text(window_->first)), qt(clock_text(window_->second)),
                           qt(grouped(watched.answers)), qt(grouped(watched.failures))));
  const auto title = [](const QString& what, std::uint64_t all, std::size_t shown) {
    return all > shown ? tr("%1 (%2 of %3)").arg(what).arg(shown).arg(qt(grouped(all))) : what;
  };
  QTreeWidgetItem* slow = nullptr;
  QTreeWidgetItem* failed = nullptr;
  if (!watched.slowest.empty())
    slow =
        add_group(title(tr("Slowest"), watched.answers, watched.slowest.size()), watched.slowest);
  if (!watched.failed.empty())
    failed =
        add_group(title(tr("Failed"), watched.failures, watched.failed.size()), watched.failed);
  if (slow == nullptr && failed == nullptr) {
    waterfall_->show_request({}, {});
    title_->setText(tr("No request ended from %1 to %2.")
                        .arg(qt(clock_text(window_->first)), qt(clock_text(window_->second))));
  }
  Q_EMIT listed();
  // What went wrong is what one looks for.
  const bool mostly_failed =
      failed != nullptr && (slow == nullptr || watched.failures > watched.answers);
  if (QTreeWidgetItem* group = mostly_failed ? failed : slow)
    list_->setCurrentItem(group->child(0));
}

void RequestsPage::choose(std::uint64_t number) {
  if (!result_ || !scenario_) return;
  chosen_ = number;
  RunOptions options;
  options.seed = result_->seed;
  options.variant = request_.variant;
  options.file = request_.file;
  options.trace_request = number;
  tracing_.start(
      [scenario = scenario_, options](const std::atomic<bool>& stop, const Progress& progress) {
        return run_again(*scenario, options, stop, progress);
      });
}

void RequestsPage::show_request(const RunResult& traced) {
  if (traced.steps.empty() || traced.partial) return;
  Waterfall request = waterfall_of(traced.steps, traced.reached_s);
  QString text, html;
  for (const std::string& sentence : story_of(request, traced.timeline)) {
    text += qt(sentence) + " ";
    html += "<p style='margin:4px'>" + qt(sentence).toHtmlEscaped() + "</p>";
  }
  html += "<table cellspacing='3' style='margin-top:8px'>";
  const double due = traced.steps.front().t_s;
  for (std::size_t i = 0; i < std::min(traced.steps.size(), kMostSteps); ++i) {
    const TracePoint& step = traced.steps[i];
    html += QString("<tr><td align='right'><b>%1</b></td><td>%2 → %3</td><td>%4</td></tr>")
                .arg(qt(value_text(step.t_s - due, Unit::Seconds)), qt(step.caller),
                     qt(step.callee), qt(step.sentence).toHtmlEscaped());
  }
  html += "</table>";
  if (traced.steps.size() > kMostSteps)
    html += "<p>" + tr("… and %1 more steps").arg(traced.steps.size() - kMostSteps) + "</p>";
  story_->setHtml(html);
  waterfall_->show_request(std::move(request), text.trimmed());
  command_->setText(
      tr("The same in a terminal: %1").arg("<code>" + command().toHtmlEscaped() + "</code>"));
  command_->show();
  Q_EMIT told();
}

QString RequestsPage::story() const {
  return story_->toPlainText();
}

QString RequestsPage::command() const {
  const QString text = command_of(request_, result_ ? result_->seed : 0);
  return text + QString(" --trace-request %1").arg(chosen_);
}

}  // namespace faultline::gui
