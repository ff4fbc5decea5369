#pragma once
// Rows that are recycled: one array whose addresses never change, with a free list threaded through
// the unused rows. Memory is bounded by the most rows alive at once, not by the length of the run.
// Ids are dense, below 2^24 (an event's id field).
//
// The address space for all of them is reserved at once and the system backs a page when it is
// first touched, so that growing copies nothing and finding a row is a multiplication.

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <new>
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
  Slab() {
    void* room = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    FL_ASSERT(room != MAP_FAILED, "no address space for the rows of a run (ulimit -v?)");
    rows_ = static_cast<Row*>(room);
  }
  ~Slab() { munmap(static_cast<void*>(rows_), kBytes); }
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

  // A row in its default state. The id may be one that was released before.
  std::uint32_t acquire() {
    return acquire([](std::uint32_t) { return Row{}; });
  }
  // A row as `make(id)` makes it, which must not ask for another one. It is made in its place.
  template <class Make>
  std::uint32_t acquire(Make make) {
    ++live_;
    std::uint32_t id = free_;
    if (id == kNone) {
      FL_ASSERT(used_ <= Event::kMaxId, "more than 16.7 million rows alive at once");
      id = used_++;
    } else {
      std::memcpy(&free_, &rows_[id], sizeof free_);
    }
    ::new (static_cast<void*>(&rows_[id])) Row(make(id));
    return id;
  }

  // The row's first four bytes become the link of the free list; the rest stays readable.
  void release(std::uint32_t id) {
    std::memcpy(static_cast<void*>(&rows_[id]), &free_, sizeof free_);
    free_ = id;
    --live_;
  }

  Row& operator[](std::uint32_t id) { return rows_[id]; }
  const Row& operator[](std::uint32_t id) const { return rows_[id]; }

  // The row will be needed soon; any id will do.
  void prefetch(std::uint32_t id) const {
    const char* row = reinterpret_cast<const char*>(&rows_[id]);
    __builtin_prefetch(row);
    if constexpr (sizeof(Row) > 64) __builtin_prefetch(row + sizeof(Row) - 1);
  }

  // Every row in use, by id. For audits: it looks at all rows there ever were.
  template <class Visit>
  void each(Visit visit) const {
    std::vector<bool> unused(used_);
    for (std::uint32_t id = free_; id != kNone;) {
      unused[id] = true;
      std::memcpy(&id, &rows_[id], sizeof id);
    }
    for (std::uint32_t id = 0; id < used_; ++id) {
      if (!unused[id]) visit(id, rows_[id]);
    }
  }

  std::uint32_t live() const { return live_; }

 private:
  static constexpr std::size_t kBytes = (std::size_t{Event::kMaxId} + 1) * sizeof(Row);

  Row* rows_ = nullptr;
  std::uint32_t used_ = 0;  // rows that ever were
  std::uint32_t free_ = kNone;
  std::uint32_t live_ = 0;
};

}  // namespace faultline
