#pragma once
// Edits a value of the form: a choice where there are words, else a line of text.

#include <QStyledItemDelegate>

namespace faultline::gui {

class KnobDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  static constexpr int kPath = Qt::UserRole, kNumber = Qt::UserRole + 1, kWords = Qt::UserRole + 2;

  QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const override;
  void setEditorData(QWidget* editor, const QModelIndex& index) const override;
  void setModelData(QWidget* editor, QAbstractItemModel* model,
                    const QModelIndex& index) const override;
};

}  // namespace faultline::gui
