#include "lab/study/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/scenario/document.hpp"
#include "lab/scenario/override.hpp"
#include "lab/scenario/quantity.hpp"
#include "sim/portable_math.hpp"

namespace faultline {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// At commas that are not inside quotes or brackets.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  int depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '(' || c == '[' || c == '{') {
      ++depth;
    } else if (c == ')' || c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth == 0) {
      parts.emplace_back(trimmed(text.substr(from, i - from)));
      from = i + 1;
    }
  }
  parts.emplace_back(trimmed(text.substr(from)));
  return parts;
}

std::string unquoted(std::string_view text) {
  const auto value = parse_value(text);
  return value && value->kind == Node::Kind::Text ? value->text : std::string(text);
}

Amount between(const Axis& axis, double u) {
  Amount a = axis.low;
  a.whole = axis.low.whole && axis.high.whole;
  const double low = axis.low.value, high = axis.high.value;
  a.value = axis.logarithmic ? low * portable::pow(high / low, u) : low + (high - low) * u;
  if (a.whole) a.value = std::round(a.value);
  return a;
}

// The arguments of range(…) or log(…); false if it is neither.
bool is_spacing(std::string_view text, bool& logarithmic, std::string_view& inside) {
  for (const std::string_view name : {"range(", "log("}) {
    if (!text.starts_with(name) || !text.ends_with(')')) continue;
    logarithmic = name == "log(";
    inside = text.substr(name.size(), text.size() - name.size() - 1);
    return true;
  }
  return false;
}

tl::expected<Axis, std::string> spaced(Axis axis, std::string_view text, std::string_view inside) {
  const std::vector<std::string> parts = split(inside);
  const auto fail = [&](std::string_view why) {
    return tl::unexpected(fmt::format("{}: {} {}", axis.key, text, why));
  };
  if (parts.size() != 2 && parts.size() != 3)
    return fail("is written range(low, high, count) or log(low, high, count)");
  const auto low = amount_of(parts[0]), high = amount_of(parts[1]);
  if (!low || !high) return fail("has ends that are no amounts");
  if (low->dimension != high->dimension) return fail("has ends of two dimensions");
  if (!(high->value > low->value)) return fail("ends where it begins, or before");
  if (axis.logarithmic && low->value <= 0)
    return fail("is spaced by factors, so it begins above 0");
  axis.low = *low;
  axis.high = *high;
  if (parts.size() == 2) {
    axis.stretch = true;
    return axis;
  }
  const auto count = amount_of(parts[2]);
  if (!count || !count->whole || count->value < 2 || count->value > 1e6)
    return fail("needs a count of 2 to 1000000");
  const auto n = static_cast<int>(count->value);
  for (int i = 0; i < n; ++i) {
    const bool last = i + 1 == n;
    std::string value = last ? text_of(*high) : text_of(between(axis, i / (n - 1.0)));
    if (axis.values.empty() || axis.values.back() != value) axis.values.push_back(std::move(value));
  }
  return axis;
}

}  // namespace

std::optional<Amount> amount_of(std::string_view given) {
  const std::string text = unquoted(trimmed(given));
  if (const auto value = parse_value(text)) {
    if (value->kind == Node::Kind::Integer)
      return Amount{static_cast<double>(value->integer), Dimension::Number, true};
    if (value->kind == Node::Kind::Real && std::isfinite(value->real))
      return Amount{value->real, Dimension::Number, false};
  }
  if (const auto time = parse_duration(text))
    return Amount{time->seconds(), Dimension::Time, false};
  if (const auto share = parse_share(text)) return Amount{*share, Dimension::Share, false};
  if (const auto rate = parse_rate(text)) return Amount{*rate, Dimension::Rate, false};
  if (const auto size = parse_size(text))
    return Amount{static_cast<double>(*size), Dimension::Size, false};
  return std::nullopt;
}

