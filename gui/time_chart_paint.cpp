// How a TimeChart is painted: what lies behind the curves, the curves (Qt Charts), what lies over
// them. Only the last part depends on the clock.

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "gui/event_marks.hpp"
#include "gui/qt_text.hpp"
#include "gui/time_axis.hpp"
#include "gui/time_chart.hpp"
#include "gui/words.hpp"

namespace faultline::gui {
namespace {

constexpr int kMarkerDistance = 120;  // pixels

}  // namespace

void TimeChart::paintEvent(QPaintEvent*) {
  if (Sharp::alive > 0) {
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font());
    render(&painter, viewport()->rect(), viewport()->rect());
    draw_overlay(painter);
    draw_header(painter);
    return;
  }
  if (picture_.isNull()) {
    picture_ = QPixmap(viewport()->size() * devicePixelRatioF());
    picture_.setDevicePixelRatio(devicePixelRatioF());
    QPainter painter(&picture_);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font());
    render(&painter, viewport()->rect(), viewport()->rect());
  }
  QPainter painter(viewport());
  painter.setRenderHint(QPainter::Antialiasing);
  painter.drawPixmap(0, 0, picture_);
  draw_overlay(painter);
  draw_header(painter);
}

void TimeChart::drawBackground(QPainter* painter, const QRectF&) {
  const Theme& theme = theme_for(palette());
  const QRectF area = plot();
  painter->fillRect(QRectF(viewport()->rect()), theme.surface);
  const auto band = [&](double from, double to, const QColor& colour) {
    const double left = std::clamp(x_of(from), area.left(), area.right());
    const double right = std::clamp(x_of(to), area.left(), area.right());
    if (right > left) {
      painter->fillRect(QRectF(left, area.top(), right - left, area.height()), colour);
    }
  };
  band(0, time_.warmup(), theme.warmup);
  for (const FaultSpan& fault : time_.faults()) band(fault.from, fault.to, theme.fault);
  draw_grid(*painter);
  if (left_.used) draw_scale(*painter, left_, false);
  if (right_.used) draw_scale(*painter, right_, true);
}

void TimeChart::drawForeground(QPainter* painter, const QRectF&) {
  draw_markers(*painter);
  draw_marks(*painter);
  if (!content_.curves.empty()) return;
  painter->setPen(theme_for(palette()).faint);
  painter->drawText(plot(), Qt::AlignCenter, tr("Nothing to show"));
}

void TimeChart::draw_grid(QPainter& painter) const {
  const Theme& theme = theme_for(palette());
  const QRectF area = plot();
  const QFontMetrics metrics(font());
  const int label_width = metrics.horizontalAdvance("00:00:00") + 16;
  const int wanted = std::max(2, static_cast<int>(area.width()) / label_width);
  double free_from = area.left() - 4;
  for (const double t : time_ticks(time_.from(), time_.to(), wanted)) {
    const double x = std::round(x_of(t)) + 0.5;
    painter.setPen(theme.grid);
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    if (!time_labels_) continue;
    const QString text = qt(clock_text(t));
    const double width = metrics.horizontalAdvance(text);
    const double last = viewport()->width() - width - 2.0;
    const double left = std::clamp(x - width / 2, area.left() - 4, last);
    if (left < free_from) continue;
    painter.setPen(theme.faint);
    painter.drawText(QPointF(left, area.bottom() + 5 + metrics.ascent()), text);
    free_from = left + width + 8;
  }
}

