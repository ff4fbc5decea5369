// The results of a sweep, from its part files: tidy, one row for each point, replication and
// metric.

#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "lab/study/sweep.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  return sql_name(text);  // quoted alike
}

// A word as text, not with TOML's quotes.
std::string plain(const std::string& value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"' &&
      value.find('\\') == std::string::npos)
    return value.substr(1, value.size() - 2);
  return value;
}

// In a file beside, and then in its place: what is there is never half of it.
class Replacing {
 public:
  explicit Replacing(std::string path) : path_(std::move(path)), draft_(path_ + ".draft") {
    std::error_code ignored;
    fs::remove(draft_, ignored);
  }
  ~Replacing() {
    std::error_code ignored;
    fs::remove(draft_, ignored);
  }
  const std::string& draft() const { return draft_; }
  tl::expected<void, SweepProblem> commit() {
    std::error_code problem;
    fs::rename(draft_, path_, problem);
    if (problem) return tl::unexpected(failure(problem.message()));
    return {};
  }
  SweepProblem failure(const std::string& why) const {
    return {false, fmt::format("cannot write {}: {}", path_, why)};
  }

 private:
  std::string path_, draft_;
};

tl::expected<void, SweepProblem> write_csv(const Merged& m, const std::string& path) {
  Replacing file(path);
  std::FILE* out = std::fopen(file.draft().c_str(), "wb");
  if (out == nullptr) return tl::unexpected(file.failure(std::strerror(errno)));
  std::string text = "point,replication,seed";
  for (const Axis& axis : m.plan.axes) text += "," + csv_field(axis.key);
  text += ",metric,value,fingerprint,version\n";
  bool good = true;
  for (const SweepRun& run : m.runs) {
    std::string head = fmt::format("{},{},{}", run.point, run.replication, run.seed);
    for (const std::string& v : m.plan.points[static_cast<std::size_t>(run.point)])
      head += "," + csv_field(plain(v));
    for (std::size_t i = 0; i < run.values.size(); ++i) {
      if (std::isnan(run.values[i])) continue;
      text += fmt::format("{},{},{},{},{}\n", head, csv_field(m.plan.metrics[i]), run.values[i],
                          run.fingerprint, m.plan.version);
    }
    if (text.size() > 1'000'000) {
      good = good && std::fwrite(text.data(), 1, text.size(), out) == text.size();
      text.clear();
    }
  }
  good = good && std::fwrite(text.data(), 1, text.size(), out) == text.size();
  const int why = errno;
  if (std::fclose(out) != 0 || !good)
    return tl::unexpected(file.failure(std::strerror(good ? errno : why)));
  return file.commit();
}

tl::expected<void, SweepProblem> write_sqlite(const Merged& m, const std::string& path) {
  Replacing file(path);
  try {
    {
      Database db(file.draft(), Database::Mode::Create);
      std::string columns;
      for (const Axis& axis : m.plan.axes) columns += sql_name(axis.key) + ", ";
      db.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;");
      db.execute("CREATE TABLE plan(key TEXT, value TEXT);");
      db.execute("CREATE TABLE results(point INTEGER, replication INTEGER, seed INTEGER, " +
                 columns + "metric TEXT, value REAL, fingerprint TEXT, version TEXT);");
      db.execute("CREATE TABLE failures(point INTEGER, replication INTEGER, seed INTEGER, " +
                 columns + "problem TEXT);");
      {
        Statement keep = db.prepare("INSERT INTO plan VALUES(?, ?)");
        for (const auto& [key, value] : m.identity) {
          keep.bind(1, std::string_view(key));
          keep.bind(2, std::string_view(value));
          keep.run();
        }
        std::string places;
        for (std::size_t i = 0; i < m.plan.axes.size(); ++i) places += "?, ";
        Statement row = db.prepare("INSERT INTO results VALUES(?, ?, ?, " + places + "?, ?, ?, ?)");
        Statement failure = db.prepare("INSERT INTO failures VALUES(?, ?, ?, " + places + "?)");
        for (const SweepRun& run : m.runs) {
          Statement& s = run.problem.empty() ? row : failure;
          int place = 0;
          s.bind(++place, run.point);
          s.bind(++place, run.replication);
          s.bind(++place, run.seed);
          for (const std::string& v : m.plan.points[static_cast<std::size_t>(run.point)]) {
            const auto amount = amount_of(v);
            if (amount && amount->dimension == Dimension::Number && v.front() != '"') {
              amount->whole ? s.bind(++place, static_cast<std::int64_t>(amount->value))
                            : s.bind(++place, amount->value);
            } else {
              s.bind(++place, std::string_view(plain(v)));
            }
          }
          if (!run.problem.empty()) {
            s.bind(++place, std::string_view(run.problem));
            s.run();
            continue;
          }
          for (std::size_t i = 0; i < run.values.size(); ++i) {
            if (std::isnan(run.values[i])) continue;
            s.bind(place + 1, std::string_view(m.plan.metrics[i]));
            s.bind(place + 2, run.values[i]);
            s.bind(place + 3, std::string_view(run.fingerprint));
            s.bind(place + 4, std::string_view(m.plan.version));
            s.run();
          }
        }
      }
      db.execute("COMMIT");
    }
    return file.commit();
  } catch (const DatabaseError& error) {
    return tl::unexpected(file.failure(error.what()));
  }
}

