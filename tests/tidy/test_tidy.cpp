// The tree against the house rules of CONTRIBUTING.md, and the rules against small texts that
// break them, so that this test is known to be able to fail.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/catch.hpp"
#include "tests/tidy/rules.hpp"

using namespace faultline::tidy;

namespace {

// What is read: everything a person wrote. Not built files, not pictures, not the licence.
bool is_read(const std::filesystem::path& path) {
  static const std::vector<std::string> kinds = {
      ".cpp", ".hpp", ".txt", ".cmake", ".json", ".toml", ".md",  ".yml", ".yaml",
      ".csv", ".py",  ".sh",  ".bash",  ".ui",   ".qrc",  ".svg", ".html"};
  const std::string extension = path.extension().string();
  const std::string folder = path.parent_path().filename().string();
  if (extension.empty()) return folder == "script" || folder == ".ci";
  return std::find(kinds.begin(), kinds.end(), extension) != kinds.end();
}

bool is_entered(const std::filesystem::path& folder) {
  const std::string name = folder.filename().string();
  if (name == ".ci" || name == ".github") return true;
  return !name.starts_with(".") && !name.starts_with("build") && !name.starts_with("cmake-build");
}

std::vector<File> read_tree() {
  namespace fs = std::filesystem;
  const fs::path root = FAULTLINE_SOURCE_DIR;
  std::vector<File> files;
  for (auto at = fs::recursive_directory_iterator(root); at != fs::end(at); ++at) {
    if (at->is_directory() && !is_entered(at->path())) at.disable_recursion_pending();
    if (!at->is_regular_file() || !is_read(at->path())) continue;
    std::ifstream in(at->path(), std::ios::binary);
    files.push_back({fs::relative(at->path(), root).generic_string(),
                     {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}});
  }
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.path < b.path; });
  return files;
}

const std::vector<File>& tree() {
  static const std::vector<File> files = read_tree();
  return files;
}

void expect_clean(const Findings& findings) {
  for (const Finding& finding : findings) FAIL_CHECK(to_string(finding));
}

void expect_clean(Findings (*rule)(const File&)) {
  for (const File& file : tree()) expect_clean(rule(file));
  SUCCEED();
}

std::string lines(int count, const std::string& line = "int x;\n") {
  std::string text;
  for (int i = 0; i < count; ++i) text += line;
  return text;
}

// The one line at which a rule complains, 0 if it doesn't, -1 if it complains more than once.
int line_of(const Findings& findings) {
  if (findings.size() > 1) return -1;
  return findings.empty() ? 0 : findings.front().line;
}

}  // namespace

TEST_CASE("the tree is read", "[tidy]") {
  const auto has = [](const std::string& path) {
    return std::any_of(tree().begin(), tree().end(),
                       [&](const File& file) { return file.path == path; });
  };
  CHECK(has("sim/time.hpp"));
  CHECK(has("CMakePresets.json"));
  CHECK(has("script/run"));
  CHECK(has(".ci/run"));
}

TEST_CASE("includes point to the left", "[tidy]") {
  expect_clean(check_includes);
}
TEST_CASE("one file reads TOML", "[tidy]") {
  expect_clean(check_toml_reader(tree()));
}
TEST_CASE("files and lines are short", "[tidy]") {
  expect_clean(check_length);
}
TEST_CASE("nothing in a run depends on the machine", "[tidy]") {
  expect_clean(check_determinism);
}
TEST_CASE("floating point is left alone", "[tidy]") {
  expect_clean(check_build_flags);
}
TEST_CASE("no notes to self", "[tidy]") {
  expect_clean(check_notes);
}
TEST_CASE("no path of a machine", "[tidy]") {
  expect_clean(check_machine_paths);
}

