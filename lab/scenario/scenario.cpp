#include "lab/scenario/scenario.hpp"

#include <algorithm>
#include <array>

namespace faultline {
namespace {

constexpr std::array<std::string_view, 2> kWaits = {"all", "need"};
constexpr std::array<std::string_view, 5> kDisciplines = {"fifo", "lifo", "priority",
                                                          "adaptive_lifo", "fair"};
constexpr std::array<std::string_view, 3> kPropagations = {"none", "deadline", "cancel"};
constexpr std::array<std::string_view, 2> kScopes = {"instance", "shared"};

}  // namespace

void Leg::describe(Binder& b) {
  b.shorthand("call");
  b.field(
      {.key = "call", .help = "service/endpoint.", .required = true, .refers = Refers::Endpoint},
      call);
  b.field({.key = "policy",
           .help = "The policies on this leg, instead of the step's.",
           .refers = Refers::Policy},
          policy);
  b.field({.key = "optional", .help = "Whether the answer can do without it."}, optional);
}

void Step::describe(Binder& b) {
  b.field({.key = "work", .help = "Holds the thread for so long."}, work);
  b.field({.key = "cpu",
           .help = "CPU time; holds the thread until the service's cores have given so much."},
          cpu);
  b.field({.key = "disk",
           .help = "Reads or writes so much on the service's disk, and holds the thread."},
          disk);
  b.field({.key = "operations",
           .help = "Of disk: so many operations, each of that size.",
           .min = 1,
           .max = 1e6},
          operations);
  b.field({.key = "call",
           .help = "Calls service/endpoint and holds the thread until it has answered.",
           .refers = Refers::Endpoint},
          call);
  b.list({.key = "parallel", .help = "Calls several at once and holds the thread."}, parallel);
  b.field({.key = "chance",
           .help = "The step is done for this share of requests, by chance; others pass it over.",
           .min = 0,
           .max = 1,
           .fallback = "100%"},
          chance);
  b.field({.key = "otherwise",
           .help = "Of call: service/endpoint called instead where `chance` says no.",
           .refers = Refers::Endpoint},
          otherwise);
  b.field({.key = "cache",
           .help = "Looks a key up in this cache; a miss calls `miss` and stores the answer.",
           .refers = Refers::Cache},
          cache);
  b.field({.key = "keys", .help = "Of cache: how many keys there are.", .min = 1, .max = 1e7},
          keys);
  b.field({.key = "zipf",
           .help = "Of cache: exponent of the keys' popularity; 0 is uniform.",
           .min = 0,
           .max = 10},
          zipf);
  b.field({.key = "miss",
           .help = "Of cache: service/endpoint that fills it.",
           .refers = Refers::Endpoint},
          miss);
  b.field({.key = "policy", .help = "The policies on the step's calls.", .refers = Refers::Policy},
          policy);
  b.field({.key = "need",
           .help = "Of parallel: legs that must succeed.",
           .min = 1,
           .max = 1e4,
           .fallback = "all"},
          need);
  b.choice({.key = "wait",
            .help = "Of parallel: for all legs to end, or go on once `need` succeeded or cannot."},
           wait, kWaits);
  b.field({.key = "timeout",
           .help = "Of parallel: after this, legs still under way count as failed.",
           .min = 0,
           .above_min = true},
          timeout);
  b.field({.key = "idempotent", .help = "Whether the call does no harm when done twice."},
          idempotent);
  b.field({.key = "optional",
           .help = "Of call and cache: if it fails, the answer is partial instead of none."},
          optional);
  b.field({.key = "flag",
           .help = "The step is done only while this flag is on.",
           .refers = Refers::Flag},
          flag);
  b.field({.key = "without",
           .help = "Worth of what is missing: of the answer without an optional call or a step "
                   "whose flag is off; of each part of parallel that is not there.",
           .min = 0,
           .max = 1,
           .fallback = "of a part of parallel 0"},
          without);
  b.field({.key = "flush",
           .help = "Sends what there is of the answer so far; the caller's header and read "
                   "timeouts see it come."},
          flush);
  b.field({.key = "read",
           .help = "Learns the version of the record of this name; takes no time by itself."},
          read);
  b.field({.key = "write",
           .help = "Writes the record of this name, unless it has changed since whoever asks, or "
                   "its caller, has read it: then the request fails (client_error, a conflict)."},
          write);
  const int kinds = int{work.has_value()} + int{cpu.has_value()} + int{disk.has_value()} +
                    int{!call.empty()} + int{!parallel.empty()} + int{!cache.empty()} + int{flush} +
                    int{!read.empty()} + int{!write.empty()};
  if (kinds != 1)
    b.reject("", "needs exactly one of work, cpu, disk, call, parallel, cache, flush, read, write");
  if (!disk && b.given("operations")) b.reject("operations", "is about a disk");
  if (!otherwise.empty() && (call.empty() || !chance))
    b.reject("otherwise", "belongs to a call with a `chance`");
  if (!cache.empty() && miss.empty()) b.reject("cache", "needs `miss`, the call that fills it");
  if (cache.empty()) {
    for (const char* key : {"keys", "zipf", "miss"}) {
      if (b.given(key)) b.reject(key, "is about a cache, which this step is not");
    }
  }
  if (parallel.empty()) {
    for (const char* key : {"need", "wait", "timeout"}) {
      if (b.given(key)) b.reject(key, "is about parallel calls, which this step is not");
    }
  } else if (need && *need > std::ssize(parallel)) {
    b.reject("need", "is more than there are legs");
  }
  const bool about_record = !read.empty() || !write.empty();
  if ((work || cpu || disk || about_record) && !policy.empty())
    b.reject("policy", "is about calls, which this step is not");
  check_missing(b);
}

void Endpoint::describe(Binder& b) {
  b.field({.key = "work", .help = "Shorthand for a single step of work."}, work);
  b.list({.key = "steps", .help = "What it does, in order."}, steps);
  effects.describe(b);
  if (work.has_value() == !steps.empty()) b.reject("", "needs exactly one of work, steps");
}

void Queue::describe(Binder& b) {
  b.field({.key = "limit",
           .help = "Requests that may wait for a thread; the next is refused. 0: nobody waits.",
           .min = 0,
           .max = 1e9,
           .fallback = "unbounded",
           .unbounded = true},
          limit);
  b.choice({.key = "discipline", .help = "Who is next."}, discipline, kDisciplines);
  b.field({.key = "lifo_above",
           .help = "Of adaptive_lifo: with more waiting than this the newest is next, else the "
                   "oldest.",
           .min = 0,
           .max = 1e9},
          lifo_above);
  b.table({.key = "codel", .help = "Sheds what has waited too long while the queue stands."},
          codel);
  if (codel && codel->at_arrival() && b.given("timeout"))
    b.reject("timeout", "is what this codel sets by itself");
  if (b.given("lifo_above") && discipline != Discipline::AdaptiveLifo)
    b.reject("lifo_above", "is about discipline = \"adaptive_lifo\"");
  b.field({.key = "timeout",
           .help = "Who has waited so long is refused; a distribution gives each its own patience.",
           .min = 0,
           .fallback = "none"},
          timeout);
}

void Service::describe(Binder& b) {
  b.field({.key = "replicas", .help = "Instances (pods).", .min = 1, .max = 1e5}, replicas);
  b.field({.key = "threads",
           .help = "Per instance; one is held from dequeue to reply. A number or \"unbounded\".",
           .min = 1,
           .max = 1e8,
           .required = true,
           .unbounded = true},
          threads);
  b.table({.key = "queue", .help = "Where requests wait for a thread."}, queue);
  b.table({.key = "door", .help = "What each instance refuses before anything else."}, door);
  b.table({.key = "balancer", .help = "How its callers choose an instance."}, balancer);
  b.table({.key = "outlier_detection",
           .help = "Its callers stop calling instances that fail, for a while (Envoy)."},
          outlier_detection);
  b.list({.key = "zones", .help = "Where its instances are, in turn."}, zones);
  b.table({.key = "warm_up", .help = "A new or restarted instance is slower at first."}, warm_up);
  b.field({.key = "contention",
           .help = "So much longer work takes for each request that its instance has in work when "
                   "it begins, itself included.",
           .min = 0,
           .max = 100},
          contention);
  b.table({.key = "cpu",
           .help = "Cores of each instance, which its steps of `cpu` share; cpu_utilization is "
                   "measured against them. \"2\" stands for { cores = \"2\" }."},
          cpu);
  b.table({.key = "disk", .help = "The local disk of each instance, which steps of `disk` use."},
          disk);
  b.table({.key = "memory", .help = "The memory of each instance, held by requests in it."},
          memory);
  b.field({.key = "work", .help = "One-endpoint shorthand: a single step of work."}, work);
  b.list({.key = "steps", .help = "One-endpoint shorthand: what it does, in order."}, steps);
  effects.describe(b);
  b.map({.key = "endpoint", .help = "What it can be asked to do."}, endpoints);
  if (!endpoints.empty()) {
    for (const char* key : {"idempotent", "idempotency_keys", "request_size", "response_size"}) {
      if (b.given(key)) b.reject(key, "is about what a service does: it belongs to an endpoint");
    }
  }
  if (door.shed && !door.shed->full) {
    const bool endless = !queue.limit || *queue.limit == kUnbounded;
    if (door.shed->by == ShedSettings::Load::Queue && endless)
      b.reject("door", "sheds by its queue, which has no limit: say what `full` is");
    if (door.shed->by == ShedSettings::Load::Concurrency && threads == kUnbounded)
      b.reject("door", "sheds by concurrency, which has no limit: say what `full` is");
  }
  const int ways = int{work.has_value()} + int{!steps.empty()} + int{!endpoints.empty()};
  if (ways != 1) b.reject("", "needs exactly one of work, steps, endpoint");
  if (balancer.zones != ZoneRouting::Off && zones.empty())
    b.reject("balancer", "looks at zones, and the instances are in none: add `zones`");
  check_machine(b);
}

void PolicySet::describe(Binder& b) {
  const auto kinds = policy_kinds();
  patterns.resize(kinds.size());
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    b.optional_object({.key = kinds[i].name, .help = kinds[i].summary}, kinds[i].make, patterns[i]);
  }
  b.list({.key = "order",
          .help = "The patterns, outermost first.",
          .fallback = "fallback, deadline, retry, hedge, breaker, throttle, rate_limit, "
                      "timeout, bulkhead, concurrency, pool"},
         order);
  b.choice({.key = "scope",
            .help = "Whether each instance of the caller keeps its own state, or all share one."},
           shared, kScopes);
  b.choice({.key = "propagation",
            .help = "What the callee learns: nothing, until when the caller waits, or also when it "
                    "stops waiting."},
           propagation, kPropagations);
  for (const std::string& name : order) {
    bool known = false;
    for (const auto& kind : kinds) known = known || kind.name == name;
    if (!known) b.reject("order", "names a pattern that doesn't exist");
  }
  const auto place = [&](std::string_view name) {
    return std::find(order.begin(), order.end(), name) - order.begin();
  };
  bool hedged = false, calls = false;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (!patterns[i]) continue;
    hedged = hedged || kinds[i].name == "hedge";
    for (const FallbackTier& tier : patterns[i]->fallback_tiers())
      calls = calls || !tier.call.empty();
  }
  if (hedged && calls && place("hedge") < place("fallback"))
    b.reject("order", "puts a fallback that calls inside the hedge: it belongs outside");
}

