#pragma once
// A whole run as one HTML file that needs nothing else: verdict, what was set, charts, figures,
// narration, and the command that repeats it.

#include <QString>

#include "gui/run_controller.hpp"

namespace faultline::gui {

QString report_of(const RunOutcome& outcome);
// Answers whether it could be written.
bool write_report(const RunOutcome& outcome, const QString& file);
// The run on the command line.
QString command_of(const RunRequest& request, std::int64_t seed);

}  // namespace faultline::gui
