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

 private:
  std::vector<std::pair<QString, Meaning>> names_;
};

}  // namespace faultline::gui
