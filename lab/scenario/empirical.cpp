#include "lab/scenario/empirical.hpp"

#include <fmt/format.h>

#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "lab/scenario/decimal.hpp"

namespace faultline {
namespace {

// The unit that a column's name ends with: "latency_ms" is in milliseconds.
std::string unit_of_column(std::string_view name) {
  const std::size_t bar = name.rfind('_');
  const std::string_view unit = bar == std::string_view::npos ? name : name.substr(bar + 1);
  if (unit == "s" || unit == "ms" || unit == "us" || unit == "ns") return std::string(unit);
  return {};
}

std::string_view first_cell(std::string_view line) {
  line = line.substr(0, line.find_first_of(",;\t\r"));
  while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  if (line.size() >= 2 && line.front() == '"' && line.back() == '"')
    line = line.substr(1, line.size() - 2);
  return line;
}

}  // namespace

Quantity<std::vector<Duration>> read_empirical(const std::filesystem::path& path,
                                               std::size_t offset) {
  std::error_code status;
  if (!std::filesystem::is_regular_file(path, status))
    return mistake(fmt::format("no file \"{}\"", path.string()),
                   "the name is relative to the scenario's folder", offset);
  std::ifstream file(path);
  if (!file) return mistake(fmt::format("can't read \"{}\"", path.string()), "", offset);
  std::vector<Duration> values;
  std::string line, unit;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    const std::string_view cell = first_cell(line);
    if (cell.empty()) continue;
    if (number == 1 && !(cell.front() >= '0' && cell.front() <= '9') && cell.front() != '-') {
      unit = unit_of_column(cell);
      continue;
    }
    const std::string text = std::string(cell) + unit;
    std::size_t at = 0;
    const Quantity<Span> value = read_span(text, at);
    if (!value || at != text.size()) {
      const QuantityError error = value ? QuantityError{"not a duration", "", 0} : value.error();
      return mistake(fmt::format("{}:{}: {}", path.string(), number, error.message), error.hint,
                     offset);
    }
    values.push_back(value->exact ? value->whole : from_seconds(value->ns / 1e9));
  }
  if (file.bad())
    return mistake(fmt::format("can't read \"{}\" to its end", path.string()), "", offset);
  if (values.empty())
    return mistake(fmt::format("\"{}\" holds no durations", path.string()), "", offset);
  return values;
}

}  // namespace faultline
