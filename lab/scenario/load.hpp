#pragma once
// From a file to a scenario that can be run: read, the variant's settings applied, then those from
// outside, and checked. The one resolver of settings, for the command line, the desktop program,
// sweeps and replays.

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "lab/scenario/diagnostic.hpp"
#include "lab/scenario/override.hpp"
#include "lab/scenario/reader.hpp"

namespace faultline {

struct LoadedScenario {
  Scenario scenario;
  std::string text;  // of the file, as it was read
  std::string file;
  std::string variant = "base";
  std::string variant_title;             // empty: it has none
  Settings settings;                     // those of the variant, then those from outside
  std::vector<std::string> also_called;  // variants (base too) that come to the same settings
  std::vector<Translation> translations;
};

// `variant` "" and "base" are the scenario as written. Every variant of the file is read and
// checked, whichever is asked for. `file` may be "-". Code E102 and E103 mean that the file
// couldn't be read; all others that it is mistaken.
tl::expected<LoadedScenario, Diagnostics> load_scenario(const std::string& file,
                                                        std::string_view variant = {},
                                                        const Settings& settings = {});
// The same from a text; `file` is its name in diagnostics, and where it looks for other files.
tl::expected<LoadedScenario, Diagnostics> load_text(std::string text, std::string file,
                                                    std::string_view variant = {},
                                                    const Settings& settings = {});

}  // namespace faultline
