#include "gui/subject_chooser.hpp"

#include <QSignalBlocker>
#include <algorithm>

#include "gui/qt_text.hpp"

namespace faultline::gui {
QString SubjectChooser::text_of(const Subject& subject) {
  if (subject.kind == Subject::Kind::Client) return tr("Client %1").arg(qt(subject.name));
  if (!subject.instance.empty()) return tr("Instance %1").arg(qt(subject.instance));
  const QString service = tr("Service %1").arg(qt(subject.name));
  if (subject.version.empty()) return service;
  return tr("%1, version %2").arg(service, qt(subject.version));
}

void SubjectChooser::show_subjects(const RunResult& result) {
  const Subject before = subject();
  const QSignalBlocker quiet(this);
  clear();
  all_ = subjects_of(result);
  for (const Subject& one : all_) addItem(text_of(one));
  const auto same = std::find(all_.begin(), all_.end(), before);
  setCurrentIndex(same == all_.end() ? 0 : static_cast<int>(same - all_.begin()));
  setEnabled(count() > 1);
}

Subject SubjectChooser::subject() const {
  const auto index = static_cast<std::size_t>(currentIndex());
  return index < all_.size() ? all_[index] : Subject{};
}

void SubjectChooser::choose(const Subject& subject) {
  const auto found = std::find(all_.begin(), all_.end(), subject);
  if (found != all_.end()) setCurrentIndex(static_cast<int>(found - all_.begin()));
}

void SubjectChooser::choose(const QString& name) {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const Subject& one) {
    return qt(one.instance.empty() ? one.name : one.instance) == name;
  });
  if (found != all_.end()) setCurrentIndex(static_cast<int>(found - all_.begin()));
}

}  // namespace faultline::gui
