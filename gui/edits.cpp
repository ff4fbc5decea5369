#include "gui/edits.hpp"

#include <algorithm>

namespace faultline::gui {

const std::string* Edits::value_of(const std::string& key) const {
  for (const auto& [known, value] : settings()) {
    if (known == key) return &value;
  }
  return nullptr;
}

void Edits::set(const std::string& key, const std::string& value, bool together) {
  const std::string* before = value_of(key);
  if (before != nullptr && *before == value) return;
  Settings next = settings();
  const auto same = [&](const auto& one) { return one.first == key; };
  const auto found = std::find_if(next.begin(), next.end(), same);
  if (found != next.end()) {
    found->second = value;
  } else {
    next.emplace_back(key, value);
  }
  push(std::move(next), key, together);
}

void Edits::reset(const std::string& key) {
  if (value_of(key) == nullptr) return;
  Settings next = settings();
  std::erase_if(next, [&](const auto& one) { return one.first == key; });
  push(std::move(next), {}, false);
}

void Edits::clear() {
  const bool was_empty = empty();
  history_ = {{}};
  at_ = 0;
  last_key_.clear();
  ++step_;
  if (!was_empty) Q_EMIT changed();
}

void Edits::push(Settings settings, std::string key, bool together) {
  const bool goes_on = together && at_ > 0 && !key.empty() && key == last_key_;
  history_.resize(at_ + 1);
  if (goes_on) {
    history_.back() = std::move(settings);
  } else {
    history_.push_back(std::move(settings));
    ++at_;
    ++step_;
  }
  last_key_ = std::move(key);
  Q_EMIT changed();
}

void Edits::undo() {
  if (!can_undo()) return;
  --at_;
  ++step_;
  last_key_.clear();
  Q_EMIT changed();
}

void Edits::redo() {
  if (!can_redo()) return;
  ++at_;
  ++step_;
  last_key_.clear();
  Q_EMIT changed();
}

}  // namespace faultline::gui
