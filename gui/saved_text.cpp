#include "gui/saved_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "gui/knob_tree.hpp"
#include "gui/toml_scan.hpp"
#include "lab/scenario/reader.hpp"

namespace faultline::gui {
namespace {

using Path = std::vector<std::string>;

bool begins_with(const Path& path, const Path& start) {
  return start.size() <= path.size() && std::equal(start.begin(), start.end(), path.begin());
}

std::string tail_of(const Path& path, std::size_t from) {
  return join_path({path.begin() + static_cast<std::ptrdiff_t>(from), path.end()});
}

// The table around a plain value that stands for it, or the key of the value in it.
std::string shorthand_of(const Path& table) {
  const auto look = [&](const auto& self, const KeyEntry& in, std::size_t i) -> std::string {
    if (i == table.size()) return in.shorthand;
    for (const KeyEntry& e : in.entries) {
      if (e.key != table[i]) continue;
      const bool named = e.shape == KeyEntry::Shape::Map || e.shape == KeyEntry::Shape::List;
      return self(self, e, std::min(i + (named ? 2U : 1U), table.size()));
    }
    return {};
  };
  return look(look, scenario_catalogue(), 0);
}

// The same for trees that say the same.
std::string canonical(const Node& node, const Path& at = {}) {
  const auto inside = [&](const std::string& part) {
    Path path = at;
    path.push_back(part);
    return path;
  };
  if (node.kind == Node::Kind::List) {
    std::string out = "[";
    for (const Node& item : node.items) out += canonical(item, inside("0")) + ",";
    return out + "]";
  }
  if (node.kind != Node::Kind::Table) return toml_text(node);
  std::vector<std::string> entries;
  for (const Entry& e : node.entries) {
    if (e.key == "variant") continue;
    const std::string key = e.key == kPlainValue ? shorthand_of(at) : e.key;
    if (e.key == kPlainValue && node.find(key) != nullptr) continue;
    entries.push_back(toml_key(key) + "=" + canonical(e.value, inside(e.key)));
  }
  std::sort(entries.begin(), entries.end());
  return fmt::format("{{{}}}", fmt::join(entries, ","));
}

class Writing {
 public:
  explicit Writing(std::string& text) : text_(text) {}

  void put(const Path& path, const std::string& value) {
    const auto document = parse_document(text_, "");
    if (!document) return;
    const Node* at = &document->root;
    std::size_t depth = 0;
    while (depth < path.size()) {
      const Node* next = inside(*at, path[depth]);
      if (next == nullptr) break;
      at = next;
      ++depth;
    }
    if (depth == path.size()) return replace(*at, value);
    if (at->kind == Node::Kind::Table && at->braced) return into_braces(*at, path, depth, value);
    if (at->kind == Node::Kind::List && at->where.line > 0 && is_written(*at, '[')) {
      return insert_before_end(*at, value, at->items.empty());
    }
    if (depth > 0 && at->kind != Node::Kind::Table && at->kind != Node::Kind::List) {
      return around_plain(*at, path, depth, value);
    }
    const bool element =
        path.size() == 2 && !path[1].empty() &&
        std::all_of(path[1].begin(), path[1].end(), [](char c) { return c >= '0' && c <= '9'; });
    if (element) return append_element(path[0], value);
    into_section(path, value);
  }

 private:
  static const Node* inside(const Node& node, const std::string& part) {
    if (node.kind == Node::Kind::Table) return node.find(part);
    if (node.kind != Node::Kind::List) return nullptr;
    const auto index = static_cast<std::size_t>(std::strtoul(part.c_str(), nullptr, 10));
    return index < node.items.size() ? &node.items[index] : nullptr;
  }

  std::size_t begin_of(const Node& node) const {
    return offset_of(text_, node.where.line, node.where.column);
  }
  bool is_written(const Node& node, char open) const {
    const std::size_t at = begin_of(node);
    return at < text_.size() && text_[at] == open &&
           (open != '[' || node.items.empty() || !text_.substr(at).starts_with("[["));
  }

  // A table with a header of its own is left as it is; the check at the end notices.
  void replace(const Node& node, const std::string& value) {
    if (node.kind == Node::Kind::Table && !node.braced) return;
    const std::size_t begin = begin_of(node);
    text_.replace(begin, end_of_value(text_, begin) - begin, value);
  }

