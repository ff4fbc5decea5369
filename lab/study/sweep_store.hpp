#pragma once
// Where the runs of a sweep are kept while it goes on: one SQLite file, written in transactions, so
// that a process which is killed leaves behind all runs of the transactions that it had finished
// and nothing of the one it was in. One process at a time writes to it.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "lab/study/database.hpp"
#include "lab/study/sweep_plan.hpp"

namespace faultline {

struct SweepRun {
  std::int64_t point = 0, replication = 0, seed = 0;
  std::string fingerprint;
  std::string problem;         // why there are no values; empty: there are
  std::vector<double> values;  // by the plan's metrics; NaN: this point has none such
};

struct StoreProblem {
  enum class Kind : std::uint8_t { Exists, Missing, Other, Differs, Busy } kind;
  std::string message;
};

// Held by one process at a time, and let go when that ends, however it does.
class FileLock {
 public:
  explicit FileLock(const std::string& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  bool held() const { return file_ >= 0; }
  int failed() const { return problem_; }  // errno, if it isn't that another has it

 private:
  std::string path_;
  int file_ = -1, problem_ = 0;
};

class SweepStore {
 public:
  enum class Way : std::uint8_t { Fresh, Resume, Force };
  // Fresh: the file must not exist. Resume: goes on with what is there, if anything; what a crash
  // has torn is repaired, and `repaired` says what was done. Force: begins anew.
  static tl::expected<SweepStore, StoreProblem> open(const std::string& path,
                                                     const PlanIdentity& plan, Way way);
  // For reading, whatever plan it has.
  static tl::expected<SweepStore, StoreProblem> read(const std::string& path);

  // The plan of a file of results.
  static tl::expected<PlanIdentity, StoreProblem> read_results(const std::string& path);

  const PlanIdentity& identity() const { return identity_; }
  const std::string& repaired() const { return repaired_; }
  // In one transaction. Throws DatabaseError.
  void add(const std::vector<SweepRun>& runs);
  // In the order of points, then replications.
  void each(const std::function<void(const SweepRun&)>& act) const;
  // By number: point × replications + replication.
  std::vector<char> done(const SweepPlan& plan) const;

 private:
  explicit SweepStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  void begin(const PlanIdentity& plan);
  void read_identity();
  std::vector<SweepRun> readable_runs() const;
  static tl::expected<SweepStore, StoreProblem> repair(const std::string& path,
                                                       const PlanIdentity& plan);

  std::unique_ptr<FileLock> lock_;  // let go after the database is closed
  std::unique_ptr<Database> database_;
  PlanIdentity identity_;
  std::string repaired_;
};

}  // namespace faultline
