#include "gui/recent_files.hpp"

#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <algorithm>

namespace faultline::gui {
namespace {

constexpr int kMost = 10;
const char* const kKey = "recent_files";

}  // namespace

QString name_among(const QString& file, const QStringList& all) {
  const QFileInfo info(file);
  const auto same = std::count_if(all.begin(), all.end(), [&](const QString& other) {
    return QFileInfo(other).fileName() == info.fileName();
  });
  return same > 1 ? info.dir().dirName() + "/" + info.fileName() : info.fileName();
}

RecentFiles::RecentFiles(QWidget* parent) : QMenu(tr("Open &recent"), parent) {
  refill();
}

QStringList RecentFiles::files() const {
  return QSettings().value(kKey).toStringList();
}

void RecentFiles::remember(const QString& file) {
  const QString path = QFileInfo(file).absoluteFilePath();
  QStringList all = files();
  all.removeAll(path);
  all.prepend(path);
  QSettings().setValue(kKey, QStringList(all.mid(0, kMost)));
  refill();
}

void RecentFiles::refill() {
  clear();
  for (const QString& file : files()) {
    QAction* action =
        addAction(name_among(file, files()), this, [this, file] { Q_EMIT chosen(file); });
    action->setToolTip(file);
    action->setStatusTip(file);
  }
  setToolTipsVisible(true);
  setEnabled(!isEmpty());
}

}  // namespace faultline::gui
