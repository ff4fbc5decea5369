#pragma once
// Names beside their strokes, for several charts with the same curves.

#include <QWidget>

#include "gui/chart_series.hpp"

namespace faultline::gui {

class Legend : public QWidget {
  Q_OBJECT
 public:
  explicit Legend(QWidget* parent = nullptr);
  void show_curves(const std::vector<Curve>& curves);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void fit_height();
  // Where each stands: from left to right, and on another line where there is no more room.
  std::vector<QRectF> places() const;

  std::vector<std::pair<QString, Meaning>> names_;
};

}  // namespace faultline::gui
