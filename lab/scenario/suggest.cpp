#include "lab/scenario/suggest.hpp"

#include <algorithm>
#include <vector>

namespace faultline {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

template <class Name>
std::optional<std::string> nearest(std::string_view name, std::span<const Name> known) {
  const std::size_t slip = std::max<std::size_t>(1, name.size() / 3);
  std::size_t best = slip + 1;
  std::optional<std::string> found;
  for (const Name& candidate : known) {
    const std::size_t distance = edit_distance(name, candidate);
    // Two names that share no letter aren't a slip of each other, however short.
    if (distance < best && distance < std::max(name.size(), std::string_view(candidate).size())) {
      best = distance;
      found = std::string(candidate);
    }
  }
  return found;
}

std::string question(const std::optional<std::string>& name) {
  return name ? "did you mean \"" + *name + "\"?" : std::string();
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  constexpr std::size_t longest = 100;  // names are short; keep garbage from costing a square
  if (a.size() > longest || b.size() > longest) return std::max(a.size(), b.size());
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before.swap(above);
    above.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const char x = lower(a[i - 1]), y = lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (x == y ? 0 : 1)});
      if (i > 1 && j > 1 && x == lower(b[j - 2]) && lower(a[i - 2]) == y)
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::optional<std::string> nearest_name(std::string_view name,
                                        std::span<const std::string_view> known) {
  return nearest(name, known);
}
std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> known) {
  return nearest(name, known);
}
std::string did_you_mean(std::string_view name, std::span<const std::string_view> known) {
  return question(nearest(name, known));
}
std::string did_you_mean(std::string_view name, std::span<const std::string> known) {
  return question(nearest(name, known));
}

}  // namespace faultline
