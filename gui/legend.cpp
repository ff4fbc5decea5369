#include "gui/legend.hpp"

#include <QPainter>
#include <algorithm>

#include "gui/theme.hpp"

namespace faultline::gui {

Legend::Legend(QWidget* parent) : QWidget(parent) {
  setFixedHeight(fontMetrics().height() + 8);
}

void Legend::show_curves(const std::vector<Curve>& curves) {
  names_.clear();
  QStringList all;
  for (const Curve& curve : curves) {
    names_.emplace_back(QString::fromStdString(curve.name), curve.meaning);
    all.append(names_.back().first);
  }
  setAccessibleName(all.join(", "));
  update();
}

void Legend::paintEvent(QPaintEvent*) {
  const Theme& theme = theme_for(palette());
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), theme.surface);
  const QFontMetrics metrics(font());
  constexpr double kShort = 60;  // pixels: not shortened
  double wanted = 0, kept = 0;
  const auto advance = [&](const QString& name) { return metrics.horizontalAdvance(name) + 4.0; };
  for (const auto& [name, meaning] : names_) {
    (advance(name) <= kShort ? kept : wanted) += advance(name);
  }
  // Where there is no room for all, each is shortened.
  const double strokes = 8 + 37.0 * static_cast<double>(names_.size());
  const double share = std::min(1.0, (width() - strokes - kept) / std::max(1.0, wanted));
  double x = 8;
  const double middle = height() / 2.0;
  for (const auto& [name, meaning] : names_) {
    const Stroke stroke = stroke_of(meaning, theme);
    QPen pen = stroke.pen;
    pen.setWidthF(2);
    painter.setPen(pen);
    painter.drawLine(QPointF(x, middle), QPointF(x + 20, middle));
    draw_marker(painter, stroke.marker, {x + 10, middle}, stroke.pen.color());
    const double room = advance(name) * (advance(name) <= kShort ? 1 : share);
    painter.setPen(theme.text);
    painter.drawText(QRectF(x + 25, 0, room, height()), Qt::AlignVCenter | Qt::AlignLeft,
                     metrics.elidedText(name, Qt::ElideRight, static_cast<int>(room)));
    x += 37 + room;
  }
}

}  // namespace faultline::gui
