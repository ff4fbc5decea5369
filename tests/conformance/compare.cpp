#include <fmt/format.h>

#include <cmath>
#include <sstream>

#include "tests/conformance/vector.hpp"

namespace faultline::conformance {
namespace {

std::string shown(const toml::node* node) {
  if (node == nullptr) return "nothing";
  if (const auto number = node->value<double>(); number && node->is_number())
    return fmt::format("{:.9g}", *number);
  std::ostringstream out;
  out << toml::node_view<const toml::node>(node);
  return out.str();
}

std::string unlike(const std::string& path, const toml::node& expected, const toml::node* got) {
  return fmt::format("expected {} = {}, got {}", path, shown(&expected), shown(got));
}

std::string compare(const std::string& path, const toml::node& expected, const toml::node* got) {
  if (got == nullptr) return unlike(path, expected, got);
  if (const toml::table* table = expected.as_table()) {
    if (!got->is_table()) return unlike(path, expected, got);
    for (const auto& [key, value] : *table) {
      const std::string name(key.str());
      const auto why =
          compare(path.empty() ? name : path + "." + name, value, got->as_table()->get(name));
      if (!why.empty()) return why;
    }
    return {};
  }
  if (const toml::array* list = expected.as_array()) {
    if (!got->is_array() || got->as_array()->size() != list->size())
      return unlike(path, expected, got);
    for (std::size_t i = 0; i < list->size(); ++i) {
      const auto why =
          compare(fmt::format("{}[{}]", path, i), *list->get(i), got->as_array()->get(i));
      if (!why.empty()) return why;
    }
    return {};
  }
  if (expected.is_number() && got->is_number()) {
    const double want = *expected.value<double>(), have = *got->value<double>();
    const double scale = std::max(1.0, std::abs(want));
    return std::abs(want - have) <= 1e-6 * scale ? std::string{} : unlike(path, expected, got);
  }
  const bool same = expected.type() == got->type() && shown(&expected) == shown(got);
  return same ? std::string{} : unlike(path, expected, got);
}

}  // namespace

std::string difference(const toml::table& expected, const toml::table& got) {
  return compare("", expected, &got);
}

}  // namespace faultline::conformance
