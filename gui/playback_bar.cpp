#include "gui/playback_bar.hpp"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QSlider>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "gui/time_axis.hpp"
#include "gui/words.hpp"

namespace faultline::gui {
namespace {

constexpr int kSliderSteps = 10'000;
constexpr int kFrame = 33;  // milliseconds

}  // namespace

PlaybackBar::PlaybackBar(TimeAxis& time, QWidget* parent) : QWidget(parent), time_(time) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(8, 4, 8, 6);
  const auto button = [&](const QString& sign, const QString& tip, auto action) {
    auto* made = new QToolButton(this);
    made->setText(sign);
    made->setToolTip(tip);
    made->setAccessibleName(tip);
    made->setAutoRaise(true);
    made->setMinimumSize(34, 28);
    connect(made, &QToolButton::clicked, this, action);
    row->addWidget(made);
    return made;
  };
  button("|◀", tr("Previous event (P)"), [this] { previous_event(); });
  button("◀", tr("Step back (Left)"), [this] { step(-1); });
  play_ = button("▶", tr("Play or pause (Space)"), [this] { toggle(); });
  play_->setAutoRaise(false);
  play_->setMinimumWidth(84);
  button("▶", tr("Step forward (Right)"), [this] { step(1); });
  button("▶|", tr("Next event (N)"), [this] { next_event(); });

  slider_ = new QSlider(Qt::Horizontal, this);
  slider_->setRange(0, kSliderSteps);
  slider_->setAccessibleName(tr("Time"));
  row->addWidget(slider_, 1);
  clock_ = new QLabel(this);
  clock_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  row->addWidget(clock_);
  speed_ = new QComboBox(this);
  speed_->setToolTip(tr("How much faster than the world"));
  speed_->setAccessibleName(tr("Speed"));
  for (const int factor : {1, 2, 5, 10, 20, 50, 100}) {
    speed_->addItem(tr("×%1").arg(factor), factor);
  }
  row->addWidget(speed_);
  set_speed(20);

  ticking_.setInterval(kFrame);
  connect(&ticking_, &QTimer::timeout, this, &PlaybackBar::advance);
  connect(slider_, &QSlider::valueChanged, this,
          [this](int value) { time_.set_cursor(time_.duration() * value / kSliderSteps); });
  connect(&time_, &TimeAxis::cursor_changed, this, &PlaybackBar::show_clock);
  connect(&time_, &TimeAxis::run_changed, this, &PlaybackBar::show_run);
  pause();
  show_run();
}

void PlaybackBar::set_event_times(std::vector<double> times) {
  events_ = std::move(times);
}

void PlaybackBar::set_speed(double factor) {
  const int index = speed_->findData(static_cast<int>(factor));
  if (index >= 0) speed_->setCurrentIndex(index);
}

double PlaybackBar::speed() const {
  return speed_->currentData().toDouble();
}

void PlaybackBar::play() {
  if (time_.cursor() >= time_.duration()) time_.set_cursor(0);
  since_.start();
  ticking_.start();
  play_->setText(tr("❚❚ Pause"));
  Q_EMIT playing_changed(true);
}

void PlaybackBar::pause() {
  ticking_.stop();
  play_->setText(tr("▶ Play"));
  Q_EMIT playing_changed(false);
}

void PlaybackBar::toggle() {
  playing() ? pause() : play();
}

void PlaybackBar::advance() {
  const double passed = static_cast<double>(since_.restart()) / 1000;
  time_.set_cursor(time_.cursor() + passed * speed());
  if (time_.cursor() >= time_.duration()) pause();
}

void PlaybackBar::step(int bins) {
  pause();
  const double step = time_.step();
  time_.set_cursor((std::round(time_.cursor() / step) + bins) * step);
}

void PlaybackBar::next_event() {
  pause();
  const auto next = std::upper_bound(events_.begin(), events_.end(), time_.cursor());
  time_.set_cursor(next == events_.end() ? time_.duration() : *next);
}

void PlaybackBar::previous_event() {
  pause();
  const auto here = std::lower_bound(events_.begin(), events_.end(), time_.cursor());
  time_.set_cursor(here == events_.begin() ? 0 : *(here - 1));
}

void PlaybackBar::show_run() {
  const QString longest = QString::fromStdString(clock_text(time_.duration()));
  clock_->setMinimumWidth(fontMetrics().horizontalAdvance(longest + ".0 / " + longest) + 8);
  show_clock();
}

void PlaybackBar::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::FontChange) show_run();
}

void PlaybackBar::show_clock() {
  const QSignalBlocker quiet(slider_);
  slider_->setValue(
      static_cast<int>(std::lround(time_.cursor() / time_.duration() * kSliderSteps)));
  // Tenths only where bins are that short: they would flicker.
  const double shown = time_.step() < 1 ? time_.cursor() : std::floor(time_.cursor());
  clock_->setText(QString::fromStdString(clock_text(shown) + " / " + clock_text(time_.duration())));
}

}  // namespace faultline::gui
