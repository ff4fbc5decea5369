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
    b.choice({.key = "connections",
              .help = "Which it hits: all, only those not yet set up, or only those there are (as "
                      "when a firewall forgets what it has seen)."},
             connections_, kWhich);
  }
  bool stops_new() const override { return connections_ != Which::All; }
  void contribute(LinkConditions& c) const override {
    if (connections_ != Which::Established) c.cut_hits |= LinkConditions::kNew;
    if (connections_ != Which::New) c.cut_hits |= LinkConditions::kEstablished;
    c.cut_to = c.cut_to || direction_ != Direction::From;
    c.cut_from = c.cut_from || direction_ != Direction::To;
  }
  std::string sentence() const override {
    if (connections_ != Which::All)
      return fmt::format("{} partitioned for {} connections", link_,
                         kWhich[static_cast<std::size_t>(connections_)]);
    if (direction_ == Direction::Both) return fmt::format("{} partitioned", link_);
    return fmt::format("{} partitioned one way ({})", link_,
                       kDirections[static_cast<std::size_t>(direction_)]);
  }

 private:
  enum class Direction : std::uint8_t { Both, To, From };
  static constexpr std::array<std::string_view, 3> kDirections = {"both", "to", "from"};
  Direction direction_ = Direction::Both;
  enum class Which : std::uint8_t { All, New, Established };
  static constexpr std::array<std::string_view, 3> kWhich = {"all", "new", "established"};
  Which connections_ = Which::All;
};

}  // namespace

std::unique_ptr<Fault> make_partition() {
  return std::make_unique<Partition>();
}

}  // namespace faultline
