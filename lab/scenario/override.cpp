#include "lab/scenario/override.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "lab/scenario/reader.hpp"
#include "lab/scenario/suggest.hpp"

namespace faultline {
namespace {

// Tables of tables whose entries a setting may change but not begin.
constexpr std::array<std::string_view, 6> kNamed = {"client", "service", "policy",
                                                    "cache",  "slo",     "autoscaler"};

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

int count_characters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// Moves the places of a value that was read by itself (from column 5 on) to where it stands.
void relocate(Node& node, int setting, int column) {
  const auto move = [&](Position& p) {
    p.column += column - 5;
    p.line = 0;
    p.setting = setting;
  };
  move(node.where);
  for (Node& item : node.items) relocate(item, setting, column);
  for (Entry& e : node.entries) {
    move(e.where);
    relocate(e.value, setting, column);
  }
}

std::optional<std::size_t> index_of(std::string_view part) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error != std::errc{} || end != part.data() + part.size()) return std::nullopt;
  return index;
}

std::vector<std::string> keys_of(const Node& table) {
  std::vector<std::string> keys;
  for (const Entry& e : table.entries) keys.push_back(e.key);
  return keys;
}

// `service.X.work` and `.steps` of a service whose only endpoint is written out, and `work` of one
// whose only step is work.
std::vector<std::string> resolved(const Node& root, std::vector<std::string> path) {
  if (path.size() != 3 || path[0] != "service" || (path[2] != "work" && path[2] != "steps"))
    return path;
  const Node* services = root.find("service");
  const Node* table = services != nullptr ? services->find(path[1]) : nullptr;
  if (table == nullptr || table->find("work") != nullptr) return path;
  const std::string key = path[2];
  if (table->find("steps") == nullptr) {
    const Node* endpoints = table->find("endpoint");
    if (endpoints == nullptr || endpoints->entries.size() != 1) return path;
    table = &endpoints->entries.front().value;
    path = {"service", path[1], "endpoint", endpoints->entries.front().key, key};
  }
  const Node* steps = table->find("steps");
  if (key == "work" && table->find("work") == nullptr && steps != nullptr &&
      steps->items.size() == 1 && steps->items.front().find("work") != nullptr) {
    path.back() = "steps";
    path.insert(path.end(), {"0", "work"});
  }
  return path;
}

// One edit on its way down the tree.
class Editing {
 public:
  Editing(Document& document, const Edit& edit, Diagnostics& out)
      : document_(document), edit_(edit), out_(out), path_(resolved(document.root, edit.path)) {}

  void run() {
    if (path_[0] == "faultline" || path_[0] == "variant")
      return fail("E505", fmt::format("`{}` can't be set", path_[0]));
    Node* at = &document_.root;
    for (std::size_t i = 0; i + 1 < path_.size(); ++i) {
      at = at->kind == Node::Kind::List ? item(*at, i) : inner_table(*at, i);
      if (at == nullptr) return;
    }
    const std::size_t last = path_.size() - 1;
    if (at->kind == Node::Kind::List) {
      if (index_of(path_[last]) == at->items.size()) {  // one more
        at->items.push_back(edit_.value);
      } else if (Node* here = item(*at, last)) {
        *here = edit_.value;
      }
      return;
    }
    make_table(*at);
    if (unknown_name(*at, last) && edit_.value.kind != Node::Kind::Table)
      return complain(*at, last);
    put(*at, path_[last], edit_.value);
  }

 private:
  void fail(std::string code, std::string message, std::string hint = {}) {
    Diagnostic d = document_.at(edit_.where, std::move(code), std::move(message), std::move(hint));
    d.path = join_path(path_);
    out_.push_back(std::move(d));
  }

  Node* item(Node& list, std::size_t i) {
    const auto index = index_of(path_[i]);
    const std::string name = join_path({path_.begin(), path_.begin() + static_cast<long>(i)});
    if (!index) {
      fail("E503", fmt::format("{} is a list: `{}` should be a number", name, path_[i]),
           fmt::format("the first element is {}.0", name));
    } else if (*index >= list.items.size()) {
      fail("E502", fmt::format("there is no {}.{}", name, *index),
           fmt::format("{} has {}, counted from 0", name, list.items.size()));
    } else {
      return &list.items[*index];
    }
    return nullptr;
  }

