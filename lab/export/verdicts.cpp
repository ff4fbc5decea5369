#include "lab/export/verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace faultline {
namespace {

// Inside a cell of a table.
std::string cell(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::string out;
  for (char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string verdicts_markdown(const std::vector<FileVerdict>& files) {
  std::array<std::size_t, 3> counts{};
  std::string tables;
  for (const FileVerdict& file : files) {
    tables +=
        fmt::format("\n### {}\n\n`{}`\n\n", file.title.empty() ? file.file : file.title, file.file);
    if (file.judgements.empty()) {
      tables += "No expectations.\n";
      continue;
    }
    tables += "| | variant | expectation | observed | |\n|---|---|---|---:|---|\n";
    for (const Judgement& j : file.judgements) {
      constexpr std::array<std::string_view, 3> kMarks = {"✅", "❌", "❔"};
      ++counts[static_cast<std::size_t>(j.verdict)];
      std::string op = j.op;
      std::replace(op.begin(), op.end(), '_', ' ');
      const std::string window =
          j.windowed ? fmt::format(" in {:g}–{:g} s", j.window_from_s, j.window_to_s) : "";
      std::string remark = j.detail;
      if (!j.detail.empty() && !j.why.empty()) remark += ". ";
      remark += j.why;
      tables += fmt::format("| {} | {} | `{}`{} {} {} | {} | {} |\n",
                            kMarks[static_cast<std::size_t>(j.verdict)], cell(j.variant),
                            cell(j.metric), window, op, format_value(j.bound, j.unit),
                            format_value(j.observed, j.unit), cell(remark));
    }
  }
  std::string summary = fmt::format("## Faultline: {} hold, {} fail", counts[0], counts[1]);
  if (counts[2] > 0) summary += fmt::format(", {} inconclusive", counts[2]);
  return summary + "\n" + tables;
}

}  // namespace faultline
