#pragma once
// Whether a scenario holds together: names refer to something, calls end somewhere, metrics exist,
// times lie within the run, and the run can be carried out.

#include "lab/scenario/document.hpp"
#include "lab/scenario/reader.hpp"

namespace faultline {

// Adds to reading.diagnostics. If the document could not be read in full (`readable` false), only
// what its names alone tell is checked.
void check(const Document& document, Reading& reading, bool readable);

}  // namespace faultline
