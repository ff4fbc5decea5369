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

// "p95" is 0.95; nothing if the text is no quantile.
std::optional<double> quantile(std::string_view text) {
  if (!text.starts_with('p')) return std::nullopt;
  const auto share = parse_share(std::string(text.substr(1)) + "%");
  if (!share || *share <= 0 || *share >= 1) return std::nullopt;
  return *share;
}

bool is_language(std::string_view text) {
  return text.size() >= 2 && text.size() <= 8 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
         });
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
  fail(f, where, "E303", fmt::format("{} in {}", error.message, path_of(f)), error.hint);
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
    return wrong_type(f, *node, "a whole number or \"unbounded\"", std::move(hint));
  }
  if (node->kind != Node::Kind::Integer) {
    const bool digits = node->kind == Node::Kind::Text && !node->text.empty() &&
                        std::all_of(node->text.begin(), node->text.end(),
                                    [](char c) { return c >= '0' && c <= '9'; });
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
      target.count = node->integer;
    return;
  }
  if (node->kind != Node::Kind::Text)
    return wrong_type(f, *node, "a count (1) or a share (\"50%\")");
  const auto share = parse_share(node->text);
  if (!share) return malformed(f, *node, share.error());
  Field within = f;
  within.max = std::min(f.max, 1.0);
  if (in_range(within, *node, *share, format_share)) target.share = *share;
}

void ReadingBinder::span(const Field& f, std::optional<std::pair<Duration, Duration>>& target) {
  const Node* node = due(f);
  if (node == nullptr || node->is_false()) return;
  if (node->kind != Node::Kind::List || node->items.size() != 2)
    return wrong_type(f, *node, "a list of two times, such as [\"5min\", \"10min\"]");
  std::array<Duration, 2> ends;
  bool good = true;
  for (std::size_t i = 0; i < 2; ++i) {
    const Node& end = node->items[i];
    const std::string* written = quantity_text(f, end, "a time such as \"5min\"", parse_duration);
    good = good && written != nullptr;
    if (written == nullptr) continue;
    const auto time = parse_duration(*written);
    if (!time) malformed(f, end, time.error());
    good = good && time.has_value();
    if (time) ends[i] = *time;
  }
  if (good) target = {ends[0], ends[1]};
}

bool ReadingBinder::bound(const Field& f, Bound& target) {
  const Node* node = due(f);
  if (node == nullptr || node->is_false()) return false;
  target = {};
  if (is_number(*node)) {
    target.text = number_text(*node);
  } else if (node->kind == Node::Kind::Text) {
    target.text = node->text;
    if (node->text.empty()) fail(f, node->where, "E304", path_of(f) + " is empty");
  } else if (node->kind == Node::Kind::Table) {
    enter(node, where_of(f, *node), path_of(f), std::string(f.key), true);
    value({.key = "times", .help = "So many times the other's.", .min = 0}, target.times);
    value({.key = "of", .help = "A variant.", .required = true, .refers = Refers::Variant},
          target.of);
    leave();
  } else {
    wrong_type(f, *node, "a value in the metric's unit, or { times = 0.2, of = \"variant\" }");
  }
  return true;
}

void ReadingBinder::text(const Field& f, std::string& target) {
  const Node* node = due(f);
  if (node == nullptr || node->is_false()) return;
  const std::string path = path_of(f);
  const auto translated = [&](const std::string& language, const Node& in, const Position& where) {
    if (!is_language(language)) {
      fail(f, where, "E204", fmt::format("{} is no language", toml_quoted(language)),
           "a code such as en, fr, pt-BR");
    } else if (in.kind != Node::Kind::Text) {
      wrong_type(f, in, "text");
    } else {
      out_.translations.push_back({path, language, in.text});
    }
  };
  // "story.fr" in quotes beside a plain story: the only way to have both keys in TOML.
  const Frame& frame = frames_.back();
  if (frame.node->kind == Node::Kind::Table) {
    const std::string prefix = std::string(f.key) + ".";
    for (const Entry& e : frame.node->entries) {
      if (!e.key.starts_with(prefix)) continue;
      frames_.back().known.push_back(e.key);
      translated(e.key.substr(prefix.size()), e.value, e.where);
    }
  }
  if (node->kind == Node::Kind::Text) {
    target = node->text;
    return;
  }
  if (node->kind != Node::Kind::Table || node->entries.empty())
    return wrong_type(f, *node, "text, or { en = \"…\", fr = \"…\" }");
  const Node* first = node->find("en");
  if (first == nullptr) first = &node->entries.front().value;
  if (first->kind == Node::Kind::Text) target = first->text;
  for (const Entry& e : node->entries) translated(e.key, e.value, e.where);
}

void ReadingBinder::settings(const Field& f,
                             std::vector<std::pair<std::string, std::string>>& target) {
  const Node* node = due(f);
  if (node == nullptr || node->is_false()) return;
  if (node->kind != Node::Kind::Table)
    return wrong_type(f, *node, "a table of settings", "set = { \"service.db.threads\" = 16 }");
  // `a.b.c = 1` and "a.b.c" = 1 say the same; { … } is a value.
  const auto walk = [&](const auto& self, const Node& table, const std::string& prefix) -> void {
    for (const Entry& e : table.entries) {
      const bool quoted_path = prefix.empty() && e.key.find('.') != std::string::npos;
      const std::string key = quoted_path      ? e.key
                              : prefix.empty() ? toml_key(e.key)
                                               : prefix + "." + toml_key(e.key);
      if (e.value.kind == Node::Kind::Table && !e.value.braced) {
        self(self, e.value, key);
      } else {
        target.emplace_back(key, toml_text(e.value));
      }
    }
  };
  walk(walk, *node, "");
}

Reading read_scenario(const Document& document, const std::filesystem::path& directory) {
  Reading reading;
  const Node* version = document.root.find("faultline");
  if (version != nullptr && version->kind == Node::Kind::Integer &&
      version->integer > kLanguageVersion) {
    // Whatever else is in it may mean something in that version.
    reading.diagnostics.push_back(document.at(
        version->where, "E105",
        fmt::format("this scenario needs a Faultline that reads version {} of the language; this "
                    "one reads version {}",
                    version->integer, kLanguageVersion)));
    return reading;
  }
  ReadingBinder(document, directory, reading).read(reading.scenario);
  return reading;
}

}  // namespace faultline
