// faultline verify: the simulator held against exact theory, or against rows of exact values.

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "cli/commands.hpp"
#include "lab/scenario/document.hpp"
#include "lab/study/verify.hpp"
#include "lab/study/verify_rows.hpp"

namespace faultline::cli {
namespace {

// The share done, on stderr, when that is a terminal.
std::function<void(double)> progress_line() {
  if (isatty(STDERR_FILENO) == 0) return {};
  return [](double share) { fmt::print(stderr, "\r{:3.0f} % \r", share * 100); };
}

int verify_rows(const VerifyCommand& o) {
  auto text = read_text(o.rows);
  if (!text) return report(text.error());
  auto rows = read_rows(std::move(*text), o.rows);
  if (!rows) return report(rows.error());
  if (!o.family.empty()) {
    const std::size_t before = rows->size();
    std::erase_if(*rows, [&](const ExactRow& row) { return row.family != o.family; });
    if (rows->empty() && before > 0) {
      fmt::print(stderr, "faultline: no row of {} has the family \"{}\"\n", o.rows, o.family);
      return kUsage;
    }
  }
  Effort effort;
  effort.budget = o.effort == "full" ? 1.6e10 : 4e9;
  if (o.budget > 0) effort.budget = o.budget;
  effort.stop = &interrupted;
  effort.progress = progress_line();
  const std::vector<JudgedRow> judged = judge_rows(std::move(*rows), effort);
  if (interrupted) return kInterrupted;
  std::size_t counts[3] = {0, 0, 0};
  std::string out;
  for (const JudgedRow& j : judged) {
    constexpr const char* kWords[3] = {"pass", "fail", "not modelled"};
    ++counts[static_cast<std::size_t>(j.verdict)];
    out += fmt::format("{:<12}  {}", kWords[static_cast<std::size_t>(j.verdict)], j.row.id);
    if (j.verdict != RowVerdict::NotModelled)
      out += fmt::format("  value {:.6g}  measured {:.6g}  tolerance {:.3g}{}", j.row.value,
                         j.measured, j.tolerance, j.balanced ? "" : "  LEDGER NOT BALANCED");
    out += '\n';
  }
  out += fmt::format("{} passed, {} failed, {} not modelled\n", counts[0], counts[1], counts[2]);
  if (!write_output("-", out)) return kRuntime;
  return counts[1] > 0 ? kFailed : kPass;
}

}  // namespace

int verify_command(const VerifyCommand& o) {
  if (!o.rows.empty()) return verify_rows(o);
  const auto began = std::chrono::steady_clock::now();
  Effort effort;
  effort.budget = o.effort == "full" ? 8e9 : 1e9;
  if (o.budget > 0) effort.budget = o.budget;
  effort.stop = &interrupted;
  effort.progress = progress_line();
  const std::vector<TheoryAnswer> answers = verify(theory_checks(), effort);
  if (interrupted) return kInterrupted;
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  if (!write_output("-", verify_report(answers, seconds))) return kRuntime;
  for (const TheoryAnswer& a : answers) {
    if (a.verdict != TheoryVerdict::Holds) return kFailed;
  }
  return kPass;
}

}  // namespace faultline::cli
