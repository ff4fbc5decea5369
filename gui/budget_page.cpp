#include "gui/budget_page.hpp"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "gui/event_lane.hpp"
#include "gui/qt_text.hpp"
#include "gui/theme.hpp"
#include "gui/time_axis.hpp"
#include "gui/time_chart.hpp"
#include "gui/words.hpp"

namespace faultline::gui {
namespace {

constexpr double kMost = 1e6;  // burn rates: beyond, nobody tells them apart

QString capital(QString text) {
  if (!text.isEmpty()) text[0] = text[0].toUpper();
  return text;
}

QTableWidget* make_table(const QStringList& columns, const QString& name) {
  auto* table = new QTableWidget(0, static_cast<int>(columns.size()));
  table->setHorizontalHeaderLabels(columns);
  table->verticalHeader()->hide();
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setSelectionMode(QAbstractItemView::NoSelection);
  table->setFrameShape(QFrame::NoFrame);
  table->setWordWrap(true);
  table->setAccessibleName(name);
  table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  table->horizontalHeader()->setStretchLastSection(true);
  table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  return table;
}

void put(QTableWidget& table, int row, int column, const QString& text) {
  if (auto* item = table.item(row, column)) return item->setText(text);
  table.setItem(row, column, new QTableWidgetItem(text));
}

void fit_height(QTableWidget& table) {
  int high = table.horizontalHeader()->sizeHint().height() + 4;
  for (int row = 0; row < table.rowCount(); ++row) high += table.rowHeight(row);
  table.setFixedHeight(high);
}

// After the warm-up, and no larger than anybody tells apart. What has gathered by the end of a step
// is said from there on, as the tables say it: at 4:00, what was spent until 4:00.
Curve curve(const RunResult& result, std::string name, Meaning meaning, Unit unit,
            std::vector<double> values) {
  for (std::size_t bin = 0; bin < values.size(); ++bin) {
    const bool warm = static_cast<double>(bin) * result.step_s >= result.warmup_s;
    values[bin] = warm ? std::min(values[bin], kMost) : std::nan("");
  }
  Curve made = curve_of(std::move(name), meaning, unit, result, values);
  made.samples.insert(made.samples.begin(), {0, std::nan("")});
  for (std::size_t i = 0; i < made.samples.size(); ++i)
    made.samples[i].t = (static_cast<double>(i) + 0.5) * result.step_s;
  return made;
}

}  // namespace

std::string window_text(double seconds) {
  const auto in = [](double number, const char* unit) {
    return value_text(number, Unit::Count) + " " + unit;
  };
  if (seconds < 60) return in(std::round(seconds), "s");
  if (seconds < 3600) return in(std::round(seconds / 6) / 10, "min");
  if (seconds < 86'400) return in(std::round(seconds / 360) / 10, "h");
  return in(std::round(seconds / 8640) / 10, "d");
}

ChartContent burn_down_of(const RunResult& result, const SloFigures& slo) {
  ChartContent content;
  content.title = "Budget left";
  content.left_top = 1.04;
  content.curves = {curve(result, "left", Meaning::Left, Unit::Share, slo.budget_left_series)};
  for (const Moment& moment : result.timeline) {
    if (moment.kind == "fault" || moment.kind == "rollout" || moment.kind == "alert")
      content.marks.push_back({moment.t_s, moment.kind, moment.what});
  }
  return content;
}

ChartContent burn_rates_of(const RunResult& result, const SloFigures& slo) {
  ChartContent content;
  content.title = "Burn rate";
  constexpr Meaning kLooks[] = {Meaning::Tail, Meaning::Busy, Meaning::Typical};
  for (std::size_t i = 0; i < kBurnRules.size(); ++i) {
    const double window = kBurnRules[i].long_s;
    content.curves.push_back(curve(result, window_text(window), kLooks[i], Unit::Factor,
                                   burn_series(result, slo, window)));
  }
  content.curves.push_back(curve(result, window_text(kBurnRules[0].short_s), Meaning::Burn,
                                 Unit::Factor, burn_series(result, slo, kBurnRules[0].short_s)));
  content.aside = "over each window";
  // From tenths to thousands; where nothing burns there is no curve.
  content.logarithmic = true;
  for (Curve& one : content.curves) {
    for (Sample& sample : one.samples) {
      if (!(sample.y > 0.01)) sample.y = std::nan("");
    }
  }
  for (const BurnRule& rule : kBurnRules)
    content.levels.push_back({rule.threshold, value_text(rule.threshold, Unit::Factor)});
  return content;
}

BudgetPage::BudgetPage(TimeAxis& time, QWidget* parent)
    : QWidget(parent),
      time_(time),
      slos_(new QComboBox),
      state_(new QLabel),
      sentence_(new QLabel),
      remark_(new QLabel),
      amounts_(make_table(
          {tr("Error budget"), tr("Requests"), tr("Time without any answer"), tr("Share")},
          tr("The error budget"))),
      rules_(make_table({tr("An alert at"), tr("Long window"), tr("Short window"), tr("Now"),
                         tr("First in this run")},
                        tr("Burn rates"))),
      left_(new TimeChart(time)),
      burn_(new TimeChart(time)),
      lane_(new EventLane(time)) {
  slos_->setAccessibleName(tr("Objective"));
  QFont large = font();
  large.setBold(true);
  large.setPointSizeF(large.pointSizeF() * 1.3);
  state_->setFont(large);
  state_->setMargin(6);
  state_->setAutoFillBackground(true);
  state_->setAccessibleName(tr("State of the error budget"));
  for (QLabel* text : {sentence_, remark_}) {
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  }
  remark_->setContentsMargins(8, 2, 8, 4);
  for (TimeChart* chart : {left_, burn_}) {
    chart->reserve_right_axis(false);
    chart->setMinimumHeight(90);
  }
  left_->show_time_labels(false);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(8, 6, 8, 4);
  head->addWidget(slos_);
  head->addWidget(state_);
  head->addWidget(sentence_, 1);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->setSpacing(2);
  all->addLayout(head);
  all->addWidget(amounts_);
  all->addWidget(left_, 3);
  all->addWidget(burn_, 2);
  all->addWidget(lane_);
  all->addWidget(rules_);
  all->addWidget(remark_);
  connect(slos_, &QComboBox::currentIndexChanged, this, &BudgetPage::show_slo);
  connect(&time_, &TimeAxis::cursor_changed, this, &BudgetPage::show_moment);
}

void BudgetPage::show_run(std::shared_ptr<const RunResult> result) {
  result_ = std::move(result);
  const QString before = slos_->currentData().toString();
  {
    const QSignalBlocker quiet(slos_);
    slos_->clear();
    for (const auto& slo : result_->slos) {
      const QString name = qt(slo.name);
      slos_->addItem(
          tr("%1: %2 of %3")
              .arg(name, qt(value_text(slo.value.target, Unit::Share)), qt(slo.value.client)),
          name);
    }
    slos_->setCurrentIndex(std::max(0, slos_->findData(before)));
  }
  lane_->set_moments(result_->timeline);
  stale_ = true;
  if (isVisible()) show_slo();
}

const Named<SloFigures>* BudgetPage::chosen() const {
  const auto index = static_cast<std::size_t>(slos_->currentIndex());
  return result_ && index < result_->slos.size() ? &result_->slos[index] : nullptr;
}

void BudgetPage::show_slo() {
  const auto* slo = chosen();
  if (slo == nullptr) return;
  stale_ = false;
  left_->set_content(burn_down_of(*result_, slo->value));
  burn_->set_content(burn_rates_of(*result_, slo->value));
  show_moment();
}

// Where the clock stands.
void BudgetPage::show_moment() {
  const auto* slo = chosen();
  if (slo == nullptr || !isVisible()) return;
  const BudgetReading reading = budget_at(*result_, slo->value, time_.cursor());
  const Theme& theme = theme_for(palette());
  QPalette own = palette();
  const bool good = reading.state == BudgetState::Healthy;
  const bool bad = reading.state == BudgetState::Exhausted;
  own.setColor(QPalette::Window, good ? theme.good_back : bad ? theme.bad_back : theme.unsure_back);
  own.setColor(QPalette::WindowText, good ? theme.good : bad ? theme.bad : theme.text);
  state_->setPalette(own);
  state_->setText(
      tr("%1 – %2").arg(capital(qt(word(reading.state))), qt(release_word(reading.left))));
  QString text = tr("At %1: ").arg(qt(clock_text(time_.cursor())));
  if (reading.left <= 0) {
    text += tr("the budget is spent, and %1 more.").arg(qt(value_text(-reading.left, Unit::Share)));
  } else if (!reading.gone_in_s) {
    text += tr("nothing was spent in the latest %1; at this rate the budget lasts.")
                .arg(qt(window_text(reading.recent_s)));
  } else {
    text += tr("at the rate of the latest %1 the budget is gone in %2.")
                .arg(qt(window_text(reading.recent_s)), qt(window_text(*reading.gone_in_s)));
  }
  sentence_->setText(text);
  fill_amounts(reading);
  fill_rules(reading);
}

void BudgetPage::fill_amounts(const BudgetReading& reading) {
  const auto row = [&](int at, const QString& name, double requests, double seconds, double share) {
    put(*amounts_, at, 0, name);
    put(*amounts_, at, 1, qt(value_text(std::round(requests * 10) / 10, Unit::Count)));
    put(*amounts_, at, 2, (seconds < 0 ? "−" : "") + qt(window_text(std::abs(seconds))));
    put(*amounts_, at, 3, qt(value_text(share, Unit::Share)));
  };
  amounts_->setRowCount(3);
  row(0, tr("in all"), reading.total, reading.total_s, 1);
  row(1, tr("spent"), reading.spent, reading.spent_s, 1 - reading.left);
  row(2, tr("left"), reading.total - reading.spent, reading.total_s - reading.spent_s,
      reading.left);
  fit_height(*amounts_);
}

void BudgetPage::fill_rules(const BudgetReading& reading) {
  rules_->setRowCount(static_cast<int>(reading.rules.size()));
  bool short_of = false;
  for (std::size_t i = 0; i < reading.rules.size(); ++i) {
    const BurnReading& one = reading.rules[i];
    const int row = static_cast<int>(i);
    const auto window = [&](const Burn& burn, double wanted) {
      const bool all = burn.held_s >= wanted * 0.999;
      short_of = short_of || !all;
      const QString text =
          tr("%1 over %2").arg(qt(value_text(burn.rate, Unit::Factor)), qt(window_text(wanted)));
      return all ? text : tr("%1 (there are %2)").arg(text, qt(window_text(burn.held_s)));
    };
    put(*rules_, row, 0,
        tr("%1 (%2)").arg(qt(value_text(one.rule.threshold, Unit::Factor)),
                          one.rule.page ? tr("page") : tr("ticket")));
    put(*rules_, row, 1, window(one.over_long, one.rule.long_s));
    put(*rules_, row, 2, window(one.over_short, one.rule.short_s));
    put(*rules_, row, 3, qt(word(one.state)));
    put(*rules_, row, 4, one.first_s ? qt(clock_text(*one.first_s)) : tr("never"));
  }
  fit_height(*rules_);
  remark_->setText(
      short_of ? tr("Where the run and its history are shorter than a window, the window sees what "
                    "there is: such an alert is quicker than it would be in a long life.")
               : QString());
  remark_->setVisible(short_of);
}

QString BudgetPage::state() const {
  return state_->text();
}
QString BudgetPage::sentence() const {
  return sentence_->text();
}

void BudgetPage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  stale_ ? show_slo() : show_moment();
}

void BudgetPage::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) show_moment();
}

}  // namespace faultline::gui