  Node* inner_table(Node& table, std::size_t i) {
    make_table(table);
    if (unknown_name(table, i)) {
      complain(table, i);
      return nullptr;
    }
    Node* inner = table.find(path_[i]);
    if (inner == nullptr) {
      Node fresh;
      fresh.where = edit_.where;
      if (i + 1 < path_.size() && index_of(path_[i + 1])) {
        // A list may begin with its first element, given as a whole.
        if (i + 2 < path_.size() || path_[i + 1] != "0") {
          fail("E502",
               fmt::format("there is no {}",
                           join_path({path_.begin(), path_.begin() + static_cast<long>(i) + 2})));
          return nullptr;
        }
        fresh.kind = Node::Kind::List;
      }
      table.entries.push_back({path_[i], edit_.where, std::move(fresh)});
      inner = &table.entries.back().value;
    }
    return inner;
  }

  // A plain value may stand for a table (`budget = "20%"`): it becomes one of its keys, and the
  // reader knows which. What was switched off begins anew.
  void make_table(Node& node) const {
    if (node.kind == Node::Kind::Table) return;
    Node table;
    table.where = node.where;
    table.braced = true;
    if (!node.is_false()) table.entries.push_back({std::string(kPlainValue), node.where, node});
    node = std::move(table);
  }

  bool unknown_name(const Node& table, std::size_t i) const {
    const bool named =
        (i == 1 && std::find(kNamed.begin(), kNamed.end(), path_[0]) != kNamed.end()) ||
        (i == 3 && path_[0] == "service" && path_[2] == "endpoint");
    return named && table.find(path_[i]) == nullptr;
  }

  void complain(const Node& table, std::size_t i) {
    const std::vector<std::string> known = keys_of(table);
    std::string hint = did_you_mean(path_[i], std::span<const std::string>(known));
    if (hint.empty() && !known.empty()) hint = fmt::format("there is {}", fmt::join(known, ", "));
    fail("E502", fmt::format("there is no {} {}", path_[i - 1], toml_quoted(path_[i])),
         std::move(hint));
  }

  void put(Node& table, const std::string& key, const Node& value) const {
    for (Entry& e : table.entries) {
      if (e.key != key) continue;
      e.value = value;
      e.where = edit_.where;
      return;
    }
    table.entries.push_back({key, edit_.where, value});
  }

  Document& document_;
  const Edit& edit_;
  Diagnostics& out_;
  std::vector<std::string> path_;
};

}  // namespace

Quantity<std::vector<std::string>> parse_path(std::string_view key) {
  std::vector<std::string> path;
  const auto fail = [](std::string message, std::string hint, std::size_t offset) {
    return tl::make_unexpected(QuantityError{std::move(message), std::move(hint), offset});
  };
  std::size_t at = 0;
  while (true) {
    const std::size_t start = at;
    if (at < key.size() && (key[at] == '"' || key[at] == '\'')) {
      const std::size_t end = key.find(key[at], at + 1);
      if (end == std::string_view::npos) return fail("a quote is not closed", "", start);
      path.emplace_back(key.substr(at + 1, end - at - 1));
      at = end + 1;
    } else {
      while (at < key.size() && is_bare(key[at])) ++at;
      if (at == start) {
        if (at >= key.size()) return fail("a key is missing at the end", "", at);
        if (key[at] == '.') return fail("a name is missing before the dot", "", at);
        return fail(fmt::format("`{}` can't stand in a key", key[at]),
                    "put names such as \"a->b\" in quotes", at);
      }
      path.emplace_back(key.substr(start, at - start));
    }
    if (at == key.size()) return path;
    if (key[at] != '.') {
      const bool arrow = key.substr(at).starts_with(">") || key.substr(at).starts_with("-");
      return fail(fmt::format("`{}` can't stand in a key", key[at]),
                  arrow ? "put names such as \"a->b\" in quotes" : "", at);
    }
    ++at;
  }
}

std::string join_path(const std::vector<std::string>& path) {
  std::string out;
  for (const std::string& part : path) out += (out.empty() ? "" : ".") + toml_key(part);
  return out;
}

