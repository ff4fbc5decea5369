// The picture of a sweep. One hue from light to dark, so that it reads without colours; each cell
// has its number where there is room.

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/qt_text.hpp"
#include "gui/sweep_page.hpp"
#include "gui/theme.hpp"
#include "gui/words.hpp"
#include "lab/evidence/judge.hpp"

namespace faultline::gui {
namespace {

QColor between(const QColor& a, const QColor& b, double share) {
  const auto mix = [&](double x, double y) { return static_cast<int>(x + (y - x) * share); };
  return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

}  // namespace

SweepPlot::SweepPlot(QWidget* parent) : QWidget(parent) {
  setMinimumSize(300, 220);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Results of the sweep"));
}

void SweepPlot::show_data(const SweepData* results, std::size_t metric, std::size_t x,
                          std::size_t y) {
  data_ = results;
  metric_ = metric;
  x_ = x;
  y_ = y;
  xs_ = results->values_of(x);
  ys_ = is_line() ? std::vector<std::string>{""} : results->values_of(y);
  column_ = row_ = 0;
  low_ = INFINITY;
  high_ = -INFINITY;
  for (int c = 0; c < columns(); ++c) {
    for (int r = 0; r < rows(); ++r) {
      const Estimate e = estimate_at(c, r);
      if (!std::isfinite(e.mean)) continue;
      low_ = std::min(low_, is_line() ? e.low() : e.mean);
      high_ = std::max(high_, is_line() ? e.high() : e.mean);
    }
  }
  if (!(low_ <= high_)) low_ = 0, high_ = 1;
  if (low_ == high_) low_ -= std::abs(low_) * 0.05 + 0.01, high_ += std::abs(high_) * 0.05 + 0.01;
  setAccessibleDescription(tr("%1 by %2, from %3 to %4")
                               .arg(qt(metric_words(results->metrics[metric])),
                                    qt(results->axes[x]),
                                    qt(format_value(low_, unit_of(results->metrics[metric]))),
                                    qt(format_value(high_, unit_of(results->metrics[metric])))));
  update();
}

std::map<std::size_t, std::string> SweepPlot::where(int column, int row) const {
  std::map<std::size_t, std::string> place{{x_, xs_[static_cast<std::size_t>(column)]}};
  if (!is_line()) place[y_] = ys_[static_cast<std::size_t>(row)];
  return place;
}

Estimate SweepPlot::estimate_at(int column, int row) const {
  return data_->at(metric_, where(column, row));
}

QRectF SweepPlot::area() const {
  const QFontMetrics metrics(font());
  int label = metrics.horizontalAdvance("00.0 ms");
  for (const std::string& y : ys_) label = std::max(label, metrics.horizontalAdvance(qt(y)));
  const double left = std::min(label + 26, width() / 3);
  const double top = metrics.height() + 14, bottom = 2 * metrics.height() + 14;
  return {left, top, std::max(10.0, width() - left - 20), std::max(10.0, height() - top - bottom)};
}

QRectF SweepPlot::cell(int column, int row) const {
  const QRectF all = area();
  const double wide = all.width() / std::max(1, columns());
  const double high = all.height() / std::max(1, rows());
  // The greatest value of y is at the top, as on any chart.
  return {all.left() + column * wide, all.bottom() - (row + 1) * high, wide, high};
}

double SweepPlot::y_of(double value) const {
  const QRectF all = area();
  return all.bottom() - (value - low_) / (high_ - low_) * all.height();
}

std::pair<int, int> SweepPlot::cell_at(QPointF point) const {
  for (int c = 0; c < columns(); ++c) {
    for (int r = 0; r < rows(); ++r) {
      if (cell(c, r).contains(point)) return {c, r};
    }
  }
  return {-1, -1};
}

QString SweepPlot::text_at(int column, int row) const {
  const Estimate e = estimate_at(column, row);
  if (std::isnan(e.mean)) return tr("not run");
  const std::string unit(unit_of(data_->metrics[metric_]));
  QString text = qt(format_value(e.mean, unit));
  if (e.has_interval) text += " ± " + qt(format_value(e.half_width, unit));
  return text;
}

void SweepPlot::draw_map(QPainter& painter) const {
  const Theme& theme = theme_for(palette());
  const QColor dark = stroke_of(Meaning::Typical, theme).pen.color();
  const QColor light = between(theme.surface, dark, 0.08);
  const std::string unit(unit_of(data_->metrics[metric_]));
  const QFontMetrics metrics(painter.font());
  for (int c = 0; c < columns(); ++c) {
    for (int r = 0; r < rows(); ++r) {
      const QRectF box = cell(c, r).adjusted(1, 1, -1, -1);
      const Estimate e = estimate_at(c, r);
      if (std::isnan(e.mean)) {
        painter.fillRect(box, QBrush(theme.grid, Qt::BDiagPattern));
        continue;
      }
      const double share = std::clamp((e.mean - low_) / (high_ - low_), 0.0, 1.0);
      const QColor colour = between(light, dark, share);
      painter.fillRect(box, colour);
      const QString text = qt(format_value(e.mean, unit));
      if (metrics.horizontalAdvance(text) + 6 > box.width() || metrics.height() > box.height()) {
        continue;
      }
      painter.setPen(colour.lightness() > 130 ? QColor(0x14171a) : QColor(Qt::white));
      painter.drawText(box, Qt::AlignCenter, text);
    }
  }
}

void SweepPlot::draw_line(QPainter& painter) const {
  const Theme& theme = theme_for(palette());
  const std::string unit(unit_of(data_->metrics[metric_]));
  const QRectF all = area();
  for (const double value : value_ticks(low_, high_, 6)) {
    const double y = y_of(value);
    painter.setPen(theme.grid);
    painter.drawLine(QPointF(all.left(), y), QPointF(all.right(), y));
    painter.setPen(theme.faint);
    painter.drawText(QRectF(0, y - 10, all.left() - 8, 20), Qt::AlignRight | Qt::AlignVCenter,
                     qt(format_value(value, unit)));
  }
  const Stroke stroke = stroke_of(Meaning::Typical, theme);
  std::optional<QPointF> before;
  for (int c = 0; c < columns(); ++c) {
    const Estimate e = estimate_at(c, 0);
    if (!std::isfinite(e.mean)) {
      before.reset();
      continue;
    }
    const QPointF at(cell(c, 0).center().x(), y_of(e.mean));
    painter.setPen(stroke.pen);
    if (before) painter.drawLine(*before, at);
    if (e.has_interval) {
      painter.drawLine(QPointF(at.x(), y_of(e.low())), QPointF(at.x(), y_of(e.high())));
      for (const double end : {e.low(), e.high()}) {
        painter.drawLine(QPointF(at.x() - 5, y_of(end)), QPointF(at.x() + 5, y_of(end)));
      }
    }
    draw_marker(painter, stroke.marker, at, stroke.pen.color());
    before = at;
  }
}

void SweepPlot::draw_labels(QPainter& painter) const {
  const Theme& theme = theme_for(palette());
  const QRectF all = area();
  const QFontMetrics metrics(font());
  painter.setPen(theme.faint);
  double free_from = 0;
  for (int c = 0; c < columns(); ++c) {
    const QString text = qt(xs_[static_cast<std::size_t>(c)]);
    const double wide = metrics.horizontalAdvance(text);
    const double left = cell(c, 0).center().x() - wide / 2;
    if (left < free_from) continue;
    painter.drawText(QPointF(left, all.bottom() + metrics.ascent() + 5), text);
    free_from = left + wide + 8;
  }
  for (int r = 0; r < rows() && !is_line(); ++r) {
    const QRectF box = cell(0, r);
    if (box.height() < metrics.height() * 0.8) continue;
    painter.drawText(QRectF(0, box.top(), all.left() - 8, box.height()),
                     Qt::AlignRight | Qt::AlignVCenter, qt(ys_[static_cast<std::size_t>(r)]));
  }
  painter.setPen(theme.text);
  const double foot = all.bottom() + metrics.height() + 8;
  painter.drawText(QRectF(all.left(), foot, all.width(), metrics.height() + 4), Qt::AlignHCenter,
                   qt(data_->axes[x_]));
  if (!is_line()) painter.drawText(QPointF(8, metrics.ascent() + 4), qt(data_->axes[y_]));
}

void SweepPlot::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), theme_for(palette()).surface);
  if (data_ == nullptr) return;
  is_line() ? draw_line(painter) : draw_map(painter);
  draw_labels(painter);
  if (!hasFocus()) return;
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
  painter.drawRect(cell(column_, row_).adjusted(1, 1, -1, -1));
}