// Shards leave out what they have not: how many runs of which shard, for the reader.
void say_missing(Merged& merged, const std::vector<char>& seen) {
  std::int64_t missing = 0;
  for (std::size_t n = 0; n < seen.size(); ++n) {
    if (seen[n] != 0) continue;
    if (++missing <= 5)
      merged.missing.push_back(fmt::format("point {}, replication {}",
                                           n / static_cast<std::size_t>(merged.plan.replications),
                                           n % static_cast<std::size_t>(merged.plan.replications)));
  }
  if (missing > 5) merged.missing.push_back(fmt::format("and {} more", missing - 5));
  if (missing > 0)
    merged.missing.insert(merged.missing.begin(),
                          fmt::format("{} of {} runs are missing:", missing, seen.size()));
}

}  // namespace

tl::expected<Merged, SweepProblem> collect(const std::vector<std::string>& parts) {
  Merged merged;
  PlanIdentity first;
  std::vector<char> seen;
  for (const std::string& part : parts) {
    auto store = SweepStore::read(part);
    if (!store) return tl::unexpected(SweepProblem{false, store.error().message});
    if (seen.empty()) {
      first = store->identity();
      auto plan = plan_of(first);
      if (!plan) return tl::unexpected(SweepProblem{false, part + ": " + plan.error()});
      merged.plan = std::move(*plan);
      merged.identity = first;
      seen.assign(static_cast<std::size_t>(merged.plan.runs()), 0);
      merged.runs.resize(seen.size());
    } else if (const std::string why = difference(store->identity(), first); !why.empty()) {
      return tl::unexpected(SweepProblem{
          true,
          fmt::format("{} and {} don't belong together: of the former, {}", part, parts[0], why)});
    }
    std::string twice;
    try {
      store->each([&](const SweepRun& run) {
        const std::int64_t n = run.point * merged.plan.replications + run.replication;
        if (n < 0 || n >= merged.plan.runs()) return;
        auto& place = seen[static_cast<std::size_t>(n)];
        SweepRun& kept = merged.runs[static_cast<std::size_t>(n)];
        if (place != 0 && kept.fingerprint != run.fingerprint)
          twice = fmt::format("point {}, replication {} is there twice, and not the same",
                              run.point, run.replication);
        place = 1;
        kept = run;
      });
    } catch (const DatabaseError& error) {
      return tl::unexpected(SweepProblem{
          false,
          fmt::format("{} is torn ({}); run its shard again with --resume", part, error.what())});
    }
    if (!twice.empty()) return tl::unexpected(SweepProblem{false, part + ": " + twice});
  }
  say_missing(merged, seen);
  return merged;
}

tl::expected<void, SweepProblem> write_results(const Merged& merged, const SweepFiles& files) {
  if (auto csv = write_csv(merged, files.csv()); !csv) return csv;
  return write_sqlite(merged, files.sqlite());
}

tl::expected<PlanIdentity, SweepProblem> identity_in(const std::string& sqlite_file) {
  auto store = SweepStore::read_results(sqlite_file);
  if (!store) return tl::unexpected(SweepProblem{false, store.error().message});
  return *store;
}

tl::expected<SweepStatus, SweepProblem> status_of(const SweepFiles& files) {
  SweepStatus status;
  std::error_code ignored;
  std::vector<std::string> parts = files.shard_parts();
  const std::string whole = files.part({});
  if (fs::exists(whole, ignored)) parts.insert(parts.begin(), whole);
  status.finished = fs::exists(files.sqlite(), ignored) && fs::exists(files.csv(), ignored);
  if (parts.empty() && !status.finished)
    return tl::unexpected(SweepProblem{true, fmt::format("there is no sweep at {}", files.stem)});
  for (const std::string& file : parts) {
    SweepStatus::Part part;
    part.file = file;
    auto store = SweepStore::read(file);
    const auto plan =
        store ? plan_of(store->identity())
              : tl::expected<SweepPlan, std::string>(tl::unexpected(store.error().message));
    if (!plan) {
      part.problem = plan.error();
      status.parts.push_back(part);
      continue;
    }
    status.identity = store->identity();
    status.of = plan->runs();
    Shard shard;
    const std::size_t at = file.rfind(".shard-");
    long long i = 1, n = 1;
    if (at != std::string::npos &&
        std::sscanf(file.c_str() + at, ".shard-%lld-of-%lld", &i, &n) == 2)
      shard = {i, n, false};
    for (std::int64_t run = 0; run < plan->runs(); ++run) part.of += shard.has(run);
    try {
      store->each([&](const SweepRun& run) {
        ++part.done;
        part.failed += !run.problem.empty();
      });
    } catch (const DatabaseError& error) {
      part.problem = error.what();
    }
    status.done += part.done;
    status.failed += part.failed;
    status.parts.push_back(part);
  }
  return status;
}

}  // namespace faultline
