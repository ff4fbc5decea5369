#include "gui/run_file.hpp"

#include <fstream>
#include <iterator>

#include "lab/evidence/evaluate.hpp"

namespace faultline::gui {
namespace {

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

RunOutcome run_file(const RunRequest& request, const std::atomic<bool>& stop,
                    const Progress& progress) {
  RunOutcome outcome;
  auto loaded = load_scenario(request.file, request.variant, request.settings);
  if (!loaded) {
    outcome.diagnostics = tidied(std::move(loaded.error()));
    outcome.text = text_of(request.file);
    return outcome;
  }
  RunOptions options;
  options.variant = request.variant;
  options.file = request.file;
  options.stop = &stop;
  options.progress = progress;
  options.instances = true;
  outcome.result = evaluate(*loaded, options, request.settings);
  outcome.text = std::move(loaded->text);
  outcome.scenario = std::make_shared<const Scenario>(std::move(loaded->scenario));
  return outcome;
}

}  // namespace faultline::gui
