#pragma once
// What can be turned in a scenario: its document beside the catalogue of the language, which comes
// from the describe()s. A key or a kind that is new there is new here. Knows no widget.

#include <optional>
#include <string>
#include <vector>

#include "lab/scenario/catalogue.hpp"
#include "lab/scenario/document.hpp"
#include "lab/scenario/override.hpp"

namespace faultline::gui {

struct Knob {
  std::string key, path;  // path: as a setting names it
  KeyEntry about;         // without its entries
  std::string value;      // as TOML; empty: not given
  std::string fallback;   // what holds when it isn't given; may be empty
  bool given = false;
  bool off = false;  // given as `false`
  std::vector<Knob> inside;

  bool is_leaf() const { return about.shape == KeyEntry::Shape::Value; }
  // How people write it: text without quotes.
  std::string shown() const;
};

// The document's tree with the variant's settings and those on top applied. Settings that can't be
// applied are left out: the run reports them.
Node effective_tree(const std::string& text, const std::string& file, const std::string& variant,
                    const Settings& settings);

// The sections of a scenario that steer a run, in the order of the language.
std::vector<Knob> knobs_of(const Node& root);

// What was written into a field, as TOML: text gets quotes where the key's type takes text.
std::string toml_of(const KeyEntry& about, const std::string& written);

// The first number in a value, and what stands around it: "exp(" 40 "ms)".
struct NumberIn {
  std::string before, after;
  double number = 0;
};
std::optional<NumberIn> number_in(const std::string& text);
// The value with its number times `factor`, rounded to three digits; a whole number stays whole
// and, unless it was 0, above 0.
std::string scaled(const std::string& text, double factor, bool whole);

// A fault that can be put in at an instant: for each kind of the shelf that hits a service or a
// link, with values where the kind needs some.
struct FaultRecipe {
  std::string kind, summary;
  bool on_link = false;
  std::string options;  // ", factor = 10"
  std::string toml(const std::string& target, double at_s, double for_s) const;
};
std::vector<FaultRecipe> fault_recipes();
// The number of faults in a tree: the place of the next one.
std::size_t fault_count(const Node& root);

}  // namespace faultline::gui
