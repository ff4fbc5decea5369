// The quantities of scenario files: what is read, what is refused and with which hint.
#include "lab/scenario/quantity.hpp"

#include <array>
#include <fstream>
#include <limits>
#include <string>

#include "lab/scenario/suggest.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;

namespace {

constexpr std::int64_t s = 1'000'000'000, minute = 60 * s, h = 60 * minute, day = 24 * h;

struct Bad {
  std::string text;
  std::string message;  // a part of it
  std::string hint = "";
};

template <class Parse>
void check_refused(Parse parse, const std::vector<Bad>& table) {
  for (const Bad& bad : table) {
    INFO(bad.text);
    const auto result = parse(bad.text);
    CHECK_FALSE(result.has_value());
    if (result) continue;
    INFO(result.error().message + " | " + result.error().hint);
    CHECK(result.error().message.find(bad.message) != std::string::npos);
    CHECK(result.error().hint.find(bad.hint) != std::string::npos);
    CHECK(result.error().offset <= bad.text.size());
  }
}

Quantity<Distribution> distribution(const std::string& text) {
  return parse_distribution(text, FAULTLINE_BINARY_DIR);
}

}  // namespace

TEST_CASE("durations are read exactly", "[quantity]") {
  const std::vector<std::pair<std::string, std::int64_t>> good{
      {"0s", 0},
      {"5ms", 5'000'000},
      {"1ns", 1},
      {"7us", 7'000},
      {"7µs", 7'000},
      {"7\u03bcs", 7'000},
      {"10min", 10 * minute},
      {"1h30min", 90 * minute},
      {"30d", 30 * day},
      {"1.5h", 90 * minute},
      {"0.1s", 100'000'000},
      {"1d2h3min4s5ms6us7ns", day + 2 * h + 3 * minute + 4 * s + 5'006'007},
      {"1.000000001s", s + 1},
      {"0.30000ns1", -1},
      {"007ms", 7'000'000},
      {"2.50ms", 2'500'000},
      {"104166d", 104'166 * day},
      {"9000000000000000000ns", 9'000'000'000'000'000'000}};
  for (const auto& [text, ns] : good) {
    INFO(text);
    const auto d = parse_duration(text);
    if (ns < 0) {
      CHECK_FALSE(d.has_value());
      continue;
    }
    REQUIRE(d.has_value());
    CHECK(d->ns == ns);
  }
}

TEST_CASE("durations that aren't are refused with a hint", "[quantity]") {
  check_refused(parse_duration, {{"2m", "unknown unit of time \"m\"", "minutes are \"min\""},
                                 {"", "missing"},
                                 {"5", "needs a unit", "5ms"},
                                 {"0", "needs a unit"},
                                 {"-5ms", "negative"},
                                 {"+5ms", "sign"},
                                 {"5 ms", "space", "5ms"},
                                 {"5ms ", "\" \" after"},
                                 {" 5ms", "begins with a number"},
                                 {"5msec", "unknown unit", "\"ms\""},
                                 {"5MS", "unknown unit", "\"ms\""},
                                 {"5sec", "unknown unit", "\"s\""},
                                 {"5mni", "unknown unit", "\"min\""},
                                 {"5ms3", "needs a unit"},
                                 {"30min1h", "isn't larger", "1h30min"},
                                 {"1h1h", "isn't larger"},
                                 {"1e3ms", "unknown unit"},
                                 {"1.ms", "digits are missing"},
                                 {".5s", "begins with a digit", "0.5"},
                                 {"1,5s", "comma", "point"},
                                 {"0.5ns", "finer than a nanosecond"},
                                 {"1.0000000001s", "finer than a nanosecond"},
                                 {"104167d", "285 years"},
                                 {"99999999999999999999999999999999999999999999999s", "285 years"},
                                 {"100000d100000h100000000min", "285 years"},
                                 {"nan", "begins with a number"},
                                 {"infs", "begins with a number"},
                                 {"5ms;", "after the end"}});
}

TEST_CASE("rates, shares, sizes and CPU are read", "[quantity]") {
  CHECK(parse_rate("400/s").value() == 400);
  CHECK(parse_rate("1.2k/s").value() == 1200);
  CHECK(parse_rate("90/min").value() == 1.5);
  CHECK(parse_rate("3M/s").value() == 3e6);
  CHECK(parse_rate("7200/h").value() == 2);
  CHECK(parse_rate("2/ms").value() == 2000);
  CHECK(parse_rate("0/s").value() == 0);
  CHECK(parse_share("5%").value() == 0.05);
  CHECK(parse_share("99.9%").value() == 0.999);
  CHECK(parse_share("0%").value() == 0);
  CHECK(parse_share("0.1%").value() == 0.001);
  CHECK(parse_share("150%").value() == 1.5);
  CHECK(parse_size("64MiB").value() == 64 << 20);
  CHECK(parse_size("1kB").value() == 1000);
  CHECK(parse_size("1.5KiB").value() == 1536);
  CHECK(parse_size("2GiB").value() == std::int64_t{2} << 30);
  CHECK(parse_size("9223372036854775807B").value() == std::numeric_limits<std::int64_t>::max());
  CHECK(parse_cpu("500m").value() == 0.5);
  CHECK(parse_cpu("2").value() == 2);
  CHECK(parse_cpu("0.25").value() == 0.25);

  check_refused(parse_rate, {{"400", "per what", "400/s"},
                             {"1.2k", "per what", "1.2k/s"},
                             {"400/", "per what"},
                             {"400/m", "unknown unit", "min"},
                             {"400K/s", "unknown prefix", "\"k\""},
                             {"-1/s", "negative"},
                             {"400rps", "per what", "400/s"},
                             {"4 /s", "after"},
                             {"4/s ", "after"},
                             {"4/us", "too short"},
                             {"", "missing"},
                             {"inf/s", "number"},
                             {"1e3/s", "after"},
                             {"9999999999999999999999/s", "too high"}});
  check_refused(parse_share, {{"5", "percent", "\"5%\""},
                              {"0.05", "percent", "\"5%\""},
                              {"-5%", "negative"},
                              {"5%%", "after"},
                              {"5 %", "space"},
                              {"%", "number"},
                              {"", "missing"},
                              {"nan%", "number"},
                              {"5pct", "after"}});
  check_refused(parse_size, {{"64", "needs a unit", "64MiB"},
                             {"64Mi", "unknown unit", "MiB"},
                             {"64KB", "unknown unit", "kB"},
                             {"0.5B", "whole"},
                             {"9223372036854775808B", "too large"},
                             {"99999999TiB", "too large"},
                             {"-1B", "negative"},
                             {"1B1", "after"},
                             {"", "missing"}});
  check_refused(parse_cpu, {{"500mm", "after", "500m"},
                            {"2 cores", "after"},
                            {"-1", "negative"},
                            {"", "missing"},
                            {"m", "number"},
                            {"99999999999999", "too much"}});
}

TEST_CASE("every distribution of the contract is read and written back", "[quantity]") {
  std::ofstream(std::string(FAULTLINE_BINARY_DIR) + "/waits.csv")
      << "wait_ms,who\n1.5,a\n2.5,b\n\n0.1234567,c\r\n";
  const std::vector<std::pair<std::string, Distribution>> good{
      {"5ms", Distribution::constant(milliseconds(5))},
      {"0s", Distribution()},
      {"exp(8ms)", Distribution::exponential(0.008)},
      {"exp(333.3333333333ns)", Distribution::exponential(333.3333333333e-9)},
      {"uniform(1ms, 3ms)", Distribution::uniform(milliseconds(1), milliseconds(3))},
      {"normal(3ms, cv=0.5)", Distribution::normal(0.003, 0.5)},
      {"lognormal(3ms, cv=0.5)", Distribution::lognormal(0.003, 0.5)},
      {"gamma(2.5ms, cv=0.5)", Distribution::gamma(0.0025, 0.5)},
      {"erlang(2ms, k=4)", Distribution::erlang(0.002, 4)},
      {"weibull(2ms, shape=0.7)", Distribution::weibull(0.002, 0.7)},
      {"pareto(2ms, alpha=2.5)", Distribution::pareto(0.002, 2.5)},
      {"bounded_pareto(2ms, alpha=1.1, ratio=1000)",
       Distribution::bounded_pareto(0.002, 1.1, 1000)},
      {"hyperexp(2ms, cv=3)", Distribution::hyperexp(0.002, 3)},
      {"mixture(0.9: exp(5ms), 0.1: exp(15ms))",
       Distribution::mixture(
           {{0.9, Distribution::exponential(0.005)}, {0.1, Distribution::exponential(0.015)}})},
      {"mixture(0.5: 1min1.5s, 0.5: mixture(1: 0s))",
       Distribution::mixture({{0.5, Distribution::constant({61'500'000'000})},
                              {0.5, Distribution::mixture({{1.0, Distribution()}})}})},
      {"empirical(\"waits.csv\")",
       Distribution::empirical({{1'500'000}, {2'500'000}, {123'457}}, "waits.csv")}};
  for (const auto& [text, expected] : good) {
    INFO(text);
    const auto d = distribution(text);
    REQUIRE(d.has_value());
    CHECK(*d == expected);
    CHECK(d->text() == text);
  }
  CHECK(distribution("bounded_pareto( 2ms,ratio = 1000 ,alpha=1.1 )").value().text() ==
        "bounded_pareto(2ms, alpha=1.1, ratio=1000)");
}

TEST_CASE("distributions that aren't are refused with a hint", "[quantity]") {
  std::ofstream(std::string(FAULTLINE_BINARY_DIR) + "/bad.csv") << "5ms\n6\n";
  std::ofstream(std::string(FAULTLINE_BINARY_DIR) + "/empty.csv") << "wait_ms\n";
  check_refused(distribution,
                {{"", "missing"},
                 {"5", "needs a unit"},
                 {"lognorml(3ms, cv=1)", "unknown distribution \"lognorml\"", "lognormal"},
                 {"exponential(3ms)", "unknown distribution", "\"exp\""},
                 {"constant(3ms)", "unknown distribution", "5ms"},
                 {"nan", "unknown distribution"},
                 {"exp", "\"(\" is due"},
                 {"exp()", "takes a mean"},
                 {"exp(3)", "needs a unit", "3ms"},
                 {"exp(0s)", "above 0", "0s"},
                 {"exp(-1s)", "negative"},
                 {"exp(3m)", "unknown unit", "min"},
                 {"exp(3ms", "missing at the end"},
                 {"exp(3ms) ", "after the end"},
                 {"exp(3ms, cv=1)", "its mean only"},
                 {"exp(3ms))", "after the end"},
                 {"lognormal(3ms)", "needs cv", "cv=0.5"},
                 {"lognormal(3ms, 0.5)", "has a name", "cv=0.5"},
                 {"lognormal(3ms, vc=0.5)", "unknown argument \"vc\"", "cv"},
                 {"lognormal(3ms, cv=-1)", "negative"},
                 {"lognormal(3ms, cv=nan)", "number"},
                 {"lognormal(3ms, cv=0.5, cv=0.6)", "twice"},
                 {"lognormal(3ms, cv 0.5)", "\"=\" is due"},
                 {"normal(3ms, cv=1)", "0.99"},
                 {"hyperexp(3ms, cv=0.9)", "from 1"},
                 {"erlang(3ms, k=2.5)", "whole number"},
                 {"erlang(3ms, k=0)", "whole number"},
                 {"pareto(3ms, alpha=1)", "above 1"},
                 {"bounded_pareto(3ms, alpha=1)", "needs ratio"},
                 {"bounded_pareto(3ms, alpha=1, ratio=1)", "above 1"},
                 {"uniform(3ms)", "two durations"},
                 {"uniform(3ms, 1ms)", "above the upper"},
                 {"uniform(0.5ns, 1ms)", "finer"},
                 {"mixture()", "begins with a number"},
                 {"mixture(0.9: exp(5ms))", "add up to 0.9"},
                 {"mixture(0: 5ms, 1: 6ms)", "above 0"},
                 {"mixture(0.5 exp(5ms))", "\":\" is due"},
                 {"empirical(waits.csv)", "in quotes"},
                 {"empirical(\"none.csv\")", "no file"},
                 {"empirical(\"bad.csv\")", "bad.csv:2", "6ms"},
                 {"empirical(\"empty.csv\")", "no durations"}});
  std::string nested = "5ms";
  for (int i = 0; i < 10'000; ++i) nested = "mixture(1: " + nested + ")";
  CHECK_FALSE(distribution(nested).has_value());
}

TEST_CASE("quantities are printed for people", "[quantity]") {
  const std::vector<std::pair<std::int64_t, std::string>> durations{{0, "0s"},
                                                                    {1, "1ns"},
                                                                    {1500, "1.5us"},
                                                                    {5'000'000, "5ms"},
                                                                    {3'141'592, "3.142ms"},
                                                                    {999'999'999, "1s"},
                                                                    {90 * minute, "1.5h"},
                                                                    {10 * minute, "10min"},
                                                                    {30 * day, "30d"},
                                                                    {-5'000'000, "-5ms"},
                                                                    {40'000 * day, "40000d"},
                                                                    {59'999 * 1'000'000ll, "1min"}};
  for (const auto& [ns, text] : durations) CHECK(format_duration({ns}) == text);
  CHECK(format_rate(400) == "400/s");
  CHECK(format_rate(1200) == "1.2k/s");
  CHECK(format_rate(3e6) == "3M/s");
  CHECK(format_rate(0.5) == "30/min");
  CHECK(format_rate(0) == "0/s");
  CHECK(format_share(0.05) == "5%");
  CHECK(format_share(0.99999) == "99.999%");
  CHECK(format_size(64 << 20) == "64MiB");
  CHECK(format_size(0) == "0B");
}

TEST_CASE("the nearest name is found, but not a far one", "[suggest]") {
  const std::array<std::string, 4> known{"timeout", "retry", "breaker", "bulkhead"};
  const std::span<const std::string> names(known);
  CHECK(edit_distance("breaker", "braeker") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("TimeOut", "timeout") == 0);
  CHECK(nearest_name("tiemout", names).value() == "timeout");
  CHECK(nearest_name("Retry", names).value() == "retry");
  CHECK(nearest_name("retryes", names).value() == "retry");
  CHECK_FALSE(nearest_name("cache", names).has_value());
  CHECK_FALSE(nearest_name("", names).has_value());
  CHECK(did_you_mean("breker", names) == "did you mean \"breaker\"?");
  CHECK(did_you_mean("xyz", names).empty());
}