TEST_CASE("the layering rule can fail", "[tidy]") {
  const auto line = [](const std::string& path, const std::string& text) {
    return line_of(check_includes({path, text}));
  };
  CHECK(line("sim/a.hpp", "#pragma once\n#include \"models/vocabulary/event.hpp\"\n") == 2);
  CHECK(line("models/policies/a.cpp", "#include \"models/faults/fault.hpp\"") == 1);
  CHECK(line("models/signals/a.cpp", "#include \"models/controllers/hpa.hpp\"") == 1);
  CHECK(line("models/theory/a.cpp", "#include \"models/vocabulary/event.hpp\"") == 1);
  CHECK(line("lab/run/a.cpp", "#include <lab/evidence/verdict.hpp>") == 1);
  CHECK(line("cli/a.cpp", "#include \"gui/window.hpp\"") == 1);
  CHECK(line("lab/run/a.cpp", "#include \"../run/b.hpp\"") == 1);
  CHECK(line("cli/a.cpp", "#include <QString>") == 1);
  CHECK(line("lab/export/a.cpp", "#include <QtCharts/QChart>") == 1);
  CHECK(line("lab/export/a.cpp", "#include <Eigen/Dense>") == 1);
  CHECK(line("lab/scenario/a.hpp", "#include <toml++/toml.h>") == 1);
  CHECK(line("cli/a.cpp", "#include <toml++/toml.h>") == 1);
  CHECK(check_includes({"lab/attic/a.cpp", ""}).size() == 1);

  CHECK(line("models/controllers/a.cpp", "#include \"models/signals/metric.hpp\"") == 0);
  CHECK(line("lab/scenario/a.cpp", "#include <toml++/toml.h>") == 0);
  CHECK(line("lab/study/a.cpp", "#include \"models/theory/erlang.hpp\"\n#include <Eigen/D>") == 0);
  CHECK(line("gui/a.cpp", "#include <QString>\n#include \"sim/time.hpp\"") == 0);
  CHECK(line("sim/a.cpp", "// #include \"gui/window.hpp\"\n#include <array>") == 0);
  CHECK(line("tests/gui/a.cpp", "#include <QTest>\n#include \"gui/window.hpp\"") == 0);

  const std::string reads = "#include <toml++/toml.h>\n";
  CHECK(check_toml_reader({{"lab/scenario/a.cpp", reads}, {"tests/b.cpp", reads}}).empty());
  CHECK(check_toml_reader({{"lab/scenario/a.cpp", reads}, {"lab/scenario/b.cpp", reads}}).size() ==
        1);
}

TEST_CASE("the length rule can fail, and counts characters", "[tidy]") {
  CHECK(check_length({"lab/run/a.cpp", lines(400)}).empty());
  CHECK(line_of(check_length({"lab/run/a.cpp", lines(401)})) == 401);
  CHECK(check_length({"tests/a.cpp", lines(401)}).empty());
  CHECK(line_of(check_length({"tests/a.cpp", "\n" + std::string(101, 'x')})) == 2);
  std::string accents;
  for (int i = 0; i < 100; ++i) accents += "é";
  CHECK(check_length({"sim/a.hpp", accents}).empty());
  CHECK(line_of(check_length({"sim/a.hpp", accents + "é"})) == 1);
}

TEST_CASE("the determinism rule can fail", "[tidy]") {
  const auto line = [](const std::string& text, const std::string& path = "sim/a.cpp") {
    return line_of(check_determinism({path, text}));
  };
  CHECK(line("int i;\nint x = std::rand();") == 2);
  CHECK(line("std::random_device seed;") == 1);
  CHECK(line("auto t = std::chrono::steady_clock::now();", "models/system/a.cpp") == 1);
  CHECK(line("auto t = time(nullptr);") == 1);
  CHECK(line("#include <random>") == 1);
  CHECK(line("#include <unordered_map>", "models/theory/a.hpp") == 1);
  CHECK(line("std::unordered_multiset<int> s;") == 1);

  CHECK(line("// no unordered_map here\n/* nor\n rand() */ int x = 1'000;") == 0);
  CHECK(line("auto s = \"steady_clock\"; auto r = R\"(rand())\"; char c = '\"';") == 0);
  CHECK(line("#include <boost/random/exponential_distribution.hpp>\nint operand(int);") == 0);
  CHECK(line("auto t = std::chrono::steady_clock::now();", "cli/a.cpp") == 0);
}

TEST_CASE("the other rules can fail", "[tidy]") {
  const std::string fast = std::string("-ffast") + "-math";
  CHECK(line_of(check_build_flags({"CMakeLists.txt", "\nadd_compile_options(" + fast + ")"})) == 2);
  CHECK(line_of(check_build_flags(
            {"sim/a.cpp", "#pragma GCC optimize(\"" + fast.substr(2) + "\")"})) == 1);
  CHECK(check_build_flags({"docs/a.md", "never " + fast}).empty());

  const std::string note = std::string("TO") + "DO";
  CHECK(line_of(check_notes({"sim/a.cpp", "int a;  // " + note + ": b"})) == 1);
  CHECK(check_notes({"sim/a.cpp", "int a" + note + "b;"}).empty());

  const std::string home = std::string("/ho") + "me/";
  CHECK(line_of(check_machine_paths({"docs/a.md", "see " + home + "ada/notes"})) == 1);
  CHECK(line_of(check_machine_paths({"docs/a.md", "`" + home + "ada`"})) == 1);
  CHECK(check_machine_paths({"docs/a.md", "docs" + home + "page"}).empty());
  CHECK(check_machine_paths({"docs/a.md", "https://a.org" + home + "page"}).empty());
}
