#pragma once
// What a sweep is going to run: its points (a value for each axis), times replications. A plan is a
// function of its request alone, so that shards on different machines agree about it without
// talking to each other.

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "lab/scenario/load.hpp"
#include "lab/study/axis.hpp"

namespace faultline {

inline constexpr std::int64_t kMostPoints = 1'000'000;
inline constexpr std::int64_t kMostRuns = 10'000'000;

// What the caller asks for; what is left out is taken from the scenario's [sweep] table.
struct SweepRequest {
  std::string file, variant;
  Settings settings;                     // in every point
  std::vector<std::string> axes;         // KEY=VALUES
  std::vector<std::string> constraints;  // A < B
  std::vector<std::string> metrics;      // patterns: client.*.success_rate
  std::optional<std::int64_t> replications, samples;
};

struct SweepPlan {
  std::string version;  // of the program
  std::string file, text, scenario;
  std::string variant;
  Settings settings;
  std::vector<Axis> axes;
  std::vector<Constraint> constraints;
  std::vector<std::string> metrics;  // by name
  std::int64_t replications = 1;
  std::int64_t samples = 0;  // of a Latin hypercube; 0: every combination
  std::int64_t first_seed = 1;
  std::vector<std::vector<std::string>> points;  // values, by axis

  std::int64_t runs() const { return static_cast<std::int64_t>(points.size()) * replications; }
  // The scenario of a point, or what is wrong with that combination.
  tl::expected<LoadedScenario, Diagnostics> load(std::size_t point) const;
};

tl::expected<SweepPlan, Diagnostics> plan_sweep(const SweepRequest& request);

// What identifies a plan, under names for people. Equal identities have equal results.
using PlanIdentity = std::vector<std::pair<std::string, std::string>>;
PlanIdentity identity_of(const SweepPlan& plan);
// What of two identities differs, in a sentence; empty if nothing does.
std::string difference(const PlanIdentity& stored, const PlanIdentity& wanted);
// The plan that an identity tells of: all but the scenario's text.
tl::expected<SweepPlan, std::string> plan_of(const PlanIdentity& identity);

// The version of this program.
std::string_view program_version();

}  // namespace faultline
