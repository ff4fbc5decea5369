#include "sim/notation.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace faultline {
namespace {

struct Unit {
  const char* name;
  std::uint64_t ns;
};

constexpr std::array<Unit, 3> compound_units{
    {{"d", 86'400'000'000'000}, {"h", 3'600'000'000'000}, {"min", 60'000'000'000}}};
constexpr std::array<Unit, 4> decimal_units{
    {{"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}}};

std::string decimal(std::uint64_t ns, Unit unit) {
  std::string text = fmt::format("{}", ns / unit.ns);
  const std::uint64_t rest = ns % unit.ns;
  if (rest > 0) {
    // rest/unit with as many digits as the unit has zeros, less those at the end.
    std::string digits = fmt::format("{}", unit.ns + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += '.' + digits;
  }
  return text + unit.name;
}

}  // namespace

std::string exact_text(Duration d) {
  if (d.ns == 0) return "0s";
  std::string text = d.ns < 0 ? "-" : "";
  auto ns = d.ns < 0 ? ~static_cast<std::uint64_t>(d.ns) + 1 : static_cast<std::uint64_t>(d.ns);
  for (const Unit& unit : compound_units) {
    if (ns < unit.ns) continue;
    text += fmt::format("{}{}", ns / unit.ns, unit.name);
    ns %= unit.ns;
  }
  for (const Unit& unit : decimal_units)
    if (ns >= unit.ns) return text + decimal(ns, unit);
  return text;
}

std::string exact_text(double x) {
  return fmt::format("{}", x);
}

}  // namespace faultline
