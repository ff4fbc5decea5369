#include "lab/scenario/scenario.hpp"

#include <array>

namespace faultline {
namespace {

constexpr std::array<std::string_view, 2> kArrivals = {"poisson", "constant"};
constexpr std::array<std::string_view, 4> kPriorities = {"P0", "P1", "P2", "P3"};
constexpr std::array<std::string_view, 2> kWaits = {"all", "need"};
constexpr std::array<std::string_view, 5> kDisciplines = {"fifo", "lifo", "priority",
                                                          "adaptive_lifo", "fair"};
constexpr std::array<std::string_view, 3> kPropagations = {"none", "deadline", "cancel"};
constexpr std::array<std::string_view, 2> kScopes = {"instance", "shared"};

}  // namespace

void ShapeEntry::describe(Binder& b) {
  b.positional();
  b.field({.key = "at", .help = "Since the start of the run.", .min = 0, .required = true}, at);
  b.field({.key = "factor",
           .help = "The rate is multiplied by this, linearly between two points.",
           .min = 0,
           .max = 1e6,
           .required = true},
          factor);
}

void Client::describe(Binder& b) {
  b.field(
      {.key = "calls",
       .help =
           "The service it calls, as service/endpoint; the service alone if it has one endpoint.",
       .required = true,
       .refers = Refers::Endpoint},
      calls);
  b.field({.key = "rate",
           .help = "Open loop: requests per second, whether or not earlier ones were answered.",
           .min = 0,
           .max = 1e7,
           .above_min = true},
          rate);
  b.choice({.key = "arrivals", .help = "Of an open loop: by chance (Poisson) or evenly spaced."},
           arrivals, kArrivals);
  b.list(
      {.key = "shape",
       .help =
           "Factor on the rate over time: [[\"0s\", 1], [\"4min\", 2.25]], linear between points."},
      shape);
  b.field({.key = "users",
           .help = "Closed loop: so many users think, ask, wait.",
           .min = 1,
           .max = 4e6},
          users);
  b.field({.key = "think", .help = "Closed loop: pause between an answer and the next request."},
          think);
  b.field({.key = "gaps", .help = "Open loop: any law for the time between two arrivals."}, gaps);
  b.field({.key = "batch",
           .help = "Requests that come at once with each arrival.",
           .min = 1,
           .max = 1e6},
          batch);
  b.field({.key = "at_start",
           .help = "Requests that are there when the run begins.",
           .min = 0,
           .max = 1e6},
          at_start);
  b.field({.key = "instances",
           .help = "How many callers it is, each with policies of its own.",
           .min = 1,
           .max = 1e5},
          instances);
  b.list({.key = "zones", .help = "Where its instances are, in turn."}, zones);
  b.field({.key = "policy", .help = "The policies on its calls.", .refers = Refers::Policy},
          policy);
  b.choice({.key = "priority", .help = "P0 is the most important."}, priority, kPriorities);
  b.table({.key = "population",
           .help = "Its users, on whose behalf it asks: limits, fair queues and flags know them."},
          population);
  b.field({.key = "idempotent",
           .help = "Whether doing it twice does no harm; if not, only what never reached the "
                   "server is retried."},
          idempotent);
  b.field({.key = "starts", .help = "When it begins.", .min = 0, .fallback = "0s"}, starts);
  b.field({.key = "stops", .help = "When it stops asking.", .min = 0, .fallback = "the end"},
          stops);
  const int sources = int{rate.has_value()} + int{users.has_value()} + int{gaps.has_value()};
  if (sources != 1) b.reject("", "needs exactly one of rate, users, gaps");
  if (!shape.empty() && !rate) b.reject("shape", "is a factor on rate, which this client has not");
  if (b.given("arrivals") && !rate)
    b.reject("arrivals", "is about rate, which this client has not");
  if (b.given("think") && !users) b.reject("think", "is about users, which this client has not");
  if (population && users && population->users)
    b.reject("population", "of a closed loop is its `users`: they are not counted again");
  if (population && !users && !population->users)
    b.reject("population", "needs `users`: how many there are");
  for (std::size_t i = 1; i < shape.size(); ++i) {
    if (shape[i].at < shape[i - 1].at) b.reject("shape", "has points that go back in time");
  }
}

void Leg::describe(Binder& b) {
  b.shorthand("call");
  b.field(
      {.key = "call", .help = "service/endpoint.", .required = true, .refers = Refers::Endpoint},
      call);
  b.field({.key = "policy",
           .help = "The policies on this leg, instead of the step's.",
           .refers = Refers::Policy},
          policy);
}

void Step::describe(Binder& b) {
  b.field({.key = "work", .help = "Holds the thread for so long."}, work);
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
  b.field({.key = "flush",
           .help = "Sends what there is of the answer so far; the caller's header and read "
                   "timeouts see it come."},
          flush);
  const int kinds = int{work.has_value()} + int{!call.empty()} + int{!parallel.empty()} +
                    int{!cache.empty()} + int{flush};
  if (kinds != 1) b.reject("", "needs exactly one of work, call, parallel, cache, flush");
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
  if (work && !policy.empty()) b.reject("policy", "is about calls, which this step is not");
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
  b.field({.key = "cpu",
           .help = "Cores per instance, which cpu_utilization is measured against.",
           .min = 0,
           .above_min = true,
           .fallback = "one a thread"},
          cpu);
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
}

void FaultEntry::describe(Binder& b) {
  b.field({.key = "at", .help = "When it begins.", .min = 0, .required = true}, at);
  b.field({.key = "for",
           .help = "How long it lasts.",
           .min = 0,
           .above_min = true,
           .fallback = "to the end"},
          lasts);
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

void Cache::describe(Binder& b) {
  b.field({.key = "ttl",
           .help = "How long an entry is fresh.",
           .min = 0,
           .above_min = true,
           .fallback = "for ever"},
          ttl);
  b.field({.key = "capacity",
           .help = "Entries it holds; the least recently used goes first.",
           .min = 1,
           .max = 1e7,
           .fallback = "unbounded"},
          capacity);
  b.field({.key = "coalesce",
           .help = "While one miss is being filled, others for the same key wait for it."},
          coalesce);
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
