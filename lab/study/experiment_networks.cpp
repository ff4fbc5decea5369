// Experiments, part three: several stations, one after another.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/study/experiment_parts.hpp"

namespace faultline {
namespace {

using namespace networks;
using Answer = std::optional<Experiment>;

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
      return o.service("gateway").all.wait().share_above({0});
    });
  return std::nullopt;
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
      {"open vs closed", open_or_closed},
  };
  return all;
}

}  // namespace faultline
