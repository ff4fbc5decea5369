// faultline run FILE: one run, its verdict and summary.

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/progress.hpp"
#include "cli/report.hpp"
#include "lab/evidence/evaluate.hpp"
#include "lab/export/csv.hpp"
#include "lab/export/json.hpp"
#include "lab/export/submission.hpp"

namespace faultline::cli {
namespace {

std::string command_of(const RunCommand& o, std::int64_t seed) {
  std::string text = "faultline run " + shell_word(o.file);
  if (!o.variant.empty()) text += " --variant " + shell_word(o.variant);
  text += fmt::format(" --seed {}", seed);
  for (const std::string& s : o.set) text += " --set " + shell_word(s);
  if (!o.duration.empty()) text += " --duration " + shell_word(o.duration);
  return text;
}

}  // namespace

int run_command(const RunCommand& o) {
  Diagnostics wrong;
  const Settings settings = settings_from(o.set, o.duration, wrong);
  if (!wrong.empty()) return report(wrong);
  const auto loaded = load_scenario(o.file, o.variant, settings);
  if (!loaded) return report(loaded.error());

  RunOptions options;
  options.seed = o.seed;
  options.stop = &interrupted;
  options.trace_request = o.trace_request;
  std::shared_ptr<const RunResult> result;
  {
    ProgressLine line(!o.quiet);
    options.progress = [&](double share) { line.show(share); };
    result = evaluate(*loaded, options, settings);
  }
  if (!result->ledger.balanced) {
    fmt::print(stderr,
               "faultline: the ledger does not balance; this is a fault of the simulator, please "
               "report it with this command:\n  {}\n",
               command_of(o, result->seed));
    return kRuntime;
  }
  const bool json_to_stdout = o.json == "-";
  if (o.quiet && o.json.empty()) {
    if (!write_output("-", fmt::format("{:016x}\n", result->fingerprint))) return kRuntime;
  } else if (!o.quiet && !json_to_stdout) {
    if (!write_output("-", run_report(*result, loaded->scenario, command_of(o, result->seed),
                                      wants_colour())))
      return kRuntime;
  }
  if (!o.json.empty() && !write_output(o.json, [&](const Sink& out) { write_json(*result, out); }))
    return kRuntime;
  if (!o.csv.empty()) {
    if (const auto problem = write_csv(*result, o.csv)) {
      fmt::print(stderr, "faultline: {}\n", *problem);
      return kRuntime;
    }
  }
  if (result->partial) return kInterrupted;
  for (const Judgement& j : result->expectations) {
    if (j.verdict == Verdict::Fail) return kFailed;
  }
  return kPass;
}

}  // namespace faultline::cli
