#include "gui/knob_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "lab/scenario/reader.hpp"
#include "models/faults/fault.hpp"

namespace faultline::gui {
namespace {

using Shape = KeyEntry::Shape;
using Type = KeyEntry::Type;

bool is_for_people(const KeyEntry& e) {
  const auto plain = [](const KeyEntry& inner) {
    return inner.type == Type::Translated || inner.type == Type::FreeKeys ||
           inner.type == Type::Bound;
  };
  return e.key == "faultline" || plain(e) || std::any_of(e.entries.begin(), e.entries.end(), plain);
}

std::string joined(const std::string& path, const std::string& part) {
  return path.empty() ? toml_key(part) : path + "." + toml_key(part);
}

class Growing {
 public:
  Growing() : shelves_(shelves()) {}

  Knob knob(const KeyEntry& entry, const Node* node, const std::string& path) const {
    Knob made = bare(entry, node, path);
    switch (entry.shape) {
      case Shape::Value:
        if (node != nullptr) made.value = toml_text(*node);
        break;
      case Shape::Table:
        fill(made, entry, node);
        break;
      case Shape::Map:
        if (node == nullptr) break;
        for (const Entry& e : node->entries) {
          if (!e.key.starts_with("x-")) made.inside.push_back(element(entry, e.key, e.value, path));
        }
        break;
      case Shape::List:
        add_items(made, entry, node);
        break;
    }
    return made;
  }

 private:
  static Knob bare(const KeyEntry& entry, const Node* node, const std::string& path) {
    Knob made;
    made.key = entry.key;
    made.path = path;
    made.about = entry;
    made.about.entries.clear();
    made.fallback = entry.initial;
    made.given = node != nullptr;
    made.off = node != nullptr && node->is_false() && entry.type != Type::Boolean;
    return made;
  }

  Knob element(const KeyEntry& entry, const std::string& name, const Node& node,
               const std::string& path) const {
    KeyEntry table = entry;
    table.key = name;
    table.shape = Shape::Table;
    return knob(table, &node, joined(path, name));
  }

  void add_items(Knob& made, const KeyEntry& entry, const Node* node) const {
    if (entry.entries.empty()) {  // a list of plain values is turned as a whole
      made.about.shape = Shape::Value;
      made.about.type = Type::FreeKeys;
      if (node != nullptr) made.value = toml_text(*node);
      return;
    }
    if (node == nullptr || node->kind != Node::Kind::List) return;
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      made.inside.push_back(element(entry, std::to_string(i), node->items[i], made.path));
    }
  }

  void fill(Knob& made, const KeyEntry& entry, const Node* node) const {
    const bool table = node != nullptr && node->kind == Node::Kind::Table;
    const Shelf* shelf = nullptr;
    std::string kind;
    const auto add = [&](const KeyEntry& e) {
      const Node* inner = table ? node->find(e.key) : nullptr;
      if (table && inner == nullptr && e.key == entry.shorthand) inner = node->find(kPlainValue);
      // A plain value stands for the table: turning it leaves it one.
      const bool plain = node != nullptr && !table && !made.off && e.key == entry.shorthand;
      if (plain) inner = node;
      if (is_for_people(e)) return;
      made.inside.push_back(knob(e, inner, plain ? made.path : joined(made.path, e.key)));
      if (e.is_kind && inner != nullptr) kind = inner->text, shelf = shelf_of(e.words);
    };
    for (const KeyEntry& e : entry.entries) add(e);
    if (shelf == nullptr) return;
    for (const ShelfEntry& s : shelf->kinds) {
      if (s.name != kind) continue;
      for (const KeyEntry& e : s.keys.entries) add(e);
    }
  }

  const Shelf* shelf_of(const std::vector<std::string>& words) const {
    for (const Shelf& shelf : shelves_) {
      const auto in_words = [&](const ShelfEntry& kind) {
        return std::find(words.begin(), words.end(), kind.name) != words.end();
      };
      if (!shelf.kinds.empty() && std::all_of(shelf.kinds.begin(), shelf.kinds.end(), in_words)) {
        return &shelf;
      }
    }
    return nullptr;
  }

  std::vector<Shelf> shelves_;
};

// "0.05" and "12" have no unit to lose.
std::string short_number(double value, bool whole) {
  if (whole) return fmt::format("{}", std::llround(value));
  if (value == 0) return "0";
  const double power = std::pow(10, 2 - std::floor(std::log10(std::abs(value))));
  return fmt::format("{:.12g}", std::round(value * power) / power);
}

// Faults of processors, memories and disks mean nothing to a service that has none.
bool needs_a_machine(std::string_view fault) {
  for (const auto& kind : fault_kinds()) {
    if (kind.name == fault) return kind.make()->needs() != Fault::Needs::Nothing;
  }
  return false;
}

}  // namespace