void TimeChart::draw_scale(QPainter& painter, const Scale& scale, bool right) const {
  const Theme& theme = theme_for(palette());
  const QRectF area = plot();
  const QFontMetrics metrics(font());
  const int wanted = std::clamp(static_cast<int>(area.height()) / (2 * metrics.height()), 1, 5);
  const auto ticks_of = [&](int count) {
    return scale.logarithmic ? decade_ticks(scale.low, scale.high, count + 1)
                             : value_ticks(scale.low, scale.high, count);
  };
  auto ticks = ticks_of(wanted);
  if (ticks.size() < 2) ticks = ticks_of(wanted + 1);  // one alone is no scale
  double labelled = -1e9;                              // the y of the last label
  for (const double value : ticks) {
    const double y = std::round(y_of(value, scale)) + 0.5;
    if (!right) {
      painter.setPen(value == 0 ? QPen(theme.faint, 1) : QPen(theme.grid, 1));
      painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    }
    if (std::abs(y - labelled) < 0.9 * metrics.height()) continue;
    labelled = y;
    painter.setPen(theme.faint);
    const QString text = qt(value_text(value, scale.unit));
    const double baseline = y + metrics.ascent() / 2.0 - 1;
    const double width = metrics.horizontalAdvance(text);
    painter.drawText(
        QPointF(right ? area.right() + 5 : std::max(1.0, area.left() - 6 - width), baseline), text);
  }
}

// A marker now and then along each curve, staggered so that those of two curves don't hide each
// other.
void TimeChart::draw_markers(QPainter& painter) const {
  const Theme& theme = theme_for(palette());
  const QRectF area = plot();
  int turn = 0;
  for (const Curve& curve : content_.curves) {
    if (curve.ghost) continue;
    const Stroke stroke = stroke_of(curve.meaning, theme);
    const double first = area.left() + 30 + 40 * (turn++ % 3);
    for (double x = first; x < area.right(); x += kMarkerDistance) {
      const double t = (std::floor(time_at(x) / curve.step_s) + 0.5) * curve.step_s;
      const double value = value_at(curve, t);
      if (std::isnan(value)) continue;
      draw_marker(painter, stroke.marker, {x_of(t), y_of(value, curve.right_axis ? right_ : left_)},
                  stroke.pen.color());
    }
  }
}

// What happened: a line from top to bottom, and its words where there is room.
void TimeChart::draw_marks(QPainter& painter) const {
  const Theme& theme = theme_for(palette());
  const QRectF area = plot();
  const QFontMetrics metrics(font());
  QRectF labelled;  // the level before: one that lies as high is named beside it
  for (const auto& [value, name] : content_.levels) {
    if (value < left_.low || value > left_.high) continue;
    const double y = y_of(value, left_);
    painter.setPen(QPen(theme.faint, 1, Qt::DotLine));
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    const QString text = qt(name);
    QRectF place(area.left() + 6, y - 3 - metrics.ascent(), metrics.horizontalAdvance(text),
                 metrics.ascent());
    if (place.top() < area.top()) place.moveTop(y + 2);  // above it stands the title
    if (place.intersects(labelled)) place.moveLeft(labelled.right() + 10);
    painter.drawText(QPointF(place.left(), place.bottom()), text);
    labelled = place;
  }
  double free_from = area.left();
  for (const ChartMark& mark : content_.marks) {
    if (mark.t < time_.from() || mark.t > time_.to()) continue;
    const EventMark look = mark_of(mark.kind, theme);
    const double x = x_of(mark.t);
    painter.setPen(QPen(look.colour, 1, Qt::DashDotLine));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    draw_marker(painter, look.marker, {x, area.top() + 3}, look.colour);
    const double room = area.right() - x - 8;
    if (x < free_from || room < 60) continue;
    const QString text =
        metrics.elidedText(qt(mark.what), Qt::ElideRight, static_cast<int>(std::min(room, 220.0)));
    painter.setPen(theme.text);
    painter.drawText(QPointF(x + 7, area.bottom() - 5), text);
    free_from = x + 14 + metrics.horizontalAdvance(text);
  }
}

