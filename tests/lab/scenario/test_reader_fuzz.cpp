// Random mutations of good files: the reader answers with a scenario or with diagnostics, and never
// falls over. FAULTLINE_FUZZ_SEED and FAULTLINE_FUZZ_ROUNDS repeat or prolong a run.

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "lab/scenario/load.hpp"
#include "tests/support/catch.hpp"

namespace faultline {
namespace {

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::uint64_t number(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : engine_(seed) {}

  std::string mutate(std::string text) {
    const std::size_t edits = 1 + below(4);
    for (std::size_t i = 0; i < edits && !text.empty(); ++i) once(text);
    return text;
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }

  void once(std::string& text) {
    static const std::vector<std::string> pieces = {
        "\"",  "[",     "]",    "{}",   "=",        "\n[[fault]]\n",       "\n[x]\n", "-1",
        "inf", "false", "1e99", "\"\"", "\"50ms\"", "9223372036854775807", "'''",     "\xFF",
        "\t",  "p95",   "nan",  ".",    "\"a->b\"", "[[[[[[[[[[[[",        "#",       "true"};
    const std::size_t at = below(text.size());
    switch (below(6)) {
      case 0:
        text.erase(at, 1 + below(12));
        return;
      case 1:
        text.insert(at, pieces[below(pieces.size())]);
        return;
      case 2:
        text[at] = static_cast<char>(below(256));
        return;
      case 3:  // a stretch from elsewhere
        text.insert(at, text.substr(below(text.size()), below(60)));
        return;
      case 4:
        return replace_word(text, at, pieces[below(pieces.size())]);
      default:
        return swap_words(text, at, below(text.size()));
    }
  }

  static std::pair<std::size_t, std::size_t> word(const std::string& text, std::size_t at) {
    const char* ends = " \n=,{}[]";
    const std::size_t before = text.find_last_of(ends, at);
    const std::size_t start = before == std::string::npos ? 0 : before + 1;
    const std::size_t end = text.find_first_of(ends, start);
    return {start, (end == std::string::npos ? text.size() : end) - start};
  }
  static void replace_word(std::string& text, std::size_t at, const std::string& by) {
    const auto [start, length] = word(text, at);
    text.replace(start, length, by);
  }
  static void swap_words(std::string& text, std::size_t a, std::size_t b) {
    const auto [from, length] = word(text, b);
    replace_word(text, a, text.substr(from, length));
  }

  std::mt19937_64 engine_;
};

}  // namespace

TEST_CASE("settings never make it fall over", "[scenario][fuzz]") {
  const std::string text =
      contents(std::string(FAULTLINE_SOURCE_DIR) + "/tests/golden/everything.toml");
  const std::vector<std::string> parts = {
      "service", "db",    "policy",  "inner",         "retry",  "budget", "ttl",
      "0",       "1",     "fault",   "shape",         "client", "web",    "expect",
      "note",    "title", "fr",      "queue",         "limit",  "steps",  "work",
      "after",   "link",  "variant", "\"front->db\"", "x-a",    "breaker"};
  const std::vector<std::string> values = {
      "1",      "-1",        "5ms", "\"5ms\"", "false", "true",  "{}",    "[]",
      "[1, 2]", "{ a = 1 }", "50%", "x",       "\"",    "400/s", "1e999", "{ after = \"1s\" }",
      "#",      "[",         "p95", ""};
  const std::uint64_t first = number("FAULTLINE_FUZZ_SEED", 1);
  const std::uint64_t rounds = number("FAULTLINE_FUZZ_ROUNDS", 1500);
  for (std::uint64_t seed = first; seed < first + rounds; ++seed) {
    std::mt19937_64 engine(seed);
    Settings settings;
    for (std::uint64_t n = 1 + engine() % 3; n > 0; --n) {
      std::string key = parts[engine() % parts.size()];
      for (std::uint64_t more = engine() % 5; more > 0; --more)
        key += "." + parts[engine() % parts.size()];
      settings.emplace_back(key, values[engine() % values.size()]);
    }
    INFO("again: FAULTLINE_FUZZ_SEED=" << seed << " FAULTLINE_FUZZ_ROUNDS=1 bin/test_lab [fuzz]");
    const auto loaded = load_text(text, "fuzz.toml", "", settings);
    if (!loaded) {
      REQUIRE_FALSE(render(loaded.error()).empty());
      continue;
    }
    // What was understood reads back as the same.
    const auto again = load_text(text, "fuzz.toml", "", loaded->settings);
    if (!again) FAIL(render(again.error()));
    REQUIRE(again->settings == loaded->settings);
  }
}

TEST_CASE("the reader never falls over", "[scenario][fuzz]") {
  const std::string folder = FAULTLINE_SOURCE_DIR;
  const std::string example = contents(folder + "/tests/golden/contract_example.toml");
  const std::string rich = contents(folder + "/tests/golden/everything.toml");
  REQUIRE_FALSE(example.empty());
  REQUIRE_FALSE(rich.empty());
  const std::uint64_t first = number("FAULTLINE_FUZZ_SEED", 1);
  const std::uint64_t rounds = number("FAULTLINE_FUZZ_ROUNDS", 1500);
  for (std::uint64_t seed = first; seed < first + rounds; ++seed) {
    const std::string text = Mutator(seed).mutate(seed % 2 == 0 ? example : rich);
    INFO("again: FAULTLINE_FUZZ_SEED=" << seed << " FAULTLINE_FUZZ_ROUNDS=1 bin/test_lab [fuzz]");
    const auto loaded =
        load_text(text, "fuzz.toml", seed % 3 == 0 ? "bare" : "",
                  seed % 5 == 0 ? Settings{{"service.db.threads", "3"}} : Settings{});
    if (loaded) continue;
    REQUIRE_FALSE(loaded.error().empty());
    for (const Diagnostic& d : loaded.error()) {
      if (d.code == "E504" || d.file == "--set") continue;
      if (d.line <= 0 || d.column <= 0) FAIL(render(d));
    }
    REQUIRE_FALSE(render(loaded.error()).empty());
  }
}

}  // namespace faultline
