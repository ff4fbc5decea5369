#pragma once
// Plays a finished run back: play, pause, step, speed, scrub, and from event to event. Moves the
// clock of the shared time; everything else follows that.

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>
#include <vector>

class QComboBox;
class QLabel;
class QSlider;
class QToolButton;

namespace faultline::gui {

class TimeAxis;

class PlaybackBar : public QWidget {
  Q_OBJECT
 public:
  PlaybackBar(TimeAxis& time, QWidget* parent = nullptr);

  void set_event_times(std::vector<double> times);
  bool playing() const { return ticking_.isActive(); }
  void set_speed(double simulated_seconds_per_second);
  double speed() const;

  void play();  // from the beginning if the clock stands at the end
  void pause();
  void toggle();
  void step(int bins);
  void next_event();
  void previous_event();

 Q_SIGNALS:
  void playing_changed(bool playing);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void advance();
  void show_clock();
  void show_run();

  TimeAxis& time_;
  QTimer ticking_;
  QElapsedTimer since_;
  std::vector<double> events_;
  QToolButton* play_;
  QSlider* slider_;
  QComboBox* speed_;
  QLabel* clock_;
};

}  // namespace faultline::gui
