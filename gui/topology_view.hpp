#pragma once
// The system as a picture that follows the clock: services with their instances, busy threads and
// queue, lines with their rate, errors and breakers, numbers on what broke first. A click chooses
// whose signals are shown; so do Up and Down.

#include <QWidget>
#include <memory>

#include "gui/chart_series.hpp"
#include "gui/topology_layout.hpp"
#include "gui/topology_state.hpp"

namespace faultline::gui {

class TimeAxis;

class TopologyView : public QWidget {
  Q_OBJECT
 public:
  TopologyView(TimeAxis& time, QWidget* parent = nullptr);

  void show_run(std::shared_ptr<const RunResult> result);
  void show_subject(const Subject& subject);

  const Topology& topology() const { return topology_; }
  QRectF rect_of(std::size_t box) const;
  // What a box or a line says at the clock, as in its tooltip.
  QString text_of_box(std::size_t box) const;
  QString text_of_line(std::size_t line) const;
  QSize sizeHint() const override { return {800, 190}; }

 Q_SIGNALS:
  void chosen(const faultline::gui::Subject& subject);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;

 private:
  struct Look;  // of a box: its lines of text, its bar
  Look look_of(std::size_t box) const;
  QPainterPath path_of(const TopologyLine& line) const;
  void draw_line(QPainter& painter, const TopologyLine& line) const;
  void draw_label(QPainter& painter, const TopologyLine& line) const;
  void draw_box(QPainter& painter, std::size_t box) const;
  std::size_t box_at(QPointF point) const;     // boxes.size(): none
  std::size_t line_at(QPointF point) const;    // lines.size(): none
  int rank_of(const std::string& name) const;  // 1: broke first; 0: not (yet)
  QFont small_font() const;
  void describe_for_screen_readers();

  TimeAxis& time_;
  std::shared_ptr<const RunResult> result_;
  Topology topology_;
  std::vector<BrokeAt> broke_;
  Subject subject_;
  bool by_keyboard_ = false;  // it got the focus
};

}  // namespace faultline::gui
