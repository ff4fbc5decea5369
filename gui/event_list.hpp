#pragma once
// The moments of a run in words; choosing one sets the clock there. The last one that has happened
// is the current one.

#include <QListWidget>
#include <memory>

#include "lab/run/result.hpp"

namespace faultline::gui {

class TimeAxis;

class EventList : public QListWidget {
  Q_OBJECT
 public:
  EventList(TimeAxis& time, QWidget* parent = nullptr);
  void show_run(std::shared_ptr<const RunResult> result);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void refill();
  void follow_clock();

  TimeAxis& time_;
  std::shared_ptr<const RunResult> result_;
};

}  // namespace faultline::gui
