// Caches, flags, ladders and what is done by hand, in the scenario language.

#include <algorithm>
#include <array>

#include "lab/scenario/scenario.hpp"

namespace faultline {
namespace {

constexpr std::array<std::string_view, 3> kEvictions = {"lru", "fifo", "random"};
constexpr std::array<std::string_view, 5> kSignals = {"threads", "queue", "cpu", "disk", "errors"};

// What a rule of a flag and of a ladder have in common.
void describe_rule(Binder& b, std::string& service, Signal& signal, Share& margin, Duration& period,
                   Duration& dwell) {
  b.field({.key = "service",
           .help = "The service that it looks at.",
           .required = true,
           .refers = Refers::Service},
          service);
  b.choice({.key = "signal",
            .help = "Of that service, as a share: busy threads, waiting requests of the queue's "
                    "limit, busy cores, busy disk, or failed answers."},
           signal, kSignals);
  b.field({.key = "margin",
           .help = "It goes back when the signal is below the threshold by this much.",
           .min = 0,
           .max = 1},
          margin);
  b.field({.key = "period",
           .help = "How often it looks, at the average since it last did.",
           .min = 0.001},
          period);
  b.field({.key = "dwell",
           .help = "It stays at least so long before it goes back; up it goes at once.",
           .min = 0},
          dwell);
}

}  // namespace

void Cache::describe(Binder& b) {
  static constexpr std::array<Dialect<Cache>, 1> kDialects = {{
      {"guide", "Fresh for 5 min, stale for an hour, in need for a day.",
       [](Cache& c) {
         c.ttl = milliseconds(300'000);
         c.stale_while_revalidate = milliseconds(3'600'000);
         c.stale_if_error = milliseconds(86'400'000);
       }},
  }};
  b.like(kDialects, *this);
  b.field({.key = "ttl",
           .help = "How long an entry is fresh.",
           .min = 0,
           .above_min = true,
           .fallback = "for ever"},
          ttl);
  b.field({.key = "capacity",
           .help = "Entries it holds; `eviction` says which goes first.",
           .min = 1,
           .max = 1e7,
           .fallback = "unbounded"},
          capacity);
  b.field({.key = "coalesce",
           .help = "While one miss is being filled, others for the same key wait for it."},
          coalesce);
  b.field({.key = "stale_while_revalidate",
           .help = "So long past its ttl an entry is given out while it is fetched anew behind the "
                   "scenes.",
           .min = 0},
          stale_while_revalidate);
  b.field({.key = "stale_if_error",
           .help = "So long past its ttl an entry is given out when fetching it fails.",
           .min = 0},
          stale_if_error);
  b.field({.key = "stale_quality",
           .help = "Worth of an answer that is past its ttl; a fresh one is 1.",
           .min = 0,
           .max = 1,
           .above_min = true},
          stale_quality);
  b.field({.key = "early_refresh",
           .help = "β of XFetch: a request may fetch before the ttl is over, the likelier the "
                   "nearer the end and the longer fetching takes; 1 is usual, 0 never.",
           .min = 0,
           .max = 100},
          early_refresh);
  b.field({.key = "ttl_jitter",
           .help = "Each entry lives longer or shorter by up to this share of the ttl.",
           .min = 0,
           .max = 1,
           .above_min = false},
          ttl_jitter);
  b.field({.key = "sliding", .help = "A hit begins the ttl anew."}, sliding);
  b.choice({.key = "eviction",
            .help = "Who goes when it is full: the least recently used, the oldest, any."},
           eviction, kEvictions);
  if (!ttl) {
    for (const char* key : {"stale_while_revalidate", "stale_if_error", "stale_quality",
                            "early_refresh", "ttl_jitter", "sliding"}) {
      if (b.given(key)) b.reject(key, "is about a `ttl`, which this cache has not");
    }
  }
  if (capacity == 0 && b.given("eviction"))
    b.reject("eviction", "is about a `capacity`, which this cache has not");
}

// What may be missing, and what the answer is worth then.
void Step::check_missing(Binder& b) const {
  const bool parts = !parallel.empty();
  if (optional && call.empty() && cache.empty())
    b.reject("optional", "is about a call or a cache; parts of `parallel` have it each");
  if (optional && !otherwise.empty()) b.reject("optional", "doesn't go with `otherwise`");
  if ((optional || !flag.empty()) && !without && !parts)
    b.reject("", "needs `without`, what the answer is worth without this step");
  if (without && !optional && flag.empty() && !parts)
    b.reject("without", "needs something that can be missing: optional, flag or parallel");
  const bool all_optional = parts && std::all_of(parallel.begin(), parallel.end(),
                                                 [](const Leg& l) { return l.optional; });
  if (all_optional && !need && wait == 1)
    b.reject("wait", "for `need` of nothing but optional parts");
}

void Flag::describe(Binder& b) {
  b.field({.key = "on", .help = "Whether it is on when the run begins."}, on);
  b.table({.key = "off_when", .help = "A rule that switches it off, and on again."}, off_when);
}

void FlagRule::describe(Binder& b) {
  describe_rule(b, service, signal, margin, period, dwell);
  b.field({.key = "above",
           .help = "Off while the signal is above this.",
           .min = 0,
           .max = 10,
           .required = true},
          above);
}

void LadderRung::describe(Binder& b) {
  b.field({.key = "name", .help = "What people call it."}, name);
  b.field({.key = "above",
           .help = "It begins when the signal is above this.",
           .min = 0,
           .max = 10,
           .required = true},
          above);
  b.list({.key = "off", .help = "Flags that are off on this rung.", .refers = Refers::Flag}, off);
  b.field({.key = "quality",
           .help = "Worth of the service's answers on this rung, beside what its steps lose.",
           .min = 0,
           .max = 1,
           .above_min = true},
          quality);
  b.field({.key = "cache_age",
           .help = "So long past their ttl the service gives out what its caches hold.",
           .min = 0},
          cache_age);
}

void LadderEntry::describe(Binder& b) {
  static constexpr std::array<Dialect<LadderEntry>, 1> kDialects = {{
      {"guide",
       "Rungs of 75, 50 and 25 % from 70, 85 and 95 % of the threads, with caches of 5 min "
       "and 1 h.",
       [](LadderEntry& l) {
         const auto rung = [](const char* name, double above, double quality, std::int64_t age_s) {
           LadderRung r;
           r.name = name;
           r.above = {above};
           r.quality = quality;
           r.cache_age = milliseconds(age_s * 1000);
           return r;
         };
         l.rungs = {rung("reduced", 0.7, 0.75, 300), rung("basic", 0.85, 0.5, 3600),
                    rung("minimal", 0.95, 0.25, 3600)};
       }},
  }};
  const bool liked = b.like(kDialects, *this);
  describe_rule(b, service, signal, margin, period, dwell);
  std::vector<LadderRung> own;
  b.list({.key = "rungs",
          .help = "What is given up, step by step; rung 0 is everything.",
          .required = !liked,
          .fallback = "none"},
         own);
  if (!own.empty()) rungs = std::move(own);
  for (std::size_t i = 1; i < rungs.size(); ++i) {
    if (rungs[i].above.value < rungs[i - 1].above.value)
      b.reject("rungs", "has a rung that begins below the one before it");
  }
}

void Action::describe(Binder& b) {
  b.field({.key = "at", .help = "When.", .min = 0, .required = true}, at);
  b.field({.key = "flag", .help = "The flag that is switched.", .refers = Refers::Flag}, flag);
  b.field({.key = "on", .help = "Of flag: to what."}, on);
  b.field({.key = "flush", .help = "The cache that is emptied.", .refers = Refers::Cache}, flush);
  if (int{!flag.empty()} + int{!flush.empty()} != 1)
    b.reject("", "needs exactly one of flag, flush");
  if (flag.empty() && b.given("on")) b.reject("on", "is about a `flag`");
}

}  // namespace faultline
