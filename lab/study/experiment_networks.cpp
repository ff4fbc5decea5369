// Experiments, part three: several stations, balancers and fan-out. A "flow" is a service that does
// nothing itself and has as many threads as it needs: it leads a request from station to station
// without holding anything anywhere.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/study/experiment.hpp"

namespace faultline {
namespace {

using Answer = std::optional<Experiment>;

std::string open_client(std::string_view calls, double rate, std::string_view more = "") {
  return fmt::format("[client.load]\ncalls = \"{}\"\nrate = \"{}\"\n{}", calls, toml::rate(rate),
                     more);
}

std::string service(std::string_view name, std::string_view threads, std::string_view work) {
  return fmt::format("[service.{}]\nthreads = {}\nwork = \"{}\"\n", name, threads, work);
}

std::string flow(std::string_view name, const std::vector<std::string>& steps) {
  return fmt::format("[service.{}]\nthreads = \"unbounded\"\nsteps = [ {} ]\n", name,
                     fmt::join(steps, ", "));
}

double warmup_for(double load) {
  const double slack = std::max(1e-3, 1 - load);
  return 20 / (slack * slack);
}

// Mean and percentiles of how long the client waited, under the names of the quantity.
Measure about_client(const Asked& ask, std::string_view mean, std::string_view percentile) {
  if (ask.asks(mean)) return measure::mean(measure::client_latency());
  if (const auto share = ask.percentile(percentile))
    return measure::quantile(measure::client_latency(), *share);
  return {};
}

Answer with_value(Experiment e, Measure value) {
  if (!value) return std::nullopt;
  e.value = std::move(value);
  if (!e.samples) e.samples = measure::answered();
  return e;
}

Answer tandem(Asked& ask) {
  const double rate = ask.positive("lam");
  const std::vector<double> mu = ask.list("mu"), servers = ask.list("servers");
  ask.if_any("topology", "tandem, async hand-off (no thread held)");
  if (mu.size() != servers.size()) return std::nullopt;
  std::string text;
  std::vector<std::string> steps;
  double load = 0;
  for (std::size_t i = 0; i < mu.size(); ++i) {
    if (mu[i] <= 0 || servers[i] < 1 || servers[i] != std::floor(servers[i])) return std::nullopt;
    load = std::max(load, rate / mu[i] / servers[i]);
    steps.push_back(fmt::format("{{ call = \"station{}\" }}", i));
    text +=
        service(fmt::format("station{}", i), fmt::format("{}", servers[i]), toml::exp(1 / mu[i]));
  }
  if (load >= 1) return std::nullopt;
  Experiment e;
  e.scenario = "faultline = 1\n" + open_client("flow", rate) + flow("flow", steps) + text;
  e.samples_per_unit = rate;
  e.events_per_unit = rate * static_cast<double>(1 + 2 * mu.size());
  e.warmup_units = warmup_for(load);
  return with_value(std::move(e), about_client(ask, "mean_total_sojourn", "total_sojourn_p"));
}

// Routing by chance. A request that comes back to a station comes back as a deeper hop, so that
// calls never go in a circle; so deep that no more than one request in ten million is cut short.
class OpenNetwork {
 public:
  OpenNetwork(const theory::Inputs::Table& routing, std::vector<double> entering)
      : routing_(routing), mass_(std::move(entering)) {}

  // The services of all hops; empty if that takes too many.
  std::string hops() {
    double all = 0;
    for (double m : mass_) all += m;
    std::string text;
    for (int depth = 0; depth < 80; ++depth) {
      std::vector<double> next(mass_.size(), 0);
      double left = 0;
      for (std::size_t i = 0; i < mass_.size(); ++i) {
        for (std::size_t j = 0; j < mass_.size(); ++j) next[j] += mass_[i] * routing_[i][j];
      }
      for (double m : next) left += m;
      const bool last = left < 1e-7 * all;
      for (std::size_t i = 0; i < mass_.size(); ++i) {
        if (mass_[i] > 0) text += hop(i, depth, last);
      }
      if (last) return text;
      mass_ = next;
    }
    return {};
  }

