// Experiments, part one: one station and its queue, without impatience.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/study/experiment.hpp"

namespace faultline {
namespace {

using Answer = std::optional<Experiment>;

// A client and a station; `extra` goes into the station's table.
std::string station(std::string_view client, std::string_view threads, std::string_view work,
                    std::string_view extra = "") {
  return fmt::format(
      "faultline = 1\n[client.load]\ncalls = \"station\"\n{}\n"
      "[service.station]\nthreads = {}\nwork = \"{}\"\n{}\n",
      client, threads, work, extra);
}
std::string open_client(double rate) {
  return fmt::format("rate = \"{}\"", toml::rate(rate));
}

double warmup_for(double load, double service = 1) {
  const double slack = std::max(1e-3, 1 - load);
  return 20 * service / (slack * slack);
}

// What is asked of any station with a queue; nothing if it isn't among these.
Measure about_station(const Asked& ask, std::size_t servers) {
  if (ask.asks("mean_sojourn")) return measure::mean(measure::latency_at("station"));
  if (ask.asks("mean_wait")) return measure::mean(measure::wait_at("station"));
  if (const auto share = ask.percentile("sojourn_p"))
    return measure::quantile(measure::latency_at("station"), *share);
  if (const auto share = ask.percentile("wait_p"))
    return measure::quantile(measure::wait_at("station"), *share);
  if (ask.asks("wait_variance")) {
    return [](const Observation& o) {
      const Histogram wait = o.service("station").all.wait();
      return (wait.mean_square() - wait.mean() * wait.mean()) / 1e-4;
    };
  }
  if (ask.asks("wait_second_moment"))
    return
        [](const Observation& o) { return o.service("station").all.wait().mean_square() / 1e-4; };
  if (ask.asks("P_wait"))
    return [](const Observation& o) { return o.service("station").all.wait().share_above({0}); };
  if (ask.asks("mean_queue_length_time_avg"))
    return [](const Observation& o) { return o.service("station").queued_s / o.seconds; };
  if (ask.asks("mean_number_in_system_time_avg")) {
    return [](const Observation& o) {
      return (o.service("station").queued_s + o.service("station").busy_s) / o.seconds;
    };
  }
  if (ask.asks("utilization")) {
    return [](const Observation& o) {
      return o.service("station").busy_s / o.service("station").threads_s;
    };
  }
  // Who finds an only server free begins a busy period.
  if (ask.asks("mean_busy_period") && servers == 1) {
    return [](const Observation& o) {
      const ObservedService& s = o.service("station");
      const auto periods = static_cast<double>(s.all.at_once);
      return s.busy_s / periods / 0.01;
    };
  }
  return {};
}

// Puts the measure in place, with looks at the number in system where the question needs them.
Answer finished(Experiment e, const Asked& ask, std::size_t servers) {
  e.samples = measure::completed("station");
  if (const auto count = ask.index("P_at_least_", "_in_system"); count && *count > 0) {
    e.watched = "station";
    e.look_every_units = 1;
    e.events_per_unit += 0.5;
    const auto n = static_cast<std::size_t>(*count);
    e.value = [n](const Observation& o) { return o.share_with_at_least(n); };
    return e;
  }
  e.value = about_station(ask, servers);
  if (!e.value) return std::nullopt;
  return e;
}

Experiment open_station(double rate, int servers, std::string_view work, double mean,
                        std::string_view extra = "") {
  Experiment e;
  e.scenario = station(open_client(rate), std::to_string(servers), work, extra);
  e.samples_per_unit = rate;
  e.events_per_unit = 2 * rate;
  e.warmup_units = warmup_for(rate * mean / servers, mean);
  return e;
}

Answer exponential_station(Asked& ask) {
  const double rate = ask.positive("lam"), mu = ask.positive("mu");
  const int servers = ask.has("c") ? ask.whole("c") : 1;
  const double load = rate / mu / servers;
  ask.if_any("rho", load);
  if (load >= 1) return std::nullopt;
  return finished(open_station(rate, servers, toml::exp(1 / mu), 1 / mu), ask,
                  static_cast<std::size_t>(servers));
}

Answer bounded_station(Asked& ask) {
  const double rate = ask.positive("lam"), mu = ask.positive("mu");
  const int servers = ask.whole("c"), places = ask.whole("K_total_in_system");
  if (places < servers) return std::nullopt;
  Experiment e = open_station(rate, servers, toml::exp(1 / mu), 1 / mu,
                              fmt::format("queue = {{ limit = {} }}", places - servers));
  e.warmup_units = std::max(1000.0, 20.0 * places / mu);
  const double accepted = std::min(rate, servers * mu);
  e.events_per_unit = rate + accepted;
  if (ask.asks("P_block")) {
    e.value = [](const Observation& o) {
      const HandlingStatistics& s = o.service("station").all;
      return static_cast<double>(s.rejected) / static_cast<double>(s.arrivals);
    };
    e.samples = measure::arrivals("station");
    return e;
  }
  e.samples_per_unit = accepted;
  e.samples = measure::completed("station");
  if (ask.asks("throughput")) {
    e.value = measure::throughput("station");
    return e;
  }
  if (!ask.asks("mean_sojourn_accepted")) return std::nullopt;
  e.value = measure::mean(measure::latency_at("station"));
  return e;
}

// Nobody waits: the law of the service time makes no difference.
Answer loss_station(Asked& ask) {
  const double rate = ask.positive("lam"), mean = ask.positive("mean_service");
  const int servers = ask.whole("c");
  ask.must_be("queue", 0.0);
  const auto law = toml::law(ask.has("service") ? ask.text("service") : "exponential", mean);
  if (!ask.asks("P_block") || !law) return std::nullopt;
  Experiment e = open_station(rate, servers, *law, mean, "queue = { limit = 0 }");
  e.warmup_units = std::max(1000.0, 100 * mean);
  e.value = [](const Observation& o) {
    const HandlingStatistics& s = o.service("station").all;
    return static_cast<double>(s.rejected) / static_cast<double>(s.arrivals);
  };
  e.samples = measure::arrivals("station");
  return e;
}

Answer finite_population(Asked& ask) {
  const int users = ask.whole("users"), servers = ask.whole("c");
  const double think = ask.positive("think_mean"), mu = ask.positive("mu");
  Experiment e;
  e.scenario = station(fmt::format("users = {}\nthink = \"{}\"", users, toml::exp(think)),
                       std::to_string(servers), toml::exp(1 / mu));
  e.samples_per_unit = std::min(servers * mu, users / (think + 1 / mu)) * 0.95;
  e.events_per_unit = 2 * e.samples_per_unit;
  e.warmup_units = 20 * (think + users / (servers * mu));
  e.samples = measure::completed("station");
  if (ask.asks("throughput")) {
    e.value = measure::throughput("station");
  } else if (ask.asks("mean_sojourn")) {
    e.value = measure::mean(measure::latency_at("station"));
  } else {
    return std::nullopt;
  }
  return e;
}

Answer unlimited_servers(Asked& ask) {
  const double rate = ask.positive("lam"), mean = ask.positive("mean_service");
  ask.must_be("c", "inf");
  const auto law = toml::law(ask.has("service") ? ask.text("service") : "exponential", mean);
  if (!law) return std::nullopt;
  Experiment e;
  e.scenario = station(open_client(rate), "\"unbounded\"", *law);
  e.samples_per_unit = rate;
  e.events_per_unit = 2 * rate + 1 / mean;
  e.warmup_units = 100 * mean;
  e.samples = measure::completed("station");
  e.watched = "station";
  e.look_every_units = mean;
  if (ask.asks("mean_in_flight")) {
    e.value = [](const Observation& o) { return o.service("station").busy_s / o.seconds; };
  } else if (ask.asks("var_in_flight")) {
    e.value = [](const Observation& o) { return o.variance_in_system(); };
  } else if (const auto count = ask.index("P_in_flight_gt_", "")) {
    const auto n = static_cast<std::size_t>(*count) + 1;
    e.value = [n](const Observation& o) { return o.share_with_at_least(n); };
  } else {
    return std::nullopt;
  }
  return e;
}

Answer general_service(Asked& ask) {
  const double rate = ask.positive("lam"), mean = ask.positive("mean_service");
  const int servers = ask.whole("c");
  const auto law = toml::law(ask.text("service"), mean);
  ask.if_any("rho", rate * mean / servers);
  if (ask.has("scv")) ask.number("scv");  // follows from `service`
  if (!law || rate * mean >= servers) return std::nullopt;
  return finished(open_station(rate, servers, *law, mean), ask, static_cast<std::size_t>(servers));
}

// With many servers and no chance in the work, waits come and go in long swings.
Answer constant_service(Asked& ask) {
  Answer e = general_service(ask);
  if (e) e->spread = 8;
  return e;
}

// "erlang-4 (round-robin LB over 4 M/M/1 servers)" is done as it says: what reaches each of n
// instances behind a round robin is every n-th arrival.
Answer renewal_arrivals(Asked& ask) {
  const double rate = ask.positive("lam"), mu = ask.positive("mu");
  ask.must_be("c", 1.0);
  ask.if_any("rho", rate / mu);
  const std::string arrivals = ask.text("arrivals");
  double scv = 0;
  int servers = 1;
  std::string client, extra;
  if (arrivals == "deterministic") {
    client = fmt::format("gaps = \"{}\"", toml::time(1 / rate));
  } else if (arrivals == "H2 (scv=4, balanced)") {
    scv = 4;
    client = fmt::format("gaps = \"hyperexp({}, cv=2)\"", toml::time(1 / rate));
  } else {
    for (int n : {2, 3, 4, 5, 10, 20}) {
      if (arrivals == fmt::format("erlang-{} (round-robin LB over {} M/M/1 servers)", n, n))
        servers = n;
    }
    if (servers == 1) return std::nullopt;
    scv = 1.0 / servers;
    client = open_client(rate * servers);
    extra = fmt::format("replicas = {}\nbalancer = \"round_robin\"", servers);
  }
  ask.if_any("arrival_scv", scv);
  if (rate >= mu) return std::nullopt;
  Experiment e;
  e.scenario = station(client, "1", toml::exp(1 / mu), extra);
  e.samples_per_unit = rate * servers;
  e.events_per_unit = 2 * rate * servers;
  e.warmup_units = warmup_for(rate / mu, 1 / mu);
  return finished(std::move(e), ask, 0);
}

Answer batch_arrivals(Asked& ask) {
  const double rate = ask.positive("batch_rate"), mu = ask.positive("mu");
  const int batch = ask.whole("mean_batch");
  ask.must_be("batch", "fixed");  // a geometric batch cannot be said in the language
  ask.must_be("c", 1.0);
  ask.if_any("rho", rate * batch / mu);
  if (rate * batch >= mu) return std::nullopt;
  Experiment e;
  e.scenario =
      station(fmt::format("{}\nbatch = {}", open_client(rate), batch), "1", toml::exp(1 / mu));
  e.samples_per_unit = rate * batch;
  e.events_per_unit = rate * (batch + 1);
  e.warmup_units = warmup_for(rate * batch / mu, batch / mu);
  return finished(std::move(e), ask, 0);
}

Answer last_come(Asked& ask) {
  const double rate = ask.positive("lam"), mu = ask.positive("mu");
  ask.must_be("c", 1.0);
  ask.if_any("rho", rate / mu);
  ask.if_any("service", "exponential");
  if (rate >= mu) return std::nullopt;
  return finished(
      open_station(rate, 1, toml::exp(1 / mu), 1 / mu, "queue = { discipline = \"lifo\" }"), ask,
      1);
}

// Several classes, each with an endpoint of its own: the first is served first.
Answer with_classes(const Asked& ask, const std::vector<double>& rates,
                    const std::vector<std::string>& works, const std::vector<double>& means,
                    int servers) {
  const auto asked = ask.index("class", "_mean_wait");
  double all = 0, load = 0;
  std::string scenario = "faultline = 1\n";
  for (std::size_t i = 0; i < rates.size(); ++i) {
    all += rates[i];
    load += rates[i] * means[i] / servers;
    scenario += fmt::format(
        "[client.class{0}]\ncalls = \"station/class{0}\"\nrate = \"{1}\"\npriority = \"P{2}\"\n",
        i + 1, toml::rate(rates[i]), i);
  }
  if (load >= 1 || !asked || *asked < 1 || static_cast<std::size_t>(*asked) > rates.size())
    return std::nullopt;
  scenario += fmt::format(
      "[service.station]\nthreads = {}\nqueue = {{ discipline = \"priority\" }}\n", servers);
  for (std::size_t i = 0; i < rates.size(); ++i)
    scenario += fmt::format("[service.station.endpoint.class{}]\nwork = \"{}\"\n", i + 1, works[i]);
  Experiment e;
  e.scenario = std::move(scenario);
  e.samples_per_unit = all;
  e.events_per_unit = 2 * all;
  e.warmup_units = warmup_for(load, *std::max_element(means.begin(), means.end()));
  const std::string name = fmt::format("class{}", *asked);
  e.value = [name](const Observation& o) {
    return o.service("station").endpoint(name).wait().mean() / 0.01;
  };
  e.samples = measure::completed("station");
  return e;
}

Answer polite_priority(Asked& ask) {
  const std::vector<double> rates = ask.list("lam"), means = ask.list("mean_service"),
                            squares = ask.list("second_moment");
  const std::string service = ask.text("service");
  ask.must_be("c", 1.0);
  ask.if_any("classes_high_to_low", static_cast<double>(rates.size()));
  if (rates.size() > 4 || rates.size() != means.size() || rates.size() != squares.size())
    return std::nullopt;
  std::vector<std::string> works;
  for (std::size_t i = 0; i < means.size(); ++i) {
    if (means[i] <= 0 || rates[i] <= 0) return std::nullopt;
    const double scv = squares[i] / (means[i] * means[i]) - 1;
    if (service == "deterministic" && std::abs(scv) < 1e-9) {
      works.push_back(toml::time(means[i]));
    } else if (service.starts_with("exponential") && std::abs(scv - 1) < 1e-9) {
      works.push_back(toml::exp(means[i]));
    } else {
      return std::nullopt;
    }
  }
  return with_classes(ask, rates, works, means, 1);
}

Answer pooled_priority(Asked& ask) {
  const std::vector<double> rates = ask.list("lam");
  const double mu = ask.positive("mu");
  const int servers = ask.whole("c");
  if (rates.size() > 4) return std::nullopt;
  for (double rate : rates) {
    if (rate <= 0) return std::nullopt;
  }
  return with_classes(ask, rates, std::vector<std::string>(rates.size(), toml::exp(1 / mu)),
                      std::vector<double>(rates.size(), 1 / mu), servers);
}

// Many stations that begin empty at once, looked at when the time has come.
Answer transient(Asked& ask) {
  const double load = ask.positive("rho"), mu = ask.positive("mu"), t = ask.positive("t");
  ask.must_be("start", "empty");
  constexpr int kStations = 50'000;
  Experiment e;
  e.scenario = station(open_client(load * mu * kStations), "1", toml::exp(1 / mu),
                       fmt::format("replicas = {}\nbalancer = \"random\"", kStations));
  e.horizon_units = t;
  e.warmup_units = 0;
  e.events_per_unit = 2 * load * mu * kStations;
  e.watched = "station";
  e.look_every_units = t;
  e.samples = [](const Observation&) { return double{kStations}; };
  if (ask.asks("mean_number_at_t")) {
    e.value = [](const Observation& o) { return o.mean_in_system(); };
  } else if (ask.asks("P_empty_at_t")) {
    e.value = [](const Observation& o) { return 1 - o.share_with_at_least(1); };
  } else {
    return std::nullopt;
  }
  return e;
}

}  // namespace

const std::vector<ExperimentFamily>& queue_experiments() {
  static const std::vector<ExperimentFamily> all = {
      {"M/M/1", exponential_station},
      {"M/M/c", exponential_station},
      {"M/M/c/K", bounded_station},
      {"M/G/c/c", loss_station},
      {"closed M/M/c//N", finite_population},
      {"M/G/inf", unlimited_servers},
      {"M/G/1 FCFS", general_service},
      {"M/D/c", constant_service},
      {"GI/M/1 FCFS", renewal_arrivals},
      {"M^X/M/1 (batch)", batch_arrivals},
      {"M/M/1 LCFS non-preemptive", last_come},
      {"M/G/1 non-preemptive priority", polite_priority},
      {"M/M/c non-preemptive priority", pooled_priority},
      {"M/M/1 transient", transient},
  };
  return all;
}

}  // namespace faultline
