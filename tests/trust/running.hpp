#pragma once
// Running texts, and telling how to run them again.

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "lab/run/run.hpp"
#include "lab/scenario/load.hpp"
#include "tests/support/catch.hpp"

namespace faultline::test {

inline Scenario scenario_of(const std::string& text, const Settings& settings = {}) {
  auto loaded = load_text(text, "test.toml", "", settings);
  if (!loaded) FAIL(render(loaded.error(), false) << '\n' << text);
  return std::move(loaded->scenario);
}

inline std::shared_ptr<const RunResult> run_text(const std::string& text,
                                                 const RunOptions& options = {}) {
  return run(scenario_of(text), options);
}

// How many worlds a test tries, and from which seed on: FAULTLINE_FUZZ_WORLDS, FAULTLINE_FUZZ_SEED.
inline std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr && *text != '\0' ? std::strtoull(text, nullptr, 10) : otherwise;
}

// Keeps the text beside the build, and says how to do it again.
inline std::string replay(const std::string& text, std::uint64_t seed, const char* tag) {
  const std::filesystem::path folder = std::filesystem::path(FAULTLINE_BINARY_DIR) / "fuzz";
  std::filesystem::create_directories(folder);
  const std::string file = (folder / fmt::format("{}-{}.toml", tag, seed)).string();
  std::ofstream(file) << text;
  return fmt::format(
      "seed {}; again: FAULTLINE_FUZZ_WORLDS=1 FAULTLINE_FUZZ_SEED={} {}/bin/test_trust '[{}]'\n"
      "the world: {}/bin/faultline run {}",
      seed, seed, FAULTLINE_BINARY_DIR, tag, FAULTLINE_BINARY_DIR, file);
}

}  // namespace faultline::test
