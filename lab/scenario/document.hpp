#pragma once
// A scenario's text as a tree of values that know where they stand: TOML without its library.
// Entries of a table are in the order of the text. Nothing here knows what the keys mean.

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "lab/scenario/diagnostic.hpp"

namespace faultline {

// A place in the text (setting < 0), or in the setting of that number (override.hpp).
struct Position {
  int line = 0, column = 0, length = 0;
  int setting = -1;
};

struct Entry;

struct Node {
  enum class Kind : std::uint8_t { Table, List, Text, Integer, Real, Boolean, Date };

  Kind kind = Kind::Table;
  Position where;
  std::string text;          // of Text; of Date, as written
  std::int64_t integer = 0;  // of Integer
  double real = 0;           // of Real
  bool boolean = false;      // of Boolean
  bool braced = false;       // of Table: written { … }, a value of its own
  bool verbatim = false;     // of Text: its characters stand in the text one by one, after a quote
  std::vector<Node> items;   // of List
  std::vector<Entry> entries;  // of Table

  bool is_false() const { return kind == Kind::Boolean && !boolean; }
  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
};

struct Entry {
  std::string key;
  Position where;  // of the key
  Node value;
};

// As TOML on one line; reading it back gives the same value.
std::string toml_text(const Node& node);
std::string toml_text(double value);
std::string toml_quoted(std::string_view text);
// A key as it may stand in a dotted path: quoted unless it is bare.
std::string toml_key(std::string_view key);

// "a list", "text", …: with its article, for messages.
std::string_view name_of(Node::Kind kind);

struct Document {
  std::string file;  // as diagnostics name it
  std::string text;
  std::vector<std::size_t> line_starts;
  Node root;
  std::vector<std::string> settings;  // KEY=VALUE, for positions in them

  // A diagnostic at a place, with the line that stands there.
  Diagnostic at(const Position& where, std::string code, std::string message,
                std::string hint = {}) const;
};

inline constexpr std::size_t kLargestFile = 10'000'000;

// The text of a file, or of standard input for "-".
tl::expected<std::string, Diagnostics> read_text(const std::string& file);
tl::expected<Document, Diagnostics> parse_document(std::string text, std::string file);
// The value of `text` alone; nothing if it is not exactly one TOML value.
tl::expected<Node, std::string> parse_value(std::string_view text);

}  // namespace faultline
