#pragma once
// The results of a sweep: a heat map over two axes, or a line with intervals over one. A click, or
// Return, opens the run of that point.

#include <QWidget>
#include <map>

#include "gui/sweep_data.hpp"
#include "lab/scenario/override.hpp"

class QComboBox;
class QLabel;

namespace faultline::gui {

class SweepPlot : public QWidget {
  Q_OBJECT
 public:
  explicit SweepPlot(QWidget* parent = nullptr);

  void show_data(const SweepData* results, std::size_t metric, std::size_t x, std::size_t y);
  static constexpr std::size_t kNoAxis = static_cast<std::size_t>(-1);  // for y: a line
  QRectF cell(int column, int row) const;
  int columns() const { return static_cast<int>(xs_.size()); }
  int rows() const { return static_cast<int>(ys_.size()); }

 Q_SIGNALS:
  void chosen(int column, int row);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;

 private:
  friend class SweepPage;
  std::map<std::size_t, std::string> where(int column, int row) const;
  Estimate estimate_at(int column, int row) const;
  void draw_map(QPainter& painter) const;
  void draw_line(QPainter& painter) const;
  void draw_labels(QPainter& painter) const;
  QString text_at(int column, int row) const;
  std::pair<int, int> cell_at(QPointF point) const;  // -1: none
  QRectF area() const;
  bool is_line() const { return y_ == kNoAxis; }
  double y_of(double value) const;

  const SweepData* data_ = nullptr;
  std::size_t metric_ = 0, x_ = 0, y_ = kNoAxis;
  std::vector<std::string> xs_, ys_;
  double low_ = 0, high_ = 1;
  int column_ = 0, row_ = 0;  // that the keys have chosen
};

class SweepPage : public QWidget {
  Q_OBJECT
 public:
  explicit SweepPage(QWidget* parent = nullptr);

  // Answers whether the file could be read; if not, says why on the page.
  bool open(const QString& file);
  SweepPlot& plot() { return *plot_; }
  QComboBox& metric() { return *metric_; }

 Q_SIGNALS:
  // The settings of a point: the axes with their values as TOML.
  void chosen(const faultline::Settings& settings);

 private:
  void show_chosen();
  void choose(int column, int row);

  SweepData data_;
  QLabel *title_, *hint_;
  QComboBox *metric_, *x_, *y_;
  SweepPlot* plot_;
};

}  // namespace faultline::gui
