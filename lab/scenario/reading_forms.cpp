// Values of a scenario file that have a form of their own: spans, bounds, texts in several
// languages, settings of a variant.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lab/scenario/metric.hpp"
#include "lab/scenario/reading_binder.hpp"

namespace faultline {
namespace {

bool is_language(std::string_view text) {
  return text.size() >= 2 && text.size() <= 8 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
         });
}

}  // namespace

void ReadingBinder::span(const Field& f, std::optional<std::pair<Duration, Duration>>& target) {
  const Node* node = due(f);
  if (node == nullptr || node->is_false()) return;
  if (node->kind != Node::Kind::List || node->items.size() != 2)
    return wrong_type(f, *node, "a list of two times, such as [\"5min\", \"10min\"]");
  const std::size_t before = out_.diagnostics.size();
  std::array<Duration, 2> ends;
  for (std::size_t i = 0; i < 2; ++i) {
    const Node& end = node->items[i];
    enter(&end, end.where, fmt::format("{}.{}", path_of(f), i), std::string(f.key), false);
    value({.key = "", .help = f.help, .min = f.min, .max = f.max}, ends[i]);
    leave();
  }
  if (out_.diagnostics.size() == before) target = {ends[0], ends[1]};
}

bool ReadingBinder::bound(const Field& f, Bound& target) {
  const Node* node = due(f);
  if (node == nullptr || node->is_false()) return false;
  target = {};
  if (node->kind == Node::Kind::Integer || node->kind == Node::Kind::Real) {
    target.text = toml_text(*node);
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

bool ReadingBinder::amount(const Bound& bound, bool time, double& out) {
  const auto parsed = parse_bound(time ? Unit::Seconds : Unit::Share, bound.text);
  if (parsed) out = *parsed;
  return parsed.has_value();
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
