#pragma once
// A lane: all timers of one constant duration. They expire in the order they were armed, so a
// doubly linked list through their ids holds them sorted for nothing: arm and cancel are O(1) and a
// cancelled timer leaves no trace. The owner's event queue holds at most one event for the whole
// lane, the sentinel: when it fires it takes what is due off the front and re-arms itself.

#include <cstdint>
#include <vector>

namespace faultline::bench {

class Lane {
 public:
  explicit Lane(std::uint64_t duration) : duration_(duration), links_(1) {}

  // Room for the timers 0 .. count - 1. Slot 0 of the list is the end that closes the circle, which
  // spares arm and cancel every case distinction; timer id lives in slot id + 1.
  void reserve(std::uint32_t count) {
    if (count >= links_.size()) links_.resize(count + 1);
  }

  void arm(std::uint32_t id, std::uint64_t now) {
    const std::uint32_t slot = id + 1;
    const std::uint32_t tail = links_[0].previous;
    links_[slot] = {now + duration_, tail, 0};
    links_[tail].next = slot;
    links_[0].previous = slot;
  }

  void cancel(std::uint32_t id) {
    const Link& link = links_[id + 1];
    links_[link.previous].next = link.next;
    links_[link.next].previous = link.previous;
  }

  bool empty() const { return links_[0].next == 0; }
  std::uint32_t front() const { return links_[0].next - 1; }
  // When the first timer is due; undefined when there is none.
  std::uint64_t next_due() const { return links_[links_[0].next].due; }

 private:
  struct Link {
    std::uint64_t due = 0;
    std::uint32_t previous = 0;
    std::uint32_t next = 0;
  };

  std::uint64_t duration_;
  std::vector<Link> links_;
};

}  // namespace faultline::bench
