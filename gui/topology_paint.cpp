// How the topology is painted. Colour is never alone: a bar has its number, an open breaker its
// word, what broke its rank.

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <tuple>

#include "gui/qt_text.hpp"
#include "gui/theme.hpp"
#include "gui/time_axis.hpp"
#include "gui/topology_view.hpp"
#include "gui/words.hpp"

namespace faultline::gui {
namespace {

constexpr double kWorthTelling = 0.005;  // failures

template <class T>
const T* named(const std::vector<Named<T>>& all, const std::string& name) {
  for (const auto& one : all) {
    if (one.name == name) return &one.value;
  }
  return nullptr;
}

bool fails(double share) {
  return !std::isnan(share) && share >= kWorthTelling;
}

// "3 %" rather than "3.21 %": it changes all the time.
QString percent(double share) {
  return QString::number(std::lround(share * 100)) + " %";
}

constexpr double kSmallest = 0.8;  // of a font

// The font, smaller where that makes the text fit, but not beyond what can be read.
QFont fitting(QFont font, const QString& text, double room) {
  const double wide = QFontMetricsF(font).horizontalAdvance(text);
  constexpr double kHinting = 0.96;  // letters don't shrink evenly
  if (wide > room)
    font.setPointSizeF(font.pointSizeF() * std::max(kSmallest, kHinting * room / wide));
  return font;
}

// In lines of whole words, each no longer than the room there is.
QStringList wrapped(const QString& text, const QFontMetricsF& metrics, double room) {
  QStringList lines;
  for (const QString& word : text.split(' ')) {
    const QString longer = lines.isEmpty() ? word : lines.back() + ' ' + word;
    if (lines.isEmpty() || (lines.back() != "◆" && metrics.horizontalAdvance(longer) > room)) {
      lines.append(word);
    } else {
      lines.back() = longer;
    }
  }
  return lines;
}

}  // namespace

struct TopologyView::Look {
  QString first, second;  // under the name
  double bar = kUnknown;
  bool second_is_bad = false, alarmed = false, faulty = false;
};

TopologyView::Look TopologyView::look_of(std::size_t index) const {
  const TopologyBox& box = topology_.boxes[index];
  const double t = time_.cursor();
  Look look;
  look.faulty = !faults_at(*result_, box.name, t).empty();
  if (box.client) {
    const auto* series = named(result_->client_series, box.name);
    if (series == nullptr) return look;
    const ClientState s = state_of(*series, result_->step_s, t);
    look.first = qt(value_text(s.rate, Unit::PerSecond));
    if (fails(s.failed_share)) look.second = tr("%1 fail").arg(percent(s.failed_share));
    look.second_is_bad = true;
    look.alarmed = !std::isnan(s.failed_share) && s.failed_share > 0.05;
    return look;
  }
  const auto* series = named(result_->service_series, box.name);
  if (series == nullptr) return look;
  const ServiceState s = state_of(*series, result_->step_s, t);
  look.bar = s.utilization;
  look.first = "×" + qt(value_text(std::round(s.instances), Unit::Count));
  if (!std::isnan(s.utilization)) look.first += " · " + tr("%1 busy").arg(percent(s.utilization));
  if (s.queue >= 0.5) {
    look.second = tr("queue %1").arg(qt(grouped(static_cast<std::uint64_t>(s.queue + 0.5))));
  }
  look.second_is_bad = s.queue > 5 && s.utilization >= 0.95;
  look.alarmed = s.utilization >= 0.95 || s.instances < 0.5;
  return look;
}

QFont TopologyView::small_font() const {
  QFont small = font();
  small.setPointSizeF(small.pointSizeF() * 0.88);
  return small;
}

QPainterPath TopologyView::path_of(const TopologyLine& line) const {
  QPainterPath path;
  const auto from = rect_of(line.boxes.front());
  QPointF at(from.right(), from.center().y());
  path.moveTo(at);
  for (std::size_t i = 1; i < line.boxes.size(); ++i) {
    const QRectF next = rect_of(line.boxes[i]);
    const bool last = i + 1 == line.boxes.size();
    const bool back = next.left() < at.x();
    const QPointF to(last && back ? next.right() : next.left(), next.center().y());
    const double bend = back ? -60 : (to.x() - at.x()) / 2;
    path.cubicTo(at + QPointF(std::abs(bend), 0), to - QPointF(bend, 0), to);
    at = to;
    if (!last) path.lineTo(at = QPointF(next.right(), next.center().y()));
  }
  return path;
}

void TopologyView::draw_line(QPainter& painter, const TopologyLine& line) const {
  const Theme& theme = theme_for(palette());
  const auto* series = named(result_->edge_series, line.name);
  const LineState s =
      series == nullptr ? LineState{} : state_of(*series, result_->step_s, time_.cursor());
  const bool bad = fails(s.failed_share) && s.failed_share > 0.05;
  const bool cut = !faults_at(*result_, line.name, time_.cursor()).empty();
  QColor colour = bad || cut ? theme.bad : theme.faint;
  const double wide = s.rate > 0 ? std::clamp(0.8 * std::log10(1 + s.rate), 0.8, 4.0) : 0.8;
  QPen pen(colour, wide, cut ? Qt::DotLine : bad ? Qt::DashLine : Qt::SolidLine, Qt::FlatCap);
  painter.setPen(pen);
  painter.setBrush(Qt::NoBrush);
  const QPainterPath path = path_of(line);
  painter.drawPath(path);
  const QPointF tip = path.pointAtPercent(1);
  const double way = path.currentPosition().x() < path.pointAtPercent(0.98).x() ? -1 : 1;
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  const double size = 4 + wide;
  painter.drawPolygon(QPolygonF({tip, tip + QPointF(-way * size * 1.3, -size * 0.7),
                                 tip + QPointF(-way * size * 1.3, size * 0.7)}));
}

void TopologyView::draw_label(QPainter& painter, const TopologyLine& line) const {
  const Theme& theme = theme_for(palette());
  const auto* series = named(result_->edge_series, line.name);
  if (series == nullptr) return;
  const LineState s = state_of(*series, result_->step_s, time_.cursor());
  std::vector<std::pair<QString, QColor>> texts;
  if (s.rate > 0) {
    texts.emplace_back(qt(value_text(std::round(s.rate), Unit::PerSecond)), theme.text);
  }
  if (fails(s.failed_share)) {
    texts.emplace_back(tr("%1 fail").arg(percent(s.failed_share)), theme.bad);
  }
  for (const Badge& badge : badges_at(*result_, line.name, time_.cursor())) {
    texts.emplace_back("◆ " + qt(badge.text), badge.alarming ? theme.bad : theme.text);
  }
  if (!faults_at(*result_, line.name, time_.cursor()).empty()) {
    texts.emplace_back(tr("▲ fault"), theme.bad);
  }
  if (texts.empty()) return;
  const QRectF from = rect_of(line.boxes.front());
  const QRectF next = rect_of(line.boxes[1]);
  // In the gap behind the caller, where its lines have already parted.
  const double gap = next.left() - from.right();
  std::vector<std::tuple<QString, QColor, QFont>> lines;
  double high = 0;
  for (const auto& [text, colour] : texts) {
    const QFont font = fitting(painter.font(), text, gap - 8);
    const QFontMetricsF metrics(font);
    for (const QString& one : gap > 0 ? wrapped(text, metrics, gap - 8) : QStringList(text)) {
      lines.emplace_back(one, colour, font);
      high += metrics.height();
    }
  }
  // Near the end where it is alone: behind a caller of many, before a callee of many.
  int out = 0, in = 0;
  for (const TopologyLine& other : topology_.lines) {
    out += other.boxes.front() == line.boxes.front() ? 1 : 0;
    in += other.boxes.back() == line.boxes.back() ? 1 : 0;
  }
  const double share = line.boxes.size() > 2 ? 0.9 : out > 1 ? 0.75 : in > 1 ? 0.22 : 0.5;
  const double y = from.center().y() + (next.center().y() - from.center().y()) * share;
  const double middle = from.right() + gap * 0.52;
  double top = std::clamp(y - high / 2, 0.0, std::max(0.0, height() - high));
  for (const auto& [text, colour, font] : lines) {
    const QFontMetricsF metrics(font);
    const double wide = metrics.horizontalAdvance(text) + 6;
    const QRectF place(middle - wide / 2, top, wide, metrics.height());
    QColor back = theme.surface;
    back.setAlpha(215);
    painter.fillRect(place, back);
    painter.setPen(colour);
    painter.setFont(font);
    painter.drawText(place, Qt::AlignCenter, text);
    top += metrics.height();
  }
}

void TopologyView::draw_box(QPainter& painter, std::size_t index) const {
  const Theme& theme = theme_for(palette());
  const TopologyBox& box = topology_.boxes[index];
  const Look look = look_of(index);
  const QRectF area = rect_of(index).adjusted(0.5, 0.5, -0.5, -0.5);
  const bool selected =
      subject_.name == box.name && (subject_.kind == Subject::Kind::Client) == box.client;
  painter.setPen(selected ? QPen(palette().color(QPalette::Highlight), 2.4)
                          : QPen(look.alarmed ? theme.bad : theme.faint, 1.2));
  painter.setBrush(look.alarmed ? theme.bad_back : box.client ? theme.warmup : theme.surface);
  const double round = box.client ? std::min(14.0, area.height() / 2) : 4;
  painter.drawRoundedRect(area, round, round);

  const QRectF inner = area.adjusted(box.client ? 10 : 7, 3, -6, -3);
  QFont bold = font();
  bold.setBold(true);
  const QFontMetrics large(bold);
  const QFont small = small_font();
  const QFontMetrics little(small);
  const int rank = rank_of(box.name);
  const double badge = rank > 0 ? large.height() : 0;
  const bool one_line = inner.height() < large.height() + little.height();
  const double name_high = one_line ? inner.height() : large.height();
  painter.setPen(theme.text);
  const QString name = (look.faulty ? "▲ " : "") + qt(box.name);
  const double room = inner.width() - badge - (one_line ? 34 : 0);
  painter.setFont(fitting(bold, name, room));
  painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), name_high),
                   Qt::AlignLeft | Qt::AlignVCenter,
                   QFontMetricsF(painter.font()).elidedText(name, Qt::ElideRight, room));
  if (rank > 0) {
    const QRectF disc(inner.right() - badge + 2, inner.top() + (name_high - badge) / 2 + 1,
                      badge - 2, badge - 2);
    painter.setFont(bold);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.bad);
    painter.drawEllipse(disc);
    painter.setPen(theme.dark ? QColor(Qt::black) : QColor(Qt::white));
    painter.drawText(disc, Qt::AlignCenter, QString::number(rank));
  }
  const bool bar = !std::isnan(look.bar) && !one_line;
  double y = inner.top() + name_high;
  const double end = inner.bottom() - (bar ? 6 : 0);
  const auto line = [&](const QString& text, const QColor& colour) {
    if (text.isEmpty() || y + little.height() > end + 2) return;
    painter.setPen(colour);
    painter.setFont(fitting(small, text, inner.width()));
    painter.drawText(QRectF(inner.left(), y, inner.width(), little.height()),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetricsF(painter.font()).elidedText(text, Qt::ElideRight, inner.width()));
    y += little.height();
  };
  if (one_line) {
    painter.setFont(small);
    painter.setPen(look.alarmed ? theme.bad : theme.faint);
    const QString text = std::isnan(look.bar) ? look.first : percent(look.bar);
    painter.drawText(inner.adjusted(0, 0, -badge, 0), Qt::AlignRight | Qt::AlignVCenter, text);
    return;
  }
  line(look.first, theme.text);
  line(look.second, look.second_is_bad ? theme.bad : theme.text);
  if (!bar) return;
  const QRectF track(inner.left(), inner.bottom() - 4, inner.width(), 4);
  painter.fillRect(track, theme.grid);
  const double full = std::clamp(look.bar, 0.0, 1.0);
  painter.fillRect(QRectF(track.topLeft(), QSizeF(track.width() * full, 4)),
                   look.alarmed ? theme.bad : stroke_of(Meaning::Busy, theme).pen.color());
}

void TopologyView::paintEvent(QPaintEvent*) {
  const Theme& theme = theme_for(palette());
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), theme.surface);
  if (!result_) return;
  for (const TopologyLine& line : topology_.lines) draw_line(painter, line);
  for (std::size_t i = 0; i < topology_.boxes.size(); ++i) {
    if (!topology_.boxes[i].name.empty()) draw_box(painter, i);
  }
  for (const TopologyLine& line : topology_.lines) {
    painter.setFont(small_font());
    draw_label(painter, line);
  }
  if (!hasFocus() || !by_keyboard_) return;
  painter.setPen(QPen(palette().color(QPalette::Highlight), 1, Qt::DotLine));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}  // namespace faultline::gui
