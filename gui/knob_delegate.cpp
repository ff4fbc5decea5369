#include "gui/knob_delegate.hpp"

#include <QComboBox>

namespace faultline::gui {

QWidget* KnobDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                                    const QModelIndex& index) const {
  const QStringList words = index.data(kWords).toStringList();
  if (words.isEmpty()) return QStyledItemDelegate::createEditor(parent, option, index);
  auto* combo = new QComboBox(parent);
  combo->addItems(words);
  connect(combo, &QComboBox::activated, this, [this, combo] {
    auto* self = const_cast<KnobDelegate*>(this);
    Q_EMIT self->commitData(combo);
    Q_EMIT self->closeEditor(combo);
  });
  return combo;
}

void KnobDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const {
  auto* combo = qobject_cast<QComboBox*>(editor);
  if (combo == nullptr) return QStyledItemDelegate::setEditorData(editor, index);
  combo->setCurrentText(index.data(Qt::DisplayRole).toString());
}

void KnobDelegate::setModelData(QWidget* editor, QAbstractItemModel* model,
                                const QModelIndex& index) const {
  const auto* combo = qobject_cast<QComboBox*>(editor);
  if (combo == nullptr) return QStyledItemDelegate::setModelData(editor, model, index);
  model->setData(index, combo->currentText());
}

}  // namespace faultline::gui
