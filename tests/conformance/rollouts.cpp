#include <algorithm>
#include <array>
#include <cstdlib>

#include "models/controllers/release.hpp"
#include "models/controllers/rolling_rules.hpp"
#include "tests/conformance/runners.hpp"

namespace faultline::conformance {
namespace {

// A count, or a share such as "25%".
Portion portion_of(const Fields& input, std::string_view key) {
  if (input.node(key).is_number()) return {input.whole(key), std::nullopt};
  const std::string text = input.text(key);
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str()) throw BadVector{"`" + std::string(key) + "` isn't a count or a share"};
  if (std::string_view(end) == "%") return {std::nullopt, value / 100};
  if (*end != '\0') throw BadVector{"`" + std::string(key) + "` isn't a count or a share"};
  return {static_cast<std::int64_t>(value), std::nullopt};
}

Fences fences_of(const Fields& input) {
  return fences(portion_of(input, "max_surge"), portion_of(input, "max_unavailable"),
                input.whole("replicas"));
}

toml::table fenceposts(const Fields& input) {
  input.only({"max_surge", "max_unavailable", "replicas"});
  const Fences f = fences_of(input);
  return toml::table{{"surge", f.surge}, {"unavailable", f.unavailable}};
}

toml::table new_replicas(const Fields& input) {
  input.only({"replicas", "max_surge", "old", "new"});
  const RollingState s{input.whole("old"), 0, input.whole("new"), 0};
  return toml::table{{"new", scaled_up(input.whole("replicas"), {input.whole("max_surge"), 0}, s)}};
}

toml::table old_replicas(const Fields& input) {
  input.only({"replicas", "max_unavailable", "old", "new", "old_available", "new_available"});
  const RollingState s{input.whole("old"), input.whole("old_available"), input.whole("new"),
                       input.whole("new_available")};
  return toml::table{
      {"old", scaled_down(input.whole("replicas"), {0, input.whole("max_unavailable")}, s)}};
}

// Syncs until nothing changes, then all new instances become available, and so on.
toml::table whole_rollout(const Fields& input) {
  input.only({"max_surge", "max_unavailable", "replicas"});
  const Fences f = fences_of(input);
  const std::int64_t replicas = input.whole("replicas");
  RollingState s{replicas, replicas, 0, 0};
  toml::array rows;
  for (int round = 0; round < 10'000; ++round) {
    for (bool changed = true; changed;) {
      const std::int64_t up = scaled_up(replicas, f, s);
      const std::int64_t down = up == s.fresh_all ? scaled_down(replicas, f, s) : s.old_all;
      changed = up != s.fresh_all || down != s.old_all;
      s.fresh_all = up;
      s.old_all = down;
      s.old_available = std::min(s.old_available, down);
    }
    rows.push_back(toml::table{{"old", s.old_all},
                               {"old_available", s.old_available},
                               {"new", s.fresh_all},
                               {"new_available", s.fresh_available}});
    if (s.fresh_available == s.fresh_all) break;
    s.fresh_available = s.fresh_all;
  }
  return toml::table{
      {"surge", f.surge}, {"unavailable", f.unavailable}, {"quiescent", std::move(rows)}};
}

toml::table traffic_routed(const Fields& input) {
  input.only({"replicas", "weight"});
  const std::int64_t replicas = input.whole("replicas");
  return toml::table{{"canary", canary_instances(input.number("weight") / 100, replicas)},
                     {"stable", replicas}};
}

}  // namespace

std::span<const Kind> rollout_kinds() {
  static constexpr std::array<Kind, 5> kKinds = {{{"rolling_fenceposts", fenceposts},
                                                  {"rolling_new_rs", new_replicas},
                                                  {"rolling_old_rs", old_replicas},
                                                  {"rolling_sim", whole_rollout},
                                                  {"argo_traffic_routed_canary", traffic_routed}}};
  return kKinds;
}

}  // namespace faultline::conformance
