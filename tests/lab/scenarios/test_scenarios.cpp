// Every scenario that is shipped: it can be read, each variant runs and balances, what it expects
// holds, and there is something to tell.

#include <algorithm>
#include <filesystem>

#include "lab/evidence/judge.hpp"
#include "lab/run/run.hpp"
#include "lab/scenario/load.hpp"
#include "lab/study/check_file.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;
namespace fs = std::filesystem;

namespace {

const fs::path kScenarios = fs::path(FAULTLINE_SOURCE_DIR) / "scenarios";

std::vector<fs::path> shipped() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(kScenarios)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

LoadedScenario loaded(const fs::path& file, const std::string& variant = "base") {
  auto scenario = load_scenario(file.string(), variant);
  for (const Diagnostic& d : scenario ? Diagnostics{} : scenario.error()) UNSCOPED_INFO(d.message);
  REQUIRE(scenario);
  return *std::move(scenario);
}

}  // namespace

TEST_CASE("every scenario has a story to tell", "[scenarios]") {
  REQUIRE(shipped().size() >= 9);
  for (const fs::path& file : shipped()) {
    CAPTURE(file);
    const LoadedScenario one = loaded(file);
    const Scenario& s = one.scenario;
    CHECK_FALSE(s.title.empty());
    CHECK_FALSE(s.story.empty());
    const bool is_pattern = file.parent_path().filename() == "patterns";  // short ones
    CHECK(s.notes.size() >= (is_pattern ? 1 : 3));
    CHECK_FALSE(s.expectations.empty());
    // The ones that a visitor sees first show alternatives, not only a disaster.
    if (file.parent_path() == kScenarios) CHECK(s.variants.size() >= 3);
    for (const auto& v : s.variants) {
      CAPTURE(v.name);
      CHECK_FALSE(v.value.title.empty());
      const bool judged = std::any_of(s.expectations.begin(), s.expectations.end(),
                                      [&](const Expectation& e) { return concerns(e, v.name); });
      if (file.parent_path() == kScenarios) CHECK(judged);
    }
    for (const Expectation& e : s.expectations) CHECK_FALSE(e.why.empty());
    for (const Note& note : s.notes) CHECK(note.at < s.duration);
    // A story in another language has a title in it, too.
    for (const Translation& story : one.translations) {
      if (story.path != "story") continue;
      CHECK(std::any_of(one.translations.begin(), one.translations.end(), [&](const auto& title) {
        return title.path == "title" && title.language == story.language;
      }));
    }
  }
}

TEST_CASE("every variant of every scenario runs and balances", "[scenarios]") {
  for (const fs::path& file : shipped()) {
    std::vector<std::string> variants = {"base"};
    for (const auto& v : loaded(file).scenario.variants) variants.push_back(v.name);
    for (const std::string& variant : variants) {
      CAPTURE(file, variant);
      RunOptions options;
      options.variant = variant;
      const auto result = run(loaded(file, variant).scenario, options);
      CHECK(result->ledger.balanced);
      CHECK_FALSE(result->partial);
      CHECK(result->ledger.offered > 0);
    }
  }
}

TEST_CASE("what the scenarios expect holds", "[scenarios]") {
  for (const fs::path& file : shipped()) {
    CAPTURE(file);
    const auto verdict = check_file(file.string(), 1, nullptr);
    REQUIRE(verdict);
    for (const Judgement& j : verdict->judgements) {
      CAPTURE(j.variant, j.metric, j.line, j.op, j.bound, j.observed);
      CHECK(j.verdict == Verdict::Pass);
    }
  }
}
