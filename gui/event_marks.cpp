#include "gui/event_marks.hpp"

#include "gui/words.hpp"

namespace faultline::gui {

EventMark mark_of(const std::string& kind, const Theme& theme) {
  const QColor blue = stroke_of(Meaning::Typical, theme).pen.color();
  const QColor purple = stroke_of(Meaning::Queue, theme).pen.color();
  const QColor orange = stroke_of(Meaning::Burn, theme).pen.color();
  const QString word = QString::fromStdString(spaced(kind));
  if (kind == "fault") return {Marker::Triangle, theme.bad, word, false};
  if (kind == "fault_end") return {Marker::Square, theme.good, QObject::tr("fault ends"), false};
  if (kind == "crash") return {Marker::Triangle, theme.bad, word, false};
  if (kind == "ready") return {Marker::Square, theme.good, word, false};
  if (kind == "breaker") return {Marker::Diamond, purple, word, false};
  if (kind == "alert") return {Marker::Diamond, orange, word, false};
  if (kind == "scale" || kind == "rollout") return {Marker::Circle, blue, word, false};
  if (kind == "break") return {Marker::Triangle, theme.bad, {}, false};
  return {Marker::Circle, theme.faint, word, kind == "note" || kind == "expectation"};
}

}  // namespace faultline::gui
