#pragma once
// Colours and strokes. Okabe and Ito's palette, which the colour-blind can tell apart; every
// meaning also has a dash and a marker of its own, so that colour is never alone.

#include <QApplication>
#include <QColor>
#include <QPalette>
#include <QPen>

#include "gui/chart_series.hpp"

namespace faultline::gui {

struct Theme {
  QColor surface, text, faint, grid;   // chart background, labels, secondary labels, grid lines
  QColor warmup, fault, veil, cursor;  // warm-up and fault bands, what is yet to come, the clock
  QColor good, bad, unsure;            // verdicts, as marks
  QColor good_back, bad_back, unsure_back;  // and as backgrounds of the theme's text
  bool dark = false;
};

enum class Marker { None, Circle, Square, Triangle, Diamond };

struct Stroke {
  QPen pen;
  Marker marker = Marker::None;
};

// The theme that goes with a palette: widgets ask again when their palette changes.
const Theme& theme_for(const QPalette& palette);
Stroke stroke_of(Meaning meaning, const Theme& theme);

// Draws a marker of about six pixels.
void draw_marker(QPainter& painter, Marker marker, QPointF centre, const QColor& colour);

// The light theme's, for paper.
QPalette light_palette();

enum class ThemeChoice { System, Light, Dark };
void apply_theme(QApplication& application, ThemeChoice choice);

}  // namespace faultline::gui
