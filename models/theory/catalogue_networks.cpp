// Catalogue, part two: several stations, balancers and fan-out.
#include <cmath>

#include "models/theory/balancing.hpp"
#include "models/theory/networks.hpp"
#include "models/theory/order_statistics.hpp"
#include "models/theory/question.hpp"

namespace faultline::theory {
namespace {

Answer tandem(const Question& ask) {
  for (double servers : ask.list("servers"))
    if (servers != 1.0) return std::nullopt;
  const Tandem chain{ask.number("lam"), ask.list("mu")};
  if (ask.asks("mean_total_sojourn")) return mean_sojourn(chain);
  if (const auto share = ask.percentile("total_sojourn_p")) return sojourn_quantile(chain, *share);
  return std::nullopt;
}

Answer open_network(const Question& ask) {
  OpenNetwork network{ask.list("external"), ask.table("routing"), ask.list("mu"), {}};
  const std::size_t size = network.external.size();
  for (double count : ask.list("servers")) network.servers.push_back(static_cast<int>(count));
  if (network.routing.size() != size || network.service_rates.size() != size ||
      network.servers.size() != size)
    return std::nullopt;
  for (const auto& row : network.routing)
    if (row.size() != size) return std::nullopt;
  if (ask.asks("mean_total_sojourn")) return mean_sojourn(network);
  const auto known = [&](const std::optional<int>& station) {
    return station && *station >= 0 && static_cast<std::size_t>(*station) < size;
  };
  if (const auto station = ask.index("station", "_throughput"); known(station))
    return throughputs(network)[static_cast<std::size_t>(*station)];
  if (const auto station = ask.index("station", "_mean_sojourn_per_visit"); known(station))
    return mean_sojourn(station_of(network, *station));
  return std::nullopt;
}

Answer closed_network(const Question& ask) {
  const ClosedNetwork network{ask.whole("users"), ask.number("think_mean"), ask.list("demands")};
  if (ask.asks("throughput")) return throughput(network);
  if (ask.asks("mean_response")) return mean_response(network);
  if (ask.asks("saturation_N_star")) return saturation_population(network);
  if (ask.asks("bottleneck_utilization")) return bottleneck_utilization(network);
  return std::nullopt;
}

Answer held_threads(const Question& ask) {
  if (ask.whole("backend_servers") != 1) return std::nullopt;
  const auto local = ask.inputs.number("gateway_local_mu");
  // The table writes "infinite (zero local work)" where the gateway only waits.
  const HeldThreads gateway{ask.number("lam"), ask.whole("gateway_threads"),
                            local.value_or(HUGE_VAL), ask.number("backend_mu")};
  if (ask.asks("saturation_throughput")) return saturation_throughput(gateway);
  const auto means = steady_means(gateway);
  if (!means) return std::nullopt;
  if (ask.asks("mean_total_sojourn")) return means->total_sojourn;
  if (ask.asks("P_all_threads_busy")) return means->all_threads_busy;
  if (ask.asks("mean_gateway_queue_wait")) return means->gateway_wait;
  if (ask.asks("mean_backend_sojourn")) return means->backend_sojourn;
  return std::nullopt;
}

Answer supermarket(const Question& ask) {
  const int choices = ask.whole("d");
  const double load = ask.number("rho");
  if (ask.asks("mean_sojourn"))
    return supermarket_mean_sojourn(choices, load, ask.inputs.number("mu").value_or(1.0));
  if (const auto count = ask.index("frac_servers_with_at_least_", ""))
    return supermarket_share_with_at_least(choices, load, *count);
  return std::nullopt;
}

Answer shortest_of_sampled(const Question& ask) {
  if (!ask.asks("mean_sojourn") || ask.text("sampling") != "without replacement")
    return std::nullopt;
  return shortest_of_sampled_mean_sojourn(ask.whole("N"), ask.whole("d"), ask.number("rho"),
                                          ask.number("mu"));
}

Answer redundancy(const Question& ask) {
  if (!ask.asks("mean_sojourn")) return std::nullopt;
  const int copies = ask.whole("d");
  // "infinity (use >=1000)" stands for the limit of a large fleet.
  if (ask.inputs.text("N"))
    return redundancy_mean_sojourn(copies, ask.number("rho"), ask.number("mu"));
  if (ask.whole("N") != copies) return std::nullopt;
  return redundancy_on_all_mean_sojourn(copies, ask.number("lam"), ask.number("mu"));
}

Answer times_of(const Question& ask, const Gather& gather) {
  if (ask.asks("mean")) return mean_time(gather);
  if (const auto share = ask.percentile("p")) return time_quantile(gather, *share);
  return std::nullopt;
}

Answer fan_out(const Question& ask) {
  const int legs = ask.whole("fanout");
  return times_of(ask, {law_in_words(ask.text("leg")), legs, legs});
}

Answer quorum(const Question& ask) {
  return times_of(ask, {law_in_words(ask.text("leg")), ask.whole("n"), ask.whole("k")});
}

Answer slow_leg(const Question& ask) {
  if (!ask.asks("P_any_slow")) return std::nullopt;
  return probability_any_slow(ask.whole("fanout"), ask.share("leg_slow_prob"));
}

Answer fork_join(const Question& ask) {
  if (!ask.asks("mean_response")) return std::nullopt;
  return fork_join_mean(ask.whole("n"), ask.number("lam"), ask.number("mu"));
}

Answer hedged(const Question& ask) {
  const Hedge hedge{law_in_words(ask.text("leg")), ask.number("hedge_delay")};
  if (ask.asks("mean")) return mean_time(hedge);
  if (ask.asks("extra_load")) return extra_load(hedge);
  if (const auto share = ask.percentile("p")) return time_quantile(hedge, *share);
  return std::nullopt;
}

// The same service and nominal load, once open and once with clients that wait for their answer.
Answer open_or_closed(const Question& ask) {
  const std::string workload = ask.text("workload");
  const double service_rate = 1.0 / law_in_words(ask.text("service")).mean;
  if (ask.whole("servers") != 1) return std::nullopt;
  const auto share = ask.percentile("latency_p");
  if (workload.rfind("open", 0) == 0) {
    if (!share) return std::nullopt;
    return sojourn_quantile(Station{ask.number("rho") * service_rate, service_rate}, *share);
  }
  const auto clients = number_after(workload, "closed ");
  if (!clients) return std::nullopt;
  const FinitePopulation closed{static_cast<int>(*clients), law_in_words(ask.text("think")).mean,
                                service_rate};
  if (share) return sojourn_quantile(closed, *share);
  return ask.asks("throughput") ? Answer(throughput(closed)) : std::nullopt;
}

}  // namespace

const std::vector<Entry>& network_families() {
  static const std::vector<Entry> families = {
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
  return families;
}

}  // namespace faultline::theory
