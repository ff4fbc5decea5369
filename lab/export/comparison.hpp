#pragma once
// A comparison for programs (JSON, CSV) and for people (a table in text or Markdown).

#include <string>

#include "lab/study/compare.hpp"

namespace faultline {

std::string comparison_json(const VariantComparison& comparison);
// One row per metric and variant.
std::string comparison_csv(const VariantComparison& comparison);
std::string comparison_markdown(const VariantComparison& comparison);
std::string comparison_text(const VariantComparison& comparison);

}  // namespace faultline
