#include "gui/diagnostics_view.hpp"

#include <QFontDatabase>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QTextBlock>
#include <QVBoxLayout>

#include "gui/theme.hpp"

namespace faultline::gui {
namespace {

QString words_of(const Diagnostic& diagnostic) {
  QString text;
  if (diagnostic.line > 0) text = QObject::tr("Line %1: ").arg(diagnostic.line);
  text += QString::fromStdString(diagnostic.message);
  if (!diagnostic.hint.empty()) text += " — " + QString::fromStdString(diagnostic.hint);
  return text;
}

}  // namespace

DiagnosticsView::DiagnosticsView(QWidget* parent)
    : QWidget(parent), list_(new QListWidget), source_(new QPlainTextEdit) {
  auto* stack = new QVBoxLayout(this);
  stack->setContentsMargins(0, 0, 0, 0);
  auto* split = new QSplitter(Qt::Vertical, this);
  split->addWidget(list_);
  split->addWidget(source_);
  split->setStretchFactor(0, 1);
  split->setStretchFactor(1, 3);
  stack->addWidget(split);
  list_->setFrameShape(QFrame::NoFrame);
  list_->setWordWrap(true);
  list_->setAccessibleName(tr("Mistakes"));
  source_->setFrameShape(QFrame::NoFrame);
  source_->setReadOnly(true);
  source_->setLineWrapMode(QPlainTextEdit::NoWrap);
  source_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  source_->setAccessibleName(tr("Scenario file"));
  connect(list_, &QListWidget::currentRowChanged, this, &DiagnosticsView::mark);
}

void DiagnosticsView::show_diagnostics(const Diagnostics& diagnostics, const std::string& text) {
  list_->clear();
  diagnostics_ = diagnostics;
  source_->setPlainText(QString::fromStdString(text));
  source_->setVisible(!text.empty());
  for (const Diagnostic& diagnostic : diagnostics_) {
    auto* item = new QListWidgetItem(words_of(diagnostic), list_);
    item->setToolTip(QString::fromStdString(faultline::render(diagnostic)));
  }
  if (!diagnostics_.empty()) list_->setCurrentRow(0);
}

int DiagnosticsView::marked_line() const {
  const auto marks = source_->extraSelections();
  return marks.isEmpty() ? 0 : marks.front().cursor.blockNumber() + 1;
}

void DiagnosticsView::mark(int row) {
  source_->setExtraSelections({});
  if (row < 0 || static_cast<std::size_t>(row) >= diagnostics_.size()) return;
  const Diagnostic& diagnostic = diagnostics_[static_cast<std::size_t>(row)];
  const QTextBlock block = source_->document()->findBlockByNumber(diagnostic.line - 1);
  if (diagnostic.line < 1 || !block.isValid()) return;
  QTextEdit::ExtraSelection line;
  line.cursor = QTextCursor(block);
  line.format.setBackground(theme_for(palette()).bad_back);
  line.format.setProperty(QTextFormat::FullWidthSelection, true);
  QTextEdit::ExtraSelection key = line;
  const int start = std::clamp(diagnostic.column - 1, 0, std::max(0, block.length() - 1));
  key.cursor.setPosition(block.position() + start);
  key.cursor.setPosition(
      block.position() + std::min(start + std::max(1, diagnostic.length), block.length() - 1),
      QTextCursor::KeepAnchor);
  key.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
  key.format.setUnderlineColor(theme_for(palette()).bad);
  source_->setExtraSelections({line, key});
  source_->setTextCursor(line.cursor);
  source_->centerCursor();
}

}  // namespace faultline::gui
