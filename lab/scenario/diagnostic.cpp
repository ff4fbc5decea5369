#include "lab/scenario/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace faultline {
namespace {

constexpr std::size_t kWidest = 120;  // of a source line as shown, in characters

// The characters of UTF-8 text, as pieces of it.
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> all;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    all.push_back(text.substr(at, end - at));
    at = end;
  }
  return all;
}

struct Paint {
  bool on;
  std::string operator()(std::string_view code, std::string_view text) const {
    return on ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
};

// The line and the carets below it; of a very long line, the part around the mistake.
void add_source(std::string& out, const Diagnostic& d, const Paint& paint) {
  const std::vector<std::string_view> line = characters(d.source_line);
  const auto column = static_cast<std::size_t>(std::max(d.column, 1)) - 1;
  const std::size_t first = column > kWidest - 20 ? column - (kWidest - 20) : 0;
  const std::size_t last = std::min(line.size(), first + kWidest);
  std::string shown = first > 0 ? "…" : "", below = first > 0 ? " " : "";
  for (std::size_t i = first; i < last; ++i) {
    const bool control = line[i].size() == 1 && static_cast<unsigned char>(line[i][0]) < 0x20;
    // Control characters would upset the terminal; tabs keep the carets in step.
    shown += control && line[i] != "\t" ? " " : std::string(line[i]);
    if (i < column) below += line[i] == "\t" ? '\t' : ' ';
  }
  if (last < line.size()) shown += "…";
  for (std::size_t i = std::max(line.size(), first); i < column && i < first + kWidest; ++i)
    below += ' ';
  const auto wanted = static_cast<std::size_t>(std::max(d.length, 1));
  const std::size_t room = last > column ? last - column : 1;
  const std::string carets(std::min(wanted, room), '^');
  const std::string number = d.line > 0 ? std::to_string(d.line) : "";
  const std::string margin(number.size(), ' ');
  out += fmt::format("  {} {} {}\n", paint("34", number), paint("34", "|"), shown);
  out += fmt::format("  {} {} {}{}\n", margin, paint("34", "|"), below, paint("1;31", carets));
}

}  // namespace

std::string render(const Diagnostic& d, bool colour) {
  const Paint paint{colour};
  std::string place = d.file;
  if (d.line > 0) place += fmt::format(":{}:{}", d.line, std::max(d.column, 1));
  std::string out = fmt::format("{}: {}: {}\n", paint("1", place),
                                paint("1;31", fmt::format("error[{}]", d.code)), d.message);
  if (!d.source_line.empty()) add_source(out, d, paint);
  if (!d.hint.empty()) {
    const std::string margin(d.line > 0 ? std::to_string(d.line).size() : 0, ' ');
    out += fmt::format("  {} {} {}\n", margin, paint("34", "="), d.hint);
  }
  return out;
}

std::string render(const Diagnostics& diagnostics, bool colour) {
  std::string out;
  for (const Diagnostic& d : tidied(diagnostics)) out += render(d, colour);
  return out;
}

Diagnostics tidied(Diagnostics diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [](const Diagnostic& a, const Diagnostic& b) {
                     return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
                   });
  Diagnostics kept;
  for (Diagnostic& d : diagnostics) {
    bool again = false;
    for (auto k = kept.rbegin(); k != kept.rend() && k->line == d.line && !again; ++k) {
      if (k->column != d.column || k->file != d.file) break;
      again = k->code == d.code && k->message == d.message && k->source_line == d.source_line;
    }
    if (!again) kept.push_back(std::move(d));
  }
  return kept;
}

}  // namespace faultline
