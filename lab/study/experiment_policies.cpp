// Experiments, part five: what callers do about failure. Failures that don't depend on load are a
// fault: a share of a service's jobs fails at once, before any work.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/study/experiment.hpp"
#include "models/policies/budget.hpp"
#include "models/theory/catalogue.hpp"

namespace faultline {
namespace {

using Answer = std::optional<Experiment>;

std::string client(std::string_view calls, double rate, double unit_s = 0.01) {
  return fmt::format("[client.load]\ncalls = \"{}\"\nrate = \"{}\"\npolicy = \"caller\"\n", calls,
                     toml::rate(rate, unit_s));
}

// A service that takes no time and fails by chance.
std::string failing(std::string_view name, double share) {
  std::string text = fmt::format("[service.{}]\nthreads = \"unbounded\"\nwork = \"0s\"\n", name);
  if (share > 0)
    text +=
        fmt::format("[[fault]]\nkind = \"errors\"\nat = \"0s\"\nservice = \"{}\"\nshare = \"{}\"\n",
                    name, toml::share(share));
  return text;
}

Measure attempts_per_call(std::string edge) {
  return [edge](const Observation& o) {
    const EdgeStatistics& e = o.edge(edge);
    return static_cast<double>(e.attempts) / static_cast<double>(e.calls);
  };
}

double ok_share(const Observation& o) {
  return 1 - measure::failed_share()(o);
}

// One caller and one callee; one request a time unit, which makes no difference.
Experiment calling(double failure, std::string_view policy, double rate = 1) {
  Experiment e;
  e.scenario = "faultline = 1\n" + client("leaf", rate) + failing("leaf", failure) +
               fmt::format("[policy.caller]\n{}\n", policy);
  e.samples_per_unit = rate;
  e.events_per_unit = 3 * rate;
  e.warmup_units = 100 / rate;
  e.samples = measure::answered();
  return e;
}

// A chain of services that all retry what they call; the last callee is the leaf. The client
// doesn't retry. Each hop may fail before it calls anybody.
Experiment layered(int layers, int attempts, double at_leaf, double at_hops) {
  std::string text = "faultline = 1\n[client.load]\ncalls = \"hop1\"\nrate = \"100/s\"\n";
  for (int i = 1; i <= layers; ++i) {
    const std::string next = i < layers ? fmt::format("hop{}", i + 1) : "leaf";
    text += fmt::format(
        "[service.hop{}]\nthreads = \"unbounded\"\n"
        "steps = [ {{ call = \"{}\", policy = \"caller\" }} ]\n",
        i, next);
    if (at_hops > 0)
      text += fmt::format(
          "[[fault]]\nkind = \"errors\"\nat = \"0s\"\nservice = \"hop{}\"\nshare = \"{}\"\n", i,
          toml::share(at_hops));
  }
  Experiment e;
  e.scenario = text + failing("leaf", at_leaf) +
               fmt::format("[policy.caller]\nretry = {{ attempts = {} }}\n", attempts);
  e.events_per_unit = 1 + 2 * std::pow(at_leaf * attempts + 1, layers);
  e.warmup_units = 100;
  e.samples = measure::answered();
  return e;
}

double leaf_attempts(const Observation& o) {
  return static_cast<double>(o.service("leaf").all.arrivals) /
         static_cast<double>(o.client().offered);
}

Answer amplification(Asked& ask) {
  const double failure = ask.share("fail_prob");
  if (ask.asks("leaf_attempts_per_request")) {
    const int layers = ask.whole("retrying_layers");
    const int attempts = ask.whole("max_attempts_per_layer");
    // Where every attempt fails it does not matter which of them do.
    if (failure < 1 || ask.has("failures"))
      ask.must_be("failures", "only at the leaf, independent per attempt");
    if (layers > 12) return std::nullopt;
    Experiment e = layered(layers, attempts, failure, 0);
    e.value = leaf_attempts;
    return e;
  }
  const int attempts = ask.whole("max_attempts");
  if (!ask.flag("independent") || attempts > 1000) return std::nullopt;
  Experiment e = calling(failure, fmt::format("retry = {{ attempts = {} }}", attempts));
  if (ask.asks("attempts_per_request")) {
    e.value = attempts_per_call("load->leaf");
  } else if (ask.asks("P_request_fails")) {
    e.value = measure::failed_share();
  } else {
    return std::nullopt;
  }
  return e;
}

Answer hop_amplification(Asked& ask) {
  const double failure = ask.share("hop_fail_prob");
  const int layers = ask.whole("retrying_layers"), attempts = ask.whole("max_attempts_per_layer");
  ask.must_be("failures",
              "each hop independently fails before calling downstream; leaf fails w.p. q");
  if (layers > 12) return std::nullopt;
  Experiment e = layered(layers, attempts, failure, failure);
  if (ask.asks("leaf_attempts_per_request")) {
    e.value = leaf_attempts;
  } else if (ask.asks("P_request_fails")) {
    e.value = measure::failed_share();
  } else {
    return std::nullopt;
  }
  return e;
}

constexpr std::string_view kAlways = "retry = { attempts = 1000, ";

Answer retry_budget(Asked& ask) {
  const double failure = ask.share("fail_prob"), ratio = ask.positive("budget_ratio");
  ask.must_be("max_attempts", "unlimited");
  ask.must_be("bucket", "steady state, burst credit excluded");
  if (failure >= 0.99) return std::nullopt;
  // At a rate at which the token that is always being saved up doesn't count.
  Experiment e =
      calling(failure,
              fmt::format("{}budget = {{ ratio = \"{}\", min_per_s = 0, ttl = \"10s\" }} }}",
                          kAlways, toml::share(ratio)),
              100);
  e.warmup_units = 3000;  // three times the budget's memory
  if (ask.asks("load_amplification")) {
    e.value = attempts_per_call("load->leaf");
  } else if (ask.asks("success_fraction")) {
    e.value = ok_share;
  } else {
    return std::nullopt;
  }
  return e;
}

// In seconds, with Finagle's reserve.
Answer linkerd_budget(Asked& ask) {
  const double rate = ask.positive("request_rate"), failure = ask.share("attempt_fail_prob");
  const double ratio = ask.positive("percentCanRetry"), reserve = ask.number("minRetriesPerSec");
  const double memory = ask.positive("ttl_s");
  ask.must_be("retries_per_request", "unlimited, immediate");
  if (!ask.asks("retry_rate") || failure >= 0.99) return std::nullopt;
  Experiment e;
  e.unit_s = 1;
  e.scenario =
      "faultline = 1\n" + client("leaf", rate, 1) + failing("leaf", failure) +
      fmt::format(
          "[policy.caller]\n{}budget = {{ ratio = \"{}\", min_per_s = {}, ttl = \"{}\" }} }}\n",
          kAlways, toml::share(ratio), reserve, toml::time(memory, 1));
  e.samples_per_unit = rate;
  e.events_per_unit = 3 * rate;
  e.warmup_units = 20 * memory;
  e.samples = measure::answered();
  e.value = [](const Observation& o) {
    return static_cast<double>(o.edge("load->leaf").retries) / o.seconds;
  };
  return e;
}

// Retries alone, or Brooker's token bucket for them.
Answer retry_policy(Asked& ask) {
  const double failure = ask.share("fail_prob");
  const std::string policy = ask.text("policy");
  ask.if_any("clients", 1.0);
  std::string retry = "retry = { attempts = 1 }";
  double given = 0;
  int most = 0, retries = 0;
  if (std::sscanf(policy.c_str(),
                  "token bucket: +%lf per request, cap %d, retry costs 1, retries "
                  "per request unlimited",
                  &given, &most) == 2) {
    if (given <= 0 || most < 1 || failure >= 0.99) return std::nullopt;
    retry = fmt::format("{}budget = {{ kind = \"bucket\", ratio = \"{}\", tokens = {} }} }}",
                        kAlways, toml::share(given), most);
  } else if (policy != "no retries") {
    if (std::sscanf(policy.c_str(), "%d retries", &retries) != 1 || retries < 1 || retries > 100 ||
        policy != fmt::format("{} retries", retries))
      return std::nullopt;
    retry = fmt::format("retry = {{ attempts = {} }}", retries + 1);
  }
  Experiment e = calling(failure, retry);
  if (ask.asks("load_amplification")) {
    e.value = attempts_per_call("load->leaf");
  } else if (ask.asks("success_fraction")) {
    e.value = ok_share;
  } else {
    return std::nullopt;
  }
  return e;
}

// The share of failures at which the throttle's tokens neither rise nor fall: one fails whenever
// they are above where they began.
Answer grpc_throttle(Asked& ask) {
  const double ratio = ask.positive("tokenRatio");
  ask.must_be("fail_cost", 1.0);
  if (!ask.asks("critical_failure_fraction") || ratio > 1000) return std::nullopt;
  Experiment e;
  e.compute = [ratio](std::uint64_t, std::uint64_t draws) {
    GrpcThrottle throttle(1000, ratio);
    while (throttle.tokens() > 750) throttle.failed();
    std::uint64_t failed = 0;
    for (std::uint64_t i = 0; i < draws; ++i) {
      const bool fails = throttle.tokens() > 750;
      fails ? throttle.failed() : throttle.succeeded();
      failed += fails;
    }
    return static_cast<double>(failed) / static_cast<double>(draws);
  };
  return e;
}

Answer token_bucket(Asked& ask) {
  const double rate = ask.positive("arrival_rate"), refill = ask.positive("refill_rate");
  const int burst = ask.whole("bucket_size");
  ask.if_any("start", "full");
  if (!ask.asks("P_drop")) return std::nullopt;
  Experiment e;
  e.scenario = "faultline = 1\n" + client("leaf", rate) + failing("leaf", 0) +
               fmt::format("[policy.caller]\nrate_limit = {{ rate = \"{}\", burst = {} }}\n",
                           toml::rate(refill), burst);
  e.samples_per_unit = rate;
  e.events_per_unit = 1.5 * rate;
  e.warmup_units = 50.0 * burst / refill;
  e.samples = measure::answered();
  e.value = measure::failed_share();
  return e;
}

// --- Breakers -----------------------------------------------------------------------------------

// So many failures in a row, out of a window just as long. resilience4j closes again when the
// probes' failure rate is below the threshold; only with a single probe is that "any failure".
Answer consecutive_breaker(Asked& ask) {
  const double rate = ask.positive("lam"), failure = ask.share("fail_prob");
  const int trip = ask.whole("trip_after_consecutive_failures");
  const double open = ask.positive("open_duration");
  const int probes = ask.whole("half_open_successes_to_close");
  ask.must_be("half_open", "one probe at a time, any failure re-opens; zero latency");
  if (probes != 1 || failure <= 0 || failure >= 1) return std::nullopt;
  Experiment e =
      calling(failure,
              fmt::format("breaker = {{ window = {0}, min_calls = {0}, failure_rate = \"100%\", "
                          "open_for = \"{1}\", half_open_calls = 1 }}",
                          trip, toml::time(open)),
              rate);
  e.warmup_units = 20 * open;
  if (ask.asks("fraction_rejected_fast")) {
    e.value = [](const Observation& o) {
      const ClientWindow& w = o.client();
      return static_cast<double>(w.errors[static_cast<std::size_t>(Error::BreakerOpen)]) /
             static_cast<double>(w.ok + w.failed);
    };
  } else if (ask.asks("fraction_success")) {
    e.value = ok_share;
  } else if (ask.asks("fraction_time_open")) {
    // Open it stays until a call comes; but it refuses none after `open`.
    e.value = [open](const Observation& o) {
      return static_cast<double>(o.edge("load->leaf").breaker_opened) * open * 0.01 / o.seconds;
    };
  } else if (ask.asks("mean_time_closed_before_trip")) {
    e.value = [](const Observation& o) {
      const ObservedEdge& edge = o.edge("load->leaf");
      return (o.seconds - edge.breaker_open_s) / static_cast<double>(edge.breaker_closed) / 0.01;
    };
  } else {
    return std::nullopt;
  }
  return e;
}

// Many callers, each with a breaker of its own that stays open once it is: calls let through, over
// callers.
Answer window_breaker(Asked& ask) {
  const int window = ask.whole("window"), least = ask.whole("min_calls");
  const int trip = ask.whole("trip_when_failures_at_least");
  const double failure = ask.share("fail_prob");
  if (!ask.asks("mean_calls_to_trip") || least > window || trip > window) return std::nullopt;
  theory::Inputs inputs;
  inputs.set("window", static_cast<double>(window)).set("min_calls", static_cast<double>(least));
  inputs.set("trip_when_failures_at_least", static_cast<double>(trip)).set("fail_prob", failure);
  // Theory only says how long to wait until all have tripped: e⁻¹⁴ of them have not.
  const auto expected =
      theory::exact_value("circuit breaker (count window)", inputs, "mean_calls_to_trip");
  if (!expected || *expected > 1e4) return std::nullopt;
  const double calls = window + 14 * *expected;
  const int callers = static_cast<int>(std::clamp(4e6 / calls, 100.0, 20'000.0));
  Experiment e;
  e.scenario = "faultline = 1\n" + client("leaf", callers) +
               fmt::format("instances = {}\n", callers) + failing("leaf", failure) +
               fmt::format(
                   "[policy.caller]\nbreaker = {{ window = {}, min_calls = {}, "
                   "failure_rate = \"{:.12f}%\", open_for = \"100d\" }}\n",
                   window, least, 100.0 * (trip - 0.5) / window);
  e.horizon_units = calls;
  e.warmup_units = 0;
  e.events_per_unit = 1.1 * callers;
  e.samples = [](const Observation& o) {
    return static_cast<double>(o.edge("load->leaf").attempts);
  };
  e.value = [callers](const Observation& o) {
    return static_cast<double>(o.edge("load->leaf").attempts) / callers;
  };
  return e;
}

}  // namespace

const std::vector<ExperimentFamily>& policy_experiments() {
  static const std::vector<ExperimentFamily> all = {
      {"retry amplification", amplification},
      {"retry amplification, per-hop failures", hop_amplification},
      {"retry budget (ratio of first attempts)", retry_budget},
      {"Finagle/Linkerd retry budget", linkerd_budget},
      {"retry policies, load-independent failure", retry_policy},
      {"gRPC retry throttle", grpc_throttle},
      {"token bucket policer", token_bucket},
      {"circuit breaker (consecutive)", consecutive_breaker},
      {"circuit breaker (count window)", window_breaker},
  };
  return all;
}

}  // namespace faultline
