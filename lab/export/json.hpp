#pragma once
// RunResult → JSON, in the form of contract §3 (schema_version 1).

#include <functional>
#include <string_view>

#include "lab/run/result.hpp"

namespace faultline {

// Takes a document piece by piece.
using Sink = std::function<void(std::string_view)>;

void write_json(const RunResult& result, const Sink& out);

}  // namespace faultline
