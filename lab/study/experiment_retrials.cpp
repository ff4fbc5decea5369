// Experiments, part six: the refused come back.
#include <fmt/format.h>

#include <algorithm>

#include "lab/study/experiment.hpp"

namespace faultline {
namespace {

using Answer = std::optional<Experiment>;

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

// A station with several places; whoever is refused comes back with some probability, else is gone.
// Before each walk a share is turned away for good. The first walk is no coming back, so more set
// out: as many as should knock a first time get as far as that.
Answer persistent(Asked& ask) {
  const double rate = ask.positive("lam"), mu = ask.positive("mu");
  const int servers = ask.whole("c"), places = ask.whole("K_total");
  const double pause = ask.positive("retry_delay_mean");
  const double again = ask.share("P_retry_after_each_block");
  if (again <= 0 || again >= 1 || places < servers) return std::nullopt;
  Experiment e;
  e.scenario = fmt::format(
      "faultline = 1\n[client.load]\ncalls = \"orbit\"\nrate = \"{}\"\n"
      "[service.orbit]\nthreads = \"unbounded\"\nsteps = [ {{ call = \"walk\", policy = \"again\" "
      "}} ]\n"
      "[service.walk]\nthreads = \"unbounded\"\n"
      "steps = [ {{ work = \"{}\" }}, {{ call = \"station\" }} ]\n"
      "[service.station]\nthreads = {}\nqueue = {{ limit = {} }}\nwork = \"{}\"\n"
      "[policy.again]\nretry = {{ attempts = 1000 }}\n"
      "[[fault]]\nkind = \"errors\"\nat = \"0s\"\nservice = \"walk\"\nshare = \"{}\"\n"
      "error = \"client_error\"\n",
      toml::rate(rate / again), toml::exp(pause), servers, places - servers, toml::exp(1 / mu),
      toml::share(1 - again));
  e.samples_per_unit = rate;
  e.events_per_unit = 12 * rate / again;
  e.warmup_units = 1000 * (pause + 1 / mu);
  e.watched = "station";
  e.look_every_units = 1 / (rate + mu * servers);
  const auto knocked = [again](const Observation& o) {
    return static_cast<double>(o.client().offered) * again;
  };
  e.samples = knocked;
  if (ask.asks("P_lost")) {
    e.value = [knocked](const Observation& o) {
      return 1 - static_cast<double>(o.client().ok) / knocked(o);
    };
  } else if (ask.asks("attempts_per_request")) {
    e.value = [knocked](const Observation& o) { return calls_at_station(o) / knocked(o); };
  } else if (ask.asks("P_first_attempt_rejected")) {
    // First knocks are Poisson, so they see what an observer sees.
    const auto full = static_cast<std::size_t>(places);
    e.value = [full](const Observation& o) { return o.share_with_at_least(full); };
  } else {
    return std::nullopt;
  }
  return e;
}

}  // namespace

const std::vector<ExperimentFamily>& retrial_experiments() {
  static const std::vector<ExperimentFamily> all = {
      {"retrial M/M/1/1", retrial},
      {"retrial M/M/c/K, geometric persistence", persistent},
  };
  return all;
}

}  // namespace faultline
