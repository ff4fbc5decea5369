#pragma once
// Rows of exact values, held against the simulator: `faultline verify --rows FILE`. A row says
// family, inputs, quantity, value and how far off a correct simulator may be with n samples; its
// format is that of tests/published/exact.toml.

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "lab/scenario/diagnostic.hpp"
#include "lab/study/campaign.hpp"
#include "models/theory/inputs.hpp"

namespace faultline {

struct ExactRow {
  std::string id, family, quantity, unit;
  theory::Inputs inputs;
  double value = 0;
  std::optional<double> rel_tol, abs_tol, n;
};

// Text of a file with `[[row]]` tables.
tl::expected<std::vector<ExactRow>, Diagnostics> read_rows(std::string text, std::string file);

enum class RowVerdict : std::uint8_t { Pass, Fail, NotModelled };

struct JudgedRow {
  ExactRow row;
  RowVerdict verdict = RowVerdict::NotModelled;
  double measured = 0;
  double tolerance = 0;  // absolute: |measured − value| may be this
  double samples = 0;
  bool balanced = true;
};

// Three seeds a row, in the order of the rows. A mean off by more than rel_tol·value fails; with
// m < n samples (over all seeds) rel_tol·√(n/m). abs_tol, where given, holds besides: the wider of
// the two counts. Empty if it was stopped.
std::vector<JudgedRow> judge_rows(std::vector<ExactRow> rows, const Effort& effort);

}  // namespace faultline
