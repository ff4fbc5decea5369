#pragma once
// Setting a key of a scenario to another value: `--set KEY=VALUE`, a variant's `set`, an axis of a
// sweep and a knob of the desktop program are all this. The document's tree is edited, and read
// again as if it had been written so.
//
// KEY is a dotted key of TOML; elements of lists by number from 0 (`fault.0.factor`). VALUE is a
// TOML value; from outside a file, what isn't TOML is taken as text (`600/s`, `50ms`). `false`
// removes a table or an optional key. `service.X.work` finds the work of X's only endpoint.

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "lab/scenario/document.hpp"
#include "lab/scenario/quantity.hpp"

namespace faultline {

using Settings = std::vector<std::pair<std::string, std::string>>;  // key, value as TOML

struct Edit {
  std::vector<std::string> path;
  std::string key;  // as written
  Position where;   // of the key
  Node value;
};

// The parts of a dotted key: `link."a->b".latency` has three.
Quantity<std::vector<std::string>> parse_path(std::string_view key);
std::string join_path(const std::vector<std::string>& path);

// KEY=VALUE as on the command line.
tl::expected<std::pair<std::string, std::string>, Diagnostic> split_setting(std::string_view text);

// A setting from outside. It is noted in the document, so that diagnostics can show it.
tl::expected<Edit, Diagnostic> edit_of(Document& document, const std::string& key,
                                       const std::string& value);
// What a variant's `set` table says. Unquoted dots and quoted ones mean the same.
std::vector<Edit> edits_of(const Document& document, const Node& set, Diagnostics& diagnostics);

// Changes document.root, or says why it can't.
void apply(Document& document, const Edit& edit, Diagnostics& diagnostics);

// Where the value of a path stands; of what isn't there, where the nearest table around it stands.
Position locate(const Node& root, const std::vector<std::string>& path);

}  // namespace faultline
