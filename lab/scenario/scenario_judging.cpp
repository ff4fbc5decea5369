// The keys of what judges and narrates a run: objectives, variants, expectations, notes.

#include <array>

#include "lab/scenario/scenario.hpp"

namespace faultline {
namespace {

// In the order of SloRule::Kind.
constexpr std::array<std::string_view, 4> kSloKinds = {"availability", "latency", "throughput",
                                                       "correctness"};

}  // namespace

void Slo::describe(Binder& b) {
  b.field({.key = "client",
           .help = "Whose requests it is about.",
           .required = true,
           .refers = Refers::Client},
          client);
  b.choice(
      {.key = "kind",
       .help = "What is good: a request that is answered, or answered within `threshold`; a slice "
               "of time in which at least min(`rate`, what was offered) was served; an answer "
               "that is not wrong."},
      kind, kSloKinds);
  static constexpr std::array<Dialect<Slo>, 1> kDialects = {{
      {"guide", "99.9% available; for kind latency, 99% within 200ms; both over 30d.",
       [](Slo& slo) {
         if (kSloKinds[static_cast<std::size_t>(slo.kind)] != "latency") return;
         slo.target = {0.99};
         slo.threshold = milliseconds(200);
       }},
  }};
  const bool liked = b.like(kDialects, *this);
  b.field({.key = "target",
           .help = "Share of requests (slices, answers) that should be good.",
           .min = 0,
           .max = 1,
           .required = !liked},
          target);
  b.field({.key = "window", .help = "Over which the budget is counted.", .min = 1}, window);
  b.field({.key = "threshold",
           .help = "Of kind latency: a good answer takes no longer.",
           .min = 0,
           .above_min = true},
          threshold);
  b.field({.key = "rate",
           .help = "Of kind throughput: what has to be served where as much is offered.",
           .min = 0,
           .above_min = true},
          rate);
  b.field({.key = "slice",
           .help = "Of kind throughput: the length of a slice; served is what is answered within "
                   "a slice's length of being due.",
           .min = 0.1,
           .max = 86400},
          slice);
  b.field({.key = "history",
           .help = "What came before the run: \"29d at 99.95%\".",
           .fallback = "none"},
          history);
  const std::string_view counted = kSloKinds[static_cast<std::size_t>(kind)];
  if (counted == "latency" && !threshold) b.reject("kind", "is latency, which needs a threshold");
  if (counted == "throughput" && !rate) b.reject("kind", "is throughput, which needs a rate");
  for (const char* key : {"rate", "slice"}) {
    if (counted != "throughput" && b.given(key)) b.reject(key, "is about throughput");
  }
  if (counted != "latency" && b.given("threshold")) b.reject("threshold", "is about latency");
  if (target.value >= 1) b.reject("target", "leaves no error budget; ask for less than 100%");
}

void Variant::describe(Binder& b) {
  b.text({.key = "title", .help = "What it is, in a few words."}, title);
  b.settings({.key = "set", .help = "Keys of the scenario with other values."}, set);
}

void Expectation::describe(Binder& b) {
  b.field(
      {.key = "metric",
       .help = "What is judged: client.shoppers.success_rate, edge.\"orders->db\".amplification, …",
       .required = true,
       .refers = Refers::Metric},
      metric);
  b.field({.key = "variant",
           .help = "Which variant; \"*\" is each.",
           .fallback = "base",
           .refers = Refers::Variant},
          variant);
  b.span({.key = "window",
          .help = "[from, to): requests by due time, services by event time.",
          .fallback = "after the warm-up"},
         window);
  constexpr std::array<std::string_view, 5> kWords = {"above", "below", "at_least", "at_most",
                                                      "equals"};
  int given = 0;
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (!b.bound({.key = kWords[i],
                  .help = "The metric holds if so; with the metric's unit, or { times = 0.2, of = "
                          "\"variant\" }."},
                 bound))
      continue;
    comparison = static_cast<Comparison>(i);
    ++given;
  }
  b.field({.key = "why", .help = "What it shows, for the verdict."}, why);
  line = b.line();
  if (given != 1) b.reject("", "needs exactly one of above, below, at_least, at_most, equals");
  if (window && window->second <= window->first) b.reject("window", "ends before it begins");
}

void SweepTable::describe(Binder& b) {
  b.settings({.key = "axes",
              .help = "Keys of the scenario with the values they take: a list, \"range(10ms, 50ms, "
                      "5)\" or \"log(8, 512, 7)\"."},
             axes);
  b.list({.key = "constraints",
          .help = "Which combinations are run: \"service.a.threads < service.b.threads\"."},
         constraints);
  b.list({.key = "metrics",
          .help = "What is kept of each run: \"client.*.success_rate\".",
          .fallback = "the usual"},
         metrics);
  b.field({.key = "replications",
           .help = "Runs of each point, with successive seeds.",
           .min = 1,
           .max = 1e6},
          replications);
  b.field({.key = "samples",
           .help = "Instead of every combination, so many points of a Latin hypercube.",
           .min = 1,
           .max = 1e6,
           .fallback = "every combination"},
          samples);
  if (axes.empty()) b.reject("", "needs `axes`");
}

void Note::describe(Binder& b) {
  b.field({.key = "at", .help = "When it appears.", .min = 0, .required = true}, at);
  b.text({.key = "text", .help = "What to watch, what to ask, what to try.", .required = true},
         text);
}

}  // namespace faultline