  void insert_before_end(const Node& node, const std::string& what, bool first) {
    std::size_t end = end_of_value(text_, begin_of(node)) - 1;  // the closing bracket
    while (end > 0 && (text_[end - 1] == ' ' || text_[end - 1] == '\n')) --end;
    const bool comma = end > 0 && text_[end - 1] == ',';
    text_.insert(end, (first ? " " : comma ? " " : ", ") + what);
  }

  void into_braces(const Node& table, const Path& path, std::size_t depth,
                   const std::string& value) {
    insert_before_end(table, tail_of(path, depth) + " = " + value, table.entries.empty());
  }

  // `budget = "20%"` becomes `budget = { share = "20%", floor = … }`.
  void around_plain(const Node& plain, const Path& path, std::size_t depth,
                    const std::string& value) {
    const std::size_t begin = begin_of(plain);
    const std::size_t end = end_of_value(text_, begin);
    const Path table(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth));
    const std::string key = shorthand_of(table);
    const std::string before = text_.substr(begin, end - begin);
    const std::string added = tail_of(path, depth) + " = " + value;
    const bool drop = key.empty() || plain.is_false() || key == tail_of(path, depth);
    text_.replace(
        begin, end - begin,
        drop ? "{ " + added + " }" : "{ " + toml_key(key) + " = " + before + ", " + added + " }");
  }

  void append_section(const std::string& header, const std::string& lines) {
    if (!text_.empty() && text_.back() != '\n') text_ += '\n';
    text_ += "\n" + header + "\n" + lines;
  }

  // One more [[fault]], its keys on lines of their own.
  void append_element(const std::string& list, const std::string& value) {
    std::string lines;
    if (const auto node = parse_value(value); node && node->kind == Node::Kind::Table) {
      for (const Entry& e : node->entries) {
        lines += fmt::format("{} = {}\n", toml_key(e.key), toml_text(e.value));
      }
    }
    append_section("[[" + list + "]]", lines);
  }

  void into_section(const Path& path, const std::string& value) {
    const std::vector<Section> sections = sections_of(text_);
    const Section* best = &sections.front();
    for (const Section& s : sections) {
      if (s.path.size() < path.size() && begins_with(path, s.path) &&
          s.path.size() >= best->path.size()) {
        best = &s;
      }
    }
    const std::string tail = tail_of(path, best->path.size());
    if (best->path.empty() && path.size() > 1) {
      const Path table(path.begin(), path.end() - 1);
      return append_section("[" + join_path(table) + "]",
                            fmt::format("{} = {}\n", toml_key(path.back()), value));
    }
    std::size_t place = std::max(best->last, best->body);
    std::string line = fmt::format("{} = {}\n", tail, value);
    if (place > 0 && text_[place - 1] != '\n') line = "\n" + line;
    text_.insert(place, line);
  }

  std::string& text_;
};

// Where a variant's `set` has the key, however it is written there.
std::optional<Path> place_in_variant(const std::string& text, const std::string& variant,
                                     const Path& key) {
  auto document = parse_document(text, "");
  if (!document) return std::nullopt;
  const Node* variants = document->root.find("variant");
  const Node* one = variants != nullptr ? variants->find(variant) : nullptr;
  const Node* set = one != nullptr ? one->find("set") : nullptr;
  if (set == nullptr) return std::nullopt;
  for (const Entry& e : set->entries) {
    const auto path = parse_path(e.key);
    if (!path || !begins_with(key, *path)) continue;
    Path found{"variant", variant, "set", e.key};
    found.insert(found.end(), key.begin() + std::ssize(*path), key.end());
    return found;
  }
  return std::nullopt;
}

}  // namespace

tl::expected<std::string, std::string> text_with(const std::string& text,
                                                 const std::string& variant,
                                                 const Settings& settings) {
  std::string written = text;
  for (const auto& [key, value] : settings) {
    const auto path = parse_path(key);
    if (!path) return tl::make_unexpected(fmt::format("{} is no key", key));
    if (variant.empty() || variant == "base") {
      Writing(written).put(*path, value);
      continue;
    }
    const Path fallback{"variant", variant, "set", join_path(*path)};
    Writing(written).put(place_in_variant(written, variant, *path).value_or(fallback), value);
  }
  const std::string wanted = canonical(effective_tree(text, "", variant, settings));
  if (canonical(effective_tree(written, "", variant, {})) != wanted) {
    return tl::make_unexpected(std::string("a setting doesn't fit into the text as it is written"));
  }
  return written;
}

}  // namespace faultline::gui
