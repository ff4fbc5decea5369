#pragma once
// The menu of the files opened last, the newest first, kept between sessions.

#include <QMenu>

namespace faultline::gui {

// A file as a list of files calls it: its name, and its folder where another has the same name.
QString name_among(const QString& file, const QStringList& all);

class RecentFiles : public QMenu {
  Q_OBJECT
 public:
  explicit RecentFiles(QWidget* parent = nullptr);
  void remember(const QString& file);
  QStringList files() const;

 Q_SIGNALS:
  void chosen(const QString& file);

 private:
  void refill();
};

}  // namespace faultline::gui
