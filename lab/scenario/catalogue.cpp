#include "lab/scenario/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/scenario/quantity.hpp"
#include "lab/scenario/scenario.hpp"
#include "sim/notation.hpp"

namespace faultline {
namespace {

using Type = KeyEntry::Type;
using Shape = KeyEntry::Shape;

// Writes down what it is asked to bind. Every list and map has one element, every optional table is
// there, so that all keys come by. Wherever `dialect` is known, it is spoken.
class CollectingBinder final : public Binder {
 public:
  explicit CollectingBinder(KeyEntry& root, std::string_view dialect = {})
      : open_{&root}, dialect_(dialect) {}

  void shorthand(std::string_view key) override { open_.back()->shorthand = key; }
  void positional() override { open_.back()->positional = true; }

  bool present(const Field&) override {
    optional_ = true;
    return true;
  }
  void preset() override { optional_ = false, preset_ = true; }
  void span(const Field& f, std::optional<std::pair<Duration, Duration>>&) override {
    add(f, Type::Span, "");
  }
  bool bound(const Field& f, Bound&) override {
    add(f, Type::Bound, "");
    return false;
  }
  void text(const Field& f, std::string&) override { add(f, Type::Translated, ""); }
  void settings(const Field& f, std::vector<std::pair<std::string, std::string>>&) override {
    add(f, Type::FreeKeys, "");
  }
  void value(const Field& f, bool& v) override { add(f, Type::Boolean, v ? "true" : "false"); }
  void value(const Field& f, std::int64_t& v) override {
    add(f, Type::Count, v == kUnbounded ? "unbounded" : std::to_string(v));
  }
  void value(const Field& f, double& v) override { add(f, Type::Number, fmt::format("{:g}", v)); }
  void value(const Field& f, Share& v) override { add(f, Type::Share, format_share(v.value)); }
  void value(const Field& f, Rate& v) override { add(f, Type::Rate, format_rate(v.per_second)); }
  void value(const Field& f, Bytes& v) override { add(f, Type::Size, format_size(v.value)); }
  void value(const Field& f, Cores& v) override { add(f, Type::Cpu, fmt::format("{:g}", v.value)); }
  void value(const Field& f, Bandwidth& v) override {
    add(f, Type::Bandwidth, format_bandwidth(v.bytes_per_second));
  }
  void value(const Field& f, Duration& v) override { add(f, Type::Time, exact_text(v)); }
  void value(const Field& f, Distribution& v) override { add(f, Type::Distribution, v.text()); }
  void value(const Field& f, std::string& v) override { add(f, Type::Text, v); }
  void value(const Field& f, Window& v) override {
    add(f, Type::Window, v.time_based() ? exact_text(v.time) : std::to_string(v.count));
  }
  void value(const Field& f, Patience& v) override { add(f, Type::Patience, exact_text(v.time)); }
  void value(const Field& f, Portion&) override { add(f, Type::Portion, ""); }

 protected:
  std::size_t pick(const Field& f, std::size_t current,
                   std::span<const std::string_view> names) override {
    KeyEntry& entry = add(f, Type::Word, std::string(names[current]));
    entry.words.assign(names.begin(), names.end());
    return current;
  }
  std::size_t pick_kind(const Field& f, std::span<const std::string_view> names) override {
    KeyEntry& entry = add(f, Type::Word, "");
    entry.words.assign(names.begin(), names.end());
    entry.is_kind = true;
    return names.size();  // the shelves are described by themselves
  }
  std::size_t pick_dialect(const Field& f, std::span<const DialectName> dialects) override {
    KeyEntry& table = *open_.back();
    KeyEntry entry = entry_of(f);
    entry.type = Type::Word;
    std::size_t chosen = dialects.size();
    for (std::size_t i = 0; i < dialects.size(); ++i) {
      entry.words.emplace_back(dialects[i].name);
      table.dialects.push_back({std::string(dialects[i].name), std::string(dialects[i].help), {}});
      if (dialects[i].name == dialect_) chosen = i;
    }
    table.entries.push_back(std::move(entry));
    return chosen;
  }
  bool begin_table(const Field& f) override {
    begin(f, Shape::Table);
    return true;
  }
  void end_table() override { open_.pop_back(); }
  std::size_t begin_list(const Field& f) override {
    begin(f, Shape::List);
    return 1;
  }
  void begin_item(std::size_t) override {}
  void end_item() override {}
  void end_list() override { open_.pop_back(); }
  std::vector<std::string> begin_map(const Field& f) override {
    begin(f, Shape::Map);
    return {"NAME"};
  }
  void begin_entry(const std::string&) override {}
  void end_entry() override {}
  void end_map() override { open_.pop_back(); }

 private:
  static KeyEntry entry_of(const Field& f) {
    KeyEntry entry;
    entry.key = f.key;
    entry.help = f.help;
    entry.required = f.required;
    entry.unbounded = f.unbounded;
    entry.above_min = f.above_min;
    entry.min = f.min;
    entry.max = f.max;
    entry.initial = f.fallback;
    return entry;
  }

  KeyEntry& add(const Field& f, Type type, std::string initial) {
    const bool shown = preset_ || (!optional_ && !f.required && f.fallback.empty());
    optional_ = preset_ = false;
    if (f.key.empty()) {  // an element of a list of plain values
      open_.back()->type = type;
      return *open_.back();
    }
    KeyEntry entry = entry_of(f);
    entry.type = type;
    if (shown) entry.initial = std::move(initial);
    open_.back()->entries.push_back(std::move(entry));
    return open_.back()->entries.back();
  }

