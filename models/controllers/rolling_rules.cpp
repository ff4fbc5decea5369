#include "models/controllers/rolling_rules.hpp"

#include <algorithm>
#include <cmath>

namespace faultline {

Fences fences(const Portion& max_surge, const Portion& max_unavailable, std::int64_t replicas) {
  const auto resolved = [&](const Portion& p, bool up) {
    if (p.count) return *p.count;
    const double exact = p.share.value_or(0) * static_cast<double>(replicas);
    return static_cast<std::int64_t>(up ? std::ceil(exact - 1e-9) : std::floor(exact + 1e-9));
  };
  Fences f{resolved(max_surge, true), resolved(max_unavailable, false)};
  if (f.surge == 0 && f.unavailable == 0) f.unavailable = 1;
  return f;
}

std::int64_t scaled_up(std::int64_t replicas, const Fences& fences, const RollingState& s) {
  if (s.fresh_all >= replicas) return replicas;
  const std::int64_t room = replicas + fences.surge - (s.old_all + s.fresh_all);
  return s.fresh_all + std::clamp<std::int64_t>(room, 0, replicas - s.fresh_all);
}

std::int64_t scaled_down(std::int64_t replicas, const Fences& fences, const RollingState& s) {
  const std::int64_t min_available = replicas - fences.unavailable;
  const std::int64_t most =
      s.old_all + s.fresh_all - min_available - (s.fresh_all - s.fresh_available);
  if (most <= 0) return s.old_all;
  const std::int64_t broken = std::min(s.old_all - s.old_available, most);
  const std::int64_t available = s.old_available + s.fresh_available;
  const std::int64_t healthy =
      std::clamp<std::int64_t>(available - min_available, 0, s.old_all - broken);
  return s.old_all - broken - healthy;
}

}  // namespace faultline
