// Catalogue, part two: several stations, balancers and fan-out.
#include "models/theory/networks.hpp"
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

}  // namespace

const std::vector<Entry>& network_families() {
  static const std::vector<Entry> families = {
      {"tandem M/M/1", tandem},
      {"Jackson open network", open_network},
      {"closed network MVA", closed_network},
      {"nested RPC thread-hold", held_threads},
  };
  return families;
}

}  // namespace faultline::theory
