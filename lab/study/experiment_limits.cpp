// Experiments, part seven: limits whose answer is known, and a client that finds its own.
#include <fmt/format.h>

#include "lab/study/experiment.hpp"

namespace faultline {
namespace {

using Answer = std::optional<Experiment>;

// A client with a policy, and a callee that takes no time.
std::string asking(double rate, const std::string& policy, const std::string& door = "") {
  return fmt::format(
      "faultline = 1\n[client.load]\ncalls = \"leaf\"\nrate = \"{}\"\npolicy = \"caller\"\n"
      "[service.leaf]\nthreads = \"unbounded\"\nwork = \"0s\"\n{}[policy.caller]\n{}\n",
      toml::rate(rate), door, policy);
}

// A bucket whose tokens come one at each tick.
Answer ticking_bucket(Asked& ask) {
  const double rate = ask.positive("arrival_rate"), refill = ask.positive("refill_rate");
  const int size = ask.whole("bucket_size");
  ask.if_any("start", "full");
  if (!ask.asks("P_drop")) return std::nullopt;
  Experiment e;
  e.scenario = asking(rate, fmt::format("rate_limit = {{ kind = \"envoy_local\", rate = \"{}\", "
                                        "window = \"{}\", burst = {} }}",
                                        toml::rate(refill), toml::time(1 / refill), size));
  e.samples_per_unit = rate;
  e.events_per_unit = 1.5 * rate;
  e.warmup_units = 50.0 * size / refill;
  e.samples = measure::answered();
  e.value = measure::failed_share();
  return e;
}

// The callee takes so many and refuses the rest; its bucket is wide enough for what comes by
// chance.
Answer client_throttle(Asked& ask) {
  const double demand = ask.positive("demand"), capacity = ask.positive("backend_capacity");
  const double k = ask.positive("K");
  ask.if_any("window", "long (2 min), stationary");
  if (k < 1) return std::nullopt;
  Experiment e;
  e.scenario = asking(demand, fmt::format("throttle = {{ k = {} }}", k),
                      fmt::format("[service.leaf.door]\nrate_limit = {{ rate = \"{}\", burst = 200 "
                                  "}}\n",
                                  toml::rate(capacity)));
  e.samples_per_unit = demand;
  e.events_per_unit = demand;
  e.warmup_units = 60'000;  // five windows
  e.samples = measure::answered();
  if (ask.asks("backend_offered_rate")) {
    e.value = [](const Observation& o) {
      return static_cast<double>(o.edge("load->leaf").attempts) / o.seconds * 0.01;
    };
  } else if (ask.asks("local_reject_fraction")) {
    e.value = [](const Observation& o) {
      return 1 - static_cast<double>(o.edge("load->leaf").attempts) /
                     static_cast<double>(o.client().offered);
    };
  } else if (ask.asks("goodput")) {
    e.value = measure::client_throughput();
  } else {
    return std::nullopt;
  }
  return e;
}

}  // namespace

const std::vector<ExperimentFamily>& limit_experiments() {
  static const std::vector<ExperimentFamily> all = {
      {"token bucket policer, ticked refill", ticking_bucket},
      {"SRE adaptive client throttling", client_throttle},
  };
  return all;
}

}  // namespace faultline
