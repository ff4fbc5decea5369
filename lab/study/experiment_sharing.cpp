// Experiments: one server that is shared or interrupted, instead of held to the end. They are
// asked of a service with as many threads as it needs, whose steps share one core.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/study/experiment.hpp"

namespace faultline {
namespace {

using Answer = std::optional<Experiment>;

Experiment shared_core(std::string clients, std::string_view scheduler, std::string_view endpoints,
                       double rate, double load, double longest) {
  Experiment e;
  e.scenario = fmt::format(
      "faultline = 1\n{}[service.station]\nthreads = \"unbounded\"\n"
      "cpu = {{ cores = \"1\", scheduler = \"{}\" }}\n{}\n",
      clients, scheduler, endpoints);
  e.samples = measure::completed("station");
  e.samples_per_unit = rate;
  e.events_per_unit = 3 * rate;
  const double slack = std::max(1e-3, 1 - load);
  e.warmup_units = 20 * longest / (slack * slack);
  return e;
}

std::string one_client(double rate) {
  return fmt::format("[client.load]\ncalls = \"station\"\nrate = \"{}\"\n", toml::rate(rate));
}

Answer any_work(Asked& ask, std::string_view scheduler) {
  const double rate = ask.positive("lam"), mean = ask.positive("mean_service");
  const double load = rate * mean;
  ask.must_be("c", 1.0);
  ask.if_any("rho", load);
  const auto work = toml::law(ask.text("service"), mean);
  if (!work || load >= 1) return std::nullopt;
  Experiment e =
      shared_core(one_client(rate), scheduler, fmt::format("steps = [ {{ cpu = \"{}\" }} ]", *work),
                  rate, load, mean);
  if (ask.asks("mean_sojourn")) {
    e.value = measure::mean(measure::latency_at("station"));
  } else if (ask.asks("mean_slowdown")) {
    e.value = [](const Observation& o) {
      const ObservedService& s = o.service("station");
      return s.slowdown / static_cast<double>(s.cpu_steps);
    };
  } else {
    return std::nullopt;
  }
  return e;
}

Answer processor_sharing(Asked& ask) {
  return any_work(ask, "fair");
}

Answer last_come_preemptive(Asked& ask) {
  if (!ask.asks("mean_sojourn")) return std::nullopt;
  return any_work(ask, "lifo");
}

Answer shortest_remaining(Asked& ask) {
  const double rate = ask.positive("lam"), mu = ask.positive("mu");
  const double load = rate / mu;
  ask.must_be("c", 1.0);
  ask.if_any("rho", load);
  ask.must_be("service", "exponential");
  if (load >= 1 || !ask.asks("mean_sojourn")) return std::nullopt;
  Experiment e = shared_core(one_client(rate), "srpt",
                             fmt::format("steps = [ {{ cpu = \"{}\" }} ]", toml::exp(1 / mu)), rate,
                             load, 1 / mu);
  e.value = measure::mean(measure::latency_at("station"));
  return e;
}

Answer preemptive_priority(Asked& ask) {
  const std::vector<double> rates = ask.list("lam"), means = ask.list("mean_service"),
                            squares = ask.list("second_moment");
  const std::string service = ask.text("service");
  ask.must_be("c", 1.0);
  ask.if_any("classes_high_to_low", static_cast<double>(rates.size()));
  const auto asked = ask.index("class", "_mean_sojourn");
  if (!asked || *asked < 1 || *asked > std::ssize(rates) || rates.size() > 4 ||
      rates.size() != means.size() || rates.size() != squares.size() ||
      !service.starts_with("exponential"))
    return std::nullopt;
  std::string clients, endpoints;
  double all = 0, load = 0;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    if (means[i] <= 0 || rates[i] <= 0 ||
        std::abs(squares[i] - 2 * means[i] * means[i]) > 1e-9 * squares[i])
      return std::nullopt;
    clients += fmt::format(
        "[client.class{0}]\ncalls = \"station/class{0}\"\nrate = \"{1}\"\npriority = \"P{2}\"\n",
        i + 1, toml::rate(rates[i]), i);
    endpoints += fmt::format("[service.station.endpoint.class{}]\nsteps = [ {{ cpu = \"{}\" }} ]\n",
                             i + 1, toml::exp(means[i]));
    all += rates[i];
    load += rates[i] * means[i];
  }
  if (load >= 1) return std::nullopt;
  Experiment e = shared_core(clients, "priority", endpoints, all, load,
                             *std::max_element(means.begin(), means.end()));
  const std::string name = fmt::format("class{}", *asked);
  e.value = [name](const Observation& o) {
    return o.service("station").endpoint(name).latency.mean() / 0.01;
  };
  return e;
}

}  // namespace

const std::vector<ExperimentFamily>& sharing_experiments() {
  static const std::vector<ExperimentFamily> all = {
      {"M/G/1 PS", processor_sharing},
      {"M/G/1 LCFS-preemptive-resume", last_come_preemptive},
      {"M/M/1 SRPT", shortest_remaining},
      {"M/G/1 preemptive-resume priority", preemptive_priority},
  };
  return all;
}

}  // namespace faultline
