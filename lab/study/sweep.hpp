#pragma once
// Carries a plan out on all cores, keeping each run as it is done, and writes the results when all
// are. They are the same, byte for byte, however many threads, shards and interruptions there were.

#include <atomic>
#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "lab/study/shard.hpp"
#include "lab/study/sweep_store.hpp"

namespace faultline {

// Where a sweep's files are. OUT, OUT.csv and OUT.sqlite name the same three.
struct SweepFiles {
  explicit SweepFiles(const std::string& out);
  std::string stem;
  std::string csv() const { return stem + ".csv"; }
  std::string sqlite() const { return stem + ".sqlite"; }
  // Of the runs so far: of the whole, or of a shard.
  std::string part(const Shard& shard) const;
  // Those of shards that are there, by name.
  std::vector<std::string> shard_parts() const;
};

struct SweepProgress {
  std::int64_t done = 0, of = 0, failed = 0;  // runs of this process, earlier ones too
  double seconds = 0;                         // since it began
  std::int64_t fresh = 0;                     // done in that time
};

struct SweepOptions {
  Shard shard;
  unsigned jobs = 0;
  SweepStore::Way way = SweepStore::Way::Fresh;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const SweepProgress&)> progress;  // one at a time
};

struct SweepProblem {
  bool mistake = false;  // of the user's; else of the machine's
  std::string message;
};

struct SweepOutcome {
  std::string repaired;  // what was done to a torn file
  std::int64_t runs = 0, resumed = 0, failed = 0;
  bool complete = false;    // else interrupted
  bool unbalanced = false;  // a ledger was: a fault of the simulator
  double seconds = 0;
};

// Runs what is missing of the shard's runs and keeps them in its part file.
tl::expected<SweepOutcome, SweepProblem> run_sweep(const SweepPlan& plan, const SweepFiles& files,
                                                   const SweepOptions& options);

// What part files have of a plan together.
struct SweepStatus {
  struct Part {
    std::string file, problem;
    std::int64_t done = 0, of = 0, failed = 0;
  };
  PlanIdentity identity;
  std::vector<Part> parts;
  std::int64_t done = 0, of = 0, failed = 0;
  bool finished = false;  // the results are written
  bool complete() const { return done == of && of > 0; }
};
tl::expected<SweepStatus, SweepProblem> status_of(const SweepFiles& files);

// Writes OUT.csv and OUT.sqlite from part files. Nothing is written unless every run is there
// exactly once; then `missing` says what is not.
struct Merged {
  PlanIdentity identity;
  SweepPlan plan;
  std::vector<SweepRun> runs;        // in order
  std::vector<std::string> missing;  // sentences
};
tl::expected<Merged, SweepProblem> collect(const std::vector<std::string>& parts);
tl::expected<void, SweepProblem> write_results(const Merged& merged, const SweepFiles& files);
// The same from a file of results, where they are written already.
tl::expected<PlanIdentity, SweepProblem> identity_in(const std::string& sqlite_file);

}  // namespace faultline
