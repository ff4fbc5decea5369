#include "lab/scenario/decimal.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <utility>

#include "lab/scenario/suggest.hpp"

namespace faultline {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view read_digits(std::string_view text, std::size_t& at) {
  const std::size_t start = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return text.substr(start, at - start);
}

constexpr std::int64_t longest_ns = 9'000'000'000'000'000'000;

constexpr std::array<std::pair<std::string_view, std::int64_t>, 9> time_units{{
    {"ns", 1},
    {"us", 1'000},
    {"\u00b5s", 1'000},  // µ, the sign on keyboards
    {"\u03bcs", 1'000},  // μ, the Greek letter that looks the same
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"min", 60'000'000'000},
    {"h", 3'600'000'000'000},
    {"d", 86'400'000'000'000},
}};

constexpr std::array<std::string_view, 8> unit_names{"ns", "us",  "\u00b5s", "ms",
                                                     "s",  "min", "h",       "d"};

struct Slip {
  std::string_view written;
  std::string_view hint;
};
constexpr std::array<Slip, 20> unit_slips{{
    {"m", "minutes are \"min\", milliseconds \"ms\""},
    {"M", "minutes are \"min\", milliseconds \"ms\""},
    {"mins", "minutes are \"min\""},
    {"minute", "minutes are \"min\""},
    {"minutes", "minutes are \"min\""},
    {"sec", "seconds are \"s\""},
    {"secs", "seconds are \"s\""},
    {"second", "seconds are \"s\""},
    {"seconds", "seconds are \"s\""},
    {"msec", "milliseconds are \"ms\""},
    {"millis", "milliseconds are \"ms\""},
    {"usec", "microseconds are \"us\""},
    {"nsec", "nanoseconds are \"ns\""},
    {"hr", "hours are \"h\""},
    {"hrs", "hours are \"h\""},
    {"hour", "hours are \"h\""},
    {"hours", "hours are \"h\""},
    {"day", "days are \"d\""},
    {"days", "days are \"d\""},
    {"w", "a week is \"7d\""},
}};

}  // namespace

tl::unexpected<QuantityError> mistake(std::string message, std::string hint, std::size_t offset) {
  return tl::make_unexpected(QuantityError{std::move(message), std::move(hint), offset});
}

double Decimal::value(int exponent) const {
  const std::string text =
      fmt::format("{}.{}e{}", whole, fraction.empty() ? "0" : fraction, exponent);
  double result = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (error == std::errc::result_out_of_range) {
    // Too small a number reads as 0; too large a one must be noticed by the caller.
    return whole.find_first_not_of('0') == std::string_view::npos
               ? 0
               : std::numeric_limits<double>::infinity();
  }
  return result;
}

bool Decimal::is_zero() const {
  return whole.find_first_not_of('0') == std::string_view::npos && fraction.empty();
}

Scaled scale(const Decimal& number, std::int64_t unit, std::int64_t limit) {
  __extension__ using Wide = unsigned __int128;
  const auto most = static_cast<Wide>(limit);
  Wide amount = 0;
  for (char c : number.whole) {
    amount = amount * 10 + static_cast<Wide>(c - '0');
    if (amount > most) return {limit, true, false};
  }
  amount *= static_cast<Wide>(unit);
  // Long division of the fraction, digit by digit: what a digit doesn't fill goes to the next.
  Wide rest = 0, part = 0, divisor = 1;
  for (char c : number.fraction.substr(0, 18)) {
    part = part * 10 + static_cast<Wide>(c - '0');
    divisor *= 10;
  }
  part *= static_cast<Wide>(unit);
  rest = part % divisor;
  amount += part / divisor;
  if (amount > most) return {limit, true, false};
  return {static_cast<std::int64_t>(amount), rest == 0 && number.fraction.size() <= 18, true};
}

Quantity<Decimal> read_decimal(std::string_view text, std::size_t& at, std::string_view what) {
  if (at >= text.size()) return mistake(fmt::format("{} is missing", what), "", at);
  if (text[at] == '-') return mistake(fmt::format("{} can't be negative", what), "", at);
  if (text[at] == '+')
    return mistake(fmt::format("{} has no sign", what), "leave out the \"+\"", at);
  if (text[at] == '.')
    return mistake("a number begins with a digit", "write \"0.5\" for \".5\"", at);
  Decimal number;
  number.whole = read_digits(text, at);
  if (number.whole.empty()) return mistake(fmt::format("{} begins with a number", what), "", at);
  if (at < text.size() && text[at] == '.') {
    const std::size_t point = at++;
    number.fraction = read_digits(text, at);
    if (number.fraction.empty()) return mistake("digits are missing after the point", "", point);
    while (!number.fraction.empty() && number.fraction.back() == '0')
      number.fraction.remove_suffix(1);
  }
  if (at < text.size() && text[at] == ',' && at + 1 < text.size() && is_digit(text[at + 1]))
    return mistake("a comma within a number", "the decimal mark is a point", at);
  return number;
}

std::string_view read_unit(std::string_view text, std::size_t& at) {
  const std::size_t start = at;
  const auto part_of_unit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  while (at < text.size() && part_of_unit(text[at])) ++at;
  return text.substr(start, at - start);
}

Quantity<std::int64_t> time_unit(std::string_view unit, std::size_t offset) {
  for (const auto& [name, ns] : time_units)
    if (name == unit) return ns;
  const std::string message = fmt::format("unknown unit of time \"{}\"", unit);
  for (const Slip& slip : unit_slips)
    if (slip.written == unit) return mistake(message, std::string(slip.hint), offset);
  std::string hint =
      unit.size() > 1 ? did_you_mean(unit, std::span<const std::string_view>(unit_names)) : "";
  if (hint.empty()) hint = "units of time are ns, us, ms, s, min, h, d";
  return mistake(message, std::move(hint), offset);
}

Quantity<Span> read_span(std::string_view text, std::size_t& at) {
  Span span;
  std::int64_t last_unit = std::numeric_limits<std::int64_t>::max();
  do {
    const std::size_t start = at;
    const Quantity<Decimal> number = read_decimal(text, at, "a duration");
    if (!number) return tl::make_unexpected(number.error());
    const std::size_t unit_at = at;
    const std::string_view unit = read_unit(text, at);
    if (unit.empty()) {
      if (at < text.size() && text[at] == ' ')
        return mistake("a space within a duration", "write number and unit together, as in \"5ms\"",
                       at);
      const std::string_view written = text.substr(start, at - start);
      return mistake("a duration needs a unit",
                     fmt::format("write \"{0}ms\" or \"{0}s\" (ns, us, ms, s, min, h, d)", written),
                     start);
    }
    const Quantity<std::int64_t> unit_ns = time_unit(unit, unit_at);
    if (!unit_ns) return tl::make_unexpected(unit_ns.error());
    if (*unit_ns >= last_unit)
      return mistake(fmt::format("\"{}\" after a unit that isn't larger", unit),
                     "write the largest unit first and each once, as in \"1h30min\"", unit_at);
    last_unit = *unit_ns;
    const Scaled part = scale(*number, *unit_ns, longest_ns);
    if (!part.fits || part.amount > longest_ns - span.whole.ns)
      return mistake("longer than the 285 years that time can hold", "", start);
    span.whole += Duration{part.amount};
    span.exact = span.exact && part.exact;
    // Below 2^53 whole nanoseconds are exact in a double; a rest shows in single-unit spans only.
    span.ns = part.exact ? static_cast<double>(span.whole.ns)
                         : static_cast<double>((span.whole - Duration{part.amount}).ns) +
                               number->value() * static_cast<double>(*unit_ns);
  } while (at < text.size() && is_digit(text[at]));
  return span;
}

}  // namespace faultline
