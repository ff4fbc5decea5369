#pragma once
// What the language is, for people and for editors. docs/scenario-reference.md and
// docs/scenario.schema.json are these texts (script/generate-docs).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faultline {

std::string scenario_reference_markdown();
// JSON Schema, draft 2020-12, so that editors complete and check scenarios as they are typed.
std::string scenario_json_schema();

// What a diagnostic's code, a kind (`retry`, `slow`, `hpa`, `canary`), a table (`client`, `queue`)
// or a metric's field means, as plain text; nothing if there is no such word.
std::optional<std::string> explain(std::string_view word);
// Every word that can be explained, for suggestions and completion.
std::vector<std::string> explained_words();

}  // namespace faultline
