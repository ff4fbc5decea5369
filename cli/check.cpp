// faultline check FILE…: judges every variant that an expectation names.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/commands.hpp"
#include "cli/report.hpp"
#include "lab/evidence/judge.hpp"
#include "lab/export/junit.hpp"
#include "lab/export/verdicts.hpp"
#include "lab/study/check_file.hpp"

namespace faultline::cli {

int check_command(const CheckCommand& o) {
  std::vector<FileVerdict> verdicts;
  bool failed = false, open = false;
  int unreadable = kPass;
  for (const std::string& file : o.files) {
    const auto verdict = check_file(file, o.replications, &interrupted);
    if (!verdict) {
      unreadable = std::max(unreadable, report(verdict.error()));
      continue;
    }
    fmt::print("{}\n", file);
    for (const Judgement& j : verdict->judgements) {
      std::string op = j.op;
      std::replace(op.begin(), op.end(), '_', ' ');
      constexpr std::array<std::string_view, 3> kWords = {"pass", "FAIL", "open"};
      fmt::print("  {}  {}:{}  [{}] {}: {} (wanted {} {}){}\n",
                 kWords[static_cast<std::size_t>(j.verdict)], file, j.line, j.variant, j.metric,
                 format_value(j.observed, j.unit), op, format_value(j.bound, j.unit),
                 j.detail.empty() ? "" : "; " + j.detail);
      if (j.verdict == Verdict::Fail && !j.why.empty()) fmt::print("        {}\n", j.why);
      failed = failed || j.verdict == Verdict::Fail;
      open = open || j.verdict == Verdict::Inconclusive;
    }
    if (verdict->judgements.empty()) fmt::print("  no expectations\n");
    if (!verdict->balanced) {
      fmt::print(stderr,
                 "faultline: {}: a ledger does not balance; this is a fault of the simulator, "
                 "please report it with the file\n",
                 file);
      return kRuntime;
    }
    verdicts.push_back(*verdict);
    if (interrupted) return kInterrupted;
  }
  if (!write_output("-", "")) return kRuntime;  // what was printed so far, and whether it got there
  if (!o.junit.empty() && !write_output(o.junit, junit_xml(verdicts))) return kRuntime;
  if (!o.markdown.empty() && !write_output(o.markdown, verdicts_markdown(verdicts)))
    return kRuntime;
  if (unreadable != kPass) return unreadable;
  return failed ? kFailed : open ? kInconclusive : kPass;
}

}  // namespace faultline::cli
