// faultline explain WORD: what a code, a kind, a table or a metric's field means.

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "lab/scenario/reference.hpp"
#include "lab/scenario/suggest.hpp"

namespace faultline::cli {

int explain_command(const std::string& word) {
  if (const auto text = explain(word)) return write_output("-", *text) ? kPass : kRuntime;
  const std::vector<std::string> known = explained_words();
  fmt::print(stderr, "faultline: there is nothing called \"{}\" to explain", word);
  const std::string hint = did_you_mean(word, std::span<const std::string>(known));
  fmt::print(
      stderr, "{}\n",
      hint.empty() ? "; try service, retry, slow, canary, or a diagnostic's code" : "; " + hint);
  return kUsage;
}

}  // namespace faultline::cli