std::string Knob::shown() const {
  if (value.size() < 2 || value.front() != '"') return value;
  const auto node = parse_value(value);
  return node ? node->text : value;
}

Node effective_tree(const std::string& text, const std::string& file, const std::string& variant,
                    const Settings& settings) {
  auto document = parse_document(text, file);
  if (!document) return {};
  Diagnostics ignored;
  const Node* variants = document->root.find("variant");
  const Node* chosen = variants != nullptr ? variants->find(variant) : nullptr;
  if (const Node* set = chosen != nullptr ? chosen->find("set") : nullptr) {
    const Node copy = *set;
    for (const Edit& edit : edits_of(*document, copy, ignored)) apply(*document, edit, ignored);
  }
  for (const auto& [key, value] : settings) {
    if (const auto edit = edit_of(*document, key, value)) apply(*document, *edit, ignored);
  }
  return std::move(document->root);
}

std::vector<Knob> knobs_of(const Node& root) {
  const Growing growing;
  std::vector<Knob> all;
  for (const KeyEntry& entry : scenario_catalogue().entries) {
    if (is_for_people(entry)) continue;
    Knob knob = growing.knob(entry, root.find(entry.key), toml_key(entry.key));
    const bool many = entry.shape == Shape::Map || entry.shape == Shape::List;
    if (!many || !knob.inside.empty()) all.push_back(std::move(knob));
  }
  return all;
}

std::string toml_of(const KeyEntry& about, const std::string& written) {
  const auto node = parse_value(written);
  const bool takes_number = about.type == Type::Count || about.type == Type::Number ||
                            about.type == Type::Boolean || about.type == Type::FreeKeys ||
                            about.type == Type::Window || about.type == Type::Portion;
  if (node && (takes_number || node->is_false() || node->kind == Node::Kind::List ||
               node->kind == Node::Kind::Table || node->kind == Node::Kind::Text)) {
    return written;
  }
  return toml_quoted(written);
}

std::optional<NumberIn> number_in(const std::string& text) {
  const std::size_t begin = text.find_first_of("0123456789");
  if (begin == std::string::npos) return std::nullopt;
  std::size_t end = begin;
  while (end < text.size() && (std::isdigit(static_cast<unsigned char>(text[end])) != 0 ||
                               text[end] == '.' || text[end] == '_')) {
    ++end;
  }
  std::string digits = text.substr(begin, end - begin);
  std::erase(digits, '_');
  return NumberIn{text.substr(0, begin), text.substr(end), std::strtod(digits.c_str(), nullptr)};
}

std::string scaled(const std::string& text, double factor, bool whole) {
  const auto found = number_in(text);
  if (!found) return text;
  double number = found->number * factor;
  if (whole && found->number >= 1) number = std::max(1.0, number);
  return found->before + short_number(number, whole) + found->after;
}

std::string FaultRecipe::toml(const std::string& target, double at_s, double for_s) const {
  return fmt::format(R"({{ at = "{:.12g}s", for = "{:.12g}s", kind = "{}", {} = {}{} }})",
                     std::round(at_s * 1000) / 1000, for_s, kind, on_link ? "link" : "service",
                     toml_quoted(target), options);
}

std::vector<FaultRecipe> fault_recipes() {
  std::vector<FaultRecipe> all;
  for (const Shelf& shelf : shelves()) {
    if (shelf.title != "Faults") continue;
    for (const ShelfEntry& kind : shelf.kinds) {
      FaultRecipe recipe{kind.name, kind.summary, false, {}};
      bool hits = false, can_be_made = !needs_a_machine(kind.name);
      for (const KeyEntry& key : kind.keys.entries) {
        if (key.key == "service" || key.key == "link") {
          hits = true;
          recipe.on_link = key.key == "link";
        } else if (key.key == "instances" && kind.name == "crash") {
          recipe.options += ", instances = 1";  // a pod, not the whole service
        } else if (key.required) {
          const std::string value = key.type == Type::Share          ? "\"50%\""
                                    : key.type == Type::Time         ? "\"200ms\""
                                    : key.type == Type::Distribution ? "\"200ms\""
                                    : key.type == Type::Number || key.type == Type::Count ? "10"
                                                                                          : "";
          can_be_made = can_be_made && !value.empty();
          recipe.options += fmt::format(", {} = {}", key.key, value);
        }
      }
      if (hits && can_be_made) all.push_back(std::move(recipe));
    }
  }
  return all;
}

std::size_t fault_count(const Node& root) {
  const Node* faults = root.find("fault");
  return faults != nullptr ? faults->items.size() : 0;
}

}  // namespace faultline::gui
