#pragma once
// Rows that are recycled: a growing array in fixed chunks, so addresses stay and nothing is copied,
// with a free list threaded through the unused rows. Memory is bounded by the most rows alive at
// once, not by the length of the run. Ids are dense, below 2^24 (an event's id field).

#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

#include "sim/assert.hpp"
#include "sim/radix_heap.hpp"

namespace faultline {

inline constexpr std::uint32_t kNone = 0xffffffffu;

template <class Row>
class Slab {
  static_assert(std::is_trivially_copyable_v<Row> && sizeof(Row) >= sizeof(std::uint32_t));

 public:
  // A row in its default state. The id may be one that was released before.
  std::uint32_t acquire() {
    if (free_ == kNone) grow();
    const std::uint32_t id = free_;
    Row& row = (*this)[id];
    std::memcpy(&free_, &row, sizeof free_);
    row = Row{};
    ++live_;
    return id;
  }

  // The row's first four bytes become the link of the free list; the rest stays readable.
  void release(std::uint32_t id) {
    std::memcpy(static_cast<void*>(&(*this)[id]), &free_, sizeof free_);
    free_ = id;
    --live_;
  }

  Row& operator[](std::uint32_t id) { return chunks_[id >> kChunkBits][id & (kChunk - 1)]; }
  const Row& operator[](std::uint32_t id) const {
    return chunks_[id >> kChunkBits][id & (kChunk - 1)];
  }

  // Every row in use, by id. For audits: it looks at all rows there ever were.
  template <class Visit>
  void each(Visit visit) const {
    std::vector<bool> unused(chunks_.size() * kChunk);
    for (std::uint32_t id = free_; id != kNone;) {
      unused[id] = true;
      std::memcpy(&id, &(*this)[id], sizeof id);
    }
    for (std::uint32_t id = 0; id < unused.size(); ++id) {
      if (!unused[id]) visit(id, (*this)[id]);
    }
  }

  std::uint32_t live() const { return live_; }

 private:
  static constexpr int kChunkBits = 10;
  static constexpr std::uint32_t kChunk = 1u << kChunkBits;

  void grow() {
    const auto base = static_cast<std::uint32_t>(chunks_.size()) << kChunkBits;
    FL_ASSERT(base + kChunk - 1 <= Event::kMaxId, "more than 16.7 million rows alive at once");
    chunks_.push_back(std::make_unique<Row[]>(kChunk));
    for (std::uint32_t i = kChunk; i-- > 0;) {
      std::memcpy(static_cast<void*>(&chunks_.back()[i]), &free_, sizeof free_);
      free_ = base + i;
    }
  }

  std::vector<std::unique_ptr<Row[]>> chunks_;
  std::uint32_t free_ = kNone;
  std::uint32_t live_ = 0;
};

}  // namespace faultline
