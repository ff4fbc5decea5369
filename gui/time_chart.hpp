#pragma once
// One chart over the shared time: a header with the curves' names and their values at the clock,
// the curves, warm-up and faults behind them, what is yet to come under a veil. A click sets the
// clock, a drag zooms, the wheel zooms about the pointer (with Shift: moves), Backspace zooms back.
//
// Qt Charts draws the curves once into a picture; moving the clock only draws over it.

#include <QChart>
#include <QChartView>
#include <QPixmap>
#include <optional>

#include "gui/chart_series.hpp"
#include "gui/theme.hpp"

class QLineSeries;
class QValueAxis;

namespace faultline::gui {

class TimeAxis;

class TimeChart : public QChartView {
  Q_OBJECT
 public:
  TimeChart(TimeAxis& time, QWidget* parent = nullptr);

  void set_content(ChartContent content);
  const ChartContent& content() const { return content_; }
  // Only the lowest chart of a stack needs labels under it.
  void show_time_labels(bool show);
  // Space for a second axis; every chart of a stack keeps the same.
  void reserve_right_axis(bool reserve);

  // Room beside the plot, for what has to line up with it: grows with the type.
  static int left_of(const QFontMetrics& metrics);
  static int right_of(const QFontMetrics& metrics, bool with_axis);

  // While one exists, charts paint themselves anew instead of copying their last picture: for other
  // resolutions, and for files that keep lines as lines.
  class Sharp {
   public:
    Sharp() { ++alive; }
    ~Sharp() { --alive; }
    Sharp(const Sharp&) = delete;
    Sharp& operator=(const Sharp&) = delete;
    static inline int alive = 0;
  };

  double time_at(double x) const;
  double x_of(double t) const;
  // A stretch that stands out, in seconds; none.
  void show_window(std::optional<std::pair<double, double>> window);

 Q_SIGNALS:
  void clicked(double t);
  void dragged(double from, double to);  // after the zoom
  // The menu was asked for, with the mouse or the keyboard.
  void asked_for_menu(QPoint where, double t);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void drawBackground(QPainter* painter, const QRectF& rect) override;
  void drawForeground(QPainter* painter, const QRectF& rect) override;

 private:
  struct Scale {
    double low = 0, high = 1;
    Unit unit = Unit::Count;
    bool used = false, logarithmic = false;
    double place(double value) const;  // on the axis of Qt Charts
  };

  void rebuild();
  void repaint_soon();
  void add_curve(const Curve& curve);
  Scale scale_of(bool right) const;
  QRectF plot() const;
  double y_of(double value, const Scale& scale) const;
  void draw_grid(QPainter& painter) const;
  void draw_scale(QPainter& painter, const Scale& scale, bool right) const;
  void draw_markers(QPainter& painter) const;
  void draw_marks(QPainter& painter) const;
  void draw_overlay(QPainter& painter) const;
  void draw_header(QPainter& painter) const;
  void describe_for_screen_readers();

  TimeAxis& time_;
  ChartContent content_;
  Scale left_, right_;
  QValueAxis* time_values_;
  QValueAxis* left_values_;
  QValueAxis* right_values_;
  bool time_labels_ = true, right_axis_ = false;
  std::optional<double> pressed_x_, dragged_x_;
  std::optional<std::pair<double, double>> window_;
  QPixmap picture_;
};

}  // namespace faultline::gui
