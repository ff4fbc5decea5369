#pragma once
// What was turned since the file was read: settings on top of its text, with undo and redo. They
// outlive runs that fail and files that change under them.

#include <QObject>
#include <string>
#include <vector>

#include "lab/scenario/override.hpp"

namespace faultline::gui {

class Edits : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  const Settings& settings() const { return history_[at_]; }
  bool empty() const { return settings().empty(); }
  const std::string* value_of(const std::string& key) const;

  // Values are TOML. A key that is set again soon after itself counts as one edit (`together`), so
  // that a slider leaves one step behind.
  void set(const std::string& key, const std::string& value, bool together = false);
  void reset(const std::string& key);  // to what the file says
  void clear();                        // another file: there is nothing to undo

  bool can_undo() const { return at_ > 0; }
  bool can_redo() const { return at_ + 1 < history_.size(); }
  void undo();
  void redo();
  // Grows with every step that is not a continuation of the one before.
  int step() const { return step_; }

 Q_SIGNALS:
  void changed();

 private:
  void push(Settings settings, std::string key, bool together);

  std::vector<Settings> history_{{}};
  std::size_t at_ = 0;
  std::string last_key_;
  int step_ = 0;
};

}  // namespace faultline::gui
