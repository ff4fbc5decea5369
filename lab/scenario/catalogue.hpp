#pragma once
// The scenario language as data: every key with its type, range, default and sentence, collected
// from the describe()s that also read it. The reference, the JSON Schema, `faultline explain` and
// forms are printed from this.

#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/vocabulary/describe.hpp"

namespace faultline {

struct KeyEntry {
  enum class Shape : std::uint8_t { Value, Table, List, Map };
  enum class Type : std::uint8_t {
    None,
    Boolean,
    Count,
    Number,
    Share,
    Rate,
    Size,
    Bandwidth,
    Cpu,
    Time,
    Distribution,
    Text,
    Translated,  // text, or a table of languages
    Window,      // count or time
    Patience,    // time or quantile
    Portion,     // count or share
    Span,        // two times
    Bound,       // in a metric's unit, or { times, of }
    FreeKeys,    // keys of the scenario with values
    Word         // of `words`
  };

  std::string key, help;
  Shape shape = Shape::Value;
  Type type = Type::None;          // of a value, or of a list's elements if they are no tables
  std::vector<std::string> words;  // of Word
  bool is_kind = false;            // the word chooses which other keys the table has
  bool required = false, unbounded = false, above_min = false;
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  std::string initial;            // the default as text; empty: none
  std::string shorthand;          // of a table: the key that a plain value stands for
  bool positional = false;        // of a table: a list of its values will do
  std::vector<KeyEntry> entries;  // of a table, or of each element of a list or map

  struct Dialect {
    std::string name, help;
    std::vector<std::pair<std::string, std::string>> defaults;  // keys that differ, with theirs
  };
  std::vector<Dialect> dialects;  // of a table: what `like` may be
  bool required_without_like = false;
};

// "a time", "a count", …
std::string_view name_of(KeyEntry::Type type);
// The range in the unit of the key: "0 … 1", "more than 0s"; empty if there is none to speak of.
std::string range_text(const KeyEntry& entry);

// The whole language: a table without a name.
KeyEntry scenario_catalogue();

// A shelf of kinds, each with the keys of its own.
struct ShelfEntry {
  std::string name, summary;
  KeyEntry keys;
};
struct Shelf {
  std::string_view title;    // "Faults"
  std::string_view written;  // how one is chosen: "[[fault]] kind"
  std::vector<ShelfEntry> kinds;
};
// Policies, faults, autoscalers, rollouts.
std::vector<Shelf> shelves();

}  // namespace faultline
