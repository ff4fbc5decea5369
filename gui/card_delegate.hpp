#pragma once
// Draws a card of the gallery: a small topology, the title, the first sentence, what is in it.

#include <QStyledItemDelegate>

#include "gui/shipped.hpp"

namespace faultline::gui {

class CardDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  static constexpr int kNarrowest = 248;  // of a card, pixels
  void set_width(int width) { width_ = width; }

  static constexpr int kCardRole = Qt::UserRole + 1;  // a ScenarioCard

  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

 private:
  int width_ = kNarrowest;
};

}  // namespace faultline::gui

Q_DECLARE_METATYPE(faultline::gui::ScenarioCard)
