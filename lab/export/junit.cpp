#include "lab/export/junit.hpp"

#include <fmt/format.h>

namespace faultline {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
  return out;
}

std::string case_of(const FileVerdict& file, const Judgement& j) {
  const std::string name = fmt::format("{} {} {} [{}] line {}", j.metric, j.op,
                                       format_value(j.bound, j.unit), j.variant, j.line);
  const std::string head =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\"", escaped(file.file), escaped(name));
  const std::string seen =
      escaped(fmt::format("observed {}, wanted {} {}", format_value(j.observed, j.unit), j.op,
                          format_value(j.bound, j.unit)));
  if (j.verdict == Verdict::Pass) return head + "/>\n";
  const std::string_view element = j.verdict == Verdict::Fail ? "failure" : "skipped";
  return fmt::format("{}>\n      <{} message=\"{}\"/>\n    </testcase>\n", head, element, seen);
}

}  // namespace

std::string junit_xml(const std::vector<FileVerdict>& files) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const FileVerdict& file : files) {
    std::size_t failed = 0, open = 0;
    std::string cases;
    for (const Judgement& j : file.judgements) {
      failed += j.verdict == Verdict::Fail;
      open += j.verdict == Verdict::Inconclusive;
      cases += case_of(file, j);
    }
    out += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n{}  </testsuite>\n",
        escaped(file.file), file.judgements.size(), failed, open, cases);
  }
  return out + "</testsuites>\n";
}

}  // namespace faultline