 private:
  std::string hop(std::size_t from, int depth, bool last) const {
    const std::string name = fmt::format("hop{}_{}", from, depth);
    std::vector<std::string> steps = {fmt::format("{{ call = \"station{}\" }}", from)};
    std::string helpers;
    double open = 1;  // the share that has not gone anywhere yet
    std::string* place = nullptr;
    int helper = 0;
    for (std::size_t to = 0; to < mass_.size() && !last; ++to) {
      const double share = routing_[from][to];
      if (share <= 0) continue;
      const double chance = std::min(1.0, share / open);
      std::string step = fmt::format("call = \"hop{}_{}\"", to, depth + 1);
      if (chance < 1 - 1e-12) step += fmt::format(", chance = \"{}\"", toml::share(chance));
      if (place == nullptr) {
        steps.push_back(step);
        place = &steps.back();
      } else {
        const std::string other = fmt::format("{}_else{}", name, helper++);
        *place += fmt::format(", otherwise = \"{}\"", other);
        pending_helpers_.push_back({other, step});
        place = &pending_helpers_.back().second;
      }
      open -= share;
    }
    if (steps.size() > 1) steps[1] = "{ " + steps[1] + " }";
    for (const auto& [other, step] : pending_helpers_) helpers += flow(other, {"{ " + step + " }"});
    pending_helpers_.clear();
    return flow(name, steps) + helpers;
  }

