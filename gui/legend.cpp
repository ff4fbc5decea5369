#include "gui/legend.hpp"

#include <QEvent>
#include <QPainter>
#include <algorithm>

#include "gui/theme.hpp"

namespace faultline::gui {
namespace {

constexpr double kStroke = 25;  // pixels: the sample of a curve before its name

}  // namespace

Legend::Legend(QWidget* parent) : QWidget(parent) {
  fit_height();
}

std::vector<QRectF> Legend::places() const {
  constexpr double kBegin = 8, kBetween = 12;
  const QFontMetrics metrics(font());
  const double high = metrics.height() + 2;
  std::vector<QRectF> all;
  double x = kBegin, y = 3;
  for (const auto& [name, meaning] : names_) {
    const double wide =
        std::min(kStroke + metrics.horizontalAdvance(name) + 4.0, width() - 2 * kBegin);
    if (x > kBegin && x + wide > width()) {
      x = kBegin;
      y += high;
    }
    all.emplace_back(x, y, wide, high);
    x += wide + kBetween;
  }
  return all;
}

void Legend::fit_height() {
  const auto all = places();
  setFixedHeight(
      static_cast<int>(all.empty() ? fontMetrics().height() + 8.0 : all.back().bottom() + 3));
}

void Legend::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  fit_height();
}

void Legend::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::FontChange) fit_height();
}

void Legend::show_curves(const std::vector<Curve>& curves) {
  names_.clear();
  QStringList all;
  for (const Curve& curve : curves) {
    names_.emplace_back(QString::fromStdString(curve.name), curve.meaning);
    all.append(names_.back().first);
  }
  setAccessibleName(all.join(", "));
  fit_height();
  update();
}

void Legend::paintEvent(QPaintEvent*) {
  const Theme& theme = theme_for(palette());
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), theme.surface);
  const QFontMetricsF metrics(font());
  const auto all = places();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& [name, meaning] = names_[i];
    const Stroke stroke = stroke_of(meaning, theme);
    const QPointF begin(all[i].left(), all[i].center().y());
    QPen pen = stroke.pen;
    pen.setWidthF(2);
    painter.setPen(pen);
    painter.drawLine(begin, begin + QPointF(20, 0));
    draw_marker(painter, stroke.marker, begin + QPointF(10, 0), stroke.pen.color());
    const QRectF text = all[i].adjusted(kStroke, 0, 0, 0);
    painter.setPen(theme.text);
    painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft,
                     metrics.elidedText(name, Qt::ElideRight, text.width()));
  }
}

}  // namespace faultline::gui
