// `faultline verify`: rows of exact values, and how measured values are judged.
#include "lab/study/verify.hpp"

#include <cstdlib>
#include <fstream>

#include "lab/study/verify_rows.hpp"
#include "models/theory/catalogue.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;

namespace {

std::string row(const std::string& family, const std::string& inputs, const std::string& quantity,
                double value, const std::string& rest = "rel_tol = 0.02\nn = 200000") {
  return "[[row]]\nid = \"r\"\nfamily = \"" + family + "\"\ninputs = { " + inputs +
         " }\nquantity = \"" + quantity + "\"\nvalue = " + std::to_string(value) + "\n" + rest +
         "\n";
}

const std::string kOne = "lam = 0.5, mu = 1.0, c = 1";

std::vector<JudgedRow> judged(const std::string& text) {
  auto rows = read_rows(text, "rows.toml");
  REQUIRE(rows.has_value());
  Effort effort;
  effort.budget = 3e7;
  effort.threads = 1;
  return judge_rows(std::move(*rows), effort);
}

RowVerdict verdict(const std::string& text) {
  return judged(text).at(0).verdict;
}

int exit_code_of(const std::string& arguments) {
  const std::string command =
      std::string(FAULTLINE_BINARY_DIR) + "/bin/faultline " + arguments + " >/dev/null 2>/dev/null";
  return WEXITSTATUS(std::system(command.c_str()));
}

}  // namespace

TEST_CASE("a right row passes and a wrong one fails", "[verify]") {
  const auto rows = judged(
      row("M/M/1", kOne, "mean_sojourn", 2) + row("M/M/1", kOne, "mean_sojourn", 2.2) +
      row("M/M/1", kOne, "P_at_least_10_in_system", 0.0009765625, "rel_tol = 0.1\nn = 5500000"));
  CHECK(rows[0].verdict == RowVerdict::Pass);
  CHECK(rows[0].measured == Approx(2).epsilon(0.02));
  CHECK(rows[1].verdict == RowVerdict::Fail);
  CHECK(rows[2].verdict == RowVerdict::Pass);
}

TEST_CASE("what is not understood is not modelled, never guessed", "[verify]") {
  CHECK(verdict(row("M/M/unheard-of", kOne, "mean_sojourn", 2)) == RowVerdict::NotModelled);
  CHECK(verdict(row("M/M/1", kOne, "mean_colour", 2)) == RowVerdict::NotModelled);
  CHECK(verdict(row("M/M/1", kOne + ", surprise = 3", "mean_sojourn", 2)) ==
        RowVerdict::NotModelled);
  CHECK(verdict(row("M/M/1", "lam = \"a lot\", mu = 1.0", "mean_sojourn", 2)) ==
        RowVerdict::NotModelled);
  CHECK(verdict(row("M/M/1", "lam = 2.0, mu = 1.0", "mean_sojourn", 2)) == RowVerdict::NotModelled);
  CHECK(
      verdict(row("M/G/1 FCFS", "lam = 0.5, mean_service = 1.0, c = 1, service = \"of some kind\"",
                  "mean_wait", 2)) == RowVerdict::NotModelled);
}

TEST_CASE("the model's own arithmetic is held against arithmetic rows", "[verify]") {
  const std::string hpa = "current_replicas = 4, metric = 90, target = 50, tolerance = 0.1";
  const std::string exactly = "rel_tol = 0.0\nabs_tol = 1e-9\nn = 0";
  CHECK(verdict(row("Kubernetes HPA formula", hpa, "desired_replicas", 8, exactly)) ==
        RowVerdict::Pass);
  CHECK(verdict(row("Kubernetes HPA formula", hpa, "desired_replicas", 7, exactly)) ==
        RowVerdict::Fail);
}

TEST_CASE("fewer samples widen a row's tolerance by the root of how many fewer", "[verify]") {
  const auto rows = judged(row("M/M/1", kOne, "utilization", 0.5, "rel_tol = 0.01\nn = 1e12"));
  REQUIRE(rows[0].samples > 0);
  CHECK(rows[0].tolerance == Approx(0.005 * std::sqrt(1e12 / rows[0].samples)));
}

TEST_CASE("a file that isn't rows is refused with its mistakes", "[verify]") {
  CHECK_FALSE(read_rows("not TOML at all", "x").has_value());
  CHECK_FALSE(read_rows("faultline = 1\n", "x").has_value());
  const auto incomplete = read_rows("[[row]]\nid = \"a\"\nvalue = \"two\"\n", "x");
  REQUIRE_FALSE(incomplete.has_value());
  CHECK(incomplete.error().size() >= 3);
}

TEST_CASE("the results do not depend on the number of threads", "[verify]") {
  auto rows =
      read_rows(row("M/M/1", kOne, "mean_wait", 1) + row("M/M/1", kOne, "utilization", 0.5) +
                    row("M/D/c",
                        "lam = 1.6, c = 2, mean_service = 1.0, rho = 0.8, "
                        "service = \"deterministic\"",
                        "mean_wait", 1),
                "x");
  REQUIRE(rows.has_value());
  Effort one, two;
  one.budget = two.budget = 2e6;
  one.threads = 1;
  two.threads = 2;
  const auto a = judge_rows(*rows, one), b = judge_rows(*rows, two);
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i].measured == b[i].measured);
}

TEST_CASE("a value is judged by the spread of its own runs", "[verify]") {
  std::vector<Measured> runs;
  for (int i = 0; i < 12; ++i) runs.push_back({1 + (i % 2 == 0 ? 0.01 : -0.01), 1, true});
  const TheoryCheck check{"", "", {}, ""};
  CHECK(judge_runs(check, 1.0, runs).verdict == TheoryVerdict::Holds);
  CHECK(judge_runs(check, 1.05, runs).verdict == TheoryVerdict::Misses);
  runs[3].balanced = false;
  CHECK(judge_runs(check, 1.0, runs).verdict == TheoryVerdict::Unbalanced);
  for (int i = 0; i < 12; ++i)
    runs[static_cast<std::size_t>(i)] = {i % 2 == 0 ? 1.5 : 0.5, 1, true};
  CHECK(judge_runs(check, 1.0, runs).verdict == TheoryVerdict::Vague);
}

TEST_CASE("everything verify asks can be answered by theory and by the model", "[verify]") {
  const auto checks = theory_checks();
  CHECK(checks.size() >= 100);
  for (const TheoryCheck& check : checks) {
    INFO(check.family << " " << check.quantity);
    CHECK(experiment_for(check.family, check.inputs, check.quantity).has_value());
    CHECK(theory::exact_value(check.family, check.inputs, check.quantity).has_value());
  }
}

TEST_CASE("verify --rows answers with the contract's exit codes", "[verify]") {
  const std::string file = std::string(FAULTLINE_BINARY_DIR) + "/verify_rows.toml";
  const auto write = [&](const std::string& text) { std::ofstream(file) << text; };
  write(row("M/M/1", kOne, "utilization", 0.5, "rel_tol = 0.05\nn = 20000"));
  CHECK(exit_code_of("verify --rows " + file) == 0);
  write(row("M/M/1", kOne, "utilization", 0.7, "rel_tol = 0.05\nn = 20000"));
  CHECK(exit_code_of("verify --rows " + file) == 1);
  write("[[row]\n");
  CHECK(exit_code_of("verify --rows " + file) == 2);
  CHECK(exit_code_of("verify --rows " + file + ".absent") == 3);
  CHECK(exit_code_of("verify --family M/M/1") == 2);
}
