#pragma once
// A combo box that ends a text too long for it with "…" (Qt's own cuts it off) and tells the whole
// of it in a tool tip.

#include <QComboBox>
#include <QStylePainter>

namespace faultline::gui {

class ElidingCombo : public QComboBox {
 public:
  using QComboBox::QComboBox;

 protected:
  void paintEvent(QPaintEvent*) override {
    QStylePainter painter(this);
    QStyleOptionComboBox option;
    initStyleOption(&option);
    const int room =
        style()
            ->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this)
            .width() -
        6;
    setToolTip(fontMetrics().horizontalAdvance(option.currentText) > room ? option.currentText
                                                                          : QString());
    option.currentText = fontMetrics().elidedText(option.currentText, Qt::ElideRight, room);
    painter.drawComplexControl(QStyle::CC_ComboBox, option);
    painter.drawControl(QStyle::CE_ComboBoxLabel, option);
  }
};

}  // namespace faultline::gui
