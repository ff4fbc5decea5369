// The documents that are generated from the language's description stay equal to it. After a change
// of a describe(): script/generate-docs.

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "lab/scenario/catalogue.hpp"
#include "lab/scenario/reference.hpp"
#include "tests/support/catch.hpp"

namespace faultline {
namespace {

void check_document(const std::string& name, const std::string& generated) {
  const std::string path = std::string(FAULTLINE_SOURCE_DIR) + "/docs/" + name;
  if (std::getenv("FAULTLINE_APPROVE") != nullptr)
    std::ofstream(path, std::ios::binary) << generated;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  INFO(path << " is out of date; regenerate it with script/generate-docs");
  CHECK((text.str() == generated));
}

int count_keys(const KeyEntry& in) {
  int n = 0;
  for (const KeyEntry& e : in.entries) n += 1 + count_keys(e);
  return n;
}

void check_help(const KeyEntry& in) {
  for (const KeyEntry& e : in.entries) {
    INFO(e.key);
    CHECK_FALSE(e.help.empty());
    check_help(e);
  }
}

}  // namespace

TEST_CASE("the reference is what the program says", "[scenario][generated]") {
  check_document("scenario-reference.md", scenario_reference_markdown());
}

TEST_CASE("the JSON Schema is what the program says", "[scenario][generated]") {
  check_document("scenario.schema.json", scenario_json_schema());
}

TEST_CASE("every key has a sentence", "[scenario]") {
  const KeyEntry root = scenario_catalogue();
  CHECK(count_keys(root) > 100);
  check_help(root);
  for (const Shelf& shelf : shelves()) {
    CHECK_FALSE(shelf.kinds.empty());
    for (const ShelfEntry& kind : shelf.kinds) check_help(kind.keys);
  }
}

TEST_CASE("whatever can be named can be explained", "[scenario]") {
  for (const std::string& word : explained_words()) {
    INFO(word);
    const auto text = explain(word);
    REQUIRE(text);
    CHECK(text->size() > 10);
  }
  CHECK(explain("retry")->find("attempts") != std::string::npos);
  CHECK(explain("E201"));
  CHECK(explain("latency_s.p99"));
  CHECK_FALSE(explain("no such thing"));
}

}  // namespace faultline
