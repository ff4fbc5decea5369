#pragma once
// A run seen with the eyes of queueing theory: the counters and histograms themselves, after the
// warm-up, rather than the figures of a result; and looks at the number in system, for questions
// about time averages. What `faultline verify` measures is read from these.

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/scenario/scenario.hpp"
#include "models/system/statistics.hpp"
#include "models/vocabulary/fact.hpp"

namespace faultline {

struct ObservedService {
  HandlingStatistics all;
  std::vector<Named<HandlingStatistics>> endpoints;
  double busy_s = 0, working_s = 0, queued_s = 0, threads_s = 0;  // areas: number × seconds
  double slowdown = 0;                                            // of steps of cpu, summed
  std::uint64_t cpu_steps = 0;

  const HandlingStatistics& endpoint(std::string_view name) const;
};

struct ObservedClient : ClientWindow {
  std::uint64_t offered = 0;
};

struct ObservedEdge : EdgeStatistics {  // counts only
  double breaker_open_s = 0;            // or half-open; of all instances of the caller
};

struct Observation {
  double seconds = 0;  // observed, after the warm-up
  std::vector<Named<ObservedClient>> clients;
  std::vector<Named<ObservedService>> services;
  std::vector<Named<ObservedEdge>> edges;
  std::vector<Named<CacheCounts>> caches;
  std::vector<Fact> facts;  // of the whole run
  Ledger ledger;
  std::vector<std::uint64_t> in_system;  // [n]: looks at which an instance held n requests
  bool ended_early = false;              // at a look, as Looks::until wanted

  // The first client's requests; a service, an edge by name, which must exist.
  const ObservedClient& client() const { return clients.front().value; }
  const ObservedService& service(std::string_view name) const;
  const ObservedEdge& edge(std::string_view name) const;
  // The looks' share with at least n in system, and the mean and variance.
  double share_with_at_least(std::size_t n) const;
  double mean_in_system() const;
  double variance_in_system() const;
};

class World;
using Until = std::function<bool(World&)>;

// Looks at the instances of `service` every so often: after the warm-up, the end included.
struct Looks {
  std::string service;  // may be empty
  Duration every{0};    // 0: never
  Until until{};        // asked at every look: whether to end the run
};

// Runs the scenario. Nothing, if `stop` was set meanwhile.
std::optional<Observation> observe(const Scenario& scenario, std::uint64_t seed,
                                   const Looks& looks = {},
                                   const std::atomic<bool>* stop = nullptr);

}  // namespace faultline
