#pragma once
// Takes hosts that misbehave out of a caller's rotation for a while: Envoy's
// outlier detection. Each caller instance has its own, and learns from its own
// attempts alone. Failures in a row are judged at once; rates, and who may come
// back, at sweeps. Often confused with a circuit breaker, which stops calling
// the whole service.

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "models/vocabulary/describe.hpp"
#include "models/vocabulary/outcome.hpp"
#include "sim/time.hpp"

namespace faultline {

struct SuccessRateRule {  // ejects who is so many standard deviations below the
                          // mean
  std::int64_t min_hosts = 5;
  std::int64_t min_requests = 100;  // of a host, in the interval
  double stdev_factor = 1.9;
  void describe(Binder& b);
};

struct FailureShareRule {  // ejects who fails so large a share
  Share threshold{0.85};
  std::int64_t min_hosts = 5;
  std::int64_t min_requests = 50;
  void describe(Binder& b);
};

struct OutlierSettings {
  // Failures in a row; none: not judged.
  std::optional<std::int64_t> consecutive_5xx = 5;
  std::optional<std::int64_t> consecutive_gateway_failure;
  std::optional<std::int64_t> consecutive_local_origin_failure;  // looks at those alone
  std::optional<SuccessRateRule> success_rate = SuccessRateRule{};
  std::optional<FailureShareRule> failure_percentage;
  Duration interval = milliseconds(10'000);  // between sweeps
  Duration base_ejection_time = milliseconds(30'000);
  Duration max_ejection_time = milliseconds(300'000);
  Duration max_ejection_time_jitter{0};
  Share max_ejection_percent{0.1};
  bool always_eject_one_host = false;
  void describe(Binder& b);
};

// What one answer says of a host.
enum class HostResult : std::uint8_t { Good, ServerError, Gateway, LocalOrigin };
HostResult host_result(Error error);

bool may_eject(std::size_t ejected, std::size_t hosts, const OutlierSettings& settings);
// Of the n-th ejection in a row (from 1), without jitter.
Duration ejection_time(std::int64_t n, const OutlierSettings& settings);
// Who has less than this is ejected: mean − factor · (population) standard
// deviation.
double success_rate_threshold(std::span<const double> rates, double stdev_factor);

class OutlierDetector {
 public:
  // `key` is of its draws.
  OutlierDetector(const OutlierSettings& settings, Instant now, std::uint64_t key)
      : settings_(settings), key_(key), next_sweep_(now + settings.interval) {}

  using Host = std::uint32_t;  // its ordinal within the service, never used again
  struct Told {
    Host host;
    Duration out;  // ejected for so long; < 0: it is back
  };

  // Who there is, whenever that changes.
  void set_hosts(std::vector<Host> hosts) { hosts_ = std::move(hosts); }
  // Lets the sweeps that are due happen, then counts a result.
  void report(Instant now, Host host, HostResult result);
  void sweep(Instant now) {
    while (next_sweep_ <= now) sweep_once();
  }
  bool ejected(Host host) const { return host < states_.size() && states_[host].out; }
  bool any_ejected() const { return ejected_ > 0; }
  // What happened since it was last asked.
  std::vector<Told> take_told() { return std::exchange(told_, {}); }
  bool has_told() const { return !told_.empty(); }

 private:
  struct State {
    bool out = false;
    std::int64_t server_errors = 0, gateway = 0, local = 0;  // in a row
    std::int64_t good = 0, total = 0;                        // in this interval
    std::int64_t times = 0;                                  // ejected in a row
    std::int64_t ever = 0;
    Instant since, until, back;
  };
  State& state(Host host);
  void eject(Instant now, Host host);
  void sweep_once();
  void judge_rates(Instant now);

  const OutlierSettings& settings_;
  std::uint64_t key_;
  Instant next_sweep_;
  std::vector<Host> hosts_;
  std::vector<State> states_;
  std::size_t ejected_ = 0;  // those that have left while they were out, too
  std::vector<Told> told_;
};

}  // namespace faultline
