#include "models/policies/door_settings.hpp"

#include <array>

namespace faultline {

void ShedSettings::describe(Binder& b) {
  static constexpr std::array<std::string_view, 4> kLoads = {"concurrency", "queue", "threads",
                                                             "cpu"};
  static constexpr std::array<std::string_view, 2> kAnswers = {"reject", "cached"};
  static constexpr std::array<std::string_view, 4> kKeys = {"P0", "P1", "P2", "P3"};
  static constexpr std::array<std::string_view, 4> kHelp = {
      "Load from which on P0 is shed, and what counts as nothing less.",
      "Load from which on P1 is shed.", "Load from which on P2 is shed.",
      "Load from which on P3 is shed."};
  b.choice({.key = "by",
            .help = "What load is: requests in the instance, requests waiting in it, or the busy "
                    "threads or cores of all instances, averaged over `period`."},
           by, kLoads);
  b.field({.key = "full",
           .help = "Of concurrency and queue: as many are a load of 100%.",
           .min = 1,
           .max = 1e9,
           .fallback = "threads + queue limit; the queue's limit"},
          full);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    Share level = levels[i].value_or(Share{});
    const bool had = levels[i].has_value();
    b.field({.key = kKeys[i],
             .help = kHelp[i],
             .min = 0,
             .max = 100,
             .above_min = true,
             .fallback = i == 0 ? "never" : std::string_view{}},
            level);
    if (had || b.given(kKeys[i])) levels[i] = level;
  }
  b.field({.key = "maintenance",
           .help = "Load from which on everybody gets the maintenance page (shed), P0 too.",
           .min = 0,
           .max = 100,
           .above_min = true,
           .fallback = "never"},
          maintenance);
  b.field({.key = "hysteresis",
           .help = "Goes on until the load is so far below the level.",
           .min = 0,
           .max = 1},
          hysteresis);
  b.field({.key = "ramp",
           .help = "The share shed rises from none at the level to all so far above it.",
           .min = 0,
           .max = 1},
          ramp);
  b.field({.key = "period",
           .help = "Of threads and cpu: the load is that of the last full period.",
           .min = 0,
           .above_min = true},
          period);
  b.choice({.key = "answer",
            .help = "What the shed get: an error, or an answer from memory that takes no thread."},
           answer, kAnswers);
  b.field({.key = "quality",
           .help = "Of an answer from memory; a full answer is 1.",
           .min = 0,
           .max = 1,
           .above_min = true},
          quality);
  if (full && averaged()) b.reject("full", "is about requests, not about threads or cpu");
  if (b.given("quality") && answer != Answer::Cached)
    b.reject("quality", "is of an answer = \"cached\"");
  if (b.given("period") && !averaged()) b.reject("period", "is about threads and cpu");
}

void DoorSettings::describe(Binder& b) {
  b.table({.key = "rate_limit", .help = "More than this is refused at once (rate_limited)."},
          rate_limit);
  b.table({.key = "shed", .help = "Under load the less important is refused (shed)."}, shed);
  b.table({.key = "concurrency",
           .help = "Requests in an instance, waiting ones included; the next is refused (shed).",
           .fallback = "unbounded"},
          concurrency);
}

}  // namespace faultline
