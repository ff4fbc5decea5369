// faultline compare FILE: variants side by side, from the same seeds.

#include <fmt/format.h>

#include <cstdlib>
#include <mutex>

#include "cli/commands.hpp"
#include "cli/progress.hpp"
#include "lab/export/comparison.hpp"
#include "lab/scenario/quantity.hpp"

namespace faultline::cli {
namespace {

// "A,B" → A and B.
std::vector<std::string> listed(const std::vector<std::string>& given) {
  std::vector<std::string> names;
  for (const std::string& text : given) {
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      if (end > at) names.push_back(text.substr(at, end - at));
      at = end + 1;
    }
  }
  return names;
}

}  // namespace

int compare_command(const CompareCommand& o) {
  Diagnostics wrong;
  const Settings settings = settings_from(o.set, o.duration, wrong);
  if (!wrong.empty()) return report(wrong);
  CompareOptions options;
  options.variants = listed(o.variants);
  options.metrics = o.metrics;
  options.seed = o.seed;
  options.replications = o.replications;
  options.jobs = o.jobs;
  options.stop = &interrupted;
  if (!o.until_ci.empty()) {
    const auto share = parse_share(o.until_ci);
    if (!share || *share <= 0) {
      fmt::print(stderr, "faultline: --until-ci is a share such as 5%, not \"{}\"\n", o.until_ci);
      return kUsage;
    }
    options.until_ci = *share;
    options.most = o.most;
    options.replications = std::min(options.replications, options.most);
  }
  tl::expected<VariantComparison, Diagnostics> comparison;
  {
    ProgressLine line;
    std::mutex one_at_a_time;
    options.progress = [&](std::int64_t done, std::int64_t of) {
      const std::lock_guard lock(one_at_a_time);
      line.show(fmt::format("{} of {} runs", done, of));
    };
    comparison = compare(o.file, settings, options);
  }
  if (!comparison) return report(comparison.error());
  if (!comparison->balanced) {
    fmt::print(stderr,
               "faultline: a ledger does not balance; this is a fault of the simulator, "
               "please report it with the command that you gave\n");
    return kRuntime;
  }
  const bool on_stdout = o.json == "-" || o.csv == "-" || o.markdown == "-";
  if (!on_stdout && !write_output("-", comparison_text(*comparison))) return kRuntime;
  if (!o.json.empty() && !write_output(o.json, comparison_json(*comparison) + "\n"))
    return kRuntime;
  if (!o.csv.empty() && !write_output(o.csv, comparison_csv(*comparison))) return kRuntime;
  if (!o.markdown.empty() && !write_output(o.markdown, comparison_markdown(*comparison)))
    return kRuntime;
  if (comparison->partial) return kInterrupted;
  return comparison->narrow_enough ? kPass : kInconclusive;
}

}  // namespace faultline::cli
