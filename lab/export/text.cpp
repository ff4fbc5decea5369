#include "lab/export/text.hpp"

namespace faultline {

std::string fit(const std::string& text, std::size_t width, bool right) {
  std::size_t length = 0;
  for (char c : text) length += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  const std::string space(length < width ? width - length : 0, ' ');
  return right ? space + text : text + space;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

}  // namespace faultline