void FaultEntry::describe(Binder& b) {
  b.field({.key = "at", .help = "When it begins.", .min = 0, .required = true}, at);
  b.field({.key = "for",
           .help = "How long it lasts.",
           .min = 0,
           .above_min = true,
           .fallback = "to the end"},
          lasts);
  b.field({.key = "every",
           .help = "It comes back so long after it began, again and again.",
           .min = 0,
           .above_min = true,
           .fallback = "once"},
          every);
  if (every && (!lasts || *lasts > *every)) b.reject("every", "needs a `for` that is no longer");
  b.kind({.key = "kind", .help = "What goes wrong.", .required = true}, fault_kinds(), fault);
}

void Autoscaler::describe(Binder& b) {
  b.kind({.key = "kind", .help = "How it decides.", .required = true}, autoscaler_kinds(), config);
}

void Rollout::describe(Binder& b) {
  b.field({.key = "service",
           .help = "The service that gets a new version.",
           .required = true,
           .refers = Refers::Service},
          service);
  b.field({.key = "at", .help = "When it begins.", .min = 0, .required = true}, at);
  b.field({.key = "name", .help = "Its name in metrics.", .fallback = "the service's"}, name);
  b.kind({.key = "strategy", .help = "How the new version replaces the old.", .required = true},
         rollout_kinds(), config);
}

