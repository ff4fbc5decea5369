#include "gui/golden_signals.hpp"

#include <QSettings>
#include <QVBoxLayout>

#include "gui/event_lane.hpp"
#include "gui/time_axis.hpp"
#include "gui/time_chart.hpp"

namespace faultline::gui {
namespace {

const char* const kLogarithmic = "logarithmic_latency";

}  // namespace

GoldenSignals::GoldenSignals(TimeAxis& time, QWidget* parent) : QWidget(parent) {
  auto* stack = new QVBoxLayout(this);
  stack->setContentsMargins(0, 0, 0, 0);
  stack->setSpacing(1);
  for (TimeChart*& chart : charts_) {
    chart = new TimeChart(time, this);
    chart->reserve_right_axis(true);
    chart->show_time_labels(&chart == &charts_.back());
    stack->addWidget(chart, 1);
  }
  lane_ = new EventLane(time, this);
  lane_->reserve_right_axis(true);
  stack->addWidget(lane_);
}

void GoldenSignals::show_run(std::shared_ptr<const RunResult> result, const Subject& subject,
                             std::shared_ptr<const RunResult> ghost) {
  result_ = std::move(result);
  ghost_ = std::move(ghost);
  lane_->set_moments(result_->timeline);
  show_subject(subject);
}

void GoldenSignals::toggle_logarithmic() {
  QSettings().setValue(kLogarithmic, !QSettings().value(kLogarithmic, true).toBool());
  show_subject(subject_);
}

void GoldenSignals::show_few(bool few) {
  for (const std::size_t i : {2U, 3U}) charts_[i]->setVisible(!few);
  charts_[1]->show_time_labels(few);
}

void GoldenSignals::show_subject(const Subject& subject) {
  subject_ = subject;
  if (!result_) return;
  constexpr std::array kSignals = {latency_of, traffic_of, errors_of, saturation_of};
  for (std::size_t i = 0; i < charts_.size(); ++i) {
    ChartContent content = kSignals[i](*result_, subject);
    if (ghost_) add_ghost(content, kSignals[i](*ghost_, subject));
    if (i == 0) content.logarithmic = QSettings().value(kLogarithmic, true).toBool();
    charts_[i]->set_content(std::move(content));
  }
}

}  // namespace faultline::gui
