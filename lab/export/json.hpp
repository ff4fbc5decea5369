#pragma once
// RunResult → JSON, in the form of contract §3 (schema_version 1).

#include <string>

#include "lab/run/result.hpp"

namespace faultline {

std::string to_json(const RunResult& result);

}  // namespace faultline
