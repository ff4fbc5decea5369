#include "gui/time_chart.hpp"

#include <QGraphicsLayout>
#include <QLineSeries>
#include <QMouseEvent>
#include <QTimer>
#include <QValueAxis>
#include <algorithm>
#include <cmath>

#include "gui/time_axis.hpp"
#include "gui/words.hpp"

namespace faultline::gui {

TimeChart::TimeChart(TimeAxis& time, QWidget* parent)
    : QChartView(parent),
      time_(time),
      time_values_(new QValueAxis),
      left_values_(new QValueAxis),
      right_values_(new QValueAxis) {
  setFrameShape(QFrame::NoFrame);
  setMinimumSize(200, 64);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setRenderHint(QPainter::Antialiasing);
  setViewportUpdateMode(QGraphicsView::NoViewportUpdate);  // it is painted from a picture
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Chart"));
  chart()->setBackgroundVisible(false);
  chart()->setMargins({});
  chart()->layout()->setContentsMargins(0, 0, 0, 0);
  chart()->setAnimationOptions(QChart::NoAnimation);
  chart()->legend()->hide();
  // Grid and labels are drawn here: they must line up in a stack, and read as m:ss.
  const auto add = [this](QValueAxis* axis, Qt::Alignment where) {
    axis->setVisible(false);
    chart()->addAxis(axis, where);
  };
  add(time_values_, Qt::AlignBottom);
  add(left_values_, Qt::AlignLeft);
  add(right_values_, Qt::AlignRight);
  connect(&time_, &TimeAxis::range_changed, this, &TimeChart::rebuild);
  connect(&time_, &TimeAxis::cursor_changed, viewport(), qOverload<>(&QWidget::update));
  connect(scene(), &QGraphicsScene::changed, this, [this] { repaint_soon(); });
}

void TimeChart::set_content(ChartContent content) {
  content_ = std::move(content);
  rebuild();
  describe_for_screen_readers();
}

void TimeChart::show_time_labels(bool show) {
  time_labels_ = show;
  rebuild();
}

void TimeChart::reserve_right_axis(bool reserve) {
  right_axis_ = reserve;
  rebuild();
}

int TimeChart::left_of(const QFontMetrics& metrics) {
  return std::max(58, metrics.horizontalAdvance("100 ms") + 12);
}

int TimeChart::right_of(const QFontMetrics& metrics, bool with_axis) {
  return with_axis ? std::max(46, metrics.horizontalAdvance("500/s") + 12) : 14;
}

QRectF TimeChart::plot() const {
  const QFontMetrics metrics(font());
  const double top = std::max(24, metrics.height() + 9);
  const double bottom =
      time_labels_ ? std::max(22, metrics.height() + 7) : std::max(6, metrics.height() / 2);
  const double left = left_of(metrics), right = right_of(metrics, right_axis_);
  return {left, top, std::max(10.0, width() - left - right),
          std::max(10.0, height() - top - bottom)};
}

double TimeChart::x_of(double t) const {
  const QRectF area = plot();
  return area.left() + (t - time_.from()) / (time_.to() - time_.from()) * area.width();
}

double TimeChart::time_at(double x) const {
  const QRectF area = plot();
  return time_.from() + (x - area.left()) / area.width() * (time_.to() - time_.from());
}

double TimeChart::Scale::place(double value) const {
  return logarithmic ? std::log10(std::max(value, low)) : value;
}

double TimeChart::y_of(double value, const Scale& scale) const {
  const QRectF area = plot();
  const double low = scale.place(scale.low), high = scale.place(scale.high);
  return area.bottom() - (scale.place(value) - low) / (high - low) * area.height();
}

TimeChart::Scale TimeChart::scale_of(bool right) const {
  Scale scale;
  std::optional<Extent> all;
  for (const Curve& curve : content_.curves) {
    if (curve.right_axis != right) continue;
    scale.unit = curve.unit;
    scale.used = true;
    const auto seen = extent(curve, time_.from(), time_.to());
    if (!seen) continue;
    if (!all) all = seen;
    all = Extent{std::min(all->low, seen->low), std::max(all->high, seen->high)};
  }
  if (!all) return scale;
  if (content_.logarithmic && !right) {
    scale.logarithmic = true;
    scale.low = std::pow(10, std::floor(std::log10(all->low)));
    scale.high = std::max(nice_top(all->high), scale.low * 10);
    return scale;
  }
  const double least = right ? 0 : content_.left_top.value_or(0);
  scale.high = all->high > least ? nice_top(all->high) : least;
  scale.low = all->low < 0 ? -nice_top(-all->low) : 0;
  if (scale.high <= scale.low) scale.high = scale.low + 1;
  return scale;
}

void TimeChart::rebuild() {
  chart()->removeAllSeries();
  left_ = scale_of(false);
  right_ = scale_of(true);
  time_values_->setRange(time_.from(), time_.to());
  left_values_->setRange(left_.place(left_.low), left_.place(left_.high));
  right_values_->setRange(right_.place(right_.low), right_.place(right_.high));
  // What is drawn first is behind the others.
  for (const bool ghosts : {true, false}) {
    for (const Curve& curve : content_.curves)
      if (curve.ghost == ghosts) add_curve(curve);
  }
  chart()->setPlotArea(plot());
  repaint_soon();
}

// In the next turn of the event loop, so that a run that is shown and all that is painted of it
// don't make one long turn.
void TimeChart::repaint_soon() {
  picture_ = {};
  QTimer::singleShot(0, viewport(), qOverload<>(&QWidget::update));
}

void TimeChart::add_curve(const Curve& curve) {
  const Stroke stroke = stroke_of(curve.meaning, theme_for(palette()));
  const Scale& scale = curve.right_axis ? right_ : left_;
  const int pixels = static_cast<int>(plot().width());
  for (const auto& piece : pieces(curve, time_.from(), time_.to(), pixels)) {
    QList<QPointF> points;
    points.reserve(static_cast<qsizetype>(piece.size()));
    for (const Sample& sample : piece) points.append({sample.t, scale.place(sample.y)});
    auto* series = new QLineSeries;
    series->setName(QString::fromStdString(curve.name));
    series->setPen(curve.ghost ? QPen(theme_for(palette()).faint, 1.2) : stroke.pen);
    series->replace(points);
    chart()->addSeries(series);
    series->attachAxis(time_values_);
    series->attachAxis(curve.right_axis ? right_values_ : left_values_);
  }
}

void TimeChart::describe_for_screen_readers() {
  QString text;
  for (const Curve& curve : content_.curves) {
    const auto found = extent(curve, 0, time_.duration());
    if (!found) continue;
    text += QString::fromStdString(curve.name + " between " + value_text(found->low, curve.unit) +
                                   " and " + value_text(found->high, curve.unit) + ". ");
  }
  setAccessibleName(content_.title.empty() ? tr("Chart") : QString::fromStdString(content_.title));
  setAccessibleDescription(text.trimmed());
}

void TimeChart::resizeEvent(QResizeEvent* event) {
  QChartView::resizeEvent(event);
  rebuild();
}

void TimeChart::changeEvent(QEvent* event) {
  QChartView::changeEvent(event);
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) rebuild();
}

