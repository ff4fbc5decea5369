#pragma once
// What is wrong with a file: the list of mistakes, and the text with the chosen one marked.

#include <QWidget>

#include "lab/scenario/diagnostic.hpp"

class QListWidget;
class QPlainTextEdit;

namespace faultline::gui {

class DiagnosticsView : public QWidget {
  Q_OBJECT
 public:
  explicit DiagnosticsView(QWidget* parent = nullptr);

  void show_diagnostics(const Diagnostics& diagnostics, const std::string& text);
  const QListWidget& list() const { return *list_; }
  // Of the mark in the text, from 1; 0: none.
  int marked_line() const;

 private:
  void mark(int row);

  Diagnostics diagnostics_;
  QListWidget* list_;
  QPlainTextEdit* source_;
};

}  // namespace faultline::gui