  void begin(const Field& f, Shape shape) {
    optional_ = preset_ = false;
    KeyEntry entry = entry_of(f);
    entry.shape = shape;
    open_.back()->entries.push_back(std::move(entry));
    open_.push_back(&open_.back()->entries.back());
  }

  // Pointers stay good: a table is not added to while one inside it is open.
  std::vector<KeyEntry*> open_;
  std::string_view dialect_;
  bool optional_ = false, preset_ = false;
};

void collect_dialects(const KeyEntry& in, std::vector<std::string>& names) {
  for (const auto& d : in.dialects) {
    if (std::find(names.begin(), names.end(), d.name) == names.end()) names.push_back(d.name);
  }
  for (const KeyEntry& e : in.entries) collect_dialects(e, names);
}

// Writes into `table` and the tables in it what `other`, the same table in a dialect, has
// different. `notes` belongs to the table that chose the dialect; `prefix` leads there from here.
void note_dialect(KeyEntry& table, const KeyEntry& other, std::string_view name,
                  KeyEntry::Dialect* notes, const std::string& prefix) {
  std::string inside = prefix;
  for (auto& d : table.dialects) {
    if (d.name == name) notes = &d, inside.clear();
  }
  for (KeyEntry& mine : table.entries) {
    for (const KeyEntry& theirs : other.entries) {
      if (theirs.key != mine.key) continue;
      if (notes != nullptr && theirs.initial != mine.initial && !theirs.initial.empty())
        notes->defaults.emplace_back(inside + mine.key, theirs.initial);
      if (mine.required && !theirs.required) mine.required_without_like = true;
      note_dialect(mine, theirs, name, notes, inside + mine.key + ".");
    }
  }
  if (notes == nullptr) return;
  for (const KeyEntry& theirs : other.entries) {  // keys that only this dialect has
    const auto same = [&](const KeyEntry& mine) { return mine.key == theirs.key; };
    if (std::any_of(table.entries.begin(), table.entries.end(), same)) continue;
    table.entries.push_back(theirs);
    table.entries.back().help = fmt::format("Of {}: {}", name, theirs.help);
  }
}

// What `describe` asks a binder for, in each of its dialects.
template <class Describe>
KeyEntry collected(Describe describe) {
  const auto collect = [&](std::string_view dialect) {
    KeyEntry root;
    root.shape = Shape::Table;
    CollectingBinder binder(root, dialect);
    describe(binder);
    return root;
  };
  KeyEntry root = collect({});
  std::vector<std::string> names;
  collect_dialects(root, names);
  for (const std::string& name : names) note_dialect(root, collect(name), name, nullptr, {});
  return root;
}

template <class Interface>
Shelf shelf(std::string_view title, std::string_view written,
            std::span<const Kind<Interface>> kinds) {
  Shelf out{title, written, {}};
  for (const auto& kind : kinds) {
    out.kinds.push_back({std::string(kind.name), std::string(kind.summary),
                         collected([&](Binder& b) { kind.make()->describe(b); })});
  }
  return out;
}

std::string in_unit(Type type, double value) {
  switch (type) {
    case Type::Share:
      return format_share(value);
    case Type::Rate:
      return format_rate(value);
    case Type::Time:
    case Type::Patience:
      return format_duration(from_seconds(value));
    default:
      return fmt::format("{:.12g}", value);
  }
}

}  // namespace

std::string_view name_of(Type type) {
  switch (type) {
    case Type::None:
      return "";
    case Type::Boolean:
      return "true or false";
    case Type::Count:
      return "count";
    case Type::Number:
      return "number";
    case Type::Share:
      return "share";
    case Type::Rate:
      return "rate";
    case Type::Size:
      return "size";
    case Type::Bandwidth:
      return "bandwidth";
    case Type::Cpu:
      return "CPU";
    case Type::Time:
      return "time";
    case Type::Distribution:
      return "distribution";
    case Type::Text:
      return "text";
    case Type::Translated:
      return "text, or one per language";
    case Type::Window:
      return "count or time";
    case Type::Patience:
      return "time or quantile";
    case Type::Portion:
      return "count or share";
    case Type::Span:
      return "[time, time]";
    case Type::Bound:
      return "in the metric's unit, or { times, of }";
    case Type::FreeKeys:
      return "{ \"KEY\" = VALUE, … }";
    case Type::Word:
      return "word";
  }
  return "";
}

std::string range_text(const KeyEntry& e) {
  const bool low = std::isfinite(e.min), high = std::isfinite(e.max);
  if (e.shape != Shape::Value || (!low && !high)) return "";
  std::string out;
  if (low && e.above_min) out = "> " + in_unit(e.type, e.min);
  if (low && !e.above_min) out = "≥ " + in_unit(e.type, e.min);
  if (high) out += (out.empty() ? "≤ " : ", ≤ ") + in_unit(e.type, e.max);
  return out;
}

KeyEntry scenario_catalogue() {
  return collected([](Binder& b) { Scenario().describe(b); });
}

std::vector<Shelf> shelves() {
  std::vector<Shelf> all;
  all.push_back(shelf("Policies", "`[policy.NAME]`, the pattern's name as key", policy_kinds()));
  all.push_back(shelf("Faults", "`[[fault]]`, `kind`", fault_kinds()));
  all.push_back(shelf("Autoscalers", "`[autoscaler.SERVICE]`, `kind`", autoscaler_kinds()));
  all.push_back(shelf("Rollouts", "`[[rollout]]`, `strategy`", rollout_kinds()));
  return all;
}

}  // namespace faultline
