#pragma once
// What is wrong with a scenario, where, and how to mend it, in the form compilers made familiar:
//
//   cascade.toml:12:1: error[E201]: unknown key "thread"
//     12 | thread = 64
//        | ^^^^^^
//        = did you mean "threads"?
//
// Lines and columns count from 1, columns in characters. Line 0 means that the mistake stands in no
// file: then `file` names the place (`--set`), and `source_line` is what was written there.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace faultline {

struct Diagnostic {
  std::string code{};  // of diagnostic_codes()
  std::string file{};
  int line = 0, column = 0, length = 0;
  std::string message{};
  std::string hint{};         // empty: none
  std::string source_line{};  // empty: not shown
  std::string path{};         // dotted path of the key in the scenario, where there is one
};

using Diagnostics = std::vector<Diagnostic>;

std::string render(const Diagnostic& diagnostic, bool colour = false);
// In the order of the text, each once.
std::string render(const Diagnostics& diagnostics, bool colour = false);

// In the order of the text; of several that say the same about the same place, the first.
Diagnostics tidied(Diagnostics diagnostics);

struct DiagnosticCode {
  std::string_view code;
  std::string_view title;
  std::string_view explanation;  // Markdown
};

// E1 the text, E2 names of keys and kinds, E3 values, E4 references and the whole, E5 settings.
std::span<const DiagnosticCode> diagnostic_codes();

}  // namespace faultline
