#pragma once
// Moments of a run in words, in order of time; choosing one sets the clock there. The last one that
// has happened is the current one.

#include <QListWidget>
#include <vector>

#include "lab/run/result.hpp"

namespace faultline::gui {

class TimeAxis;

class EventList : public QListWidget {
  Q_OBJECT
 public:
  EventList(TimeAxis& time, QWidget* parent = nullptr);
  void show_moments(std::vector<Moment> moments);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void refill();
  void follow_clock();

  TimeAxis& time_;
  std::vector<Moment> moments_;
};

}  // namespace faultline::gui
