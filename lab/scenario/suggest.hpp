#pragma once
// "Did you mean …?": the known name nearest to a mistyped one, by Damerau–Levenshtein distance
// (insert, delete, replace, swap neighbours; Damerau, CACM 7, 1964) without regard to case.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace faultline {

// Number of edits between two names, no substring being edited twice; a change of case is free.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The nearest known name, the first of equals; none when even that is further than a typing slip
// (one edit, or a third of the name's length).
std::optional<std::string> nearest_name(std::string_view name,
                                        std::span<const std::string_view> known);
std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> known);

// `did you mean "x"?`, or nothing.
std::string did_you_mean(std::string_view name, std::span<const std::string_view> known);
std::string did_you_mean(std::string_view name, std::span<const std::string> known);

}  // namespace faultline