void SweepPlot::mousePressEvent(QMouseEvent* event) {
  if (data_ == nullptr) return;
  const auto [column, row] = cell_at(event->position());
  if (column >= 0) Q_EMIT chosen(column, row);
}

void SweepPlot::keyPressEvent(QKeyEvent* event) {
  if (data_ == nullptr) return QWidget::keyPressEvent(event);
  switch (event->key()) {
    case Qt::Key_Up:
      row_ = std::min(row_ + 1, rows() - 1);
      break;
    case Qt::Key_Down:
      row_ = std::max(row_ - 1, 0);
      break;
    case Qt::Key_Greater:
    case Qt::Key_Period:
      column_ = std::min(column_ + 1, columns() - 1);
      break;
    case Qt::Key_Less:
    case Qt::Key_Comma:
      column_ = std::max(column_ - 1, 0);
      break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      Q_EMIT chosen(column_, row_);
      break;
    default:
      return QWidget::keyPressEvent(event);
  }
  update();
}

bool SweepPlot::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip || data_ == nullptr) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const auto [column, row] = cell_at(help->pos());
  QString text;
  if (column >= 0) {
    for (const auto& [axis, value] : where(column, row)) {
      text += qt(data_->axes[axis] + " = " + value) + '\n';
    }
    text += text_at(column, row);
  }
  QToolTip::showText(help->globalPos(), text, this);
  return true;
}

}  // namespace faultline::gui
