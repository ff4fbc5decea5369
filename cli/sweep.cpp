// faultline sweep: a grid of settings × replications; its plan, its shards, its results.

#include <fmt/format.h>

#include <filesystem>

#include "cli/commands.hpp"
#include "cli/progress.hpp"
#include "lab/study/effects.hpp"
#include "lab/study/sweep.hpp"

namespace faultline::cli {
namespace {

int complain(const SweepProblem& problem) {
  fmt::print(stderr, "faultline: {}\n", problem.message);
  return problem.mistake ? kUsage : kRuntime;
}

int complain(const std::string& mistake) {
  return complain(SweepProblem{true, mistake});
}

std::string duration_text(double seconds) {
  if (seconds < 60) return fmt::format("{:.0f} s", seconds);
  if (seconds < 3600) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::string progress_text(const SweepProgress& p) {
  const double rate = p.seconds > 0 ? static_cast<double>(p.fresh) / p.seconds : 0;
  std::string text = fmt::format("{} of {} runs, {:.1f}/s", p.done, p.of, rate);
  if (p.failed > 0) text += fmt::format(", {} failed", p.failed);
  if (rate > 0) text += ", " + duration_text(static_cast<double>(p.of - p.done) / rate) + " left";
  return text;
}

std::string heading(const SweepPlan& plan) {
  return fmt::format("{}: {} points × {} replications = {} runs\n",
                     plan.scenario.empty() ? plan.file : plan.scenario, plan.points.size(),
                     plan.replications, plan.runs());
}

std::string failures(const Merged& merged) {
  std::string text;
  int told = 0;
  std::int64_t all = 0, last = -1;
  for (const SweepRun& run : merged.runs) {
    if (run.problem.empty()) continue;
    ++all;
    if (run.point == last || ++told > 5) continue;
    last = run.point;
    std::string where;
    for (std::size_t a = 0; a < merged.plan.axes.size(); ++a)
      where += fmt::format("{}{}={}", a > 0 ? " " : "", merged.plan.axes[a].key,
                           merged.plan.points[static_cast<std::size_t>(run.point)][a]);
    text += fmt::format("  {}: {}\n", where, run.problem);
  }
  return all == 0 ? "" : fmt::format("{} runs gave no result:\n{}", all, text);
}

// The results of part files, if they are complete; the exit code.
int finish(const std::vector<std::string>& parts, const SweepFiles& files, bool quiet) {
  const auto merged = collect(parts);
  if (!merged) return complain(merged.error());
  if (!merged->missing.empty()) {
    for (const std::string& line : merged->missing) fmt::print(stderr, "faultline: {}\n", line);
    return kInconclusive;
  }
  if (const auto written = write_results(*merged, files); !written)
    return complain(written.error());
  const std::string failed = failures(*merged);
  if (!quiet && !write_output("-", heading(merged->plan) + effects_report(*merged) +
                                       fmt::format("\n{}Results: {} and {}\n", failed, files.csv(),
                                                   files.sqlite())))
    return kRuntime;
  return failed.empty() ? kPass : kInconclusive;
}

// What is in the way of results that are there already; 0 if nothing is.
int check_output(const SweepPlan& plan, const SweepFiles& files, const SweepCommand& o,
                 const Shard& shard, bool& complete) {
  std::error_code ignored;
  complete = false;
  if (o.force) return kPass;
  for (const std::string& file : {files.sqlite(), files.csv(), files.part(shard)}) {
    if (!std::filesystem::exists(file, ignored)) continue;
    if (!o.resume)
      return complain(fmt::format(
          "{} exists; --resume goes on with it, --force begins anew and overwrites it", file));
  }
  if (!std::filesystem::exists(files.sqlite(), ignored) ||
      std::filesystem::exists(files.part(shard), ignored))
    return kPass;
  const auto stored = identity_in(files.sqlite());
  if (!stored) return complain(stored.error());
  if (const std::string why = difference(*stored, identity_of(plan)); !why.empty())
    return complain(fmt::format("{} has other results: {}", files.sqlite(), why));
  complete = std::filesystem::exists(files.csv(), ignored);
  return kPass;
}

}  // namespace

SweepRequest request_of(const SweepCommand& o, const Settings& settings) {
  SweepRequest request;
  request.file = o.file;
  request.variant = o.variant;
  request.settings = settings;
  request.axes = o.axes;
  request.constraints = o.where;
  request.metrics = o.metrics;
  request.replications = o.replications;
  request.samples = o.samples;
  return request;
}

int sweep_command(const SweepCommand& o) {
  if (o.resume && o.force) return complain("--resume and --force exclude each other");
  if (o.file.empty())
    return complain("FILE is required; faultline sweep --help tells what there is");
  if (o.out.empty()) return complain("-o OUT is required: where the results go");
  if (o.file == "-")
    return complain("a sweep reads its scenario from a file, so that it can be resumed");
  Diagnostics wrong;
  const Settings settings = settings_from(o.set, o.duration, wrong);
  if (!wrong.empty()) return report(wrong);
  const auto plan = plan_sweep(request_of(o, settings));
  if (!plan) return report(plan.error());
  SweepOptions options;
  if (!o.shard.empty()) {
    const auto shard = parse_shard(o.shard, process_environment);
    if (!shard) return complain(shard.error());
    options.shard = *shard;
  }
  const SweepFiles files(o.out);
  bool complete = false;
  if (const int code = check_output(*plan, files, o, options.shard, complete); code != kPass)
    return code;
  if (complete) {
    fmt::print(stderr, "{} is complete; nothing is left to do\n", files.sqlite());
    return kPass;
  }
  options.jobs = o.jobs;
  options.way = o.force    ? SweepStore::Way::Force
                : o.resume ? SweepStore::Way::Resume
                           : SweepStore::Way::Fresh;
  options.stop = &interrupted;
  tl::expected<SweepOutcome, SweepProblem> outcome;
  {
    ProgressLine line(!o.quiet);
    options.progress = [&](const SweepProgress& p) { line.show(progress_text(p)); };
    outcome = run_sweep(*plan, files, options);
  }
  if (!outcome) return complain(outcome.error());
  if (!outcome->repaired.empty()) fmt::print(stderr, "faultline: {}\n", outcome->repaired);
  if (!o.quiet)
    fmt::print(
        stderr, "{} runs in {:.1f} s ({:.1f}/s){}\n", outcome->runs - outcome->resumed,
        outcome->seconds,
        static_cast<double>(outcome->runs - outcome->resumed) / std::max(1e-9, outcome->seconds),
        outcome->resumed > 0 ? fmt::format(", {} were done before", outcome->resumed) : "");
  if (outcome->unbalanced) {
    fmt::print(stderr,
               "faultline: a ledger does not balance; this is a fault of the simulator, "
               "please report it with the command that you gave\n");
    return kRuntime;
  }
  if (!outcome->complete) {
    fmt::print(stderr, "faultline: interrupted; the same command with --resume goes on\n");
    return kInterrupted;
  }
  const std::string part = files.part(options.shard);
  if (!options.shard.whole) {
    if (!o.quiet) fmt::print(stderr, "Shard kept in {}\n", part);
    return outcome->failed > 0 ? kInconclusive : kPass;
  }
  const int code = finish({part}, files, o.quiet);
  if (code == kPass || code == kInconclusive) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
  }
  return code;
}

int sweep_plan_command(const SweepCommand& o) {
  Diagnostics wrong;
  const Settings settings = settings_from(o.set, o.duration, wrong);
  if (!wrong.empty()) return report(wrong);
  const auto plan = plan_sweep(request_of(o, settings));
  if (!plan) return report(plan.error());
  std::string out = heading(*plan);
  for (const Axis& axis : plan->axes) {
    std::string values;
    for (const std::string& v : axis.values) values += (values.empty() ? "" : ", ") + v;
    if (axis.stretch) values = text_of(axis.low) + " to " + text_of(axis.high);
    out += fmt::format("  {}: {}{}\n", axis.key, values, axis.logarithmic ? " (log)" : "");
  }
  if (plan->samples > 0) out += fmt::format("  Latin hypercube of {}\n", plan->samples);
  for (const Constraint& c : plan->constraints) out += fmt::format("  where {}\n", c.text);
  out += fmt::format("  seeds {} to {}\n  {} metrics of each run\n", plan->first_seed,
                     plan->first_seed + plan->replications - 1, plan->metrics.size());
  for (std::size_t p = 0; p < plan->points.size() && p < 10; ++p) {
    out += fmt::format("  point {}:", p);
    for (std::size_t a = 0; a < plan->axes.size(); ++a)
      out += fmt::format(" {}={}", plan->axes[a].key, plan->points[p][a]);
    out += "\n";
  }
  if (plan->points.size() > 10) out += fmt::format("  and {} more\n", plan->points.size() - 10);
  return write_output("-", out) ? kPass : kRuntime;
}

int sweep_status_command(const std::string& out) {
  const SweepFiles files(out);
  const auto status = status_of(files);
  if (!status) return complain(status.error());
  std::string text;
  for (const SweepStatus::Part& part : status->parts) {
    text += fmt::format("{}: {} of {} runs", part.file, part.done, part.of);
    if (part.failed > 0) text += fmt::format(", {} failed", part.failed);
    if (!part.problem.empty()) text += fmt::format(" ({})", part.problem);
    text += "\n";
  }
  if (!status->parts.empty())
    text += fmt::format("{} of {} runs are done{}\n", status->done, status->of,
                        status->complete() && !status->finished
                            ? fmt::format("; faultline sweep merge {} writes the results", out)
                            : "");
  if (status->finished) text += fmt::format("Results: {} and {}\n", files.csv(), files.sqlite());
  if (!write_output("-", text)) return kRuntime;
  return status->finished || status->complete() ? kPass : kInconclusive;
}

int sweep_merge_command(const SweepCommand& o) {
  const SweepFiles files(o.out);
  const std::vector<std::string> parts = files.shard_parts();
  if (parts.empty()) return complain(fmt::format("there are no shards at {}", files.stem));
  std::error_code ignored;
  if (!o.force && std::filesystem::exists(files.sqlite(), ignored))
    return complain(fmt::format("{} exists; --force overwrites it", files.sqlite()));
  return finish(parts, files, o.quiet);
}

}  // namespace faultline::cli
