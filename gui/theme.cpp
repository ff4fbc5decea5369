#include "gui/theme.hpp"

#include <QPainter>
#include <QPolygonF>
#include <QStyle>
#include <QStyleFactory>

namespace faultline::gui {
namespace {

const Theme kLight = {
    .surface = QColor(0xffffff),
    .text = QColor(0x1f2328),
    .faint = QColor(0x59636e),
    .grid = QColor(0xe4e7eb),
    .warmup = QColor(0xeceff2),
    .fault = QColor(213, 94, 0, 34),
    .veil = QColor(255, 255, 255, 190),
    .cursor = QColor(0x1f2328),
    .good = QColor(0x00704f),
    .bad = QColor(0xb34700),
    .unsure = QColor(0x59636e),
    .good_back = QColor(0xe0f3ec),
    .bad_back = QColor(0xfdebdd),
    .unsure_back = QColor(0xeceff2),
    .dark = false,
};

const Theme kDark = {
    .surface = QColor(0x1b1f24),
    .text = QColor(0xe6e9ec),
    .faint = QColor(0xa3adb8),
    .grid = QColor(0x30363d),
    .warmup = QColor(0x282e35),
    .fault = QColor(240, 136, 50, 48),
    .veil = QColor(27, 31, 36, 190),
    .cursor = QColor(0xf0f3f6),
    .good = QColor(0x3fc79a),
    .bad = QColor(0xff9a4d),
    .unsure = QColor(0xa3adb8),
    .good_back = QColor(0x173a2f),
    .bad_back = QColor(0x47280f),
    .unsure_back = QColor(0x282e35),
    .dark = true,
};

QPalette palette_of(const Theme& theme) {
  QPalette palette;
  const QColor window = theme.dark ? QColor(0x24292f) : QColor(0xf4f5f7);
  const QColor button = theme.dark ? QColor(0x30363d) : QColor(0xfafbfc);
  const QColor highlight = theme.dark ? QColor(0x3d8fc4) : QColor(0x0072b2);
  palette.setColor(QPalette::Window, window);
  palette.setColor(QPalette::WindowText, theme.text);
  palette.setColor(QPalette::Base, theme.surface);
  palette.setColor(QPalette::AlternateBase, theme.warmup);
  palette.setColor(QPalette::Text, theme.text);
  palette.setColor(QPalette::PlaceholderText, theme.faint);
  palette.setColor(QPalette::Button, button);
  palette.setColor(QPalette::ButtonText, theme.text);
  palette.setColor(QPalette::BrightText, theme.bad);
  palette.setColor(QPalette::ToolTipBase, theme.surface);
  palette.setColor(QPalette::ToolTipText, theme.text);
  palette.setColor(QPalette::Highlight, highlight);
  palette.setColor(QPalette::HighlightedText, Qt::white);
  palette.setColor(QPalette::Link, theme.dark ? QColor(0x56b4e9) : QColor(0x0072b2));
  palette.setColor(QPalette::Light, button.lighter(theme.dark ? 130 : 104));
  palette.setColor(QPalette::Mid, theme.dark ? QColor(0x3a424b) : QColor(0xc6ccd3));
  palette.setColor(QPalette::Dark, theme.dark ? QColor(0x14171a) : QColor(0x9aa3ad));
  const QColor disabled = theme.dark ? QColor(0x6e7781) : QColor(0x8c959f);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
    palette.setColor(QPalette::Disabled, role, disabled);
  }
  return palette;
}

bool is_dark(const QPalette& palette) {
  return palette.color(QPalette::Window).lightness() <
         palette.color(QPalette::WindowText).lightness();
}

}  // namespace

const Theme& theme_for(const QPalette& palette) {
  return is_dark(palette) ? kDark : kLight;
}

Stroke stroke_of(Meaning meaning, const Theme& theme) {
  const auto colour = [&](QRgb light, QRgb dark) { return QColor(theme.dark ? dark : light); };
  const auto stroke = [](const QColor& c, Qt::PenStyle style, Marker marker) {
    QPen pen(c, 1.8, style, Qt::FlatCap, Qt::BevelJoin);  // rounded bends cost time, unseen
    return Stroke{pen, marker};
  };
  const QColor blue = colour(0x0072b2, 0x56b4e9);
  const QColor vermillion = colour(0xd55e00, 0xf0803c);
  const QColor green = colour(0x009e73, 0x2fc295);
  const QColor orange = colour(0xb87a00, 0xf0b429);
  const QColor purple = colour(0xb0508a, 0xe08fbd);
  switch (meaning) {
    case Meaning::Tail:
      return stroke(vermillion, Qt::SolidLine, Marker::Triangle);
    case Meaning::Typical:
      return stroke(blue, Qt::SolidLine, Marker::Circle);
    case Meaning::Offered:
      return stroke(theme.faint, Qt::DashLine, Marker::None);
    case Meaning::Served:
      return stroke(blue, Qt::SolidLine, Marker::Circle);
    case Meaning::Failed:
      return stroke(vermillion, Qt::SolidLine, Marker::Triangle);
    case Meaning::Busy:
      return stroke(green, Qt::SolidLine, Marker::Square);
    case Meaning::Queue:
      return stroke(purple, Qt::SolidLine, Marker::Diamond);
    case Meaning::Left:
      return stroke(green, Qt::SolidLine, Marker::Square);
    case Meaning::Burn:
      return stroke(orange, Qt::DashLine, Marker::Diamond);
    case Meaning::One:
      return stroke(theme.text, Qt::SolidLine, Marker::None);
    case Meaning::Two:
      return stroke(blue, Qt::SolidLine, Marker::Circle);
    case Meaning::Three:
      return stroke(vermillion, Qt::SolidLine, Marker::Triangle);
    case Meaning::Four:
      return stroke(green, Qt::DashLine, Marker::Square);
    case Meaning::Five:
      return stroke(purple, Qt::DashDotLine, Marker::Diamond);
    case Meaning::Six:
      return stroke(orange, Qt::DotLine, Marker::Circle);
  }
  return {};
}

void draw_marker(QPainter& painter, Marker marker, QPointF c, const QColor& colour) {
  if (marker == Marker::None) return;
  constexpr double r = 3.2;
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  switch (marker) {
    case Marker::None:
      return;
    case Marker::Circle:
      painter.drawEllipse(c, r, r);
      return;
    case Marker::Square:
      painter.drawRect(QRectF(c.x() - r, c.y() - r, 2 * r, 2 * r));
      return;
    case Marker::Triangle:
      painter.drawPolygon(QPolygonF({c + QPointF(0, -r * 1.2), c + QPointF(r * 1.15, r * 0.9),
                                     c + QPointF(-r * 1.15, r * 0.9)}));
      return;
    case Marker::Diamond:
      painter.drawPolygon(QPolygonF({c + QPointF(0, -r * 1.35), c + QPointF(r * 1.35, 0),
                                     c + QPointF(0, r * 1.35), c + QPointF(-r * 1.35, 0)}));
      return;
  }
}

QPalette light_palette() {
  return palette_of(kLight);
}

void apply_theme(QApplication& application, ThemeChoice choice) {
  // Before any palette is set, the application's own is the system's.
  static const bool system_dark = is_dark(QApplication::palette());
  const bool dark = choice == ThemeChoice::Dark || (choice == ThemeChoice::System && system_dark);
  if (application.style()->objectName().toLower() != "fusion") {
    QApplication::setStyle(QStyleFactory::create("Fusion"));
  }
  QApplication::setPalette(palette_of(dark ? kDark : kLight));
}

}  // namespace faultline::gui
