// What can be done with a Document without TOML's library: finding, printing, pointing.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "lab/scenario/document.hpp"

namespace faultline {

const Node* Node::find(std::string_view key) const {
  for (const Entry& e : entries) {
    if (e.key == key) return &e.value;
  }
  return nullptr;
}

Node* Node::find(std::string_view key) {
  return const_cast<Node*>(std::as_const(*this).find(key));
}

std::string toml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string toml_key(std::string_view key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  return bare ? std::string(key) : toml_quoted(key);
}

std::string toml_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::string out = fmt::format("{}", value);
  if (out.find_first_of(".e") == std::string::npos) out += ".0";
  return out;
}

std::string toml_text(const Node& node) {
  std::string out;
  switch (node.kind) {
    case Node::Kind::Table:
      for (const Entry& e : node.entries) {
        out += out.empty() ? "{ " : ", ";
        out += toml_key(e.key) + " = " + toml_text(e.value);
      }
      return out.empty() ? "{}" : out + " }";
    case Node::Kind::List:
      for (const Node& item : node.items) {
        if (!out.empty()) out += ", ";
        out += toml_text(item);
      }
      return "[" + out + "]";
    case Node::Kind::Text:
      return toml_quoted(node.text);
    case Node::Kind::Integer:
      return std::to_string(node.integer);
    case Node::Kind::Real:
      return toml_text(node.real);
    case Node::Kind::Boolean:
      return node.boolean ? "true" : "false";
    case Node::Kind::Date:
      return node.text;
  }
  return out;
}

std::string_view name_of(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::Table:
      return "a table";
    case Node::Kind::List:
      return "a list";
    case Node::Kind::Text:
      return "text";
    case Node::Kind::Integer:
      return "a whole number";
    case Node::Kind::Real:
      return "a number";
    case Node::Kind::Boolean:
      return "true or false";
    case Node::Kind::Date:
      return "a date";
  }
  return "";
}

Diagnostic Document::at(const Position& where, std::string code, std::string message,
                        std::string hint) const {
  Diagnostic d;
  d.code = std::move(code);
  d.message = std::move(message);
  d.hint = std::move(hint);
  d.column = where.column;
  d.length = where.length;
  if (where.setting >= 0) {
    d.file = "--set";
    d.source_line = settings[static_cast<std::size_t>(where.setting)];
    return d;
  }
  d.file = file;
  d.line = where.line;
  const auto line = static_cast<std::size_t>(where.line);
  if (where.line > 0 && line <= line_starts.size()) {
    const std::size_t start = line_starts[line - 1];
    d.source_line = text.substr(start, text.find('\n', start) - start);
    if (d.source_line.ends_with('\r')) d.source_line.pop_back();
  }
  return d;
}

tl::expected<std::string, Diagnostics> read_text(const std::string& file) {
  const auto fail = [&](std::string code, std::string message, std::string hint) {
    Diagnostic d{.code = std::move(code), .file = file, .message = std::move(message)};
    d.hint = std::move(hint);
    return tl::make_unexpected(Diagnostics{std::move(d)});
  };
  std::ifstream opened;
  if (file != "-") {
    std::error_code ignored;
    const std::filesystem::path path(file);
    const auto status = std::filesystem::status(path, ignored);
    if (!std::filesystem::exists(status)) return fail("E102", "no such file", "");
    if (std::filesystem::is_directory(status))
      return fail("E102", "is a directory, not a scenario", "");
    opened.open(path, std::ios::binary);
    if (!opened) return fail("E102", "can't be opened for reading", "");
  }
  std::istream& in = file == "-" ? std::cin : opened;
  std::string text;
  std::vector<char> block(1 << 16);
  while (in.read(block.data(), std::ssize(block)) || in.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kLargestFile)
      return fail("E103", "is larger than 10 MB",
                  "a scenario has at most 10 MB; measured values go into empirical(\"file.csv\")");
  }
  if (in.bad()) return fail("E102", "can't be read to its end", "");
  return text;
}

}  // namespace faultline
