// Every mistake in tests/golden/bad_scenarios, and what is said about it. With FAULTLINE_APPROVE=1
// the expected texts are written anew; read the difference before committing it.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "lab/scenario/load.hpp"
#include "tests/support/catch.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

const fs::path kCorpus = fs::path(FAULTLINE_SOURCE_DIR) / "tests/golden/bad_scenarios";

}  // namespace

TEST_CASE("every bad scenario is told what is wrong with it", "[scenario]") {
  const bool approve = std::getenv("FAULTLINE_APPROVE") != nullptr;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kCorpus)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  CHECK(files.size() >= 60);
  for (const fs::path& file : files) {
    INFO(file.filename());
    // The name alone, so that the expected text is the same wherever the tree lies.
    const auto loaded = load_text(contents(file), file.filename().string());
    REQUIRE_FALSE(loaded);
    REQUIRE_FALSE(loaded.error().empty());
    for (const Diagnostic& d : loaded.error()) {
      CHECK(d.line > 0);
      CHECK(d.column > 0);
    }
    const fs::path expected = fs::path(file).replace_extension(".expected");
    const std::string text = render(loaded.error());
    if (approve) std::ofstream(expected, std::ios::binary) << text;
    CHECK(text == contents(expected));
  }
}

TEST_CASE("codes are unique, explained, and all that diagnostics use", "[scenario]") {
  std::set<std::string_view> codes;
  for (const DiagnosticCode& c : diagnostic_codes()) {
    CHECK(codes.insert(c.code).second);
    CHECK_FALSE(c.title.empty());
    CHECK_FALSE(c.explanation.empty());
  }
  for (const auto& entry : fs::directory_iterator(kCorpus)) {
    if (entry.path().extension() != ".toml") continue;
    const auto loaded = load_text(contents(entry.path()), "x.toml");
    REQUIRE_FALSE(loaded);
    for (const Diagnostic& d : loaded.error()) CHECK(codes.count(d.code) == 1);
  }
}

TEST_CASE("files that can't be read", "[scenario]") {
  const auto code = [](const std::string& file) {
    const auto loaded = load_scenario(file);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().size() == 1);
    return loaded.error().front().code;
  };
  CHECK(code("/nowhere/at/all.toml") == "E102");
  CHECK(code("/tmp") == "E102");
  const fs::path big = fs::temp_directory_path() / "faultline_big.toml";
  std::ofstream(big) << "faultline = 1\n#" << std::string(kLargestFile, 'x');
  CHECK(code(big.string()) == "E103");
  fs::remove(big);
  const auto letter = load_text("faultline = 1\n\u00e9 = 1\nx = \u0100\n", "x.toml");
  REQUIRE_FALSE(letter);
  CHECK(letter.error().front().code == "E101");
  CHECK(letter.error().front().line == 2);
  std::string deep = "faultline = 1\n";
  for (int i = 0; i < 300'000; ++i) deep += "a.";
  const auto nested = load_text(deep + "a = 1\n", "x.toml");
  REQUIRE_FALSE(nested);
  CHECK(nested.error().front().code == "E101");
  const auto lists = load_text("faultline = 1\nx-a = " + std::string(100'000, '['), "x.toml");
  REQUIRE_FALSE(lists);
  CHECK(lists.error().front().code == "E101");
  const auto utf8 = load_text("faultline = 1\ntitle = \"\xC3\x28\"\n", "x.toml");
  REQUIRE_FALSE(utf8);
  CHECK(utf8.error().front().code == "E104");
  CHECK(utf8.error().front().line == 2);
}

TEST_CASE("a diagnostic shows its place in long lines, with colour only when asked", "[scenario]") {
  const auto loaded = load_text("faultline = 1\nx = [" + std::string(3000, ' ') + "}\n", "x.toml");
  REQUIRE_FALSE(loaded);
  const std::string text = render(loaded.error());
  CHECK(text.size() < 600);
  CHECK(text.find('^') != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(render(loaded.error(), true).find("\x1b[") != std::string::npos);
}

}  // namespace faultline
