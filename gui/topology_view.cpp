#include "gui/topology_view.hpp"

#include <QFocusEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/time_axis.hpp"
#include "gui/words.hpp"

namespace faultline::gui {
namespace {

template <class T>
const T* named(const std::vector<Named<T>>& all, const std::string& name) {
  for (const auto& one : all) {
    if (one.name == name) return &one.value;
  }
  return nullptr;
}

template <class T>
std::vector<std::string> names_of(const std::vector<Named<T>>& all) {
  std::vector<std::string> names;
  for (const auto& one : all) names.push_back(one.name);
  return names;
}

}  // namespace

TopologyView::TopologyView(TimeAxis& time, QWidget* parent) : QWidget(parent), time_(time) {
  setMinimumSize(300, 120);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAccessibleName(tr("Topology"));
  connect(&time_, &TimeAxis::cursor_changed, this, qOverload<>(&QWidget::update));
}

void TopologyView::show_run(std::shared_ptr<const RunResult> result) {
  result_ = std::move(result);
  topology_ = topology_of(names_of(result_->client_series), names_of(result_->service_series),
                          names_of(result_->edge_series));
  broke_ = broke_in_order(*result_);
  describe_for_screen_readers();
  update();
}

void TopologyView::show_subject(const Subject& subject) {
  subject_ = subject;
  update();
}

int TopologyView::rank_of(const std::string& name) const {
  for (std::size_t i = 0; i < broke_.size(); ++i) {
    if (broke_[i].who == name) return broke_[i].t_s <= time_.cursor() ? static_cast<int>(i) + 1 : 0;
  }
  return 0;
}

QRectF TopologyView::rect_of(std::size_t index) const {
  const TopologyBox& box = topology_.boxes[index];
  // Columns with gaps in which the labels of the lines have room, and a margin on either side.
  constexpr double kGap = 0.62, kMargin = 0.16;  // of a box's width; of a gap
  const auto columns = static_cast<double>(std::max<std::size_t>(topology_.layers, 1));
  const double gaps = columns - 1 + 2 * kMargin;
  const double wide = std::clamp(width() / (columns + kGap * gaps), 76.0, 190.0);
  const double gap = (width() - columns * wide) / gaps;
  const double row = (height() - 8.0) / topology_.fullest;
  const double lines = 2.9 * QFontMetrics(font()).height() + 14;
  const double high = box.name.empty() ? 0 : std::clamp(row - 8, 22.0, lines);
  const double left = kMargin * gap + static_cast<double>(box.layer) * (wide + gap);
  return {left, 4 + box.centre.y() * (height() - 8) - high / 2, wide, high};
}

QString TopologyView::text_of_box(std::size_t index) const {
  const TopologyBox& box = topology_.boxes[index];
  const double t = time_.cursor();
  QStringList lines{QString::fromStdString(box.name)};
  const auto add = [&](const std::string& text) { lines.append(QString::fromStdString(text)); };
  if (box.client) {
    const auto* series = named(result_->client_series, box.name);
    if (series == nullptr) return lines.front();
    const ClientState s = state_of(*series, result_->step_s, t);
    add("asks " + value_text(s.rate, Unit::PerSecond));
    if (!std::isnan(s.failed_share)) add(value_text(s.failed_share, Unit::Share) + " fail");
  } else if (const auto* series = named(result_->service_series, box.name)) {
    const ServiceState s = state_of(*series, result_->step_s, t);
    add(value_text(s.instances, Unit::Count) + " instances");
    add("threads busy " + value_text(s.utilization, Unit::Share));
    add("queue " + value_text(s.queue, Unit::Count));
    add("arriving " + value_text(s.rate, Unit::PerSecond));
    if (!std::isnan(s.failed_share)) add(value_text(s.failed_share, Unit::Share) + " fail");
  }
  for (const std::string& fault : faults_at(*result_, box.name, t)) add("fault: " + fault);
  for (const Badge& badge : badges_at(*result_, box.name, t)) add(badge.text);
  for (std::size_t i = 0; i < broke_.size(); ++i) {
    if (broke_[i].who != box.name || broke_[i].t_s > t) continue;
    add("broke as number " + std::to_string(i + 1) + " at " + clock_text(broke_[i].t_s) + ": " +
        broke_[i].what);
  }
  return lines.join('\n');
}

QString TopologyView::text_of_line(std::size_t index) const {
  const TopologyLine& line = topology_.lines[index];
  QStringList lines{QString::fromStdString(line.name).replace("->", " → ")};
  const auto add = [&](const std::string& text) { lines.append(QString::fromStdString(text)); };
  if (const auto* series = named(result_->edge_series, line.name)) {
    const LineState s = state_of(*series, result_->step_s, time_.cursor());
    add(value_text(s.rate, Unit::PerSecond));
    if (!std::isnan(s.failed_share)) add(value_text(s.failed_share, Unit::Share) + " fail");
  }
  for (const auto& fault : faults_at(*result_, line.name, time_.cursor())) add("fault: " + fault);
  for (const Badge& badge : badges_at(*result_, line.name, time_.cursor())) add(badge.text);
  return lines.join('\n');
}

std::size_t TopologyView::box_at(QPointF point) const {
  for (std::size_t i = 0; i < topology_.boxes.size(); ++i) {
    if (!topology_.boxes[i].name.empty() && rect_of(i).contains(point)) return i;
  }
  return topology_.boxes.size();
}

std::size_t TopologyView::line_at(QPointF point) const {
  for (std::size_t i = 0; i < topology_.lines.size(); ++i) {
    QPainterPathStroker around;
    around.setWidth(14);
    if (around.createStroke(path_of(topology_.lines[i])).contains(point)) return i;
  }
  return topology_.lines.size();
}

void TopologyView::mousePressEvent(QMouseEvent* event) {
  const std::size_t box = box_at(event->position());
  if (box == topology_.boxes.size()) return event->ignore();
  const TopologyBox& found = topology_.boxes[box];
  Q_EMIT chosen({found.client ? Subject::Kind::Client : Subject::Kind::Service, found.name});
}

void TopologyView::focusInEvent(QFocusEvent* event) {
  by_keyboard_ = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
  QWidget::focusInEvent(event);
}

void TopologyView::keyPressEvent(QKeyEvent* event) {
  const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
  if (step == 0 || !result_) return QWidget::keyPressEvent(event);
  std::vector<Subject> all = subjects_of(*result_);
  std::erase_if(all, [](const Subject& one) { return !one.whole(); });
  const Subject whole{subject_.kind, subject_.name};
  const auto here = std::find(all.begin(), all.end(), whole) - all.begin();
  const auto next = std::clamp<std::ptrdiff_t>(here + step, 0, std::ssize(all) - 1);
  Q_EMIT chosen(all[static_cast<std::size_t>(next)]);
}

bool TopologyView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip || !result_) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  QString text;
  if (const std::size_t box = box_at(help->pos()); box < topology_.boxes.size()) {
    text = text_of_box(box);
  } else if (const std::size_t line = line_at(help->pos()); line < topology_.lines.size()) {
    text = text_of_line(line);
  }
  QToolTip::showText(help->globalPos(), text, this);
  return true;
}

void TopologyView::describe_for_screen_readers() {
  QStringList calls;
  for (const TopologyLine& line : topology_.lines) {
    calls.append(QString::fromStdString(line.name).replace("->", tr(" calls ")));
  }
  QString text = calls.join(". ");
  for (std::size_t i = 0; i < broke_.size(); ++i) {
    text += QString::fromStdString(". Number " + std::to_string(i + 1) + " to break, at " +
                                   clock_text(broke_[i].t_s) + ": " + broke_[i].who + ", " +
                                   broke_[i].what);
  }
  setAccessibleDescription(text);
}

}  // namespace faultline::gui