  const theory::Inputs::Table& routing_;
  std::vector<double> mass_;
  mutable std::vector<std::pair<std::string, std::string>> pending_helpers_;
};

Answer open_network(Asked& ask) {
  const std::vector<double> external = ask.list("external"), mu = ask.list("mu"),
                            servers = ask.list("servers");
  const theory::Inputs::Table routing = ask.table("routing");
  ask.read("name");
  const std::size_t n = external.size();
  if (mu.size() != n || servers.size() != n || routing.size() != n) return std::nullopt;
  double entering = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    if (routing[i].size() != n) return std::nullopt;
    for (double p : routing[i]) {
      if (!(p >= 0)) return std::nullopt;
      sum += p;
    }
    if (sum > 1 + 1e-12 || mu[i] <= 0 || servers[i] < 1 || servers[i] != std::floor(servers[i]))
      return std::nullopt;
    entering += external[i];
  }
  if (entering <= 0) return std::nullopt;
  const std::string hops = OpenNetwork(routing, external).hops();
  if (hops.empty()) return std::nullopt;
  std::string text = "faultline = 1\n";
  for (std::size_t i = 0; i < n; ++i) {
    if (external[i] > 0)
      text += fmt::format("[client.load{0}]\ncalls = \"hop{0}_0\"\nrate = \"{1}\"\n", i,
                          toml::rate(external[i]));
    text +=
        service(fmt::format("station{}", i), fmt::format("{}", servers[i]), toml::exp(1 / mu[i]));
  }
  Experiment e;
  e.scenario = text + hops;
  e.samples_per_unit = entering;
  e.events_per_unit = entering * 8;
  e.warmup_units = 5000;
  e.samples = [](const Observation& o) {
    double all = 0;
    for (const auto& c : o.clients) all += static_cast<double>(c.value.ok);
    return all;
  };
  if (ask.asks("mean_total_sojourn")) {
    return with_value(std::move(e), [](const Observation& o) {
      Histogram all;
      for (const auto& c : o.clients) all.merge(c.value.latency);
      return all.mean() / 0.01;
    });
  }
  if (const auto i = ask.index("station", "_throughput"); i && static_cast<std::size_t>(*i) < n)
    return with_value(std::move(e), measure::throughput(fmt::format("station{}", *i)));
  if (const auto i = ask.index("station", "_mean_sojourn_per_visit");
      i && static_cast<std::size_t>(*i) < n)
    return with_value(std::move(e),
                      measure::mean(measure::latency_at(fmt::format("station{}", *i))));
  return std::nullopt;
}

Answer closed_network(Asked& ask) {
  const int users = ask.whole("users");
  const double think = ask.positive("think_mean");
  const std::vector<double> demands = ask.list("demands");
  ask.must_be("stations", "single-server FCFS exponential");
  std::string text;
  std::vector<std::string> steps;
  double longest = 0, sum = 0;
  std::string slowest;
  for (std::size_t i = 0; i < demands.size(); ++i) {
    if (demands[i] <= 0) return std::nullopt;
    const std::string name = fmt::format("station{}", i);
    steps.push_back(fmt::format("{{ call = \"{}\" }}", name));
    text += service(name, "1", toml::exp(demands[i]));
    sum += demands[i];
    if (demands[i] > longest) {
      longest = demands[i];
      slowest = name;
    }
  }
  Experiment e;
  e.scenario =
      fmt::format("faultline = 1\n[client.load]\ncalls = \"flow\"\nusers = {}\nthink = \"{}\"\n",
                  users, toml::exp(think)) +
      flow("flow", steps) + text;
  e.samples_per_unit = 0.95 * std::min(1 / longest, users / (think + sum));
  e.events_per_unit = e.samples_per_unit * static_cast<double>(1 + demands.size());
  e.warmup_units = 20 * (think + users * longest);
  if (ask.asks("throughput")) return with_value(std::move(e), measure::client_throughput());
  if (ask.asks("mean_response"))
    return with_value(std::move(e), measure::mean(measure::client_latency()));
  if (ask.asks("bottleneck_utilization"))
    return with_value(std::move(e), [slowest](const Observation& o) {
      return o.service(slowest).busy_s / o.seconds;
    });
  return std::nullopt;  // the knee of the asymptotes is arithmetic
}

Answer held_threads(Asked& ask) {
  const double rate = ask.positive("lam"), backend = ask.positive("backend_mu");
  const int threads = ask.whole("gateway_threads"), servers = ask.whole("backend_servers");
  ask.if_any("model",
             "thread does Exp(mu1) local work, then blocks on FCFS single-server backend "
             "Exp(mu2), then replies");
  std::vector<std::string> steps;
  if (ask.text_is("gateway_local_mu", "infinite (zero local work)")) {
    ask.read("gateway_local_mu");
  } else {
    steps.push_back(
        fmt::format("{{ work = \"{}\" }}", toml::exp(1 / ask.positive("gateway_local_mu"))));
  }
  steps.push_back("{ call = \"backend\" }");
  const std::string text = fmt::format("[service.gateway]\nthreads = {}\nsteps = [ {} ]\n", threads,
                                       fmt::join(steps, ", ")) +
                           service("backend", fmt::format("{}", servers), toml::exp(1 / backend));
  Experiment e;
  e.samples_per_unit = rate;
  e.events_per_unit = 3 * rate;
  e.warmup_units = 10'000;
  e.samples = measure::completed("gateway");
  if (ask.asks("saturation_throughput")) {
    // Somebody is always waiting for a thread.
    e.scenario = fmt::format("faultline = 1\n[client.load]\ncalls = \"gateway\"\nusers = {}\n",
                             2 * threads + 2) +
                 text;
    return with_value(std::move(e), measure::throughput("gateway"));
  }
  e.scenario = "faultline = 1\n" + open_client("gateway", rate) + text;
  if (ask.asks("mean_total_sojourn"))
    return with_value(std::move(e), measure::mean(measure::client_latency()));
  if (ask.asks("mean_gateway_queue_wait"))
    return with_value(std::move(e), measure::mean(measure::wait_at("gateway")));
  if (ask.asks("mean_backend_sojourn"))
    return with_value(std::move(e), measure::mean(measure::latency_at("backend")));
  if (ask.asks("P_all_threads_busy"))
    return with_value(std::move(e), [](const Observation& o) {
      return o.service("gateway").all.wait.share_above({0});
    });
  return std::nullopt;
}

// N servers of one thread each behind a balancer; the only caller knows them all.
Experiment balanced(int servers, double load, double mu, std::string_view balancer) {
  Experiment e;
  e.scenario = "faultline = 1\n" + open_client("station", load * mu * servers) +
               service("station", "1", toml::exp(1 / mu)) +
               fmt::format("replicas = {}\nbalancer = \"{}\"\n", servers, balancer);
  e.samples_per_unit = load * mu * servers;
  e.events_per_unit = 2 * e.samples_per_unit;
  e.warmup_units = warmup_for(load) / mu;
  e.samples = measure::completed("station");
  return e;
}

Answer supermarket(Asked& ask) {
  const int choices = ask.whole("d");
  const double load = ask.positive("rho"), mu = ask.has("mu") ? ask.positive("mu") : 1;
  ask.must_be("N", "infinity (use N>=1000; expect O(1/N) bias)");
  if (load >= 1 || choices > 2) return std::nullopt;
  // With one choice the servers are independent, so a few tell as much as many.
  const int servers = choices == 1 ? 4 : 1000;
  Experiment e = balanced(servers, load, mu, choices == 1 ? "random" : "power_of_two");
  if (choices == 2) e.warmup_units = std::min(e.warmup_units, 20 / (1 - load) / mu);
  if (ask.asks("mean_sojourn"))
    return with_value(std::move(e), measure::mean(measure::latency_at("station")));
  const auto least = ask.index("frac_servers_with_at_least_", "");
  if (!least || *least < 1) return std::nullopt;
  e.watched = "station";
  e.look_every_units = 2 / mu;
  e.events_per_unit *= 1.3;
  const auto n = static_cast<std::size_t>(*least);
  return with_value(std::move(e), [n](const Observation& o) { return o.share_with_at_least(n); });
}

Answer shortest_of_sampled(Asked& ask) {
  const int servers = ask.whole("N"), sampled = ask.whole("d");
  const double load = ask.positive("rho"), mu = ask.positive("mu");
  ask.must_be("sampling", "without replacement");
  if (load >= 1 || !ask.asks("mean_sojourn")) return std::nullopt;
  if (sampled != servers && sampled != 2) return std::nullopt;
  Experiment e = balanced(servers, load, mu, sampled == servers ? "least_request" : "power_of_two");
  return with_value(std::move(e), measure::mean(measure::latency_at("station")));
}

Answer redundancy(Asked& ask) {
  const double mu = ask.positive("mu");
  ask.must_be("d", 2.0);
  ask.if_any("copies", "independent service times");
  if (!ask.asks("mean_sojourn")) return std::nullopt;
  if (ask.text_is("N", "infinity (use >=1000)")) {
    ask.read("N");
    const double load = ask.positive("rho");
    // A hedge without delay; of a thousand servers both copies seldom pick the same.
    Experiment e = balanced(1000, load, mu, "random");
    ask.if_any("lam", load * mu);
    const std::size_t at = e.scenario.find("[service");
    e.scenario.insert(at, "policy = \"twice\"\n");
    e.scenario += "[policy.twice]\nhedge = { after = \"0s\" }\npropagation = \"cancel\"\n";
    e.events_per_unit *= 2;
    e.samples = measure::answered();
    return with_value(std::move(e), measure::mean(measure::client_latency()));
  }
  const int servers = ask.whole("N");
  const double rate = ask.positive("lam");
  ask.if_any("rho", rate / mu / servers);
  if (servers != 2 || rate >= 2 * mu) return std::nullopt;
  Experiment e;
  e.scenario = "faultline = 1\n" + open_client("flow", rate) +
               flow("flow", {"{ parallel = [\"left\", \"right\"], need = 1, wait = \"need\", "
                             "policy = \"copy\" }"}) +
               service("left", "1", toml::exp(1 / mu)) + service("right", "1", toml::exp(1 / mu)) +
               "[policy.copy]\npropagation = \"cancel\"\n";
  e.samples_per_unit = rate;
  e.events_per_unit = 4 * rate;
  e.warmup_units = 5000 / mu;
  return with_value(std::move(e), measure::mean(measure::client_latency()));
}

// `legs` calls at once to a service in which nobody waits, of which `need` must have answered.
Experiment gathered(const std::string& law, int legs, int need) {
  std::vector<std::string> names(static_cast<std::size_t>(legs), "\"leg\"");
  Experiment e;
  e.scenario = "faultline = 1\n" + open_client("flow", 1) +
               flow("flow", {fmt::format("{{ parallel = [{}], need = {}, wait = \"need\" }}",
                                         fmt::join(names, ", "), need)}) +
               service("leg", "\"unbounded\"", law);
  e.events_per_unit = 1 + 2 * legs;
  e.warmup_units = 200;
  return e;
}

Answer fan_out(Asked& ask) {
  const auto law = toml::law(ask.text("leg"));
  const int legs = ask.whole("fanout");
  if (!law || legs > 10'000) return std::nullopt;
  return with_value(gathered(*law, legs, legs), about_client(ask, "mean", "p"));
}

Answer quorum(Asked& ask) {
  const auto law = toml::law(ask.text("leg"));
  const int legs = ask.whole("n"), need = ask.whole("k");
  if (!law || need > legs || legs > 10'000) return std::nullopt;
  return with_value(gathered(*law, legs, need), about_client(ask, "mean", "p"));
}

Answer slow_leg(Asked& ask) {
  const int legs = ask.whole("fanout");
  const double slow = ask.share("leg_slow_prob");
  if (!ask.asks("P_any_slow") || slow <= 0 || slow >= 1 || legs > 10'000) return std::nullopt;
  return with_value(
      gathered(fmt::format("mixture({:.12f}: 1ms, {:.12f}: 100ms)", 1 - slow, slow), legs, legs),
      [](const Observation& o) { return o.client().latency.share_above(milliseconds(10)); });
}

Answer fork_join(Asked& ask) {
  const int queues = ask.whole("n");
  const double rate = ask.positive("lam"), mu = ask.positive("mu");
  ask.if_any("rho", rate / mu);
  if (!ask.asks("mean_response") || rate >= mu || queues > 1000) return std::nullopt;
  std::vector<std::string> names;
  std::string text;
  for (int i = 0; i < queues; ++i) {
    names.push_back(fmt::format("\"queue{}\"", i));
    text += service(fmt::format("queue{}", i), "1", toml::exp(1 / mu));
  }
  Experiment e;
  e.scenario = "faultline = 1\n" + open_client("flow", rate) +
               flow("flow", {fmt::format("{{ parallel = [{}] }}", fmt::join(names, ", "))}) + text;
  e.samples_per_unit = rate;
  e.events_per_unit = rate * (1 + 2 * queues);
  e.warmup_units = warmup_for(rate / mu);
  return with_value(std::move(e), measure::mean(measure::client_latency()));
}

Answer hedged(Asked& ask) {
  const auto law = toml::law(ask.text("leg"));
  const double delay = ask.positive("hedge_delay");
  ask.if_any("cancel", "loser ignored, no queueing (infinite servers)");
  if (!law) return std::nullopt;
  Experiment e;
  e.scenario = "faultline = 1\n" + open_client("leg", 1, "policy = \"hedged\"\n") +
               service("leg", "\"unbounded\"", *law) +
               fmt::format("[policy.hedged]\nhedge = {{ after = \"{}\" }}\n", toml::time(delay));
  e.events_per_unit = 3;
  e.warmup_units = 500;
  if (ask.asks("extra_load"))
    return with_value(std::move(e), [](const Observation& o) {
      const EdgeStatistics& edge = o.edge("load->leg");
      return static_cast<double>(edge.attempts) / static_cast<double>(edge.calls) - 1;
    });
  return with_value(std::move(e), about_client(ask, "mean", "p"));
}

Answer open_or_closed(Asked& ask) {
  const std::string workload = ask.text("workload");
  const auto law = toml::law(ask.text("service"));
  ask.must_be("servers", 1.0);
  double mean = 0;
  if (!law || std::sscanf(ask.text("service").c_str(), "exp mean %lf", &mean) != 1 || mean <= 0)
    return std::nullopt;
  Experiment e;
  const std::string station = service("station", "1", *law);
  if (workload == "open Poisson") {
    const double load = ask.positive("rho");
    if (load >= 1) return std::nullopt;
    e.scenario = "faultline = 1\n" + open_client("station", load / mean) + station;
    e.samples_per_unit = load / mean;
    e.warmup_units = warmup_for(load) * mean;
  } else {
    int clients = 0;
    double think = 0;
    const std::string thinking = ask.text("think");
    if (std::sscanf(workload.c_str(), "closed %d client", &clients) != 1 || clients < 1 ||
        workload != fmt::format("closed {} client{}", clients, clients > 1 ? "s" : "") ||
        std::sscanf(thinking.c_str(), "exp mean %lf", &think) != 1)
      return std::nullopt;
    e.scenario = fmt::format(
                     "faultline = 1\n[client.load]\ncalls = \"station\"\nusers = {}\nthink = "
                     "\"{}\"\n",
                     clients, toml::exp(think)) +
                 station;
    e.samples_per_unit = 0.8 * std::min(1 / mean, clients / (think + mean));
    e.warmup_units = 100 * (think + clients * mean);
  }
  e.events_per_unit = 2 * e.samples_per_unit;
  if (const auto share = ask.percentile("latency_p"))
    return with_value(std::move(e), measure::quantile(measure::client_latency(), *share));
  if (ask.asks("throughput")) return with_value(std::move(e), measure::client_throughput());
  return std::nullopt;
}

}  // namespace

const std::vector<ExperimentFamily>& network_experiments() {
  static const std::vector<ExperimentFamily> all = {
      {"tandem M/M/1", tandem},
      {"Jackson open network", open_network},
      {"closed network MVA", closed_network},
      {"nested RPC thread-hold", held_threads},
      {"supermarket JSQ(d), N->inf", supermarket},
      {"JSQ(d) finite N", shortest_of_sampled},
      {"redundancy, cancel-on-completion", redundancy},
      {"fan-out max of n", fan_out},
      {"quorum k of n", quorum},
      {"fan-out tail at scale", slow_leg},
      {"fork-join n M/M/1 queues", fork_join},
      {"hedged request", hedged},
      {"open vs closed", open_or_closed},
  };
  return all;
}

}  // namespace faultline
