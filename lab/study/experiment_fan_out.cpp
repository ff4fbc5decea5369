// Experiments, part four: balancers, and several calls for one request.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/study/experiment_parts.hpp"
#include "models/theory/balancing.hpp"

namespace faultline {
namespace {

using namespace networks;
using Answer = std::optional<Experiment>;

// The least loaded of so many different ones.
std::string least_of(int sampled) {
  if (sampled == 2) return "\"power_of_two\"";
  return fmt::format("{{ kind = \"power_of_two\", choice_count = {} }}", sampled);
}

// N servers of one thread each behind a balancer; the only caller knows them all.
Experiment balanced(int servers, double load, double mu, std::string_view balancer) {
  Experiment e;
  e.scenario = "faultline = 1\n" + open_client("station", load * mu * servers) +
               service("station", "1", toml::exp(1 / mu)) +
               fmt::format("replicas = {}\nbalancer = {}\n", servers, balancer);
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
  if (load >= 1 || choices > 100) return std::nullopt;
  // A queue that is nearly always there has to be watched for a thousand million requests.
  if (choices == 1 && load > 0.97) return std::nullopt;
  const auto least = ask.index("frac_servers_with_at_least_", "");
  // With one choice the servers are independent, so a few tell as much as many. With more, a
  // thousand are nearly infinitely many, but for long queues, and near saturation: where only a few
  // have one, theirs is not independent of the others'. That is off by 1/N.
  const double share = least ? theory::supermarket_share_with_at_least(choices, load, *least) : 1;
  const bool many = share < 0.05 || (load > 0.97 && share < 0.5);
  const int servers = choices == 1 ? 4 : many ? 20'000 : 1000;
  Experiment e = balanced(servers, load, mu, choices == 1 ? "\"random\"" : least_of(choices));
  if (choices >= 2) e.warmup_units = std::min(e.warmup_units, 20 / (1 - load) / mu);
  if (ask.asks("mean_sojourn"))
    return with_value(std::move(e), measure::mean(measure::latency_at("station")));
  if (!least || *least < 1) return std::nullopt;
  e.watched = "station";
  e.look_every_units = 2 / mu;
  e.events_per_unit *= 1.3;
  if (share < 1e-4) e.spread = 10;  // or there would be a dozen of them to count
  const auto n = static_cast<std::size_t>(*least);
  return with_value(std::move(e), [n](const Observation& o) { return o.share_with_at_least(n); });
}

Answer shortest_of_sampled(Asked& ask) {
  const int servers = ask.whole("N"), sampled = ask.whole("d");
  const double load = ask.positive("rho"), mu = ask.positive("mu");
  ask.must_be("sampling", "without replacement");
  if (load >= 1 || !ask.asks("mean_sojourn")) return std::nullopt;
  if (sampled < 2 || sampled > servers) return std::nullopt;
  Experiment e = balanced(servers, load, mu, least_of(sampled));
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
    Experiment e = balanced(1000, load, mu, "\"random\"");
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

}  // namespace

const std::vector<ExperimentFamily>& fan_out_experiments() {
  static const std::vector<ExperimentFamily> all = {
      {"supermarket JSQ(d), N->inf", supermarket},
      {"JSQ(d) finite N", shortest_of_sampled},
      {"redundancy, cancel-on-completion", redundancy},
      {"fan-out max of n", fan_out},
      {"quorum k of n", quorum},
      {"fan-out tail at scale", slow_leg},
      {"fork-join n M/M/1 queues", fork_join},
      {"hedged request", hedged},
  };
  return all;
}

}  // namespace faultline
