#include "lab/scenario/reading_binder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lab/scenario/suggest.hpp"

namespace faultline {
namespace {

constexpr std::size_t kMostNames = 10'000;  // in one table of tables

bool contains_word(std::string_view text, std::string_view word) {
  const auto part_of_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const bool starts = at == 0 || !part_of_word(text[at - 1]);
    const std::size_t end = at + word.size();
    if (starts && (end >= text.size() || !part_of_word(text[end]))) return true;
  }
  return false;
}

template <class List>
bool has(const List& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

bool own_note(std::string_view key) {
  return key.starts_with("x-");
}

std::string quoted_list(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

// "gateway->orders"; both ends are names.
bool is_link_name(std::string_view text) {
  const std::size_t arrow = text.find("->");
  return arrow != std::string_view::npos && is_name(text.substr(0, arrow)) &&
         is_name(text.substr(arrow + 2));
}

}  // namespace

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && letter(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

void ReadingBinder::read(Scenario& scenario) {
  enter(&document_.root, document_.root.where, "", "", true);
  scenario.describe(*this);
  leave();
}

// --- frames

void ReadingBinder::enter(const Node* node, Position where, std::string path, std::string key,
                          bool keyed) {
  Frame frame;
  frame.node = node;
  frame.where = where;
  frame.path = std::move(path);
  frame.key = std::move(key);
  frame.keyed = keyed;
  frames_.push_back(std::move(frame));
}

void ReadingBinder::leave() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  if (!frame.keyed && !frame.bad.empty() && !frames_.empty())
    frames_.back().bad.push_back(frame.key);
  if (!frame.keyed || frame.node == nullptr || frame.complained) return;
  std::vector<std::string> mistyped;  // known keys that were probably meant
  if (frame.node->kind == Node::Kind::Table && !frame.any_key) report_unknown(frame, mistyped);
  if (frame.node->kind == Node::Kind::List) report_positional(frame);
  const std::string name = frame.path.empty() ? "the scenario" : frame.path;
  for (const std::string& key : frame.missing) {
    if (has(mistyped, key)) continue;
    Diagnostic d = document_.at(frame.where, "E305", fmt::format("{} needs `{}`", name, key));
    d.path = frame.path;
    out_.diagnostics.push_back(std::move(d));
  }
  for (const Rejection& r : frame.rejections) {
    // What follows from another mistake would only confuse.
    const bool follows =
        r.key.empty()
            ? !frame.bad.empty() || !mistyped.empty()
            : has(frame.bad, r.key) ||
                  std::any_of(frame.bad.begin(), frame.bad.end(),
                              [&](const std::string& b) { return contains_word(r.why, b); });
    if (follows) continue;
    Position where = frame.where;
    if (frame.node->kind == Node::Kind::Table) {
      for (const Entry& e : frame.node->entries) {
        if (r.key.empty() ? e.where.setting >= 0 : e.key == r.key) where = e.where;
      }
    }
    const std::string subject = r.key.empty() ? name : "`" + r.key + "`";
    Diagnostic d = document_.at(where, "E306", fmt::format("{} {}", subject, r.why));
    d.path = frame.path;
    out_.diagnostics.push_back(std::move(d));
  }
}

void ReadingBinder::report_unknown(Frame& frame, std::vector<std::string>& mistyped) {
  for (const Entry& e : frame.node->entries) {
    if (has(frame.known, e.key) || own_note(e.key)) continue;
    const auto nearest = nearest_name(e.key, std::span<const std::string>(frame.known));
    if (nearest) mistyped.push_back(*nearest);
    const bool table = e.value.kind == Node::Kind::Table && !e.value.braced;
    std::string message = fmt::format("unknown {} `{}`", table ? "table" : "key",
                                      e.key == kPlainValue ? frame.key : e.key);
    if (!frame.path.empty()) message += " in " + frame.path;
    std::string hint = nearest ? fmt::format("did you mean \"{}\"?", *nearest) : "";
    if (e.key == kPlainValue) hint = "it is written as a table";
    if (hint.empty()) hint = "known here: " + quoted_list(frame.known);
    Diagnostic d = document_.at(e.where, "E201", std::move(message), std::move(hint));
    d.path = frame.path.empty() ? e.key : frame.path + "." + toml_key(e.key);
    out_.diagnostics.push_back(std::move(d));
  }
}

void ReadingBinder::report_positional(Frame& frame) {
  if (!frame.positional || frame.node->items.size() <= frame.known.size()) return;
  Diagnostic d = document_.at(frame.node->items[frame.known.size()].where, "E301",
                              fmt::format("{} takes {} values, not {}", frame.path,
                                          frame.known.size(), frame.node->items.size()),
                              "in order: " + quoted_list(frame.known));
  d.path = frame.path;
  out_.diagnostics.push_back(std::move(d));
}

// --- keys

const Node* ReadingBinder::look(const Field& f) {
  Frame& frame = frames_.back();
  if (f.key.empty()) return frame.node;
  if (!has(frame.known, f.key)) frame.known.emplace_back(f.key);
  if (frame.node == nullptr) return nullptr;
  if (frame.node->kind != Node::Kind::Table) return look_in_plain(frame, f.key);
  const Node* node = frame.node->find(f.key);
  if (frame.shorthand == f.key && frame.node->find(kPlainValue) != nullptr) {
    frame.known.emplace_back(kPlainValue);
    if (node == nullptr) node = frame.node->find(kPlainValue);
  }
  return node;
}

const Node* ReadingBinder::look_in_plain(Frame& frame, std::string_view key) {
  if (frame.node->kind == Node::Kind::List && frame.positional) {
    const auto at = static_cast<std::size_t>(
        std::find(frame.known.begin(), frame.known.end(), key) - frame.known.begin());
    return at < frame.node->items.size() ? &frame.node->items[at] : nullptr;
  }
  if (!frame.shorthand.empty()) return frame.shorthand == key ? frame.node : nullptr;
  if (!frame.complained) {
    frame.complained = true;
    const bool yes = frame.node->kind == Node::Kind::Boolean;
    const std::string hint =
        yes ? fmt::format("`{} = {{}}` takes the defaults, `false` leaves it out", frame.key) : "";
    Diagnostic d = document_.at(
        frame.node->where, "E301",
        fmt::format("{} is a table, not {}", frame.path, name_of(frame.node->kind)), hint);
    d.path = frame.path;
    out_.diagnostics.push_back(std::move(d));
  }
  return nullptr;
}

const Node* ReadingBinder::due(const Field& f) {
  const Node* node = look(f);
  if (node == nullptr && f.required && !has(frames_.back().missing, f.key))
    frames_.back().missing.emplace_back(f.key);
  return node;
}

bool ReadingBinder::present(const Field& f) {
  const Node* node = due(f);
  return node != nullptr && !node->is_false();
}

bool ReadingBinder::off(const Field& f) {
  const Node* node = look(f);
  return node != nullptr && node->is_false();
}

bool ReadingBinder::given(std::string_view key) {
  const Frame& frame = frames_.back();
  return frame.node != nullptr && frame.node->kind == Node::Kind::Table &&
         frame.node->find(key) != nullptr;
}

void ReadingBinder::shorthand(std::string_view key) {
  frames_.back().shorthand = key;
}

void ReadingBinder::positional() {
  frames_.back().positional = true;
}

void ReadingBinder::reject(std::string_view key, std::string_view why) {
  frames_.back().rejections.push_back({std::string(key), std::string(why)});
}

int ReadingBinder::line() const {
  const Position& where = frames_.back().where;
  return where.setting < 0 ? where.line : 0;
}

// --- tables, lists, maps

bool ReadingBinder::begin_table(const Field& f) {
  const Node* node = due(f);
  if (node == nullptr || node->is_false()) return false;
  enter(node, where_of(f, *node), path_of(f), std::string(f.key), true);
  return true;
}

std::size_t ReadingBinder::begin_list(const Field& f) {
  const Node* node = due(f);
  if (node != nullptr && node->is_false()) node = nullptr;
  if (node != nullptr && node->kind != Node::Kind::List) {
    const bool header = node->kind == Node::Kind::Table && !node->braced;
    wrong_type(f, *node, "a list",
               header ? fmt::format("write [[{0}]] for [{0}]", path_of(f)) : "put it in [ ]");
    node = nullptr;
  }
  enter(node, frames_.back().where, path_of(f), std::string(f.key), false);
  return node != nullptr ? node->items.size() : 0;
}

void ReadingBinder::begin_item(std::size_t i) {
  const Frame& list = frames_.back();
  const Node* item = &list.node->items[i];
  // Only an item that turns out to have keys is checked for unknown ones: see look().
  enter(item, item->where, fmt::format("{}.{}", list.path, i), list.key,
        item->kind == Node::Kind::Table || item->kind == Node::Kind::List);
}

std::vector<std::string> ReadingBinder::begin_map(const Field& f) {
  const Node* node = due(f);
  if (node != nullptr && node->is_false()) node = nullptr;
  if (node != nullptr && node->kind != Node::Kind::Table) {
    wrong_type(f, *node, "a table of tables", fmt::format("write [{}.NAME]", path_of(f)));
    node = nullptr;
  }
  enter(node, frames_.back().where, path_of(f), std::string(f.key), false);
  std::vector<std::string> names;
  if (node == nullptr) return names;
  if (node->entries.size() > kMostNames) {
    fail({.key = "", .help = ""}, node->entries[kMostNames].where, "E408",
         fmt::format("{} has {} entries; at most {} are read", path_of({.key = "", .help = ""}),
                     node->entries.size(), kMostNames));
    return names;
  }
  for (const Entry& e : node->entries) {
    if (own_note(e.key) || e.value.is_false()) continue;
    const bool link = f.refers == Refers::Link;
    if (link ? !is_link_name(e.key) : !is_name(e.key)) {
      fail({.key = e.key, .help = ""}, e.where, "E204",
           fmt::format("{} is no name for a {}", toml_quoted(e.key), f.key),
           link ? "links are named \"caller->callee\""
                : "names begin with a letter and go on with letters, digits, _ and -");
    } else if (f.refers != Refers::Nothing) {
      out_.references.push_back({f.refers, e.key, e.where, path_of({.key = e.key, .help = ""})});
    }
    names.push_back(e.key);
  }
  return names;
}

void ReadingBinder::begin_entry(const std::string& name) {
  // The names come back in the order in which begin_map gave them.
  Frame& map = frames_.back();
  while (map.node->entries[map.next].key != name) ++map.next;
  const Entry& e = map.node->entries[map.next++];
  enter(&e.value, e.where, map.path + "." + toml_key(name), name, true);
}

std::string ReadingBinder::path_of(const Field& f) const {
  const Frame& frame = frames_.back();
  const std::string& outside = frame.path;
  if (f.key.empty()) return outside;
  // Of `timeout = "5ms"`, where the value stands for a table, the author knows no `after`.
  const bool plain = frame.node != nullptr && frame.node->kind != Node::Kind::Table;
  if (plain && frame.shorthand == f.key) return outside;
  return outside.empty() ? toml_key(f.key) : outside + "." + toml_key(f.key);
}

// A table is named where its key stands, so that `[service.db]` is underlined at `db`.
Position ReadingBinder::where_of(const Field& f, const Node& node) const {
  const Frame& frame = frames_.back();
  if (frame.node != nullptr && frame.node->kind == Node::Kind::Table) {
    for (const Entry& e : frame.node->entries) {
      if (&e.value == &node) return e.where;
    }
  }
  static_cast<void>(f);
  return node.where;
}

// --- kinds and words

std::size_t ReadingBinder::pick_kind(const Field& f, std::span<const std::string_view> names) {
  const Node* node = due(f);
  frames_.back().any_key = true;
  if (node == nullptr) return names.size();
  if (node->kind != Node::Kind::Text) {
    wrong_type(f, *node, "text", fmt::format("one of {}", fmt::join(names, ", ")));
    return names.size();
  }
  const auto found = std::find(names.begin(), names.end(), node->text);
  if (found == names.end()) {
    std::string hint = did_you_mean(node->text, names);
    if (hint.empty()) hint = fmt::format("known are {}", fmt::join(names, ", "));
    fail(f, node->where, "E203", fmt::format("unknown {} {}", f.key, toml_quoted(node->text)),
         std::move(hint));
    return names.size();
  }
  frames_.back().any_key = false;
  return static_cast<std::size_t>(found - names.begin());
}

std::size_t ReadingBinder::pick(const Field& f, std::size_t current,
                                std::span<const std::string_view> names) {
  const Node* node = due(f);
  if (node == nullptr) return current;
  if (node->kind != Node::Kind::Text) {
    wrong_type(f, *node, "text", fmt::format("one of {}", fmt::join(names, ", ")));
    return current;
  }
  const auto found = std::find(names.begin(), names.end(), node->text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string hint = did_you_mean(node->text, names);
  hint += fmt::format("{}one of {}", hint.empty() ? "" : " ", fmt::join(names, ", "));
  fail(f, node->where, "E202", fmt::format("{} can't be {}", path_of(f), toml_quoted(node->text)),
       std::move(hint));
  return current;
}

}  // namespace faultline
