#pragma once
// Small help with tables.

#include <string>

namespace faultline {

// Padded to a width in characters, not bytes.
std::string fit(const std::string& text, std::size_t width, bool right = true);
// RFC 4180: quoted where it has to be.
std::string csv_cell(const std::string& text);

}  // namespace faultline
