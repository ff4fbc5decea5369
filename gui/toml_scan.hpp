#pragma once
// Where things stand in the text of a TOML file that is known to be valid: sections and the ends of
// values. It reads no values; lab/scenario/document.hpp does.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::gui {

// The offset behind the value that begins at `from`.
std::size_t end_of_value(std::string_view text, std::size_t from);

// The stretch of text under a [header], or before the first one.
struct Section {
  std::vector<std::string> path;  // elements of lists by number: {"fault", "0"}
  std::size_t begin = 0;          // of the header's line
  std::size_t body = 0;           // behind the header's line
  std::size_t last = 0;           // behind the last line that holds a value, or `body`
  std::size_t end = 0;
};
std::vector<Section> sections_of(std::string_view text);

// The offset of a line and column, both from 1; columns count characters, not bytes.
std::size_t offset_of(std::string_view text, int line, int column);

}  // namespace faultline::gui
