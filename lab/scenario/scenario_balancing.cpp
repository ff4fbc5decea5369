// The keys of how a caller chooses among a service's instances, and of what concerns that choice.

#include <array>

#include "lab/scenario/scenario.hpp"

namespace faultline {
namespace {

constexpr std::array<std::string_view, 5> kBalancers = {"round_robin", "random", "least_request",
                                                        "power_of_two", "peak_ewma"};
constexpr std::array<std::string_view, 3> kZoneRoutings = {"off", "aware", "failover"};

}  // namespace

void SlowStartOptions::describe(Binder& b) {
  b.shorthand("window");
  b.field({.key = "window",
           .help = "How long after it became ready an instance gets less than its weight.",
           .min = 0,
           .max = 86400,
           .required = true,
           .above_min = true},
          window);
  b.field({.key = "aggression",
           .help = "1: its weight grows evenly; above 1 it grows faster at first.",
           .min = 0,
           .max = 100,
           .above_min = true},
          aggression);
  b.field({.key = "min_weight",
           .help = "It gets at least this share of its weight.",
           .min = 0,
           .max = 1,
           .above_min = true},
          min_weight);
}

void Balancer::describe(Binder& b) {
  b.shorthand("kind");
  b.choice({.key = "kind",
            .help = "Who is next: in turn; by chance; the fewest of the caller's own attempts; the "
                    "better of two by that count; or by the lower recent round trip."},
           kind, kBalancers);
  b.field({.key = "choice_count",
           .help = "Of least_request: so many are drawn, and may be drawn twice (Envoy's 2).",
           .min = 1,
           .max = 1000,
           .fallback = "all are looked at"},
          choice_count);
  b.list({.key = "weights",
          .help = "Of the instances, in turn; of round_robin and least_request.",
          .min = 0.001,
          .max = 1e6},
         weights);
  b.field({.key = "bias",
           .help = "Of least_request with weights: weight / (attempts + 1)^bias.",
           .min = 0,
           .max = 100},
          bias);
  b.table({.key = "slow_start", .help = "A new instance gets its share little by little."},
          slow_start);
  b.field({.key = "default_rtt",
           .help = "Of peak_ewma: taken for an instance not yet heard of.",
           .min = 0,
           .above_min = true},
          default_rtt);
  b.field({.key = "decay",
           .help = "Of peak_ewma: after so long 37 % of a round trip is still remembered.",
           .min = 0.001},
          decay);
  b.choice({.key = "zones",
            .help = "Whether callers keep to their own zone: no; as far as all zones then get "
                    "their due; or until it fails."},
           zones, kZoneRoutings);
  b.field({.key = "min_zone_hosts",
           .help = "Of aware: with fewer hosts zones are not looked at.",
           .min = 1,
           .max = 1e6},
          min_zone_hosts);
  b.field({.key = "panic_threshold",
           .help = "With a smaller share in rotation, ejected ones are used again; 0%: never.",
           .min = 0,
           .max = 1},
          panic_threshold);
  const bool least = kind == Balancing::LeastRequest;
  if (choice_count && !least) b.reject("choice_count", "is about least_request");
  const bool can_weigh = least || kind == Balancing::RoundRobin;
  if (!weights.empty() && !can_weigh)
    b.reject("weights", "are used by round_robin and least_request only");
  if (slow_start && !can_weigh)
    b.reject("slow_start", "is known to round_robin and least_request only");
  if (choice_count && (!weights.empty() || slow_start))
    b.reject("choice_count", "doesn't go with weights, which look at all");
  if (b.given("bias") && !(least && (!weights.empty() || slow_start)))
    b.reject("bias", "is about least_request with weights");
  for (const char* key : {"default_rtt", "decay"}) {
    if (b.given(key) && kind != Balancing::PeakEwma) b.reject(key, "is about peak_ewma");
  }
  if (b.given("min_zone_hosts") && zones != ZoneRouting::Aware)
    b.reject("min_zone_hosts", "is about zones = \"aware\"");
}

void WarmUp::describe(Binder& b) {
  b.field({.key = "for", .help = "How long.", .min = 0, .required = true, .above_min = true},
          lasts);
  b.field({.key = "factor",
           .help = "Its first work takes this many times as long; from there it sinks evenly to 1.",
           .min = 1,
           .max = 1e6,
           .required = true},
          factor);
}

}  // namespace faultline