// QChartView's own handlers are not called: they fall over clicks beside the plot (Qt 6.4).
void TimeChart::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return event->ignore();
  pressed_x_ = event->position().x();
  dragged_x_.reset();
}

void TimeChart::mouseMoveEvent(QMouseEvent* event) {
  if (!pressed_x_) return event->ignore();
  const double x = event->position().x();
  if (!dragged_x_ && std::abs(x - *pressed_x_) < 5) return;
  dragged_x_ = std::clamp(x, plot().left(), plot().right());
  viewport()->update();
}

void TimeChart::mouseReleaseEvent(QMouseEvent* event) {
  if (!pressed_x_) return event->ignore();
  const double pressed = *pressed_x_;
  const auto dragged = dragged_x_;
  pressed_x_.reset();
  dragged_x_.reset();
  const double t = time_at(pressed);
  if (dragged) {
    const double other = time_at(*dragged);
    time_.zoom_to(t, other);
    Q_EMIT this->dragged(std::min(t, other), std::max(t, other));
  } else {
    time_.set_cursor(t);
    Q_EMIT clicked(std::clamp(t, 0.0, time_.duration()));
  }
  viewport()->update();
}

void TimeChart::contextMenuEvent(QContextMenuEvent* event) {
  const bool keyboard = event->reason() == QContextMenuEvent::Keyboard;
  const QPoint where = keyboard ? mapToGlobal(rect().center()) : event->globalPos();
  const double t = keyboard ? time_.cursor() : time_at(event->pos().x());
  Q_EMIT asked_for_menu(where, std::clamp(t, 0.0, time_.duration()));
}

void TimeChart::show_window(std::optional<std::pair<double, double>> window) {
  window_ = window;
  viewport()->update();
}

void TimeChart::mouseDoubleClickEvent(QMouseEvent*) {
  time_.zoom_back();
}

void TimeChart::wheelEvent(QWheelEvent* event) {
  const double turns = (event->angleDelta().y() + event->angleDelta().x()) / 120.0;
  if (event->modifiers() & Qt::ShiftModifier) {
    time_.pan_by(-turns * (time_.to() - time_.from()) / 10);
  } else {
    time_.zoom_by(std::pow(0.8, turns), time_at(event->position().x()));
  }
  event->accept();
}

}  // namespace faultline::gui