std::string text_of(const Amount& a) {
  switch (a.dimension) {
    case Dimension::Number:
      return a.whole ? fmt::format("{:.0f}", a.value)
                     : toml_text(std::stod(fmt::format("{:.6g}", a.value)));
    case Dimension::Time:
      return format_duration(from_seconds(a.value));
    case Dimension::Share:
      return format_share(a.value);
    case Dimension::Rate:
      return format_rate(a.value);
    case Dimension::Size:
      return format_size(static_cast<std::int64_t>(std::llround(a.value)));
  }
  return {};
}

std::string Axis::at(double u) const {
  if (stretch) return text_of(between(*this, u));
  const auto n = static_cast<double>(values.size());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(u * n))];
}

tl::expected<Axis, std::string> parse_axis(std::string_view text) {
  const auto setting = split_setting(text);
  if (!setting) return tl::unexpected(fmt::format("\"{}\" is no axis; write KEY=V1,V2,…", text));
  Axis axis;
  axis.key = setting->first;
  const std::string_view values = trimmed(setting->second);
  if (values.empty()) return tl::unexpected(fmt::format("the axis {} has no values", axis.key));
  if (values.front() == '[') return axis_of(axis.key, std::string(values));
  std::string_view inside;
  if (is_spacing(values, axis.logarithmic, inside)) return spaced(std::move(axis), values, inside);
  axis.values = split(values);
  for (const std::string& v : axis.values) {
    if (v.empty()) return tl::unexpected(fmt::format("the axis {} has an empty value", axis.key));
  }
  return axis;
}

tl::expected<Axis, std::string> axis_of(const std::string& key, const std::string& toml) {
  Axis axis;
  axis.key = key;
  const auto value = parse_value(toml);
  if (!value) return tl::unexpected(fmt::format("the axis {} is not TOML: {}", key, value.error()));
  if (value->kind == Node::Kind::List) {
    for (const Node& item : value->items) axis.values.push_back(toml_text(item));
    if (axis.values.empty()) return tl::unexpected(fmt::format("the axis {} has no values", key));
    return axis;
  }
  std::string_view inside;
  if (value->kind == Node::Kind::Text && is_spacing(value->text, axis.logarithmic, inside))
    return spaced(std::move(axis), value->text, inside);
  return tl::unexpected(
      fmt::format("the axis {} is a list of values, \"range(low, high, count)\" or \"log(low, "
                  "high, count)\"",
                  key));
}

tl::expected<Constraint, std::string> parse_constraint(const std::string& text) {
  for (const std::string_view op : {"<=", ">=", "==", "!=", "<", ">"}) {
    // The arrow of an edge's name is no comparison.
    for (std::size_t at = text.find(op); at != std::string::npos; at = text.find(op, at + 1)) {
      if (op == ">" && at > 0 && text[at - 1] == '-') continue;
      Constraint c{std::string(trimmed(std::string_view(text).substr(0, at))),
                   std::string(trimmed(std::string_view(text).substr(at + op.size()))),
                   std::string(op), text};
      if (!c.left.empty() && !c.right.empty()) return c;
    }
  }
  return tl::unexpected(
      fmt::format("\"{}\" is no constraint; write A < B, with <, <=, >, >=, == or !=", text));
}

tl::expected<bool, std::string> holds(const Constraint& c, const std::string& left,
                                      const std::string& right) {
  const auto a = amount_of(left), b = amount_of(right);
  if (a && b && a->dimension == b->dimension) {
    const double x = a->value, y = b->value;
    if (c.op == "<") return x < y;
    if (c.op == "<=") return x <= y;
    if (c.op == ">") return x > y;
    if (c.op == ">=") return x >= y;
    return (x == y) == (c.op == "==");
  }
  if (c.op == "==" || c.op == "!=") return (unquoted(left) == unquoted(right)) == (c.op == "==");
  return tl::unexpected(
      fmt::format("the constraint \"{}\" compares {} with {}", c.text, left, right));
}

}  // namespace faultline
