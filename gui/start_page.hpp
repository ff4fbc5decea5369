#pragma once
// The first page: the shipped scenarios as cards, the files opened lately, and where to drop one.
// One click on a card, or Return, opens and runs it.

#include <QStringList>
#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QListWidget;

namespace faultline::gui {

class CardDelegate;

class StartPage : public QWidget {
  Q_OBJECT
 public:
  // Cards are made one by one while the window is idle.
  explicit StartPage(const QString& folder, QWidget* parent = nullptr);

  void show_recent(const QStringList& files);
  QListWidget& cards() { return *cards_; }
  QListWidget& recent() { return *recent_; }
  bool complete() const { return waiting_.isEmpty(); }

 Q_SIGNALS:
  void chosen(const QString& file);
  void asked_for_file();
  void completed();

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;

 private:
  void fill_width();
  void add_next();
  void filter(const QString& words);

  QString folder_;
  QStringList waiting_;
  QTimer idle_;
  QLineEdit* search_;
  QListWidget *cards_, *recent_;
  CardDelegate* card_;
  QLabel* nothing_yet_;
};

}  // namespace faultline::gui
