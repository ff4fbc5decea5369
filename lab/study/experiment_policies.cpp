// Experiments, part five: what callers do about failure. Failures that don't depend on load are a
// fault: a share of a service's jobs fails at once, before any work.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/study/experiment.hpp"
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

// The policies with retries only: Brooker's token bucket is not in the model.
Answer retry_policy(Asked& ask) {
  const double failure = ask.share("fail_prob");
  const std::string policy = ask.text("policy");
  ask.if_any("clients", 1.0);
  int attempts = 1;
  if (policy != "no retries") {
    int retries = 0;
    if (std::sscanf(policy.c_str(), "%d retries", &retries) != 1 || retries < 1 || retries > 100 ||
        policy != fmt::format("{} retries", retries))
      return std::nullopt;
    attempts = retries + 1;
  }
  Experiment e = calling(failure, fmt::format("retry = {{ attempts = {} }}", attempts));
  if (ask.asks("load_amplification")) {
    e.value = attempts_per_call("load->leaf");
  } else if (ask.asks("success_fraction")) {
    e.value = ok_share;
  } else {
    return std::nullopt;
  }
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

// --- Retrials: the refused come back ------------------------------------------------------------

// Requests walk for an exponential time, then knock; who is refused walks again. (The first, too,
// walks before it knocks; that leaves the stream of first knocks as it was, Poisson.)
std::string orbiting(double rate, double mu, double pause) {
  return fmt::format(
      "faultline = 1\n[client.load]\ncalls = \"orbit\"\nrate = \"{}\"\n"
      "[service.orbit]\nthreads = \"unbounded\"\nsteps = [ {{ call = \"walk\", policy = \"again\" "
      "}} ]\n"
      "[service.walk]\nthreads = \"unbounded\"\n"
      "steps = [ {{ work = \"{}\" }}, {{ call = \"station\" }} ]\n"
      "[service.station]\nthreads = 1\nqueue = {{ limit = 0 }}\nwork = \"{}\"\n"
      "[policy.again]\nretry = {{ attempts = 1000 }}\n",
      toml::rate(rate), toml::exp(pause), toml::exp(1 / mu));
}

double calls_at_station(const Observation& o) {
  return static_cast<double>(o.service("station").all.arrivals);
}

Answer retrial(Asked& ask) {
  const double rate = ask.positive("lam"), mu = ask.positive("mu");
  const double each = ask.positive("retry_rate_each");
  ask.must_be("servers", 1.0);
  ask.must_be("buffer", 0.0);
  ask.must_be("policy",
              "linear (each orbiting request retries independently, exponential backoff time mean "
              "1/theta, unlimited retries)");
  if (rate >= mu) return std::nullopt;
  Experiment e;
  e.scenario = orbiting(rate, mu, 1 / each);
  e.samples_per_unit = rate;
  e.events_per_unit = rate * (4 + 2 * rate / (mu - rate) * (1 + each));
  e.warmup_units = 5000;
  e.samples = measure::completed("orbit");
  const auto in_orbit = [each](const Observation& o) {
    // Those on their first walk have not been refused yet.
    const double first_walks = static_cast<double>(o.client().offered) / each * 0.01;
    return (o.service("walk").working_s - first_walks) / o.seconds;
  };
  if (ask.asks("mean_orbit")) {
    e.value = in_orbit;
  } else if (ask.asks("mean_time_in_orbit")) {
    e.value = [in_orbit](const Observation& o) {
      return in_orbit(o) * o.seconds / static_cast<double>(o.client().offered) / 0.01;
    };
  } else if (ask.asks("mean_retries_per_request")) {
    e.value = [](const Observation& o) {
      return calls_at_station(o) / static_cast<double>(o.client().offered) - 1;
    };
  } else if (ask.asks("P_first_attempt_blocked")) {
    // First knocks are Poisson, so they see what an observer sees.
    e.value = [](const Observation& o) { return o.service("station").busy_s / o.seconds; };
  } else {
    return std::nullopt;
  }
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
      {"token bucket policer", token_bucket},
      {"circuit breaker (consecutive)", consecutive_breaker},
      {"circuit breaker (count window)", window_breaker},
      {"retrial M/M/1/1", retrial},
  };
  return all;
}

}  // namespace faultline
