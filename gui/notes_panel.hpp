#pragma once
// The narration: the story, then each note when the clock gets there, the newest at the end.

#include <QTextBrowser>
#include <memory>

#include "lab/scenario/scenario.hpp"

namespace faultline::gui {

class TimeAxis;

class NotesPanel : public QTextBrowser {
  Q_OBJECT
 public:
  NotesPanel(TimeAxis& time, QWidget* parent = nullptr);
  void show_scenario(std::shared_ptr<const Scenario> scenario, const std::string& variant);
  int notes_shown() const { return shown_; }

 private:
  void follow_clock();
  QString markdown();
  void show_newest();

  TimeAxis& time_;
  std::shared_ptr<const Scenario> scenario_;
  std::string variant_;
  QString newest_;  // how the last note begins
  int shown_ = -1;
};

}  // namespace faultline::gui
