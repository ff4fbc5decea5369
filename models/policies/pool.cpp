// pool: a caller's connections to its callee. An attempt takes one that lies idle, or opens one
// while there are fewer than `connections`, or waits for one to be given back. Follows HikariCP and
// the connection pools of HTTP/1.1 clients: one attempt at a time on each, the longest waiter is
// next, and a connection whose attempt was given up half-way is closed, since its answer is still
// on it: after a wave of timeouts everybody must connect again.
//
// Not a bulkhead, which has no connections: nothing to open and nothing to lose.

#include <algorithm>
#include <deque>
#include <vector>

#include "models/policies/policies.hpp"

namespace faultline {
namespace {

// The exchange did not come to its end on the wire.
constexpr ErrorSet kBroken = bit(Error::Timeout) | bit(Error::Deadline) | bit(Error::Cancelled) |
                             bit(Error::Crash) | bit(Error::Unreachable) | bit(Error::Unavailable);

struct PoolSettings {
  std::int64_t connections = 10;
  std::int64_t waiting = kUnbounded;
  Duration wait = milliseconds(30'000);
  Duration connect{0};
  std::optional<Duration> idle;
};

class Pool final : public Policy {
 public:
  explicit Pool(const PoolSettings& s) : s_(s) {}

  Before before(const CallView& call) override {
    if (call.waited) return {};
    close_idle(call.now);
    if (!idle_.empty()) {
      idle_.pop_back();  // the one used last, so that the others may grow old
      ++used_;
      return {};
    }
    if (used_ < s_.connections) {
      ++used_;
      if (s_.connect.ns == 0) return {};
      opening_.push_back(call.attempt);
      return {.verdict = Before::Verdict::Wait, .timer = s_.connect};
    }
    if (std::ssize(waiting_) >= s_.waiting)
      return {.verdict = Before::Verdict::Refuse, .why = Error::BulkheadFull};
    waiting_.push_back(call.attempt);
    return {.verdict = Before::Verdict::Wait, .timer = s_.wait};
  }

  OnTimer on_timer(const CallView& call) override {
    if (std::erase(opening_, call.attempt) > 0) return {.verdict = OnTimer::Verdict::GoOn};
    std::erase(waiting_, call.attempt);
    return {.verdict = OnTimer::Verdict::GiveUp, .why = Error::BulkheadFull};
  }

  After after(const CallView& call, Outcome outcome) override {
    const bool broken = contains(kBroken, outcome.error);
    if (!waiting_.empty()) return {.wake = next(), .delay = broken ? s_.connect : Duration{0}};
    --used_;
    if (!broken) idle_.push_back(call.now);
    return {};
  }

  // It gave up while it waited, or while its connection was being opened (which then is idle).
  AttemptId leave(const CallView& call) override {
    if (std::erase(waiting_, call.attempt) > 0) return kNone;
    if (std::erase(opening_, call.attempt) == 0) return kNone;
    if (!waiting_.empty()) return next();
    --used_;
    idle_.push_back(call.now);
    return kNone;
  }

  std::int64_t permits_held() const override { return used_ - std::ssize(opening_); }

 private:
  AttemptId next() {
    const AttemptId id = waiting_.front();
    waiting_.pop_front();
    return id;
  }
  void close_idle(Instant now) {
    if (!s_.idle) return;
    const auto young = std::find_if(idle_.begin(), idle_.end(),
                                    [&](Instant since) { return now - since < *s_.idle; });
    idle_.erase(idle_.begin(), young);
  }

  PoolSettings s_;
  std::int64_t used_ = 0;           // by attempts, and those being opened
  std::vector<Instant> idle_;       // since when, oldest first
  std::vector<AttemptId> opening_;  // attempts whose connection is being opened
  std::deque<AttemptId> waiting_;
};

class PoolConfig final : public PolicyConfigOf<PoolConfig> {
 public:
  void describe(Binder& b) override {
    b.shorthand("connections");
    b.field({.key = "connections", .help = "Open at once.", .min = 1, .max = 1e7},
            settings_.connections);
    b.field({.key = "waiting",
             .help = "Attempts that may wait for one; the next is refused (bulkhead_full).",
             .min = 0,
             .max = 1e9,
             .fallback = "unbounded",
             .unbounded = true},
            settings_.waiting);
    b.field({.key = "wait",
             .help = "Who has waited so long is refused (bulkhead_full).",
             .min = 0,
             .above_min = true},
            settings_.wait);
    b.field({.key = "connect", .help = "What opening one takes.", .min = 0}, settings_.connect);
    b.field({.key = "idle",
             .help = "One that has lain idle so long is closed.",
             .min = 0,
             .above_min = true,
             .fallback = "never"},
            settings_.idle);
  }
  std::unique_ptr<Policy> make() const override { return std::make_unique<Pool>(settings_); }

 private:
  PoolSettings settings_;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_pool() {
  return std::make_unique<PoolConfig>();
}

}  // namespace faultline