tl::expected<std::pair<std::string, std::string>, Diagnostic> split_setting(std::string_view text) {
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quote != 0) {
      if (text[i] == quote) quote = 0;
    } else if (text[i] == '"' || text[i] == '\'') {
      quote = text[i];
    } else if (text[i] == '=') {
      const auto trimmed = [](std::string_view part) {
        while (part.starts_with(' ')) part.remove_prefix(1);
        while (part.ends_with(' ')) part.remove_suffix(1);
        return std::string(part);
      };
      return std::pair{trimmed(text.substr(0, i)), trimmed(text.substr(i + 1))};
    }
  }
  Diagnostic d{.code = "E501"};
  d.file = "--set";
  d.message = "a setting is KEY=VALUE";
  d.hint = "as in service.db.threads=16";
  d.source_line = text;
  d.length = count_characters(text);
  return tl::make_unexpected(d);
}

tl::expected<Edit, Diagnostic> edit_of(Document& document, const std::string& key,
                                       const std::string& value) {
  const auto setting = static_cast<int>(document.settings.size());
  document.settings.push_back(key + "=" + value);
  Edit edit;
  edit.key = key;
  edit.where = {.column = 1, .length = count_characters(key), .setting = setting};
  auto path = parse_path(key);
  const auto fail = [&](Position where, std::string message, std::string hint) {
    return tl::make_unexpected(document.at(where, "E501", std::move(message), std::move(hint)));
  };
  if (!path) {
    Position where = edit.where;
    where.column += count_characters(key.substr(0, path.error().offset));
    where.length = 1;
    return fail(where, path.error().message, path.error().hint);
  }
  edit.path = std::move(*path);
  const int column = edit.where.length + 2;
  const Position place{.column = column, .length = count_characters(value), .setting = setting};
  if (value.empty()) return fail(place, fmt::format("{} is set to nothing", key), "");
  if (auto node = parse_value(value)) {
    relocate(*node, setting, column);
    edit.value = std::move(*node);
    return edit;
  } else if (std::string_view("\"'[{").find(value[0]) != std::string_view::npos) {
    return fail(place, fmt::format("the value is not TOML: {}", node.error()), "");
  }
  edit.value.kind = Node::Kind::Text;
  edit.value.text = value;
  edit.value.where = place;
  return edit;
}

std::vector<Edit> edits_of(const Document& document, const Node& set, Diagnostics& diagnostics) {
  std::vector<Edit> edits;
  const auto walk = [&](const auto& self, const Node& table,
                        const std::vector<std::string>& outside) -> void {
    for (const Entry& e : table.entries) {
      std::vector<std::string> path = outside;
      if (outside.empty() && e.key.find('.') != std::string::npos) {
        auto parsed = parse_path(e.key);
        if (!parsed) {
          Position where = e.where;
          where.column += 1 + count_characters(e.key.substr(0, parsed.error().offset));
          where.length = 1;
          diagnostics.push_back(
              document.at(where, "E501", parsed.error().message, parsed.error().hint));
          continue;
        }
        path = std::move(*parsed);
      } else {
        path.push_back(e.key);
      }
      if (e.value.kind == Node::Kind::Table && !e.value.braced) {
        self(self, e.value, path);
      } else {
        edits.push_back({path, join_path(path), e.where, e.value});
      }
    }
  };
  if (set.kind == Node::Kind::Table) walk(walk, set, {});
  return edits;
}

void apply(Document& document, const Edit& edit, Diagnostics& diagnostics) {
  Editing(document, edit, diagnostics).run();
}

Position locate(const Node& root, const std::vector<std::string>& path) {
  const Node* at = &root;
  Position where = root.where;
  for (const std::string& part : path) {
    const Node* next = nullptr;
    if (at->kind == Node::Kind::List) {
      const auto index = index_of(part);
      if (index && *index < at->items.size()) next = &at->items[*index];
      if (next != nullptr) where = next->where;
    } else {
      for (const Entry& e : at->entries) {
        if (e.key != part) continue;
        next = &e.value;
        where = e.value.kind == Node::Kind::Table ? e.where : e.value.where;
      }
    }
    if (next == nullptr) return where;
    at = next;
  }
  return where;
}

}  // namespace faultline
