#include <fmt/format.h>

#include <array>
#include <cmath>

#include "tests/conformance/runners.hpp"
#include "tests/conformance/small_run.hpp"

namespace faultline::conformance {
namespace {

// Ten thousand requests, one a millisecond, of which a fault takes exactly the share asked for.
toml::table burn_rate(const Fields& input) {
  input.only({"slo_pct", "error_pct"});
  const double bad = input.number("error_pct") * 100;
  if (std::abs(bad - std::round(bad)) > 1e-9 || bad < 1 || bad > 10'000) throw NotModelled{};
  const auto result = small_run(
      fmt::format("duration = \"10000500us\"\n"
                  "[client.c]\ncalls = \"s\"\nrate = \"1000/s\"\narrivals = \"constant\"\n"
                  "[service.s]\nthreads = \"unbounded\"\nwork = \"0s\"\n"
                  "[[fault]]\nat = \"500us\"\nfor = \"{}ms\"\nkind = \"errors\"\nservice = \"s\"\n"
                  "share = \"100%\"\n[slo.o]\nclient = \"c\"\ntarget = \"{}%\"\nwindow = \"30d\"\n",
                  std::llround(bad), input.number("slo_pct")));
  return toml::table{{"burn_rate", result->slos.at(0).value.burn_rate}};
}

}  // namespace

std::span<const Kind> objective_kinds() {
  static constexpr std::array<Kind, 1> kKinds = {{{"burn_rate", burn_rate}}};
  return kKinds;
}

}  // namespace faultline::conformance
