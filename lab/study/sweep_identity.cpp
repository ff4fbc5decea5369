// A plan as a list of texts: what is kept beside results, and compared before anything is added to
// them.

#include <fmt/format.h>

#include <charconv>

#include "lab/study/sweep_plan.hpp"
#include "lab/study/sweep_points.hpp"
#include "sim/random.hpp"

namespace faultline {
namespace {

constexpr char kField = '\x1f';  // between the parts of a text

std::string joined(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, std::string_view(&kField, 1)));
}

std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  for (std::size_t at = 0;;) {
    const std::size_t end = text.find(kField, at);
    parts.push_back(text.substr(at, end - at));
    if (end == std::string::npos) return parts;
    at = end + 1;
  }
}

std::string amount_text(const Amount& a) {
  return fmt::format("{} {} {}", a.value, static_cast<int>(a.dimension), a.whole ? 1 : 0);
}

bool read_amount(const std::string& text, Amount& a) {
  double value = 0;
  int dimension = 0, whole = 0;
  if (std::sscanf(text.c_str(), "%lf %d %d", &value, &dimension, &whole) != 3) return false;
  a = {value, static_cast<Dimension>(dimension), whole != 0};
  return true;
}

std::int64_t number(const std::string& text) {
  std::int64_t value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::string_view program_version() {
  return FAULTLINE_VERSION;
}

PlanIdentity identity_of(const SweepPlan& plan) {
  PlanIdentity id;
  id.emplace_back("version", plan.version);
  id.emplace_back("scenario", plan.scenario);
  id.emplace_back("text", fmt::format("{:016x}", derive(std::uint64_t{1}, plan.text)));
  id.emplace_back("variant", plan.variant);
  std::vector<std::string> settings;
  for (const auto& [key, value] : plan.settings) settings.push_back(key + "=" + value);
  id.emplace_back("settings", joined(settings));
  id.emplace_back("axes", std::to_string(plan.axes.size()));
  for (std::size_t a = 0; a < plan.axes.size(); ++a) {
    const Axis& axis = plan.axes[a];
    std::vector<std::string> parts = {axis.key, axis.logarithmic ? "log" : "",
                                      axis.stretch ? "stretch" : "", amount_text(axis.low),
                                      amount_text(axis.high)};
    parts.insert(parts.end(), axis.values.begin(), axis.values.end());
    id.emplace_back(fmt::format("axis {}", a), joined(parts));
  }
  std::vector<std::string> constraints;
  for (const Constraint& c : plan.constraints) constraints.push_back(c.text);
  id.emplace_back("constraints", joined(constraints));
  id.emplace_back("replications", std::to_string(plan.replications));
  id.emplace_back("samples", std::to_string(plan.samples));
  id.emplace_back("first seed", std::to_string(plan.first_seed));
  id.emplace_back("metrics", joined(plan.metrics));
  return id;
}

std::string difference(const PlanIdentity& stored, const PlanIdentity& wanted) {
  const auto find = [](const PlanIdentity& id, const std::string& key) {
    for (const auto& [k, v] : id) {
      if (k == key) return v;
    }
    return std::string{};
  };
  if (find(stored, "version") != find(wanted, "version"))
    return fmt::format("they are of version {}, and this is {}", find(stored, "version"),
                       find(wanted, "version"));
  if (find(stored, "text") != find(wanted, "text"))
    return fmt::format("they are of another scenario (\"{}\"), or its file has been changed since",
                       find(stored, "scenario"));
  for (const auto& [key, value] : wanted) {
    if (find(stored, key) == value) continue;
    std::string what = key.substr(0, 4) == "axis" || key == "axes" ? "axes" : key;
    return fmt::format("they are of a sweep with other {}", what);
  }
  return stored.size() == wanted.size() ? "" : "they are of a sweep with other axes";
}

tl::expected<SweepPlan, std::string> plan_of(const PlanIdentity& identity) {
  SweepPlan plan;
  for (const auto& [key, value] : identity) {
    if (key == "version") plan.version = value;
    if (key == "scenario") plan.scenario = value;
    if (key == "variant") plan.variant = value;
    if (key == "replications") plan.replications = number(value);
    if (key == "samples") plan.samples = number(value);
    if (key == "first seed") plan.first_seed = number(value);
    if (key == "metrics") plan.metrics = parts_of(value);
    if (key == "constraints") {
      for (const std::string& text : parts_of(value)) {
        const auto constraint = parse_constraint(text);
        if (!constraint) return tl::unexpected(constraint.error());
        plan.constraints.push_back(*constraint);
      }
    }
    if (!key.starts_with("axis ")) continue;
    std::vector<std::string> parts = parts_of(value);
    Axis axis;
    if (parts.size() < 5 || !read_amount(parts[3], axis.low) || !read_amount(parts[4], axis.high))
      return tl::unexpected(std::string("an axis can't be read"));
    axis.key = parts[0];
    axis.logarithmic = !parts[1].empty();
    axis.stretch = !parts[2].empty();
    axis.values.assign(parts.begin() + 5, parts.end());
    plan.axes.push_back(std::move(axis));
  }
  if (plan.axes.empty() || plan.replications < 1 || plan.samples < 0)
    return tl::unexpected(std::string("it tells of no sweep"));
  auto points = points_of(plan);
  if (!points) return tl::unexpected(points.error().first);
  plan.points = std::move(*points);
  return plan;
}

}  // namespace faultline
