#include "lab/scenario/quantity.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "lab/scenario/decimal.hpp"
#include "lab/scenario/suggest.hpp"

namespace faultline {
namespace {

using Names = std::span<const std::string_view>;

tl::unexpected<QuantityError> left_over(std::string_view text, std::size_t at,
                                        std::string_view what) {
  return mistake(fmt::format("\"{}\" after the end of {}", text.substr(at), what), "", at);
}

constexpr std::array<std::pair<std::string_view, std::int64_t>, 9> size_units{{
    {"B", 1},
    {"kB", 1'000},
    {"MB", 1'000'000},
    {"GB", 1'000'000'000},
    {"TB", 1'000'000'000'000},
    {"KiB", std::int64_t{1} << 10},
    {"MiB", std::int64_t{1} << 20},
    {"GiB", std::int64_t{1} << 30},
    {"TiB", std::int64_t{1} << 40},
}};
constexpr std::array<std::string_view, 9> size_names{"KiB", "MiB", "GiB", "TiB", "B",
                                                     "kB",  "MB",  "GB",  "TB"};

std::string trimmed(double value) {
  // Four significant digits without an exponent and without zeros at the end.
  if (value >= 999.5) return fmt::format("{:.0f}", value);
  return fmt::format("{:.4g}", value);
}

struct Step {
  double size;
  std::string_view name;
};

// In the largest step of which there is at least one once rounded to four digits.
std::string in_steps(double value, std::span<const Step> largest_first) {
  for (const Step& step : largest_first)
    if (value / step.size >= 0.99995) return trimmed(value / step.size) + std::string(step.name);
  return trimmed(value / largest_first.back().size) + std::string(largest_first.back().name);
}

}  // namespace

Quantity<Duration> parse_duration(std::string_view text) {
  std::size_t at = 0;
  const Quantity<Span> span = read_span(text, at);
  if (!span) return tl::make_unexpected(span.error());
  if (at != text.size()) return left_over(text, at, "a duration");
  if (!span->exact)
    return mistake("finer than a nanosecond", "time counts in whole nanoseconds", 0);
  return span->whole;
}

Quantity<double> parse_rate(std::string_view text) {
  std::size_t at = 0;
  const Quantity<Decimal> number = read_decimal(text, at, "a rate");
  if (!number) return tl::make_unexpected(number.error());
  const std::string_view digits = text.substr(0, at);
  const std::size_t prefix_at = at;
  const std::string_view prefix = read_unit(text, at);
  const int exponent = prefix == "k" ? 3 : prefix == "M" ? 6 : 0;
  if (at >= text.size() || text[at] != '/') {
    if (at < text.size()) return left_over(text, at, "the number of a rate");
    return mistake("a rate says per what",
                   fmt::format("write \"{}{}/s\"", digits, exponent ? prefix : ""), at);
  }
  if (exponent == 0 && !prefix.empty())
    return mistake(
        fmt::format("unknown prefix \"{}\"", prefix),
        prefix == "K" ? "a thousand is \"k\"" : "prefixes are k (a thousand) and M (a million)",
        prefix_at);
  const std::size_t unit_at = ++at;
  const std::string_view unit = read_unit(text, at);
  if (unit.empty())
    return mistake("a rate says per what", fmt::format("write \"{}/s\", /min, /h or /d", digits),
                   unit_at);
  const Quantity<std::int64_t> unit_ns = time_unit(unit, unit_at);
  if (!unit_ns) return tl::make_unexpected(unit_ns.error());
  if (*unit_ns < 1'000'000)
    return mistake(fmt::format("\"{}\" is too short a unit for a rate", unit),
                   "use /ms, /s, /min, /h or /d", unit_at);
  if (at != text.size()) return left_over(text, at, "a rate");
  // One rounding for /s and /ms, two for the others.
  const double amount = number->value(exponent + (*unit_ns == 1'000'000 ? 3 : 0));
  const double rate =
      *unit_ns > 1'000'000'000 ? amount / (static_cast<double>(*unit_ns) / 1e9) : amount;
  if (!(rate <= 1e15)) return mistake("too high a rate", "at most 1e15 a second", 0);
  return rate;
}

Quantity<double> parse_share(std::string_view text) {
  std::size_t at = 0;
  const Quantity<Decimal> number = read_decimal(text, at, "a share");
  if (!number) return tl::make_unexpected(number.error());
  if (at >= text.size() || text[at] != '%') {
    if (at < text.size() && text[at] == ' ')
      return mistake("a space within a share", "write \"5%\" without it", at);
    if (at < text.size()) return left_over(text, at, "the number of a share");
    // 0.05 was meant as a fraction, 5 as percent.
    const double percent = number->value(number->value() <= 1 ? 2 : 0);
    return mistake("a share is written in percent", fmt::format("write \"{:.12g}%\"", percent), at);
  }
  if (++at != text.size()) return left_over(text, at, "a share");
  const double share = number->value(-2);
  if (!(share <= 1e12)) return mistake("too large a share", "", 0);
  return share;
}

Quantity<std::int64_t> parse_size(std::string_view text) {
  std::size_t at = 0;
  const Quantity<Decimal> number = read_decimal(text, at, "a size");
  if (!number) return tl::make_unexpected(number.error());
  const std::string_view digits = text.substr(0, at);
  const std::size_t unit_at = at;
  const std::string_view unit = read_unit(text, at);
  if (unit.empty() && at == text.size())
    return mistake("a size needs a unit", fmt::format("write \"{0}MiB\" or \"{0}B\"", digits), 0);
  if (at != text.size()) return left_over(text, at, "a size");
  for (const auto& [name, bytes] : size_units) {
    if (name != unit) continue;
    const Scaled size = scale(*number, bytes, std::numeric_limits<std::int64_t>::max());
    if (!size.fits) return mistake("too large a size", "at most 2^63 - 1 bytes", 0);
    if (!size.exact) return mistake("not a whole number of bytes", "", 0);
    return size.amount;
  }
  std::string hint = did_you_mean(unit, Names(size_names));
  if (unit == "KB") hint = "1000 bytes are \"kB\", 1024 are \"KiB\"";
  if (hint.empty()) hint = "units of size are B, kB, MB, GB, TB, KiB, MiB, GiB, TiB";
  return mistake(fmt::format("unknown unit of size \"{}\"", unit), std::move(hint), unit_at);
}

Quantity<double> parse_bandwidth(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    return mistake("a bandwidth is a size per second", fmt::format("write \"{}/s\"", text),
                   text.size());
  }
  if (text.substr(slash) != "/s")
    return mistake("a bandwidth is per second", "it ends in \"/s\"", slash);
  const auto size = parse_size(text.substr(0, slash));
  if (!size) return tl::make_unexpected(size.error());
  return static_cast<double>(*size);
}

Quantity<double> parse_cpu(std::string_view text) {
  std::size_t at = 0;
  const Quantity<Decimal> number = read_decimal(text, at, "an amount of CPU");
  if (!number) return tl::make_unexpected(number.error());
  int exponent = 0;
  if (at < text.size() && text[at] == 'm') {
    ++at;
    exponent = -3;
  }
  if (at != text.size())
    return mistake(fmt::format("\"{}\" after the end of an amount of CPU", text.substr(at)),
                   "write cores (\"2\") or thousandths of one (\"500m\")", at);
  const double cores = number->value(exponent);
  if (!(cores <= 1e9)) return mistake("too much CPU", "", 0);
  return cores;
}

std::string format_duration(Duration d) {
  if (d.ns == 0) return "0s";
  static constexpr std::array<Step, 7> steps{{{86'400e9, "d"},
                                              {3'600e9, "h"},
                                              {60e9, "min"},
                                              {1e9, "s"},
                                              {1e6, "ms"},
                                              {1e3, "us"},
                                              {1, "ns"}}};
  const auto ns = static_cast<double>(d.ns);
  return (d.ns < 0 ? "-" : "") + in_steps(std::abs(ns), steps);
}

std::string format_rate(double per_second) {
  if (per_second == 0) return "0/s";
  static constexpr std::array<Step, 5> steps{
      {{1e6, "M/s"}, {1e3, "k/s"}, {1, "/s"}, {1.0 / 60, "/min"}, {1.0 / 3600, "/h"}}};
  return in_steps(per_second, steps);
}

std::string format_share(double share) {
  return fmt::format("{:.6g}%", share * 100);
}

std::string format_size(std::int64_t bytes) {
  static constexpr std::array<Step, 5> steps{
      {{0x1p40, "TiB"}, {0x1p30, "GiB"}, {0x1p20, "MiB"}, {0x1p10, "KiB"}, {1, "B"}}};
  return in_steps(static_cast<double>(bytes), steps);
}

std::string format_bandwidth(double bytes_per_second) {
  return format_size(static_cast<std::int64_t>(bytes_per_second)) + "/s";
}

}  // namespace faultline
