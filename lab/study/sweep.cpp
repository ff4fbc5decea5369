#include "lab/study/sweep.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <mutex>
#include <optional>

#include "lab/evidence/metric_value.hpp"
#include "lab/run/run.hpp"
#include "lab/study/parallel.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point then) {
  return std::chrono::duration<double>(Clock::now() - then).count();
}

class Sweeping {
 public:
  Sweeping(const SweepPlan& plan, SweepStore& store, const SweepOptions& options)
      : plan_(plan), store_(store), options_(options) {}

  // Throws DatabaseError when the results can't be kept.
  SweepOutcome run() {
    const std::vector<char> done = store_.done(plan_);
    std::vector<std::int64_t> missing;
    for (std::int64_t n = 0; n < plan_.runs(); ++n) {
      if (!options_.shard.has(n)) continue;
      ++progress_.of;
      if (done[static_cast<std::size_t>(n)] != 0) {
        ++progress_.done;
      } else {
        missing.push_back(n);
      }
    }
    store_.each([&](const SweepRun& r) { progress_.failed += !r.problem.empty(); });
    outcome_.resumed = progress_.done;
    for_each_number(
        missing.size(), options_.jobs, [&](std::size_t i) { one(missing[i]); }, &halt_);
    commit(true);
    if (problem_) throw DatabaseError(*problem_);
    outcome_.runs = progress_.of;
    outcome_.failed = progress_.failed;
    outcome_.complete = progress_.done == progress_.of;
    outcome_.seconds = seconds_since(began_);
    return outcome_;
  }

 private:
  bool stopped() const { return options_.stop != nullptr && options_.stop->load(); }

  // The scenario of a point, read once for the runs of a thread that follow each other.
  const tl::expected<LoadedScenario, Diagnostics>& scenario_of(std::int64_t point) {
    thread_local const Sweeping* whose = nullptr;
    thread_local std::int64_t which = -1;
    thread_local std::optional<tl::expected<LoadedScenario, Diagnostics>> loaded;
    if (whose != this || which != point || !loaded) {
      loaded = plan_.load(static_cast<std::size_t>(point));
      whose = this;
      which = point;
    }
    return *loaded;
  }

  void one(std::int64_t number) {
    if (stopped()) {
      halt_ = true;
      return;
    }
    SweepRun kept;
    kept.point = number / plan_.replications;
    kept.replication = number % plan_.replications;
    kept.seed = plan_.first_seed + kept.replication;
    const auto& loaded = scenario_of(kept.point);
    bool balanced = true;
    if (!loaded) {
      const Diagnostic& d = loaded.error().front();
      kept.problem = fmt::format("{}: {}", d.code, d.message);
    } else {
      RunOptions options;
      options.seed = kept.seed;
      options.variant = loaded->variant;
      options.stop = options_.stop;
      const auto result = faultline::run(loaded->scenario, options);
      if (result->partial) return;
      balanced = result->ledger.balanced;
      if (!balanced) kept.problem = "the ledger does not balance";
      kept.fingerprint = fmt::format("{:016x}", result->fingerprint);
      for (const std::string& metric : plan_.metrics)
        kept.values.push_back(
            metric_value(*result, metric).value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    const std::lock_guard lock(keeping_);
    outcome_.unbalanced = outcome_.unbalanced || !balanced;
    ++progress_.done;
    ++progress_.fresh;
    progress_.failed += !kept.problem.empty();
    waiting_.push_back(std::move(kept));
    commit(false);
    progress_.seconds = seconds_since(began_);
    if (options_.progress) options_.progress(progress_);
  }

  // A transaction costs some milliseconds of the disk's: not one for each run of one millisecond.
  void commit(bool now) {
    if (problem_ || (!now && seconds_since(committed_) < 0.1)) return;
    try {
      store_.add(waiting_);
      waiting_.clear();
    } catch (const DatabaseError& error) {
      problem_ = error;
      halt_ = true;
    }
    committed_ = Clock::now();
  }

  const SweepPlan& plan_;
  SweepStore& store_;
  const SweepOptions& options_;
  const Clock::time_point began_ = Clock::now();
  Clock::time_point committed_ = began_;
  std::mutex keeping_;
  std::vector<SweepRun> waiting_;
  SweepProgress progress_;
  SweepOutcome outcome_;
  std::optional<DatabaseError> problem_;
  std::atomic<bool> halt_{false};
};

}  // namespace

SweepFiles::SweepFiles(const std::string& out) : stem(out) {
  for (const std::string_view end : {".csv", ".sqlite"}) {
    if (stem.size() > end.size() && stem.ends_with(end)) stem.resize(stem.size() - end.size());
  }
}

std::string SweepFiles::part(const Shard& shard) const {
  if (shard.whole) return stem + ".part";
  return fmt::format("{}.shard-{}-of-{}.part", stem, shard.number, shard.of);
}

std::vector<std::string> SweepFiles::shard_parts() const {
  const fs::path path(stem);
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(path.filename().string() + ".shard-") && name.ends_with(".part"))
      found.push_back((path.has_parent_path() ? folder / name : fs::path(name)).string());
  }
  // By number, so that what is said of them is in order.
  std::sort(found.begin(), found.end(), [](const std::string& a, const std::string& b) {
    return std::pair(a.size(), a) < std::pair(b.size(), b);
  });
  return found;
}

tl::expected<SweepOutcome, SweepProblem> run_sweep(const SweepPlan& plan, const SweepFiles& files,
                                                   const SweepOptions& options) {
  const std::string path = files.part(options.shard);
  const PlanIdentity identity = identity_of(plan);
  auto store = SweepStore::open(path, identity, options.way);
  if (!store) {
    using Kind = StoreProblem::Kind;
    const StoreProblem& p = store.error();
    const bool mistake = p.kind == Kind::Exists || p.kind == Kind::Differs || p.kind == Kind::Busy;
    return tl::unexpected(SweepProblem{mistake, p.message});
  }
  try {
    SweepOutcome outcome = Sweeping(plan, *store, options).run();
    outcome.repaired = store->repaired();
    return outcome;
  } catch (const DatabaseError& error) {
    return tl::unexpected(
        SweepProblem{false, fmt::format("cannot write {}: {}", path, error.what())});
  }
}

}  // namespace faultline
