#include "lab/study/sweep_points.hpp"

#include <fmt/format.h>

#include <numeric>

#include "sim/random.hpp"

namespace faultline {
namespace {

using Points = std::vector<std::vector<std::string>>;

Points grid(const SweepPlan& plan) {
  Points points = {{}};
  for (const Axis& axis : plan.axes) {
    Points more;
    more.reserve(points.size() * axis.values.size());
    for (const auto& point : points) {
      for (const std::string& value : axis.values) {
        more.push_back(point);
        more.back().push_back(value);
      }
    }
    points = std::move(more);
  }
  return points;
}

Points hypercube(const SweepPlan& plan) {
  const auto n = static_cast<std::size_t>(plan.samples);
  Points points(n);
  const std::uint64_t key = derive(mix(static_cast<std::uint64_t>(plan.first_seed)), "hypercube");
  for (const Axis& axis : plan.axes) {
    Draws draws(derive(key, axis.key));
    std::vector<std::size_t> slices(n);
    std::iota(slices.begin(), slices.end(), std::size_t{0});
    for (std::size_t i = n; i > 1; --i) std::swap(slices[i - 1], slices[draws.below(i)]);
    for (std::size_t i = 0; i < n; ++i) {
      const double u = (static_cast<double>(slices[i]) + draws.uniform()) / static_cast<double>(n);
      points[i].push_back(axis.at(u));
    }
  }
  return points;
}

// The value that an operand has at a point.
const std::string& operand(const SweepPlan& plan, const std::vector<std::string>& point,
                           const std::string& text) {
  for (std::size_t a = 0; a < plan.axes.size(); ++a) {
    if (plan.axes[a].key == text) return point[a];
  }
  return text;
}

}  // namespace

tl::expected<Points, std::pair<std::string, std::string>> points_of(const SweepPlan& plan) {
  double count = plan.samples > 0 ? static_cast<double>(plan.samples) : 1;
  for (const Axis& axis : plan.axes) {
    if (plan.samples == 0) count *= static_cast<double>(axis.values.size());
  }
  if (count > static_cast<double>(kMostPoints))
    return tl::unexpected(std::pair{fmt::format("the grid has {:.0f} points", count),
                                    fmt::format("at most {}; --samples N takes a Latin hypercube "
                                                "of N instead of every combination",
                                                kMostPoints)});
  const Points all = plan.samples > 0 ? hypercube(plan) : grid(plan);
  Points kept;
  for (const auto& point : all) {
    bool wanted = true;
    for (const Constraint& c : plan.constraints) {
      const auto fulfilled = holds(c, operand(plan, point, c.left), operand(plan, point, c.right));
      if (!fulfilled) return tl::unexpected(std::pair{fulfilled.error(), std::string{}});
      wanted = wanted && *fulfilled;
    }
    if (wanted) kept.push_back(point);
  }
  if (kept.empty())
    return tl::unexpected(std::pair{
        fmt::format("the grid is empty: the constraints rule out all of its {} points", all.size()),
        std::string{}});
  return kept;
}

}  // namespace faultline
