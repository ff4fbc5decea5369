// The values of a scenario file: each from its text, in its unit, within its limits.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "lab/scenario/reading_binder.hpp"
#include "lab/scenario/suggest.hpp"

namespace faultline {
namespace {

std::string plain_number(double value) {
  return fmt::format("{:.12g}", value);
}
std::string seconds_text(double s) {
  return format_duration(from_seconds(s));
}

std::string number_text(const Node& node) {
  return node.kind == Node::Kind::Integer ? std::to_string(node.integer)
                                          : fmt::format("{}", node.real);
}

bool is_number(const Node& node) {
  return node.kind == Node::Kind::Integer || node.kind == Node::Kind::Real;
}

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "p95" is 0.95; nothing if the text is no quantile.
std::optional<double> quantile(std::string_view text) {
  if (!text.starts_with('p')) return std::nullopt;
  const auto share = parse_share(std::string(text.substr(1)) + "%");
  if (!share || *share <= 0 || *share >= 1) return std::nullopt;
  return *share;
}

}  // namespace

void ReadingBinder::fail(const Field& f, const Position& where, std::string code,
                         std::string message, std::string hint) {
  Diagnostic d = document_.at(where, std::move(code), std::move(message), std::move(hint));
  d.path = path_of(f);
  out_.diagnostics.push_back(std::move(d));
  frames_.back().bad.emplace_back(f.key);
}

void ReadingBinder::wrong_type(const Field& f, const Node& node, std::string_view due,
                               std::string hint) {
  fail(f, node.where, "E301",
       fmt::format("{} should be {}, not {}", path_of(f), due, name_of(node.kind)),
       std::move(hint));
}

void ReadingBinder::malformed(const Field& f, const Node& node, const QuantityError& error) {
  Position where = node.where;
  if (node.verbatim) {
    const std::string_view before = std::string_view(node.text).substr(0, error.offset);
    const auto ahead = static_cast<int>(std::count_if(before.begin(), before.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
    where.column += 1 + ahead;
    where.length = std::max(1, where.length - 2 - ahead);
  }
  fail(f, where, "E303", fmt::format("{}: {}", path_of(f), error.message), error.hint);
}

template <class Parse>
const std::string* ReadingBinder::quantity_text(const Field& f, const Node& node,
                                                std::string_view due, Parse parse) {
  if (node.kind == Node::Kind::Text) return &node.text;
  if (!is_number(node)) {
    wrong_type(f, node, due);
    return nullptr;
  }
  const auto parsed = parse(number_text(node));
  std::string hint = parsed ? fmt::format("write \"{}\"", number_text(node)) : parsed.error().hint;
  fail(f, node.where, "E302", fmt::format("a bare number in {}, where {} is due", path_of(f), due),
       std::move(hint));
  return nullptr;
}

template <class Show>
bool ReadingBinder::in_range(const Field& f, const Node& node, double value, Show shown) {
  std::string limit;
  if (f.above_min ? value <= f.min : value < f.min)
    limit = (f.above_min ? "more than " : "at least ") + shown(f.min);
  if (value > f.max) limit = "at most " + shown(f.max);
  if (std::isnan(value)) limit = "a number";
  if (limit.empty()) return true;
  fail(f, node.where, "E304", fmt::format("{} must be {}", path_of(f), limit));
  return false;
}

void ReadingBinder::value(const Field& f, bool& target) {
  const Node* node = due(f);
  if (node == nullptr) return;
  if (node->kind != Node::Kind::Boolean) return wrong_type(f, *node, "true or false");
  target = node->boolean;
}

void ReadingBinder::value(const Field& f, std::int64_t& target) {
  const Node* node = due(f);
  if (node == nullptr) return;
  if (f.unbounded && node->kind == Node::Kind::Text) {
    if (node->text == "unbounded") {
      target = kUnbounded;
      return;
    }
    const std::array<std::string_view, 1> words = {"unbounded"};
    std::string hint = did_you_mean(node->text, std::span<const std::string_view>(words));
    if (is_digits(node->text)) hint = "counts are written without quotes: " + node->text;
    return wrong_type(f, *node, "a whole number or \"unbounded\"", std::move(hint));
  }
  if (node->kind != Node::Kind::Integer) {
    const bool digits = node->kind == Node::Kind::Text && is_digits(node->text);
    const bool whole = node->kind == Node::Kind::Real && std::abs(node->real) < 1e15 &&
                       node->real == std::floor(node->real);
    std::string hint;
    if (digits) hint = "counts are written without quotes: " + node->text;
    if (whole) hint = fmt::format("write {:.0f}", node->real);
    return wrong_type(f, *node, "a whole number", std::move(hint));
  }
  if (in_range(f, *node, static_cast<double>(node->integer), plain_number)) target = node->integer;
}

void ReadingBinder::value(const Field& f, double& target) {
  const Node* node = due(f);
  if (node == nullptr) return;
  if (!is_number(*node)) return wrong_type(f, *node, "a number", "factors have no unit");
  const double number =
      node->kind == Node::Kind::Integer ? static_cast<double>(node->integer) : node->real;
  if (!std::isfinite(number)) return wrong_type(f, *node, "a finite number");
  if (in_range(f, *node, number, plain_number)) target = number;
}

void ReadingBinder::value(const Field& f, Share& target) {
  const Node* node = due(f);
  if (node == nullptr) return;
  const std::string* written = quantity_text(f, *node, "a share such as \"5%\"", parse_share);
  if (written == nullptr) return;
  const auto share = parse_share(*written);
  if (!share) return malformed(f, *node, share.error());
  if (in_range(f, *node, *share, format_share)) target.value = *share;
}

void ReadingBinder::value(const Field& f, Rate& target) {
  const Node* node = due(f);
  if (node == nullptr) return;
  const std::string* written = quantity_text(f, *node, "a rate such as \"400/s\"", parse_rate);
  if (written == nullptr) return;
  const auto rate = parse_rate(*written);
  if (!rate) return malformed(f, *node, rate.error());
  if (in_range(f, *node, *rate, format_rate)) target.per_second = *rate;
}

void ReadingBinder::value(const Field& f, Bytes& target) {
  const Node* node = due(f);
  if (node == nullptr) return;
  const std::string* written = quantity_text(f, *node, "a size such as \"64MiB\"", parse_size);
  if (written == nullptr) return;
  const auto size = parse_size(*written);
  if (!size) return malformed(f, *node, size.error());
  const auto shown = [](double bytes) { return format_size(static_cast<std::int64_t>(bytes)); };
  if (in_range(f, *node, static_cast<double>(*size), shown)) target.value = *size;
}

void ReadingBinder::value(const Field& f, ByteRate& target) {
  const Node* node = due(f);
  if (node == nullptr) return;
  const std::string* written =
      quantity_text(f, *node, "a bandwidth such as \"10MB/s\"", parse_bandwidth);
  if (written == nullptr) return;
  const auto rate = parse_bandwidth(*written);
  if (!rate) return malformed(f, *node, rate.error());
  const auto shown = [](double bytes) {
    return format_size(static_cast<std::int64_t>(bytes)) + "/s";
  };
  if (in_range(f, *node, static_cast<double>(*rate), shown))
    target.per_second = static_cast<double>(*rate);
}

void ReadingBinder::value(const Field& f, Cores& target) {
  const Node* node = due(f);
  if (node == nullptr) return;
  const std::string* written =
      quantity_text(f, *node, "CPU in cores (\"2\") or thousandths of one (\"500m\")", parse_cpu);
  if (written == nullptr) return;
  const auto cores = parse_cpu(*written);
  if (!cores) return malformed(f, *node, cores.error());
  if (in_range(f, *node, *cores, plain_number)) target.value = *cores;
}

void ReadingBinder::value(const Field& f, Duration& target) {
  const Node* node = due(f);
  if (node == nullptr) return;
  const std::string* written = quantity_text(f, *node, "a time such as \"50ms\"", parse_duration);
  if (written == nullptr) return;
  const auto duration = parse_duration(*written);
  if (!duration) return malformed(f, *node, duration.error());
  if (in_range(f, *node, duration->seconds(), seconds_text)) target = *duration;
}

void ReadingBinder::value(const Field& f, Distribution& target) {
  const Node* node = due(f);
  if (node == nullptr) return;
  const std::string* written = quantity_text(
      f, *node, "a time such as \"50ms\" or a distribution such as \"exp(50ms)\"", parse_duration);
  if (written == nullptr) return;
  auto law = parse_distribution(*written, directory_);
  if (!law) return malformed(f, *node, law.error());
  target = std::move(*law);
}

void ReadingBinder::value(const Field& f, std::string& target) {
  const Node* node = due(f);
  if (node == nullptr) return;
  if (node->kind != Node::Kind::Text) {
    const bool number = is_number(*node);
    return wrong_type(f, *node, "text", number ? "put it in quotes" : "");
  }
  target = node->text;
  if (f.required && target.empty()) return fail(f, node->where, "E304", path_of(f) + " is empty");
  if (f.refers != Refers::Nothing)
    out_.references.push_back({f.refers, target, node->where, path_of(f)});
}

void ReadingBinder::value(const Field& f, Window& target) {
  const Node* node = due(f);
  if (node == nullptr) return;
  if (node->kind == Node::Kind::Integer) {
    if (in_range(f, *node, static_cast<double>(node->integer), plain_number))
      target = {.count = node->integer};
    return;
  }
  if (node->kind != Node::Kind::Text)
    return wrong_type(f, *node, "a count (100) or a time (\"10s\")");
  const auto time = parse_duration(node->text);
  if (!time) return malformed(f, *node, time.error());
  if (in_range(f, *node, time->seconds(), seconds_text)) target.time = *time;
}

void ReadingBinder::value(const Field& f, Patience& target) {
  const Node* node = due(f);
  if (node == nullptr) return;
  const std::string* written = quantity_text(
      f, *node, "a time such as \"50ms\" or a quantile such as \"p95\"", parse_duration);
  if (written == nullptr) return;
  if (const auto q = quantile(*written)) {
    target = {.quantile = *q};
    return;
  }
  const auto time = parse_duration(*written);
  if (!time) return malformed(f, *node, time.error());
  if (in_range(f, *node, time->seconds(), seconds_text)) target = {.time = *time};
}

void ReadingBinder::value(const Field& f, Portion& target) {
  const Node* node = due(f);
  if (node == nullptr) return;
  if (node->kind == Node::Kind::Integer) {
    if (in_range(f, *node, static_cast<double>(node->integer), plain_number))
      target = {node->integer, std::nullopt};
    return;
  }
  if (node->kind != Node::Kind::Text)
    return wrong_type(f, *node, "a count (1) or a share (\"50%\")");
  const auto share = parse_share(node->text);
  if (!share) return malformed(f, *node, share.error());
  Field within = f;
  within.max = std::min(f.max, 1.0);
  if (in_range(within, *node, *share, format_share)) target = {std::nullopt, *share};
}

}  // namespace faultline
