// partition: a link delivers nothing, in both directions or one. Messages are sent again and again
// (TCP) and get through when it heals; who waits too long for that learns `unreachable`.

#include <fmt/format.h>

#include <array>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class Partition final : public FaultOf<Partition> {
 public:
  void describe(Binder& b) override {
    describe_link(b);
    b.choice(
        {.key = "direction", .help = "Which way nothing passes: both, to the callee, or from it."},
        direction_, kDirections);
  }
  void contribute(LinkConditions& c) const override {
    c.cut_to = c.cut_to || direction_ != Direction::From;
    c.cut_from = c.cut_from || direction_ != Direction::To;
  }
  std::string sentence() const override {
    if (direction_ == Direction::Both) return fmt::format("{} partitioned", link_);
    return fmt::format("{} partitioned one way ({})", link_,
                       kDirections[static_cast<std::size_t>(direction_)]);
  }

 private:
  enum class Direction : std::uint8_t { Both, To, From };
  static constexpr std::array<std::string_view, 3> kDirections = {"both", "to", "from"};
  Direction direction_ = Direction::Both;
};

}  // namespace

std::unique_ptr<Fault> make_partition() {
  return std::make_unique<Partition>();
}

}  // namespace faultline
