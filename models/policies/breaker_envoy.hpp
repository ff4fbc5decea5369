#pragma once
// What Envoy calls circuit breaking: limits on how much one proxy has under way towards a cluster.
// Nothing is learnt from failures, and nothing stays open. An attempt is admitted while `current <
// max` holds for requests, and for retries if it is one; with every connection in use it waits for
// one, while there is room among the pending. One attempt uses one connection (HTTP/1.1); with
// `connections` unbounded they share (HTTP/2) and nobody waits.

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "models/policies/policy.hpp"

namespace faultline {

constexpr bool envoy_admits(std::int64_t current, std::int64_t max) {
  return current < max;
}

struct EnvoyLimits {
  std::int64_t connections = 1024, pending = 1024, requests = 1024, retries = 3;
};

class EnvoyBreaker final : public Policy {
 public:
  explicit EnvoyBreaker(const EnvoyLimits& limits) : limits_(limits) {}

  Before before(const CallView& call) override {
    if (call.waited) return {};          // the connection was kept for it when it was woken
    const bool retry = call.number > 0;  // a hedge is one, too
    const bool waits = !envoy_admits(under_way_, limits_.connections);
    if (!envoy_admits(under_way_, limits_.requests) ||
        (waits && !envoy_admits(std::ssize(waiting_), limits_.pending)) ||
        (retry && !envoy_admits(std::ssize(retries_), limits_.retries))) {
      return {.verdict = Before::Verdict::Refuse, .why = Error::BreakerOpen};
    }
    if (retry) retries_.push_back(call.attempt);
    if (waits) {
      waiting_.push_back(call.attempt);
      return {.verdict = Before::Verdict::Wait};
    }
    ++under_way_;
    return {};
  }

  After after(const CallView& call, Outcome) override {
    std::erase(retries_, call.attempt);
    if (waiting_.empty()) {
      --under_way_;
      return {};
    }
    const AttemptId next = waiting_.front();  // the connection passes straight on
    waiting_.pop_front();
    return {.wake = next};
  }

  AttemptId leave(const CallView& call) override {
    std::erase(waiting_, call.attempt);
    std::erase(retries_, call.attempt);
    return kNone;
  }
  std::int64_t permits_held() const override { return under_way_; }

 private:
  EnvoyLimits limits_;
  std::int64_t under_way_ = 0;
  std::deque<AttemptId> waiting_;
  std::vector<AttemptId> retries_;  // under way or waiting
};

}  // namespace faultline
