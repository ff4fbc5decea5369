#include "lab/study/sweep_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "sim/random.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;

// Bytes of the values, least significant first, and after them a check of the whole row.
std::string packed(const SweepRun& run) {
  std::string bytes;
  const auto put = [&](std::uint64_t word) {
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(word >> (8 * i) & 0xff);
  };
  for (double value : run.values) {
    std::uint64_t word = 0;
    std::memcpy(&word, &value, sizeof word);
    put(word);
  }
  return bytes;
}

std::uint64_t check_of(const SweepRun& run, std::string_view bytes) {
  std::uint64_t key = derive(static_cast<std::uint64_t>(run.point), std::uint64_t{7});
  key = derive(key, static_cast<std::uint64_t>(run.replication));
  key = derive(key, static_cast<std::uint64_t>(run.seed));
  return derive(derive(derive(key, run.fingerprint), run.problem), bytes);
}

bool unpack(std::string_view bytes, std::vector<double>& values) {
  if (bytes.size() % 8 != 0) return false;
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < 8; ++i)
      word |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    double value = 0;
    std::memcpy(&value, &word, sizeof value);
    values.push_back(value);
  }
  return true;
}

constexpr const char* kSelect =
    "SELECT point, replication, seed, fingerprint, problem, figures, checksum FROM run ORDER BY "
    "point, replication";

// The row that a statement stands on; false if it isn't what was written.
bool read_row(Statement& s, SweepRun& run) {
  run = {s.whole(0), s.whole(1), s.whole(2), s.text(3), s.text(4), {}};
  const std::string bytes = s.bytes(5);
  return unpack(bytes, run.values) &&
         check_of(run, bytes) == static_cast<std::uint64_t>(s.whole(6));
}

StoreProblem problem(StoreProblem::Kind kind, std::string message) {
  return {kind, std::move(message)};
}

StoreProblem problem_of(const std::string& path, const DatabaseError& error) {
  if (error.is_busy())
    return {StoreProblem::Kind::Busy, fmt::format("{} is being written by another sweep", path)};
  return {StoreProblem::Kind::Other, fmt::format("{}: {}", path, error.what())};
}

void remove_file(const std::string& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
  fs::remove(path + "-journal", ignored);
}

}  // namespace

