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

// Of a note, only its beginning: the notes panel has it all.
QString first_line(const std::string& what) {
  const QString text = QString::fromStdString(what);
  return text.section('\n', 0, 0);
}

}  // namespace

EventList::EventList(TimeAxis& time, QWidget* parent) : QListWidget(parent), time_(time) {
  setFrameShape(QFrame::NoFrame);
  setAccessibleName(tr("Events"));
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

void EventList::show_run(std::shared_ptr<const RunResult> result) {
  result_ = std::move(result);
  refill();
}

void EventList::refill() {
  clear();
  if (!result_) return;
  const Theme& theme = theme_for(palette());
  for (const Moment& moment : result_->timeline) {
    if (count() == kMost) break;
    const EventMark mark = mark_of(moment.kind, theme);
    const QString text = QString::fromStdString(clock_text(moment.t_s)) + "  " + mark.word + ": " +
                         first_line(moment.what);
    auto* item = new QListWidgetItem(icon_of(mark), text, this);
    item->setData(Qt::UserRole, moment.t_s);
    item->setToolTip(QString::fromStdString(moment.what));
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
  if (last >= 0) scrollToItem(item(last));
}

void EventList::changeEvent(QEvent* event) {
  QListWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) refill();
}

}  // namespace faultline::gui
