#pragma once
// Whose curves are shown: a client, a service, or one of a service's versions or instances.

#include <vector>

#include "gui/chart_series.hpp"
#include "gui/eliding_combo.hpp"

namespace faultline::gui {

class SubjectChooser : public ElidingCombo {
  Q_OBJECT
 public:
  using ElidingCombo::ElidingCombo;

  // What there is to choose from; the choice stays if it is still there. Emits nothing.
  void show_subjects(const RunResult& result);
  Subject subject() const;
  void choose(const Subject& subject);
  void choose(const QString& name);  // of a client, a whole service or an instance

 private:
  static QString text_of(const Subject& subject);
  std::vector<Subject> all_;  // by index
};

}  // namespace faultline::gui
