// The one place that knows toml++. Debian's library is built with exceptions, so its code is
// compiled in here without them.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0

#include "lab/scenario/document.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

namespace faultline {
namespace {

Position position(const toml::source_region& region) {
  Position p;
  p.line = static_cast<int>(region.begin.line);
  p.column = static_cast<int>(region.begin.column);
  const bool one_line = region.end.line == region.begin.line;
  p.length = one_line ? static_cast<int>(region.end.column) - p.column : 0;
  return p;
}

std::ptrdiff_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

Node convert(const toml::node& node);

Node convert_table(const toml::table& table) {
  Node out;
  out.braced = table.is_inline();
  for (const auto& [key, value] : table) {
    out.entries.push_back({std::string(key.str()), position(key.source()), convert(value)});
  }
  // The library keeps keys in alphabetical order.
  std::stable_sort(out.entries.begin(), out.entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.where.line, a.where.column) < std::pair(b.where.line, b.where.column);
  });
  return out;
}

Node convert(const toml::node& node) {
  Node out;
  if (const auto* table = node.as_table()) {
    out = convert_table(*table);
  } else if (const auto* list = node.as_array()) {
    out.kind = Node::Kind::List;
    for (const toml::node& item : *list) out.items.push_back(convert(item));
  } else if (const auto* text = node.as_string()) {
    out.kind = Node::Kind::Text;
    out.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    out.kind = Node::Kind::Integer;
    out.integer = integer->get();
  } else if (const auto* real = node.as_floating_point()) {
    out.kind = Node::Kind::Real;
    out.real = real->get();
  } else if (const auto* boolean = node.as_boolean()) {
    out.kind = Node::Kind::Boolean;
    out.boolean = boolean->get();
  } else {
    out.kind = Node::Kind::Date;
    std::ostringstream written;
    if (const auto* date = node.as_date()) written << date->get();
    if (const auto* time = node.as_time()) written << time->get();
    if (const auto* both = node.as_date_time()) written << both->get();
    out.text = written.str();
  }
  out.where = position(node.source());
  // Then a place within the text is a place within the quotes.
  out.verbatim = out.kind == Node::Kind::Text && out.where.length == characters(out.text) + 2;
  return out;
}

std::string hint_for(std::string_view what, std::string_view line) {
  const std::size_t dot = line.find('.');
  const std::size_t equals = line.find('=');
  if (what.find("redefine existing string") != std::string_view::npos &&
      dot != std::string_view::npos && dot < equals) {
    const std::string_view key = line.substr(0, dot);
    return fmt::format("a text and its translations: {} = {{ en = \"…\", fr = \"…\" }}", key);
  }
  if (equals != std::string_view::npos) {
    const std::size_t start = line.find_first_not_of(" \t", equals + 1);
    if (start != std::string_view::npos && std::isalnum(static_cast<unsigned char>(line[start]))) {
      const std::string_view value =
          line.substr(start, line.find_first_of(" \t,#}]", start) - start);
      return fmt::format("text and dimensions are quoted: \"{}\"", value);
    }
  }
  return "";
}

// The library's first clause says what it was doing; what went wrong comes after it.
std::string plain(std::string_view what) {
  const std::size_t colon = what.find(": ");
  if (what.starts_with("Error while parsing ") && colon != std::string_view::npos)
    return fmt::format("not TOML: {} (in a {})", what.substr(colon + 2),
                       what.substr(20, colon - 20));
  return fmt::format("not TOML: {}", what);
}

}  // namespace

tl::expected<Document, Diagnostics> parse_document(std::string text, std::string file) {
  Document document;
  document.file = std::move(file);
  document.text = std::move(text);
  const auto fail = [&](Position where, std::string code, std::string message, std::string hint) {
    return tl::make_unexpected(
        Diagnostics{document.at(where, std::move(code), std::move(message), std::move(hint))});
  };
  if (document.text.size() > kLargestFile)
    return fail({}, "E103", fmt::format("the text has {} MB", document.text.size() / 1'000'000),
                "a scenario has at most 10 MB");
  if (document.text.starts_with("\xFF\xFE") || document.text.starts_with("\xFE\xFF"))
    return fail({.line = 1, .column = 1}, "E104", "the text is UTF-16", "save it as UTF-8");
  document.line_starts.push_back(0);
  for (std::size_t i = 0; i < document.text.size(); ++i) {
    if (document.text[i] == '\n') document.line_starts.push_back(i + 1);
  }
  const toml::parse_result result = toml::parse(std::string_view(document.text));
  if (!result) {
    const toml::parse_error& error = result.error();
    const Position where = position(error.source());
    Diagnostic d = document.at(where, "E101", plain(error.description()), "");
    if (error.description().find("utf-8") != std::string_view::npos ||
        error.description().find("UTF-8") != std::string_view::npos) {
      d.code = "E104";
      d.source_line.clear();  // showing it would break the reader's terminal
    }
    d.hint = hint_for(error.description(), d.source_line);
    return tl::make_unexpected(Diagnostics{std::move(d)});
  }
  document.root = convert_table(result.table());
  document.root.where = {.line = 1, .column = 1, .length = 1};
  return document;
}

tl::expected<Node, std::string> parse_value(std::string_view text) {
  const std::string line = "v = " + std::string(text);
  const toml::parse_result result = toml::parse(std::string_view(line));
  if (!result) return tl::make_unexpected(std::string(result.error().description()));
  const toml::table& table = result.table();
  if (table.size() != 1) return tl::make_unexpected("more than one value");
  Node node = convert(table.begin()->second);
  // `16 # all` is a value and a comment: from a shell that is rather a text.
  const bool whole = node.where.line == 1 && node.where.column == 5 &&
                     (node.where.length == 0 || node.where.length == characters(text));
  if (!whole) return tl::make_unexpected("something after the value");
  return node;
}

}  // namespace faultline
