#include "tests/conformance/small_run.hpp"

#include "lab/scenario/load.hpp"
#include "tests/conformance/vector.hpp"

namespace faultline::conformance {

std::shared_ptr<const RunResult> small_run(const std::string& text, bool traced) {
  const auto loaded = load_text("faultline = 1\n" + text, "vector.toml");
  if (!loaded) throw BadVector{"makes no scenario:\n" + render(loaded.error())};
  RunOptions options;
  if (traced) options.trace_request = 0;
  return run(loaded->scenario, options);
}

}  // namespace faultline::conformance
