#include "gui/time_axis.hpp"

#include <algorithm>

namespace faultline::gui {

void TimeAxis::show_run(const RunResult& result, bool again) {
  again = again && duration_ == std::max(result.duration_s, 1e-6) && !result.partial;
  // Who shows the same stretch again is given something new to show, and needs no telling.
  duration_ = std::max(result.duration_s, 1e-6);
  warmup_ = result.warmup_s;
  step_ = result.step_s;
  faults_ = fault_spans(result);
  if (!again) {
    mark_.reset();
    earlier_.clear();
    from_ = 0;
    to_ = duration_;
    cursor_ = result.partial ? result.reached_s : duration_;
  }
  Q_EMIT run_changed();
  if (!again) Q_EMIT range_changed();
  Q_EMIT cursor_changed(cursor_);
}

void TimeAxis::set_cursor(double t) {
  t = std::clamp(t, 0.0, duration_);
  if (t == cursor_) return;
  cursor_ = t;
  Q_EMIT cursor_changed(cursor_);
}

void TimeAxis::toggle_mark() {
  if (mark_ == cursor_) {
    mark_.reset();
  } else {
    mark_ = cursor_;
  }
  Q_EMIT cursor_changed(cursor_);
}

void TimeAxis::set_range(double from, double to) {
  const double length = std::clamp(to - from, std::min(5 * step_, duration_), duration_);
  from = std::clamp(from, 0.0, duration_ - length);
  if (from == from_ && from + length == to_) return;
  from_ = from;
  to_ = from + length;
  Q_EMIT range_changed();
}

void TimeAxis::zoom_to(double from, double to) {
  const std::pair before(from_, to_);
  set_range(std::min(from, to), std::max(from, to));
  if (before != std::pair(from_, to_)) earlier_.push_back(before);
}

void TimeAxis::zoom_by(double factor, double about) {
  const double from = about - (about - from_) * factor;
  zoom_to(from, from + (to_ - from_) * factor);
}

void TimeAxis::pan_by(double seconds) {
  set_range(from_ + seconds, to_ + seconds);
}

void TimeAxis::zoom_back() {
  if (earlier_.empty()) return zoom_out();
  const auto [from, to] = earlier_.back();
  earlier_.pop_back();
  set_range(from, to);
}

void TimeAxis::zoom_out() {
  zoom_to(0, duration_);
}

}  // namespace faultline::gui