void TimeChart::draw_overlay(QPainter& painter) const {
  const Theme& theme = theme_for(palette());
  const QRectF area = plot();
  const double x = std::clamp(x_of(time_.cursor()), area.left(), area.right());
  if (x < area.right()) {
    painter.fillRect(QRectF(QPointF(x, area.top() - 3), area.bottomRight() + QPointF(4, 4)),
                     theme.veil);
  }
  if (window_ && window_->second > time_.from() && window_->first < time_.to()) {
    QColor shade = palette().color(QPalette::Highlight);
    painter.setPen(QPen(shade, 1));
    shade.setAlpha(50);
    painter.setBrush(shade);
    const double from = std::max(area.left(), x_of(window_->first));
    painter.drawRect(QRectF(
        QPointF(from, area.top()),
        QPointF(std::max(from + 3, std::min(area.right(), x_of(window_->second))), area.bottom())));
  }
  if (time_.mark() && *time_.mark() >= time_.from() && *time_.mark() <= time_.to()) {
    painter.setPen(QPen(theme.cursor, 1.2, Qt::DashLine));
    const double marked = x_of(*time_.mark());
    painter.drawLine(QPointF(marked, area.top() - 2), QPointF(marked, area.bottom()));
  }
  if (time_.cursor() >= time_.from() && time_.cursor() <= time_.to()) {
    painter.setPen(QPen(theme.cursor, 1.2));
    painter.drawLine(QPointF(x, area.top() - 2), QPointF(x, area.bottom()));
  }
  if (pressed_x_ && dragged_x_) {
    QColor shade = palette().color(QPalette::Highlight);
    shade.setAlpha(60);
    painter.fillRect(
        QRectF(QPointF(*pressed_x_, area.top()), QPointF(*dragged_x_, area.bottom())).normalized(),
        shade);
  }
}

// "Latency   ▲ p99 1.24 s   ● p50 30 ms        after warm-up: timeout 12 034"
void TimeChart::draw_header(QPainter& painter) const {
  const Theme& theme = theme_for(palette());
  QFont bold = font();
  bold.setBold(true);
  painter.setFont(bold);
  const QFontMetrics metrics(font());
  const double baseline = 4 + metrics.ascent();
  double x = 8;
  painter.setPen(theme.text);
  painter.drawText(QPointF(x, baseline), qt(content_.title));
  const bool wide = width() > 500;
  x = std::max(x + QFontMetrics(bold).horizontalAdvance(qt(content_.title)) + 14, wide ? 96.0 : 0);
  painter.setFont(font());
  double wanted = x;  // names only where all of them have room
  for (const Curve& curve : content_.curves) {
    if (!curve.ghost) wanted += metrics.horizontalAdvance(qt(curve.name) + " 00.0 ms") + 46;
  }
  const bool names = wanted < width();
  for (const Curve& curve : content_.curves) {
    if (curve.ghost) continue;
    const Stroke stroke = stroke_of(curve.meaning, theme);
    const double middle = baseline - metrics.ascent() / 2.0 + 1;
    QPen pen = stroke.pen;
    pen.setWidthF(2);
    painter.setPen(pen);
    const double stretch = names ? 22 : 12;
    painter.drawLine(QPointF(x, middle), QPointF(x + stretch, middle));
    draw_marker(painter, stroke.marker, {x + stretch / 2, middle}, stroke.pen.color());
    x += stretch + (names ? 6 : 3);
    const QString name = names ? qt(curve.name) + ' ' : QString();
    QString value = qt(value_text(value_at(curve, time_.cursor()), curve.unit));
    if (time_.mark() && *time_.mark() != time_.cursor()) {
      const double change = value_at(curve, time_.cursor()) - value_at(curve, *time_.mark());
      const QString sign = change < 0 ? "−" : "+";
      if (std::isfinite(change)) {
        value += " (" + sign + qt(value_text(std::abs(change), curve.unit)) + ")";
      }
    }
    painter.setPen(theme.faint);
    painter.drawText(QPointF(x, baseline), name);
    x += metrics.horizontalAdvance(name);
    painter.setPen(theme.text);
    painter.drawText(QPointF(x, baseline), value);
    // Room for the longest usual value, so that nothing jumps about while the clock runs.
    x += wide && names
             ? std::max(metrics.horizontalAdvance(value), metrics.horizontalAdvance("00.0 ms")) + 18
             : metrics.horizontalAdvance(value) + (names ? 10 : 6);
  }
  const double room = viewport()->width() - x - 10;
  if (content_.aside.empty() || room < 80) return;
  painter.setPen(theme.faint);
  const QString aside =
      metrics.elidedText(qt(content_.aside), Qt::ElideRight, static_cast<int>(room));
  painter.drawText(QRectF(x, 4, room, metrics.height()), Qt::AlignRight | Qt::AlignTop, aside);
}

}  // namespace faultline::gui
