#pragma once
// How each kind of moment looks: a letter-like sign and a colour, in the lane and in the list.

#include <QColor>
#include <QString>
#include <string>

#include "gui/theme.hpp"

namespace faultline::gui {

struct EventMark {
  Marker marker = Marker::Circle;
  QColor colour;
  QString word;        // "fault ends"
  bool aside = false;  // about the run rather than of it: a note, an expectation
};

EventMark mark_of(const std::string& kind, const Theme& theme);

}  // namespace faultline::gui
