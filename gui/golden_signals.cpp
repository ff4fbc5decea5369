#include "gui/golden_signals.hpp"

#include <QVBoxLayout>

#include "gui/event_lane.hpp"
#include "gui/time_axis.hpp"
#include "gui/time_chart.hpp"

namespace faultline::gui {

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
  lane_->set_right_margin(TimeChart::kRightAxis);
  stack->addWidget(lane_);
}

void GoldenSignals::show_run(std::shared_ptr<const RunResult> result, const Subject& subject) {
  result_ = std::move(result);
  lane_->set_moments(result_->timeline);
  show_subject(subject);
}

void GoldenSignals::show_subject(const Subject& subject) {
  subject_ = subject;
  if (!result_) return;
  charts_[0]->set_content(latency_of(*result_, subject));
  charts_[1]->set_content(traffic_of(*result_, subject));
  charts_[2]->set_content(errors_of(*result_, subject));
  charts_[3]->set_content(saturation_of(*result_, subject));
}

}  // namespace faultline::gui
