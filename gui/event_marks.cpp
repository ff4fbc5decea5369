#include "gui/event_marks.hpp"

#include "gui/words.hpp"

namespace faultline::gui {

EventMark mark_of(const std::string& kind, const Theme& theme) {
  const QColor blue = stroke_of(Meaning::Typical, theme).pen.color();
  const QColor purple = stroke_of(Meaning::Queue, theme).pen.color();
  const QColor orange = stroke_of(Meaning::Burn, theme).pen.color();
  const QString word = QString::fromStdString(spaced(kind));
  if (kind == "fault") return {Marker::Triangle, theme.bad, word};
  if (kind == "fault_end") return {Marker::Square, theme.good, QObject::tr("fault ends")};
  if (kind == "crash") return {Marker::Triangle, theme.bad, word};
  if (kind == "ready") return {Marker::Square, theme.good, word};
  if (kind == "breaker") return {Marker::Diamond, purple, word};
  if (kind == "alert") return {Marker::Diamond, orange, word};
  if (kind == "scale" || kind == "rollout") return {Marker::Circle, blue, word};
  return {Marker::Circle, theme.faint, word};
}

}  // namespace faultline::gui
