#include "gui/event_lane.hpp"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/event_marks.hpp"
#include "gui/time_axis.hpp"
#include "gui/time_chart.hpp"
#include "gui/words.hpp"

namespace faultline::gui {

EventLane::EventLane(TimeAxis& time, QWidget* parent) : QWidget(parent), time_(time) {
  setFixedHeight(std::max(26, fontMetrics().height() + 8));
  setCursor(Qt::PointingHandCursor);
  setAccessibleName(tr("Events"));
  connect(&time_, &TimeAxis::range_changed, this, qOverload<>(&QWidget::update));
  connect(&time_, &TimeAxis::cursor_changed, this, qOverload<>(&QWidget::update));
}

void EventLane::set_moments(std::vector<Moment> moments) {
  moments_ = std::move(moments);
  setAccessibleDescription(tr("Number of events: %1").arg(moments_.size()));
  update();
}

void EventLane::reserve_right_axis(bool reserve) {
  right_axis_ = reserve;
  update();
}

void EventLane::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::FontChange) setFixedHeight(std::max(26, fontMetrics().height() + 8));
}

double EventLane::left() const {
  return TimeChart::left_of(fontMetrics());
}

double EventLane::right() const {
  return width() - TimeChart::right_of(fontMetrics(), right_axis_);
}

double EventLane::x_of(double t) const {
  const double wide = std::max(10.0, right() - left());
  return left() + (t - time_.from()) / (time_.to() - time_.from()) * wide;
}

void EventLane::paintEvent(QPaintEvent*) {
  const Theme& theme = theme_for(palette());
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), theme.surface);
  QFont bold = font();
  bold.setBold(true);
  painter.setFont(bold);
  painter.setPen(theme.text);
  const double middle = height() / 2.0;
  painter.drawText(QRectF(8, 0, left() - 8, height()), Qt::AlignVCenter, tr("Events"));
  painter.setPen(theme.grid);
  painter.drawLine(QPointF(left(), middle), QPointF(right(), middle));
  for (const bool aside : {true, false}) {  // what happened lies over what was said about it
    for (const Moment& moment : moments_) {
      if (moment.t_s < time_.from() || moment.t_s > time_.to()) continue;
      const EventMark mark = mark_of(moment.kind, theme);
      if (mark.aside != aside) continue;
      painter.setOpacity(moment.t_s <= time_.cursor() ? 1 : 0.3);
      const double y = aside ? middle + 6 : middle - 3;
      draw_marker(painter, mark.marker, {x_of(moment.t_s), y}, mark.colour);
    }
  }
  painter.setOpacity(1);
  if (time_.cursor() < time_.from() || time_.cursor() > time_.to()) return;
  painter.setPen(QPen(theme.cursor, 1.2));
  painter.drawLine(QPointF(x_of(time_.cursor()), 0), QPointF(x_of(time_.cursor()), height()));
}

const Moment* EventLane::nearest(double x) const {
  const Moment* found = nullptr;
  for (const Moment& moment : moments_) {
    const double distance = std::abs(x_of(moment.t_s) - x);
    if (distance > 8) continue;
    if (found == nullptr || distance < std::abs(x_of(found->t_s) - x)) found = &moment;
  }
  return found;
}

void EventLane::mousePressEvent(QMouseEvent* event) {
  const double x = event->position().x();
  const Moment* moment = nearest(x);
  const double wide = std::max(10.0, right() - left());
  const double pointed = time_.from() + (x - left()) / wide * (time_.to() - time_.from());
  time_.set_cursor(moment != nullptr ? moment->t_s : pointed);
}

bool EventLane::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const Moment* moment = nearest(help->pos().x());
    const QString text =
        moment == nullptr ? QString()
                          : QString::fromStdString(clock_text(moment->t_s) + "  " + moment->what);
    QToolTip::showText(help->globalPos(), text, this);
    return true;
  }
  return QWidget::event(event);
}

}  // namespace faultline::gui
