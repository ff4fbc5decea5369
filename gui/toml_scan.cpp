#include "gui/toml_scan.hpp"

#include <algorithm>
#include <map>

#include "lab/scenario/override.hpp"

namespace faultline::gui {
namespace {

std::size_t end_of_line(std::string_view text, std::size_t from) {
  const std::size_t end = text.find('\n', from);
  return end == std::string_view::npos ? text.size() : end;
}

// Behind the string that begins at `from` with a quote.
std::size_t end_of_string(std::string_view text, std::size_t from) {
  const char quote = text[from];
  const bool escapes = quote == '"';
  const std::string three(3, quote);
  const bool is_long = text.substr(from).starts_with(three);
  std::size_t at = from + (is_long ? 3 : 1);
  while (at < text.size()) {
    if (escapes && text[at] == '\\') {
      at += 2;
    } else if (is_long && text.substr(at).starts_with(three)) {
      at += 3;
      while (at < text.size() && text[at] == quote) ++at;  // quotes that end the text itself
      return at;
    } else if (!is_long && (text[at] == quote || text[at] == '\n')) {
      return at + 1;
    } else {
      ++at;
    }
  }
  return text.size();
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

}  // namespace

std::size_t end_of_value(std::string_view text, std::size_t from) {
  int depth = 0;
  std::size_t at = from, end = from;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      end = at = end_of_string(text, at);
    } else if (c == '#') {
      if (depth == 0) return end;
      at = end_of_line(text, at);
    } else if (c == '[' || c == '{') {
      ++depth;
      end = ++at;
    } else if (c == ']' || c == '}') {
      if (depth == 0) return end;
      end = ++at;
      if (--depth == 0) return end;
    } else if (depth == 0 && (c == ',' || c == '\n')) {
      return end;
    } else {
      ++at;
      if (!is_blank(c) && c != '\n') end = at;
    }
  }
  return end;
}

std::vector<Section> sections_of(std::string_view text) {
  std::vector<Section> all{{}};
  std::map<std::vector<std::string>, std::size_t> lists;  // elements seen so far
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = at;
    while (at < text.size() && is_blank(text[at])) ++at;
    if (at == text.size()) break;
    if (text[at] == '\n' || text[at] == '#') {
      at = end_of_line(text, at) + 1;
      continue;
    }
    if (text[at] != '[') {  // KEY = VALUE
      while (at < text.size() && text[at] != '=') {
        at = text[at] == '"' || text[at] == '\'' ? end_of_string(text, at) : at + 1;
      }
      ++at;
      while (at < text.size() && is_blank(text[at])) ++at;
      at = std::min(end_of_line(text, end_of_value(text, std::min(at, text.size()))) + 1,
                    text.size());
      all.back().last = at;
      continue;
    }
    const bool is_list = text.substr(at).starts_with("[[");
    std::size_t close = at + (is_list ? 2 : 1);
    const std::size_t name = close;
    while (close < text.size() && text[close] != ']') {
      close = text[close] == '"' || text[close] == '\'' ? end_of_string(text, close) : close + 1;
    }
    std::string header(text.substr(name, close - name));
    std::erase_if(header, [](char c) { return c == ' ' || c == '\t'; });
    std::vector<std::string> path;
    if (const auto parsed = parse_path(header)) path = *parsed;
    // [fault.sub] after [[fault]] belongs to the latest element.
    std::vector<std::string> full;
    for (std::size_t i = 0; i < path.size(); ++i) {
      full.push_back(path[i]);
      const bool own = is_list && i + 1 == path.size();
      const auto found = lists.find(full);
      if (own) {
        const std::size_t index = lists[full]++;
        full.push_back(std::to_string(index));
      } else if (found != lists.end()) {
        full.push_back(std::to_string(found->second - 1));
      }
    }
    all.back().end = begin;
    at = std::min(end_of_line(text, close) + 1, text.size());
    all.push_back({std::move(full), begin, at, at, at});
  }
  all.back().end = text.size();
  return all;
}

std::size_t offset_of(std::string_view text, int line, int column) {
  std::size_t at = 0;
  for (int i = 1; i < line; ++i) at = std::min(end_of_line(text, at) + 1, text.size());
  for (int i = 1; i < column && at < text.size(); ++i) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return at;
}

}  // namespace faultline::gui
