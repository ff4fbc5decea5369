#pragma once
// The runner of the program: reads the file, runs the variant, judges it. (Tests bring their own.)

#include "gui/run_controller.hpp"

namespace faultline::gui {

RunOutcome run_file(const RunRequest& request, const std::atomic<bool>& stop,
                    const Progress& progress);

}  // namespace faultline::gui
