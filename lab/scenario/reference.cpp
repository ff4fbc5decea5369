#include "lab/scenario/reference.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lab/scenario/catalogue.hpp"
#include "lab/scenario/diagnostic.hpp"
#include "lab/scenario/metric.hpp"

namespace faultline {
namespace {

using Shape = KeyEntry::Shape;
using Type = KeyEntry::Type;

constexpr std::string_view kHead = R"(# The scenario language

Generated from the descriptions that also read the files (`script/generate-docs`).

A scenario is a TOML file whose first key is `faultline = 1`. An unknown key is an error; tables and
keys that begin with `x-` are your own. Names are `[A-Za-z][A-Za-z0-9_-]*`. Values with a dimension
are text with their unit:

| type | written |
|---|---|
| time | `"50ms"`, `"1h30min"`; ns us ms s min h d |
| rate | `"400/s"`, `"1.2k/s"`, `"90/min"` |
| share | `"5%"`, `"99.9%"` |
| size | `"64MiB"` |
| CPU | `"500m"`, `"2"` |
| distribution | a time, or one of those below |
| count, number | bare |
| text, or one per language | `"…"`, or `{ en = "…", fr = "…" }` |

Distributions: `exp(mean)`, `uniform(lo, hi)`, `normal(mean, cv=)`, `lognormal(mean, cv=)`,
`gamma(mean, cv=)`, `erlang(mean, k=)`, `weibull(mean, shape=)`, `pareto(mean, alpha=)`,
`bounded_pareto(mean, alpha=, ratio=)`, `hyperexp(mean, cv=)`,
`mixture(0.9: exp(5ms), 0.1: exp(15ms))`, `empirical("file.csv")`. The mean is that of the samples.

`false` instead of a table, or of an optional value, leaves it out. `service/endpoint` names an
endpoint; the service alone will do if it has only one.

Where a table has a key `like`, it names a dialect: other defaults, and where a real system means
something else by the pattern, its ways. Keys beside it change them.
)";

std::string type_text(const KeyEntry& e) {
  std::string out;
  if (e.shape == Shape::Table) out = "table";
  if (e.shape == Shape::List) out = "list";
  if (e.shape == Shape::Map) out = "tables by name";
  std::string element(name_of(e.type));
  if (e.type == Type::Word) {
    element.clear();
    for (const std::string& word : e.words) element += (element.empty() ? "`" : ", `") + word + "`";
  }
  if (e.shape == Shape::List && !element.empty()) return "list of " + element;
  if (!out.empty()) return out;
  if (e.unbounded) element += " or `\"unbounded\"`";
  const std::string range = range_text(e);
  return range.empty() ? element : element + ", " + range;
}

std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2)
    text.insert(at, "\\");
  return text;
}

std::string default_text(const KeyEntry& e) {
  if (e.required_without_like) return "**required** without `like`";
  return e.required ? "**required**" : e.initial;
}

// "`attempts` 5, `backoff` 1s"
std::string defaults_text(const KeyEntry::Dialect& d) {
  std::string out;
  for (const auto& [key, value] : d.defaults)
    out += fmt::format("{}`{}` {}", out.empty() ? "" : ", ", key, value);
  return out;
}

bool has_keys(const KeyEntry& e) {
  return e.shape != Shape::Value && !e.entries.empty();
}

std::string header(const KeyEntry& e, const std::string& outside) {
  const std::string path = outside.empty() ? e.key : outside + "." + e.key;
  if (e.shape == Shape::Map) return "[" + path + ".NAME]";
  if (e.shape == Shape::List && outside.empty()) return "[[" + path + "]]";
  return path;
}

void add_keys(std::string& out, const std::vector<KeyEntry>& entries) {
  if (entries.empty()) {
    out += "No keys of its own.\n";
    return;
  }
  out += "| key | value | default | |\n|---|---|---|---|\n";
  for (const KeyEntry& e : entries) {
    out += fmt::format("| `{}` | {} | {} | {} |\n", e.key, cell(type_text(e)),
                       cell(default_text(e)), cell(e.help));
  }
}

void add_dialects(std::string& out, const KeyEntry& e) {
  if (e.dialects.empty()) return;
  out += "\n| `like` | | defaults |\n|---|---|---|\n";
  for (const auto& d : e.dialects)
    out += fmt::format("| `{}` | {} | {} |\n", d.name, cell(d.help), cell(defaults_text(d)));
}

void add_forms(std::string& out, const KeyEntry& e) {
  if (!e.shorthand.empty())
    out += fmt::format("A plain value stands for a table with `{}` alone.\n\n", e.shorthand);
  if (e.positional) out += "May be written as a list of its values in this order.\n\n";
}

void add_section(std::string& out, const KeyEntry& e, const std::string& outside, int level) {
  out += fmt::format("\n{} `{}`\n\n{}\n\n", std::string(static_cast<std::size_t>(level), '#'),
                     header(e, outside), e.help);
  add_forms(out, e);
  add_keys(out, e.entries);
  add_dialects(out, e);
  if (e.key == "policy" && outside.empty()) return;  // the shelf tells of its patterns
  const std::string path = outside.empty() ? e.key : outside + "." + e.key;
  const std::string inside = e.shape == Shape::Map ? path + ".NAME" : path;
  for (const KeyEntry& inner : e.entries) {
    if (has_keys(inner)) add_section(out, inner, inside, std::min(level + 1, 4));
  }
}

