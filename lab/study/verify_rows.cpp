#include "lab/study/verify_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/scenario/document.hpp"

namespace faultline {
namespace {

std::optional<double> number_of(const Node& node) {
  if (node.kind == Node::Kind::Integer) return static_cast<double>(node.integer);
  if (node.kind == Node::Kind::Real) return node.real;
  return std::nullopt;
}

std::optional<theory::Inputs::List> list_of(const Node& node) {
  theory::Inputs::List list;
  for (const Node& item : node.items) {
    const auto value = number_of(item);
    if (!value) return std::nullopt;
    list.push_back(*value);
  }
  return list;
}

// An input of a form that no question has (a date, a list of texts) becomes a text nobody expects,
// so that its row is not modelled.
theory::Inputs::Value input_of(const Node& node) {
  if (const auto value = number_of(node)) return *value;
  if (node.kind == Node::Kind::Boolean) return node.boolean;
  if (node.kind == Node::Kind::Text) return node.text;
  if (node.kind == Node::Kind::List) {
    if (const auto list = list_of(node)) return *list;
    theory::Inputs::Table table;
    for (const Node& item : node.items) {
      const auto list = item.kind == Node::Kind::List ? list_of(item) : std::nullopt;
      if (!list) return toml_text(node);
      table.push_back(*list);
    }
    return table;
  }
  return toml_text(node);
}

class RowReader {
 public:
  explicit RowReader(const Document& document) : document_(document) {}

  ExactRow read(const Node& table) {
    ExactRow row;
    row.id = text(table, "id");
    row.family = text(table, "family");
    row.quantity = text(table, "quantity");
    if (const auto value = number(table, "value", true)) row.value = *value;
    row.rel_tol = number(table, "rel_tol", false);
    row.abs_tol = number(table, "abs_tol", false);
    row.n = number(table, "n", false);
    if (const Node* unit = table.find("unit"); unit != nullptr) row.unit = unit->text;
    const Node* inputs = table.find("inputs");
    if (inputs == nullptr || inputs->kind != Node::Kind::Table) {
      complain(table.where, "E305", "a row needs `inputs`, a table");
    } else {
      for (const Entry& e : inputs->entries) row.inputs.set(e.key, input_of(e.value));
    }
    if (!row.rel_tol && !row.abs_tol)
      complain(table.where, "E305", "a row needs `rel_tol` or `abs_tol`");
    return row;
  }

  void complain(const Position& where, std::string code, std::string message) {
    wrong_.push_back(document_.at(where, std::move(code), std::move(message)));
  }
  Diagnostics take() { return std::move(wrong_); }

 private:
  std::string text(const Node& table, std::string_view key) {
    const Node* node = table.find(key);
    if (node == nullptr) {
      complain(table.where, "E305", fmt::format("a row needs `{}`", key));
      return {};
    }
    if (node->kind != Node::Kind::Text)
      complain(node->where, "E301", fmt::format("`{}` is a text", key));
    return node->text;
  }

  std::optional<double> number(const Node& table, std::string_view key, bool required) {
    const Node* node = table.find(key);
    if (node == nullptr) {
      if (required) complain(table.where, "E305", fmt::format("a row needs `{}`", key));
      return std::nullopt;
    }
    const auto value = number_of(*node);
    if (!value || !std::isfinite(*value)) {
      complain(node->where, "E301", fmt::format("`{}` is a number", key));
      return std::nullopt;
    }
    if (key != "value" && *value < 0)
      complain(node->where, "E304", fmt::format("`{}` cannot be negative", key));
    return value;
  }

  const Document& document_;
  Diagnostics wrong_;
};

// How far the mean of `m` samples may be off.
double tolerance_of(const ExactRow& row, double m) {
  double relative = row.rel_tol.value_or(0);
  if (row.n && *row.n > 0 && m > 0 && m < *row.n) relative *= std::sqrt(*row.n / m);
  return std::max(relative * std::abs(row.value), row.abs_tol.value_or(0));
}

}  // namespace

tl::expected<std::vector<ExactRow>, Diagnostics> read_rows(std::string text, std::string file) {
  const auto document = parse_document(std::move(text), std::move(file));
  if (!document) return tl::make_unexpected(document.error());
  RowReader reader(*document);
  std::vector<ExactRow> rows;
  const Node* list = document->root.find("row");
  if (list == nullptr || list->kind != Node::Kind::List) {
    reader.complain({.line = 1, .column = 1}, "E305", "there are no [[row]] tables");
  } else {
    for (const Node& item : list->items) {
      if (item.kind == Node::Kind::Table) {
        rows.push_back(reader.read(item));
      } else {
        reader.complain(item.where, "E301", "a row is a table");
      }
    }
  }
  Diagnostics wrong = reader.take();
  if (!wrong.empty()) return tl::make_unexpected(std::move(wrong));
  return rows;
}

std::vector<JudgedRow> judge_rows(std::vector<ExactRow> rows, const Effort& effort) {
  std::vector<JudgedRow> judged;
  std::vector<Question> questions;
  std::vector<std::size_t> asked;  // which row a question is
  for (ExactRow& row : rows) {
    auto experiment = experiment_for(row.family, row.inputs, row.quantity);
    if (experiment) {
      // Twice the samples that the tolerance was made for: then a miss is no accident.
      asked.push_back(judged.size());
      questions.push_back({std::move(*experiment), 2 * row.n.value_or(50'000)});
    }
    judged.push_back({std::move(row), RowVerdict::NotModelled, 0, 0, 0, true});
  }
  const auto measured = measure_all(questions, effort);
  for (std::size_t q = 0; q < questions.size(); ++q) {
    if (measured[q].empty()) return {};
    JudgedRow& j = judged[asked[q]];
    double sum = 0;
    for (const Measured& m : measured[q]) {
      sum += m.value;
      j.samples += m.samples;
      j.balanced = j.balanced && m.balanced;
    }
    j.measured = sum / static_cast<double>(measured[q].size());
    j.tolerance = tolerance_of(j.row, j.samples);
    const bool close = std::abs(j.measured - j.row.value) <= j.tolerance;
    j.verdict = close && j.balanced ? RowVerdict::Pass : RowVerdict::Fail;
  }
  return judged;
}

}  // namespace faultline
