#pragma once
// A document read as a scenario: the Binder that reads (models/vocabulary/describe.hpp). Every key
// is judged by itself and all mistakes are reported; whether names refer to something is for
// check.hpp to say.

#include <filesystem>
#include <string>
#include <vector>

#include "lab/scenario/diagnostic.hpp"
#include "lab/scenario/document.hpp"
#include "lab/scenario/scenario.hpp"

namespace faultline {

// The newest version of the scenario language that is understood.
inline constexpr std::int64_t kLanguageVersion = 1;

// A name that should exist elsewhere in the scenario.
struct Reference {
  Refers what = Refers::Nothing;
  std::string name;
  Position where;
  std::string path;  // of the key that refers
};

// A text in another language than the first.
struct Translation {
  std::string path;      // "story", "note.0.text"
  std::string language;  // "fr"
  std::string text;
};

struct Reading {
  Scenario scenario;  // meaningful if nothing was wrong
  std::vector<Reference> references;
  std::vector<Translation> translations;
  Diagnostics diagnostics;
};

// Files of empirical("…") are looked up in `directory`.
Reading read_scenario(const Document& document, const std::filesystem::path& directory);

// In a table: the key under which an override keeps the plain value that stood for the table.
inline constexpr std::string_view kPlainValue = "\x01";

// Whether a name is [A-Za-z][A-Za-z0-9_-]*.
bool is_name(std::string_view text);

}  // namespace faultline
