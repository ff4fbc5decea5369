#include "lab/scenario/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>
#include <utility>

#include "lab/scenario/check.hpp"
#include "lab/scenario/suggest.hpp"

namespace faultline {
namespace {

constexpr std::size_t kMostVariants = 200;

// Two trees that run alike have the same text here: entries sorted, words for people left out.
std::string canonical(const Node& node, bool top = false) {
  if (node.kind == Node::Kind::List) {
    std::string out = "[";
    for (const Node& item : node.items) out += canonical(item) + ",";
    return out + "]";
  }
  if (node.kind != Node::Kind::Table) return toml_text(node);
  std::vector<std::string> entries;
  for (const Entry& e : node.entries) {
    if (top && (e.key == "variant" || e.key == "title" || e.key == "story")) continue;
    entries.push_back(toml_key(e.key) + "=" + canonical(e.value));
  }
  std::sort(entries.begin(), entries.end());
  return fmt::format("{{{}}}", fmt::join(entries, ","));
}

class Loading {
 public:
  Loading(Document document, std::filesystem::path directory)
      : document_(std::move(document)),
        directory_(std::move(directory)),
        as_written_(document_.root) {}

  tl::expected<LoadedScenario, Diagnostics> load(std::string_view wanted,
                                                 const Settings& settings) {
    Reading base = read("base");
    const bool other_language =
        !base.diagnostics.empty() && base.diagnostics.front().code == "E105";
    diagnostics_ = base.diagnostics;
    if (other_language) return tl::make_unexpected(diagnostics_);
    forms_.emplace_back("base", canonical(as_written_, true));
    read_variants(places_of(base.diagnostics));
    const std::string name(wanted.empty() ? "base" : wanted);
    if (!known(name)) return tl::make_unexpected(tidied(std::move(diagnostics_)));

    LoadedScenario out;
    out.variant = name;
    document_.root = as_written_;
    if (name != "base") apply_variant(name, &out);
    for (const auto& [key, value] : settings) {
      auto edit = edit_of(document_, key, value);
      if (!edit) {
        diagnostics_.push_back(edit.error());
        continue;
      }
      apply(document_, *edit, diagnostics_);
      out.settings.emplace_back(edit->key, toml_text(edit->value));
    }
    Reading reading = settings.empty() && name == "base" ? std::move(base) : read(name);
    if (name == "base" || !settings.empty()) {
      for (Diagnostic& d : reading.diagnostics) diagnostics_.push_back(std::move(d));
    }
    if (!diagnostics_.empty()) return tl::make_unexpected(tidied(std::move(diagnostics_)));
    out.scenario = std::move(reading.scenario);
    if (const Variant* v = find(out.scenario.variants, name)) out.variant_title = v->title;
    out.translations = std::move(reading.translations);
    out.text = std::move(document_.text);
    out.file = std::move(document_.file);
    for (const auto& [other, form] : forms_) {
      if (other != name && form == form_of(name)) out.also_called.push_back(other);
    }
    return out;
  }

 private:
  using Places = std::set<std::tuple<int, int, std::string>>;

  Reading read(const std::string& variant) {
    Reading reading = read_scenario(document_, directory_);
    const bool newer = !reading.diagnostics.empty() && reading.diagnostics[0].code == "E105";
    if (!newer) check(document_, reading, variant);
    return reading;
  }

  const Node* variants() const {
    const Node* all = as_written_.find("variant");
    return all != nullptr && all->kind == Node::Kind::Table ? all : nullptr;
  }

  void read_variants(const Places& of_base) {
    if (variants() == nullptr) return;
    std::size_t count = 0;
    for (const Entry& e : variants()->entries) {
      if (e.key.starts_with("x-") || e.value.kind != Node::Kind::Table) continue;
      if (e.key == "base") {
        diagnostics_.push_back(document_.at(e.where, "E205", "`base` is the scenario as written",
                                            "give this variant another name"));
        continue;
      }
      if (++count > kMostVariants) {
        diagnostics_.push_back(
            document_.at(e.where, "E412", fmt::format("more than {} variants", kMostVariants)));
        return;
      }
      document_.root = as_written_;
      apply_variant(e.key, nullptr);
      forms_.emplace_back(e.key, canonical(document_.root, true));
      add_new(read(e.key).diagnostics, of_base, e.key);
    }
  }

  static Places places_of(const Diagnostics& diagnostics) {
    Places places;
    for (const Diagnostic& d : diagnostics) places.emplace(d.line, d.column, d.message);
    return places;
  }

  // What is wrong in a variant and was not wrong without it.
  void add_new(Diagnostics found, const Places& of_base, const std::string& variant) {
    for (Diagnostic& d : found) {
      if (of_base.contains({d.line, d.column, d.message})) continue;
      d.message += fmt::format(" (in variant {})", variant);
      diagnostics_.push_back(std::move(d));
    }
  }

  void apply_variant(const std::string& name, LoadedScenario* out) {
    const Node* variant = variants()->find(name);
    const Node* set = variant->find("set");
    if (set == nullptr) return;
    for (const Edit& edit : edits_of(document_, *set, diagnostics_)) {
      apply(document_, edit, diagnostics_);
      if (out != nullptr) out->settings.emplace_back(edit.key, toml_text(edit.value));
    }
  }

  bool known(const std::string& name) {
    std::vector<std::string> names;
    for (const auto& [known_name, form] : forms_) names.push_back(known_name);
    if (std::find(names.begin(), names.end(), name) != names.end()) return true;
    std::string hint = did_you_mean(name, std::span<const std::string>(names));
    hint += fmt::format("{}variants are {}", hint.empty() ? "" : " ", fmt::join(names, ", "));
    Diagnostic d{.code = "E504"};
    d.file = document_.file;
    d.message = fmt::format("there is no variant {}", toml_quoted(name));
    d.hint = std::move(hint);
    diagnostics_.push_back(std::move(d));
    return false;
  }

  std::string form_of(const std::string& name) const {
    for (const auto& [other, form] : forms_) {
      if (other == name) return form;
    }
    return {};
  }

  Document document_;
  std::filesystem::path directory_;
  Node as_written_;
  std::vector<std::pair<std::string, std::string>> forms_;  // variant, canonical text
  Diagnostics diagnostics_;
};

}  // namespace

tl::expected<LoadedScenario, Diagnostics> load_text(std::string text, std::string file,
                                                    std::string_view variant,
                                                    const Settings& settings) {
  const std::filesystem::path directory = std::filesystem::path(file).parent_path();
  auto document = parse_document(std::move(text), std::move(file));
  if (!document) return tl::make_unexpected(std::move(document.error()));
  return Loading(std::move(*document), directory).load(variant, settings);
}

tl::expected<LoadedScenario, Diagnostics> load_scenario(const std::string& file,
                                                        std::string_view variant,
                                                        const Settings& settings) {
  auto text = read_text(file);
  if (!text) return tl::make_unexpected(std::move(text.error()));
  return load_text(std::move(*text), file, variant, settings);
}

}  // namespace faultline
