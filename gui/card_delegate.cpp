#include "gui/card_delegate.hpp"

#include <QApplication>
#include <QPainter>
#include <QPainterPath>
#include <QTextLayout>
#include <algorithm>
#include <cmath>

#include "gui/theme.hpp"

namespace faultline::gui {
namespace {

constexpr int kThumbnail = 84;

void draw_topology(QPainter& painter, const Topology& topology, const QRectF& area,
                   const Theme& theme) {
  if (topology.layers == 0) return;
  const double column = area.width() / static_cast<double>(topology.layers);
  const double row = area.height() / topology.fullest;
  const double wide = std::min(30.0, column * 0.5), high = std::clamp(row * 0.6, 3.0, 16.0);
  const auto centre = [&](std::size_t i) {
    const TopologyBox& box = topology.boxes[i];
    return QPointF(area.left() + (static_cast<double>(box.layer) + 0.5) * column,
                   area.top() + box.centre.y() * area.height());
  };
  painter.setPen(QPen(theme.faint, 1));
  painter.setBrush(Qt::NoBrush);
  for (const TopologyLine& line : topology.lines) {
    for (std::size_t i = 0; i + 1 < line.boxes.size(); ++i) {
      const QPointF from = centre(line.boxes[i]), to = centre(line.boxes[i + 1]);
      QPainterPath path(from);
      const QPointF bend((to.x() - from.x()) / 2, 0);
      path.cubicTo(from + bend, to - bend, to);
      painter.drawPath(path);
    }
  }
  const QColor client = stroke_of(Meaning::Typical, theme).pen.color();
  const QColor service = stroke_of(Meaning::Busy, theme).pen.color();
  for (std::size_t i = 0; i < topology.boxes.size(); ++i) {
    if (topology.boxes[i].name.empty()) continue;
    const QRectF box(centre(i) - QPointF(wide / 2, high / 2), QSizeF(wide, high));
    painter.setPen(QPen(topology.boxes[i].client ? client : service, 1.4));
    painter.setBrush(theme.surface);
    const double round = topology.boxes[i].client ? high / 2 : 2;
    painter.drawRoundedRect(box, round, round);
  }
}

// Wrapped to so many lines; the last ends in an ellipsis where that isn't all.
void draw_shortened(QPainter& painter, const QRectF& area, const QString& text, int lines) {
  QTextLayout layout(text, painter.font());
  const QFontMetricsF metrics(painter.font());
  layout.beginLayout();
  for (int i = 0; i < lines; ++i) {
    QTextLine line = layout.createLine();
    if (!line.isValid()) break;
    line.setLineWidth(area.width());
    QString words = text.mid(line.textStart(), line.textLength());
    if (i == lines - 1)
      words = metrics.elidedText(text.mid(line.textStart()), Qt::ElideRight, area.width());
    const double y = area.top() + i * metrics.lineSpacing() + metrics.ascent();
    painter.drawText(QPointF(area.left(), y), words.trimmed());
  }
  layout.endLayout();
}

}  // namespace

QSize CardDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
  return {width_, kThumbnail + 6 * option.fontMetrics.lineSpacing() + 36};
}

void CardDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
  const auto card = index.data(kCardRole).value<ScenarioCard>();
  // Not the view's own palette, whose window colour is see-through.
  const Theme& theme = theme_for(QApplication::palette());
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  const QRectF area = QRectF(option.rect).adjusted(5.5, 5.5, -5.5, -5.5);
  const bool chosen = (option.state & QStyle::State_Selected) != 0;
  const bool hovered = (option.state & QStyle::State_MouseOver) != 0;
  const QColor highlight = option.palette.color(QPalette::Highlight);
  painter->setPen(chosen || hovered ? QPen(highlight, chosen ? 2 : 1.2) : QPen(theme.grid, 1));
  painter->setBrush(theme.surface);
  painter->drawRoundedRect(area, 6, 6);
  QPainterPath head;
  head.addRoundedRect(area.adjusted(1, 1, -1, 0), 5, 5);
  painter->save();
  painter->setClipPath(head);
  const QRectF picture(area.left(), area.top(), area.width(), kThumbnail);
  painter->fillRect(picture.adjusted(1, 1, -1, 0), theme.warmup);
  painter->restore();
  draw_topology(*painter, card.topology, picture.adjusted(8, 8, -8, -8), theme);

  QRectF text = area.adjusted(10, kThumbnail + 6, -10, -6);
  QFont bold = option.font;
  bold.setBold(true);
  painter->setFont(bold);
  painter->setPen(theme.text);
  const QFontMetricsF large(bold);
  const bool long_title = large.horizontalAdvance(card.title) > text.width();
  QRectF head_line = text;
  head_line.setHeight(large.lineSpacing() * (long_title ? 2 : 1));
  draw_shortened(*painter, head_line, card.title, long_title ? 2 : 1);
  text.setTop(head_line.bottom() + 2);
  painter->setFont(option.font);
  painter->setPen(theme.faint);
  QStringList inside;
  if (!card.shelf.isEmpty()) inside.append(card.shelf);
  if (card.faults > 0) {
    inside.append(card.faults == 1 ? tr("1 fault") : tr("%1 faults").arg(card.faults));
  }
  if (card.variants > 0) {
    inside.append(card.variants == 1 ? tr("1 variant") : tr("%1 variants").arg(card.variants));
  }
  QRectF foot = text;
  foot.setTop(text.bottom() - option.fontMetrics.lineSpacing());
  painter->drawText(foot, Qt::AlignLeft | Qt::AlignVCenter, inside.join(" · "));
  painter->setPen(theme.text);
  text.setBottom(foot.top() - 2);
  const double lines = std::floor(text.height() / option.fontMetrics.lineSpacing());
  text.setHeight(lines * option.fontMetrics.lineSpacing());
  draw_shortened(*painter, text, card.line, static_cast<int>(lines));
  painter->restore();
}

}  // namespace faultline::gui