FileLock::FileLock(const std::string& path) : path_(path) {
  // A process that has been killed may take a moment to be gone.
  for (int tries = 0; tries < 100; ++tries) {
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file_ < 0) {
      problem_ = errno;
      return;
    }
    struct stat ours {
    }, named{};
    // Whoever had it before may have taken the name away: then what is locked is nobody's.
    if (::flock(file_, LOCK_EX | LOCK_NB) == 0 && ::fstat(file_, &ours) == 0 &&
        ::stat(path.c_str(), &named) == 0 && ours.st_ino == named.st_ino)
      return;
    ::close(file_);
    file_ = -1;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

FileLock::~FileLock() {
  if (file_ < 0) return;
  ::unlink(path_.c_str());
  ::close(file_);
}

// A rollback journal, which a shared file system can do, too.
void SweepStore::begin(const PlanIdentity& plan) {
  database_->execute("PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE;");
  database_->execute(
      "CREATE TABLE IF NOT EXISTS plan(key TEXT, value TEXT);"
      "CREATE TABLE IF NOT EXISTS run(point INTEGER, replication INTEGER, seed INTEGER, "
      "fingerprint TEXT, problem TEXT, figures BLOB, checksum INTEGER, "
      "PRIMARY KEY(point, replication)) WITHOUT ROWID;");
  read_identity();
  if (identity_.empty()) {
    Statement insert = database_->prepare("INSERT INTO plan(key, value) VALUES(?, ?)");
    for (const auto& [key, value] : plan) {
      insert.bind(1, std::string_view(key));
      insert.bind(2, std::string_view(value));
      insert.run();
    }
    identity_ = plan;
  }
  database_->execute("COMMIT");
}

void SweepStore::read_identity() {
  Statement s = database_->prepare("SELECT key, value FROM plan ORDER BY rowid");
  while (s.step()) identity_.emplace_back(s.text(0), s.text(1));
}

tl::expected<SweepStore, StoreProblem> SweepStore::open(const std::string& path,
                                                        const PlanIdentity& plan, Way way) {
  using Kind = StoreProblem::Kind;
  auto lock = std::make_unique<FileLock>(path + ".lock");
  if (!lock->held())
    return tl::unexpected(problem(
        lock->failed() ? Kind::Other : Kind::Busy,
        lock->failed() ? fmt::format("cannot write {}: {}", path, std::strerror(lock->failed()))
                       : fmt::format("{} is being written by another sweep", path)));
  std::error_code ignored;
  const bool exists = fs::exists(path, ignored);
  if (exists && way == Way::Fresh) return tl::unexpected(problem(Kind::Exists, path + " exists"));
  try {
    if (way == Way::Force) remove_file(path);
    SweepStore store(std::make_unique<Database>(path, Database::Mode::Create));
    store.begin(plan);
    if (const std::string why = difference(store.identity_, plan); !why.empty())
      return tl::unexpected(
          problem(Kind::Differs, fmt::format("{} has other results: {}", path, why)));
    if (exists && way == Way::Resume) {
      Statement check = store.database_->prepare("PRAGMA quick_check");
      if (!check.step() || check.text(0) != "ok")
        throw DatabaseError("the file is torn", SQLITE_CORRUPT);
      store.each([](const SweepRun&) {});
    }
    store.lock_ = std::move(lock);
    return store;
  } catch (const DatabaseError& error) {
    if (exists && way == Way::Resume && error.is_torn()) {
      auto repaired = repair(path, plan);
      if (repaired) repaired->lock_ = std::move(lock);
      return repaired;
    }
    return tl::unexpected(problem_of(path, error));
  }
}

std::vector<SweepRun> SweepStore::readable_runs() const {
  std::vector<SweepRun> runs;
  try {
    Statement s = database_->prepare(kSelect);
    SweepRun run;
    while (s.step()) {
      if (read_row(s, run)) runs.push_back(run);
    }
  } catch (const DatabaseError&) {
    // From here on it is torn.
  }
  return runs;
}

// What can still be read goes into a new file, which takes the place of the torn one.
tl::expected<SweepStore, StoreProblem> SweepStore::repair(const std::string& path,
                                                          const PlanIdentity& plan) {
  std::vector<SweepRun> kept;
  try {
    SweepStore torn(std::make_unique<Database>(path, Database::Mode::Read));
    torn.read_identity();
    if (const std::string why = difference(torn.identity_, plan); !why.empty())
      return tl::unexpected(
          problem(StoreProblem::Kind::Differs, fmt::format("{} has other results: {}", path, why)));
    kept = torn.readable_runs();
  } catch (const DatabaseError&) {
    kept.clear();  // nothing can be read
  }
  try {
    const std::string fresh = path + ".repair";
    remove_file(fresh);
    {
      SweepStore store(std::make_unique<Database>(fresh, Database::Mode::Create));
      store.begin(plan);
      store.add(kept);
    }
    remove_file(path);
    fs::rename(fresh, path);
    SweepStore store(std::make_unique<Database>(path, Database::Mode::Write));
    store.begin(plan);
    store.repaired_ = fmt::format(
        "{} was torn and has been repaired: {} runs could be read and are "
        "kept, the others are done again",
        path, kept.size());
    return store;
  } catch (const DatabaseError& error) {
    return tl::unexpected(problem_of(path, error));
  } catch (const fs::filesystem_error& error) {
    return tl::unexpected(problem(StoreProblem::Kind::Other, error.what()));
  }
}

tl::expected<SweepStore, StoreProblem> SweepStore::read(const std::string& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    return tl::unexpected(problem(StoreProblem::Kind::Missing, "there is no " + path));
  try {
    SweepStore store(std::make_unique<Database>(path, Database::Mode::Read));
    store.read_identity();
    return store;
  } catch (const DatabaseError& error) {
    return tl::unexpected(problem_of(path, error));
  }
}

tl::expected<PlanIdentity, StoreProblem> SweepStore::read_results(const std::string& path) {
  auto store = read(path);
  if (!store) return tl::unexpected(store.error());
  return store->identity_;
}

void SweepStore::add(const std::vector<SweepRun>& runs) {
  if (runs.empty()) return;
  database_->execute("BEGIN");
  {
    Statement insert = database_->prepare("INSERT OR REPLACE INTO run VALUES(?, ?, ?, ?, ?, ?, ?)");
    for (const SweepRun& run : runs) {
      const std::string bytes = packed(run);
      insert.bind(1, run.point);
      insert.bind(2, run.replication);
      insert.bind(3, run.seed);
      insert.bind(4, std::string_view(run.fingerprint));
      insert.bind(5, std::string_view(run.problem));
      insert.bind_bytes(6, bytes);
      insert.bind(7, static_cast<std::int64_t>(check_of(run, bytes)));
      insert.run();
    }
  }
  database_->execute("COMMIT");
}

void SweepStore::each(const std::function<void(const SweepRun&)>& act) const {
  Statement s = database_->prepare(kSelect);
  SweepRun run;
  while (s.step()) {
    if (!read_row(s, run)) throw DatabaseError("a run is not what was written", SQLITE_CORRUPT);
    act(run);
  }
}

std::vector<char> SweepStore::done(const SweepPlan& plan) const {
  std::vector<char> all(static_cast<std::size_t>(plan.runs()), 0);
  each([&](const SweepRun& run) {
    const std::int64_t number = run.point * plan.replications + run.replication;
    if (number >= 0 && number < plan.runs()) all[static_cast<std::size_t>(number)] = 1;
  });
  return all;
}

}  // namespace faultline
