#pragma once
// A run in a terminal: the verdict first, then what it rests on.

#include <string>

#include "lab/run/result.hpp"

namespace faultline::cli {

// `repeat`: the command that gives the same run again. `colour`: with ANSI colours.
std::string run_report(const RunResult& result, const Scenario& scenario, const std::string& repeat,
                       bool colour);

// One character a bin for `width` columns, scaled from 0 to the most.
std::string sparkline(const std::vector<double>& values, std::size_t width);

// Whether standard output is a terminal that wants colours (NO_COLOR honoured).
bool wants_colour();

}  // namespace faultline::cli
