// faultline-conformance FILE: holds conformance vectors against the models' own code, one line a
// vector. Exit 0 when none failed, 1 when one did, 2 when the file is missing or mistaken.

#include <fmt/format.h>

#include <array>

#include "tests/conformance/runners.hpp"

namespace faultline::conformance {
namespace {

struct Tally {
  int passed = 0, failed = 0, not_modelled = 0;
};

const Kind* kind_of(std::string_view name) {
  static const std::array shelves = {
      breaker_kinds(),   balancer_kinds(), retry_kinds(),   budget_kinds(),     hedge_kinds(),
      network_kinds(),   timeout_kinds(),  limit_kinds(),   autoscaler_kinds(), rollout_kinds(),
      objective_kinds(), overload_kinds(), resource_kinds()};
  for (const auto& shelf : shelves) {
    for (const Kind& kind : shelf) {
      if (kind.name == name) return &kind;
    }
  }
  return nullptr;
}

toml::array done_in(const toml::table& expect) {
  toml::array ops;
  for (const toml::node& node : Fields(expect).list("steps")) {
    const Fields step = fields_of(node);
    ops.push_back(toml::table{{"op", step.text("op")}, {"count", step.whole("count")}});
  }
  return ops;
}

void judge(const Fields& vector, Tally& tally) {
  const std::string id = vector.text("id"), kind = vector.text("kind");
  const Fields input = vector.table("input");
  const toml::node& expect = vector.node("expect");
  if (!expect.is_table()) throw BadVector{id + ": `expect` isn't a table"};
  try {
    const Kind* found = kind_of(kind);
    if (found == nullptr) throw NotModelled{};
    toml::table given = input.all();
    if (found->steps_with_expectation) given.insert("ops", done_in(*expect.as_table()));
    const std::string why = difference(*expect.as_table(), found->run(Fields(given)));
    ++(why.empty() ? tally.passed : tally.failed);
    fmt::print("{}\n", why.empty() ? "pass " + id : fmt::format("fail {}: {}", id, why));
  } catch (const NotModelled&) {
    ++tally.not_modelled;
    fmt::print("not modelled {} ({})\n", id, kind);
  } catch (const BadVector& bad) {
    throw BadVector{id + ": " + bad.why};
  }
}

int run(const char* file) {
  Tally tally;
  try {
    const toml::table document = toml::parse_file(file);
    const Fields top(document);
    if (top.whole("schema_version") != 1) throw BadVector{"schema_version isn't 1"};
    for (const toml::node& vector : top.list("vector")) judge(fields_of(vector), tally);
  } catch (const toml::parse_error& error) {
    fmt::print(stderr, "faultline-conformance: {}:{}:{}: {}\n", file, error.source().begin.line,
               error.source().begin.column, error.description());
    return 2;
  } catch (const BadVector& bad) {
    fmt::print(stderr, "faultline-conformance: {}: {}\n", file, bad.why);
    return 2;
  }
  fmt::print("{} passed, {} failed, {} not modelled\n", tally.passed, tally.failed,
             tally.not_modelled);
  return tally.failed > 0 ? 1 : 0;
}

}  // namespace
}  // namespace faultline::conformance

int main(int argc, char** argv) {
  if (argc != 2 || std::string_view(argv[1]) == "--help") {
    fmt::print(stderr, "usage: faultline-conformance FILE\n");
    return 2;
  }
  return faultline::conformance::run(argv[1]);
}
