// The language as a JSON Schema. Ranges of dimensions can't be said there, so it allows a little
// more than the reader; what it refuses, the reader refuses too.

#include <fmt/format.h>

#include <cmath>
#include <set>
#include <utility>

#include "lab/scenario/catalogue.hpp"
#include "lab/scenario/reference.hpp"

namespace faultline {
namespace {

using Shape = KeyEntry::Shape;
using Type = KeyEntry::Type;

// JSON as text, indented by two; members and elements are given ready.
using Members = std::vector<std::pair<std::string, std::string>>;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + "\"";
}

std::string indented(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "  ";
  }
  return out;
}

std::string object(const Members& members) {
  if (members.empty()) return "{}";
  std::string out;
  for (const auto& [key, value] : members)
    out += fmt::format("{}\n  {}: {}", out.empty() ? "" : ",", quoted(key), indented(value));
  return "{" + out + "\n}";
}

std::string array(const std::vector<std::string>& elements) {
  std::string out;
  for (const std::string& e : elements) out += (out.empty() ? "" : ", ") + e;
  return "[" + out + "]";
}

std::string one_type(std::string_view type) {
  return object({{"type", quoted(type)}});
}

std::string example(std::string_view type, std::initializer_list<std::string_view> examples) {
  std::vector<std::string> all;
  for (const std::string_view e : examples) all.push_back(quoted(e));
  return object({{"type", quoted(type)}, {"examples", array(all)}});
}

std::string any_of(const std::vector<std::string>& schemas) {
  return object({{"anyOf", array(schemas)}});
}

std::string number_schema(const KeyEntry& e) {
  Members m{{"type", quoted(e.type == Type::Count ? "integer" : "number")}};
  if (std::isfinite(e.min))
    m.emplace_back(e.above_min ? "exclusiveMinimum" : "minimum", fmt::format("{:.12g}", e.min));
  if (std::isfinite(e.max)) m.emplace_back("maximum", fmt::format("{:.12g}", e.max));
  return e.unbounded ? any_of({object(m), object({{"const", quoted("unbounded")}})}) : object(m);
}

std::string value_schema(const KeyEntry& e) {
  switch (e.type) {
    case Type::None:
      return "{}";
    case Type::Boolean:
      return one_type("boolean");
    case Type::Count:
    case Type::Number:
      return number_schema(e);
    case Type::Share:
      return example("string", {"5%", "99.9%"});
    case Type::Rate:
      return example("string", {"400/s", "1.2k/s"});
    case Type::Size:
      return example("string", {"64MiB"});
    case Type::Bandwidth:
      return example("string", {"10MB/s"});
    case Type::Cpu:
      return example("string", {"500m", "2"});
    case Type::Time:
      return example("string", {"50ms", "2s", "1h30min"});
    case Type::Distribution:
      return example("string", {"5ms", "exp(8ms)", "lognormal(3ms, cv=0.5)"});
    case Type::Patience:
      return example("string", {"50ms", "p95"});
    case Type::Text:
      return one_type("string");
    case Type::Translated:
      return any_of({one_type("string"), object({{"type", quoted("object")},
                                                 {"additionalProperties", one_type("string")}})});
    case Type::Window:
    case Type::Portion:
      return object({{"type", array({quoted("integer"), quoted("string")})}});
    case Type::Span:
      return object({{"type", quoted("array")},
                     {"items", example("string", {"5min"})},
                     {"minItems", "2"},
                     {"maxItems", "2"}});
    case Type::Bound:
      return any_of({object({{"type", array({quoted("number"), quoted("string")})}}),
                     object({{"type", quoted("object")},
                             {"properties",
                              object({{"times", one_type("number")}, {"of", one_type("string")}})},
                             {"required", array({quoted("of")})},
                             {"additionalProperties", "false"}})});
    case Type::Settings:
      return one_type("object");
    case Type::Word: {
      std::vector<std::string> words;
      for (const std::string& word : e.words) words.push_back(quoted(word));
      return object({{"enum", array(words)}});
    }
  }
  return "{}";
}

std::string key_schema(const KeyEntry& e, const std::vector<Shelf>& all);

// The keys of every kind that a table may be of: which belong to which, only the reader knows.
void add_kinds(const KeyEntry& kind, const std::vector<Shelf>& all, Members& properties,
               std::set<std::string>& known) {
  for (const Shelf& shelf : all) {
    if (shelf.kinds.empty() || shelf.kinds.front().name != kind.words.front()) continue;
    for (const ShelfEntry& k : shelf.kinds) {
      for (const KeyEntry& e : k.keys.entries) {
        if (known.insert(e.key).second) properties.emplace_back(e.key, key_schema(e, all));
      }
    }
  }
}

std::string table_schema(const KeyEntry& e, const std::vector<Shelf>& all) {
  Members properties;
  std::set<std::string> known;
  std::vector<std::string> required;
  for (const KeyEntry& inner : e.entries) {
    known.insert(inner.key);
    properties.emplace_back(inner.key, key_schema(inner, all));
    if (inner.required && !inner.required_without_like) required.push_back(quoted(inner.key));
    if (inner.type == Type::Translated)  // "story.fr" beside story
      properties.emplace_back(inner.key + ".fr", one_type("string"));
  }
  for (const KeyEntry& inner : e.entries) {
    if (inner.is_kind) add_kinds(inner, all, properties, known);
  }
  Members m{{"type", quoted("object")}, {"properties", object(properties)}};
  if (!required.empty()) m.emplace_back("required", array(required));
  m.emplace_back("patternProperties", object({{"^x-", "{}"}}));
  m.emplace_back("additionalProperties", "false");
  std::vector<std::string> forms{object(m)};
  for (const KeyEntry& inner : e.entries) {
    if (inner.key == e.shorthand) forms.push_back(value_schema(inner));
  }
  if (e.positional) forms.push_back(one_type("array"));
  if (e.shape == Shape::Table && !e.required && !e.key.empty())
    forms.push_back(object({{"const", "false"}}));
  return forms.size() == 1 ? forms.front() : any_of(forms);
}

std::string shape_schema(const KeyEntry& e, const std::vector<Shelf>& all) {
  switch (e.shape) {
    case Shape::Value:
      return value_schema(e);
    case Shape::Table:
      return table_schema(e, all);
    case Shape::List:
      return object({{"type", quoted("array")},
                     {"items", e.entries.empty() ? value_schema(e) : table_schema(e, all)}});
    case Shape::Map:
      return object({{"type", quoted("object")}, {"additionalProperties", table_schema(e, all)}});
  }
  return "{}";
}

std::string key_schema(const KeyEntry& e, const std::vector<Shelf>& all) {
  std::string help = e.help;
  if (!e.initial.empty()) help += fmt::format(" Default: {}.", e.initial);
  const std::string schema = shape_schema(e, all);
  const std::string first = fmt::format("{{\n  \"description\": {}", quoted(help));
  return schema == "{}" ? first + "\n}" : first + "," + schema.substr(1);
}

}  // namespace

std::string scenario_json_schema() {
  const KeyEntry root = scenario_catalogue();
  const std::string table = table_schema(root, shelves());
  return "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
         "  \"title\": \"Faultline scenario\"," +
         table.substr(1) + "\n";
}

}  // namespace faultline
