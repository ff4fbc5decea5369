#pragma once
// What somebody keeps for each of a service's instances, by instance id. Instances of one service
// mostly bear neighbouring ids, so only the stretch of ids that was ever asked for is kept.

#include <cstdint>
#include <vector>

#include "models/vocabulary/rows.hpp"

namespace faultline {

template <class Item>
class ByInstance {
 public:
  // Makes room if there is none.
  Item& operator[](InstanceId id) {
    if (id - first_ >= items_.size()) [[unlikely]]
      cover(id);
    return items_[id - first_];
  }
  // Null: nothing was ever kept for it.
  const Item* find(InstanceId id) const {
    return id - first_ < items_.size() ? &items_[id - first_] : nullptr;
  }
  Item* find(InstanceId id) { return id - first_ < items_.size() ? &items_[id - first_] : nullptr; }

 private:
  void cover(InstanceId id) {
    if (items_.empty()) first_ = id;
    if (id < first_) {
      items_.insert(items_.begin(), first_ - id, Item{});
      first_ = id;
    } else {
      items_.resize(id - first_ + 1);
    }
  }

  InstanceId first_ = 0;
  std::vector<Item> items_;
};

// Numbers of attempts.
using Loads = ByInstance<std::uint32_t>;

inline std::uint32_t load_at(const Loads& loads, InstanceId id) {
  const std::uint32_t* load = loads.find(id);
  return load != nullptr ? *load : 0;
}

}  // namespace faultline
