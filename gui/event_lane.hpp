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
  // Whether the plots above have an axis on their right.
  void reserve_right_axis(bool reserve);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  bool event(QEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  double x_of(double t) const;
  double left() const;  // of the plots above
  double right() const;
  const Moment* nearest(double x) const;

  TimeAxis& time_;
  std::vector<Moment> moments_;
  bool right_axis_ = false;
};

}  // namespace faultline::gui
