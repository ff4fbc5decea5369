#pragma once
// The moments of a run as marks on a strip that lines up with the charts above it. A click sets the
// clock to the nearest; hovering says what it was.

#include <QWidget>
#include <vector>

#include "lab/run/result.hpp"

namespace faultline::gui {

class TimeAxis;

class EventLane : public QWidget {
  Q_OBJECT
 public:
  EventLane(TimeAxis& time, QWidget* parent = nullptr);
  void set_moments(std::vector<Moment> moments);
  // Right edge of the plots above, from this widget's right edge.
  void set_right_margin(int pixels);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  bool event(QEvent* event) override;

 private:
  double x_of(double t) const;
  const Moment* nearest(double x) const;

  TimeAxis& time_;
  std::vector<Moment> moments_;
  int right_ = 14;
};

}  // namespace faultline::gui