void Scenario::describe(Binder& b) {
  b.field(
      {.key = "faultline", .help = "Version of the scenario language.", .min = 1, .required = true},
      version);
  b.text({.key = "title", .help = "What it is about."}, title);
  b.text({.key = "story",
          .help = "Markdown for the audience; in several languages { en = …, fr = … }."},
         story);
  b.field({.key = "duration", .help = "Simulated time.", .min = 0, .above_min = true}, duration);
  b.field(
      {.key = "warmup", .help = "Left out of the summary figures, drawn all the same.", .min = 0},
      warmup);
  b.field({.key = "seed", .help = "Of all chance in the run.", .min = 0}, seed);
  b.map({.key = "client", .help = "Who asks."}, clients);
  b.map({.key = "service", .help = "Who answers."}, services);
  b.map({.key = "policy", .help = "Resilience patterns under a name."}, policies);
  b.table({.key = "network", .help = "The default for every link."}, network);
  b.map({.key = "link", .help = "One link, caller->callee.", .refers = Refers::Link}, links);
  b.map({.key = "cache", .help = "Answers kept for a while."}, caches);
  b.map({.key = "flag", .help = "Features that can be switched off."}, flags);
  b.map({.key = "ladder", .help = "What a service gives up, step by step, when it is strained."},
        ladders);
  b.list({.key = "action", .help = "What somebody does by hand, and when."}, actions);
  b.list({.key = "fault", .help = "What goes wrong, and when."}, faults);
  b.map({.key = "autoscaler", .help = "Changes a service's replicas.", .refers = Refers::Service},
        autoscalers);
  b.list({.key = "rollout", .help = "A new version of a service."}, rollouts);
  b.map({.key = "slo", .help = "A service level objective and its error budget."}, slos);
  b.map({.key = "variant", .help = "The scenario with some keys set differently."}, variants);
  b.list({.key = "expect", .help = "A hypothesis, judged by run and check."}, expectations);
  b.list({.key = "note", .help = "Narration: appears when the clock gets there."}, notes);
  b.table({.key = "sweep", .help = "What `faultline sweep` runs when no --axis is given."}, sweep);
  if (warmup >= duration) b.reject("warmup", "leaves nothing of the duration");
}

}  // namespace faultline
