#pragma once
// Variants of one scenario, run from the same seeds. A request has the same arrival and the same
// work in each of them (common random numbers), so differences are taken replication by
// replication, and requests are paired one by one.

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "lab/scenario/load.hpp"
#include "lab/study/statistics.hpp"

namespace faultline {

struct CompareOptions {
  std::vector<std::string> variants;  // the first is what the others are compared with; empty: all
  std::vector<std::string> metrics;   // empty: the clients' and the objectives'
  std::int64_t replications = 10;     // seeds count up from the scenario's
  std::optional<std::int64_t> seed;   // instead of the scenario's
  // More replications, until no difference's interval is wider than ± this share of what it is a
  // difference to; at most `most`.
  std::optional<double> until_ci;
  std::int64_t most = 1000;
  unsigned jobs = 0;  // threads; 0: as many as there are cores
  const std::atomic<bool>* stop = nullptr;
  std::function<void(std::int64_t done, std::int64_t of)> progress;  // of runs, from any thread
};

struct ComparedVariant {
  std::string name, title;
  std::vector<std::string> also;  // that come to the same settings
};

// How a variant differs from the first.
enum class Difference : std::uint8_t {
  Reference,  // it is the first
  Same,       // equal in every replication
  Unclear,    // the interval includes 0, or there is none
  Clear
};

struct ComparedValue {
  Estimate value;
  Estimate delta;
  // How many times as many runs would be needed for the same interval if variants had other seeds:
  // (Var a + Var b) / Var(b − a). Infinite where the difference doesn't vary at all.
  double variance_factor = 1;
  Difference difference = Difference::Reference;
  bool present = true;  // the variant has such a metric, and it was finite in every replication
};

struct ComparedMetric {
  std::string metric, unit;             // unit as in judge.hpp
  std::vector<ComparedValue> variants;  // in the order of VariantComparison::variants
};

// A client's requests that were due after the warm-up, found in both the first variant and another.
// Sums over all replications.
struct PairedRequests {
  std::string client;
  std::size_t variant = 0;
  std::uint64_t both_ok = 0, only_first_ok = 0, only_other_ok = 0, neither_ok = 0;
  std::uint64_t slower = 0, faster = 0;  // of those answered in both
  std::uint64_t unpaired = 0;            // not asked, or not ended, in one of them
  double latency_delta_s = 0;            // mean over those answered in both
};

struct VariantComparison {
  std::string file, scenario;
  std::int64_t first_seed = 1, replications = 0;
  std::vector<ComparedVariant> variants;
  std::vector<ComparedMetric> metrics;
  std::vector<PairedRequests> requests;
  std::optional<double> until_ci;
  bool narrow_enough = true;  // what `until_ci` asked for was reached
  bool partial = false;       // interrupted
  bool balanced = true;       // every ledger was
};

tl::expected<VariantComparison, Diagnostics> compare(const std::string& file,
                                                     const Settings& settings,
                                                     const CompareOptions& options);

}  // namespace faultline