std::string plain_keys(const KeyEntry& table, const std::string& margin) {
  std::string out;
  for (const KeyEntry& e : table.entries) {
    std::string type = type_text(e);
    std::erase(type, '`');
    out += fmt::format("{}{}: {}{}\n{}    {}\n", margin, e.key, type,
                       e.required_without_like ? "; required without like"
                       : e.required            ? "; required"
                       : e.initial.empty()     ? ""
                                               : "; default " + e.initial,
                       margin, e.help);
    if (has_keys(e)) out += plain_keys(e, margin + "    ");
  }
  for (const auto& d : table.dialects) {
    std::string defaults = defaults_text(d);
    std::erase(defaults, '`');
    out += fmt::format("{}like = \"{}\"{}{}\n{}    {}\n", margin, d.name,
                       defaults.empty() ? "" : ": ", defaults, margin, d.help);
  }
  return out;
}

const KeyEntry* table_named(const KeyEntry& in, std::string_view name) {
  for (const KeyEntry& e : in.entries) {
    if (has_keys(e) && e.key == name) return &e;
    if (const KeyEntry* inner = table_named(e, name)) return inner;
  }
  return nullptr;
}

std::string_view unit_text(Unit unit) {
  switch (unit) {
    case Unit::Share:
      return "share";
    case Unit::Seconds:
      return "time";
    case Unit::Rate:
      return "rate";
    case Unit::Number:
      return "number";
  }
  return "";
}

std::optional<std::string> explain_field(std::string_view word) {
  std::string out;
  for (std::size_t of = 0; of < kMetricOfNames.size(); ++of) {
    for (const MetricField& f : metric_fields(static_cast<MetricOf>(of))) {
      if (f.name == word)
        out += fmt::format("{}.NAME.{} ({}): {}\n", kMetricOfNames[of], f.name, unit_text(f.unit),
                           f.help);
    }
  }
  return out.empty() ? std::nullopt : std::optional(out);
}

void collect_tables(const KeyEntry& in, std::vector<std::string>& words) {
  for (const KeyEntry& e : in.entries) {
    if (has_keys(e)) words.push_back(e.key);
    collect_tables(e, words);
  }
}

}  // namespace

std::string scenario_reference_markdown() {
  std::string out(kHead);
  const KeyEntry root = scenario_catalogue();
  out += "\n## The file\n\n";
  add_keys(out, root.entries);
  for (const KeyEntry& e : root.entries) {
    if (has_keys(e)) add_section(out, e, "", 2);
  }
  for (const Shelf& shelf : shelves()) {
    out += fmt::format("\n## {}\n\nWritten in {}.\n", shelf.title, shelf.written);
    for (const ShelfEntry& kind : shelf.kinds) {
      out += fmt::format("\n### `{}`\n\n{}\n\n", kind.name, kind.summary);
      add_forms(out, kind.keys);
      add_keys(out, kind.keys.entries);
      add_dialects(out, kind.keys);
      for (const KeyEntry& inner : kind.keys.entries) {
        if (has_keys(inner)) add_section(out, inner, kind.name, 4);
      }
    }
  }
  out +=
      "\n## Metrics\n\n`<kind>.<name>.<field>`; of a service also "
      "`service.<name>.endpoint.<e>.<field>` and `service.<name>.version.<v>.<field>`. Names of "
      "edges are quoted: `edge.\"orders->db\".amplification`. An autoscaler has the fields of its "
      "service.\n";
  for (std::size_t of = 0; of < kMetricOfNames.size(); ++of) {
    if (static_cast<MetricOf>(of) == MetricOf::Autoscaler) continue;
    out += fmt::format("\n### `{}`\n\n| field | unit | |\n|---|---|---|\n", kMetricOfNames[of]);
    for (const MetricField& f : metric_fields(static_cast<MetricOf>(of)))
      out += fmt::format("| `{}` | {} | {} |\n", f.name, unit_text(f.unit), f.help);
  }
  out += "\n## Errors\n\n| code | | |\n|---|---|---|\n";
  for (const DiagnosticCode& c : diagnostic_codes())
    out += fmt::format("| {} | {} | {} |\n", c.code, c.title, cell(std::string(c.explanation)));
  return out;
}

std::optional<std::string> explain(std::string_view word) {
  for (const DiagnosticCode& c : diagnostic_codes()) {
    if (c.code == word) return fmt::format("{}: {}\n\n{}\n", c.code, c.title, c.explanation);
  }
  std::string out;
  for (const Shelf& shelf : shelves()) {
    for (const ShelfEntry& kind : shelf.kinds) {
      if (kind.name != word) continue;
      std::string written(shelf.written);
      std::erase(written, '`');
      out += fmt::format("{}: {}\nIn {}.\n", kind.name, kind.summary, written);
      if (!kind.keys.shorthand.empty())
        out += fmt::format("A plain value stands for {}.\n", kind.keys.shorthand);
      out += "\n" + plain_keys(kind.keys, "  ");
    }
  }
  if (!out.empty()) return out;
  const KeyEntry root = scenario_catalogue();
  if (const KeyEntry* table = table_named(root, word))
    return fmt::format("{}: {}\n\n{}", word, table->help, plain_keys(*table, "  "));
  return explain_field(word);
}

std::vector<std::string> explained_words() {
  std::vector<std::string> words;
  for (const DiagnosticCode& c : diagnostic_codes()) words.emplace_back(c.code);
  for (const Shelf& shelf : shelves()) {
    for (const ShelfEntry& kind : shelf.kinds) words.push_back(kind.name);
  }
  collect_tables(scenario_catalogue(), words);
  for (std::size_t of = 0; of < kMetricOfNames.size(); ++of) {
    for (const MetricField& f : metric_fields(static_cast<MetricOf>(of)))
      words.emplace_back(f.name);
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace faultline
