#include "gui/event_list.hpp"

#include <QPainter>
#include <QPixmap>
#include <algorithm>

#include "gui/event_marks.hpp"
#include "gui/time_axis.hpp"
#include "gui/words.hpp"

namespace faultline::gui {
namespace {

constexpr int kMost = 2000;  // more moments than that nobody reads

QIcon icon_of(const EventMark& mark) {
  QPixmap pixmap(14, 14);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  draw_marker(painter, mark.marker, {7, 7}, mark.colour);
  return QIcon(pixmap);
}

// "3:00  fault: db ×20 slower". A note in one line, without its marks: the notes panel has them.
QString words_of(const Moment& moment, const EventMark& mark) {
  QString text = QString::fromStdString(clock_text(moment.t_s)) + "  ";
  if (moment.kind == "expectation") {
    return text + mark.word + " " + QString::fromStdString(moment.what) + ": " +
           QString::fromStdString(metric_words(moment.subject));
  }
  if (!mark.word.isEmpty()) text += mark.word + ": ";
  if (!moment.subject.empty() && moment.what.find(moment.subject) == std::string::npos) {
    text += QString::fromStdString(moment.subject) + ": ";
  }
  return text + QString::fromStdString(moment.what).simplified().remove('`').remove("**");
}

}  // namespace

EventList::EventList(TimeAxis& time, QWidget* parent) : QListWidget(parent), time_(time) {
  setFrameShape(QFrame::NoFrame);
  setTextElideMode(Qt::ElideRight);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setUniformItemSizes(true);
  const auto seek = [this](const QListWidgetItem* item) {
    time_.set_cursor(item->data(Qt::UserRole).toDouble());
  };
  connect(this, &QListWidget::itemClicked, this, seek);
  connect(this, &QListWidget::itemActivated, this, seek);
  connect(&time_, &TimeAxis::cursor_changed, this, &EventList::follow_clock);
}

void EventList::show_moments(std::vector<Moment> moments) {
  moments_ = std::move(moments);
  refill();
}

void EventList::refill() {
  clear();
  const Theme& theme = theme_for(palette());
  for (const Moment& moment : moments_) {
    if (count() == kMost) break;
    const EventMark mark = mark_of(moment.kind, theme);
    auto* item = new QListWidgetItem(icon_of(mark), words_of(moment, mark), this);
    item->setData(Qt::UserRole, moment.t_s);
    item->setToolTip(QString::fromStdString(moment.what).trimmed());
  }
  follow_clock();
}

void EventList::follow_clock() {
  int last = -1;
  for (int row = 0; row < count(); ++row) {
    if (item(row)->data(Qt::UserRole).toDouble() > time_.cursor()) break;
    last = row;
  }
  if (last == currentRow()) return;
  setCurrentRow(last);
  last >= 0 ? scrollToItem(item(last)) : scrollToTop();
}

void EventList::changeEvent(QEvent* event) {
  QListWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) refill();
}

}  // namespace faultline::gui
