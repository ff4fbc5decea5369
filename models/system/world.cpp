#include "models/system/world.hpp"

#include "sim/portable_math.hpp"

namespace faultline {
namespace {

constexpr std::uint32_t kRowsAtHand = 256;  // as many are in the nearest cache anyway

}  // namespace

World::World(const WorldSpec& spec, std::uint64_t seed, const Measuring& measuring)
    : WorldState(spec, mix(seed ^ 0x6661756c746c696eULL), measuring) {
  context_.seed = seed;
  AssertContext guard(&context_);
  const Series series(measuring.step, measuring.bins);
  client_stats_.resize(spec.clients.size());
  service_stats_.resize(spec.services.size());
  edge_stats_.resize(spec.edges.size());
  for (ClientStatistics& client : client_stats_) {
    client.whole.begin = measuring.warmup;
    client.arrivals.watch(measuring.warmup, Instant::max());
  }
  for (std::uint32_t i = 0; i < spec.services.size(); ++i) {
    service_stats_[i].handling.emplace_back(spec.services[i].endpoints.size());
    service_stats_[i].arrivals.watch(measuring.warmup, Instant::max());
  }
  for (EdgeStatistics& edge : edge_stats_) edge.sent_again.watch(measuring.warmup, Instant::max());
  for (const auto& s : measuring.clients) client_stats_[s.whose].watch(s.begin, s.end);
  for (const auto& s : measuring.services) service_stats_[s.whose].arrivals.watch(s.begin, s.end);
  for (const auto& s : measuring.edges) edge_stats_[s.whose].sent_again.watch(s.begin, s.end);
  for (const auto& slo : measuring.slos) {
    client_stats_[slo.client].slos.emplace_back(slo.rule, measuring.warmup, series);
  }

  for (ClientStatistics& stats : client_stats_) {
    if (measuring.log_requests) stats.logged_from = measuring.warmup;
    stats.asked_for = measuring.log_requests || !stats.asked.empty() || !stats.slos.empty();
  }

  for (const PopularitySpec& popularity : spec.popularities) {
    std::vector<double> weights;
    double sum = 0;
    for (std::uint32_t k = 1; k <= popularity.keys; ++k) {
      weights.push_back(sum +=
                        popularity.exponent == 0 ? 1.0 : portable::pow(k, -popularity.exponent));
    }
    popularity_.push_back(std::move(weights));
  }
  has_users_ = spec.has_users;
  is_listened_to_ =
      watch_ || measuring.trace_all || measuring.traced_request != Measuring{}.traced_request;
  caches_.resize(spec.caches.size());
  records_.resize(spec.records.size());
  for (const StepSpec& step : spec.steps) {
    if (step.kind != StepSpec::Kind::Cache) continue;
    auto& entries = caches_[step.cache].entries;
    entries.resize(std::max<std::size_t>(entries.size(), spec.popularities[step.popularity].keys));
  }

  active_faults_.assign(spec.faults.size(), 0);
  clients_.resize(spec.clients.size());
  services_.resize(spec.services.size());
  links_.resize(spec.links.size());
  for (std::uint32_t i = 0; i < links_.size(); ++i) {
    links_[i].plain = is_plain(i);
    links_[i].odd = spec.links[i].bandwidth > 0;
  }
  for (const RouteSpec& r : spec.routes) {
    const Range& steps = spec.services[r.service].endpoints[r.endpoint].steps;
    const std::size_t who = spec.edges[r.edge].caller;
    const CallerSpec& caller = who < spec.clients.size()
                                   ? spec.clients[who].caller
                                   : spec.services[who - spec.clients.size()].caller;
    const ServiceSpec& callee = spec.services[r.service];
    Route route{r.edge,
                r.service,
                r.endpoint,
                r.pipeline,
                r.target,
                spec.edges[r.edge].link,
                steps.count,
                r.idempotent,
                false,
                kNone,
                caller.pipelines[r.pipeline].propagation != Propagation::None,
                caller.pipelines[r.pipeline].timers_only(),
                callee.balancer || !callee.caller.zones.empty(),
                r.key,
                spec.steps.data() + steps.first,
                &caller.pipelines[r.pipeline],
                &edge_stats_[r.edge],
                &service_stats_[r.service],
                &links_[spec.edges[r.edge].link]};
    route.required = r.required;
    route.counts_outstanding =
        callee.balancing != Balancing::RoundRobin && callee.balancing != Balancing::Random;
    route.callee = &services_[r.service];
    if (who < spec.clients.size()) route.asker = &clients_[who];
    prepare(route);
    routes_.push_back(route);
  }
  for (Route& route : routes_) {
    route.plain_calls = has_plain_calls(route);
    route.plain_jobs = has_plain_jobs(route);
    route.begins_with_work = route.step_count > 0 && route.steps[0].kind == StepSpec::Kind::Work;
  }
  shared_.resize(spec.clients.size() + spec.services.size());
  for (std::uint32_t i = 0; i < spec.clients.size(); ++i) {
    clients_[i].spec = &spec.clients[i];
    clients_[i].route = &routes_[spec.clients[i].route];
    clients_[i].stats = &client_stats_[i];
    clients_[i].key = derive(seed_, spec.clients[i].key);
    clients_[i].first_caller = static_cast<std::uint32_t>(callers_.size());
    for (std::uint32_t n = 0; n < spec.clients[i].instances; ++n) {
      callers_.push_back(make_caller(spec.clients[i].caller, n, shared_[i]));
    }
  }
  for (std::uint32_t i = 0; i < spec.services.size(); ++i) {
    services_[i].spec = &spec.services[i];
    services_[i].versions.emplace_back().effects.name = "v1";
    services_[i].metered = measuring.instances;
    scale(i, 0, spec.services[i].replicas, {0});
  }
  schedule_faults();
  start_controllers();
  start_degradation();
  open_clients();
}

bool World::run_until(Instant end, std::uint64_t budget) {
  AssertContext guard(&context_);
  Calendar::Happening what;
  for (const std::uint64_t enough = context_.event + budget; context_.event < enough;) {
    if (!calendar_.next(end - Duration{1}, what)) return true;
    // With tens of thousands in flight rows are far away: the next event's is sent for meanwhile.
    if (rows_.live() > kRowsAtHand) rows_.prefetch(calendar_.likely_next());
    ++context_.event;
    context_.now = calendar_.now();
    fingerprint_.add(static_cast<std::uint64_t>(calendar_.now().ns) << 4 ^ what.kind);
    handle(what);
    if (!afterwards_.empty()) do_afterwards();
  }
  return false;
}

void World::do_afterwards() {
  for (std::size_t i = 0; i < afterwards_.size(); ++i) {
    const Afterwards next = afterwards_[i];
    if (next.id == kNone) continue;
    switch (next.what) {
      case Afterwards::What::Serve:
        serve_next(next.id);
        break;
      case Afterwards::What::Settle:
        settle_step(next.id);
        break;
      case Afterwards::What::Kill:
        kill(next.id);
        break;
      case Afterwards::What::Shed:
        refuse(next.id, Error::Shed);
        break;
    }
  }
  afterwards_.clear();
}

void World::handle(const Calendar::Happening& what) {
  // Nearly all are one of these two.
  if (what.kind == kWorkDone) [[likely]]
    return on_work_done(what.id);
  if (what.kind == kArrival) return on_arrival(what.id);
  switch (static_cast<Kind>(what.kind)) {
    case kArrival:
      return on_arrival(what.id);
    case kUserReady:
      return on_user_ready(what.id);
    case kDelivered:
      return on_delivered(what.id);
    case kWorkDone:
      return on_work_done(what.id);
    case kReplyDelivered:
      return on_reply_delivered(what.id);
    case kAttemptTimer:
      return on_attempt_timer(what.id, what.tag, what.timer);
    case kCallTimer:
      return on_call_timer(what.id, what.tag, what.timer);
    case kFaultBoundary:
      return on_fault_boundary(what.id);
    case kControllerTick:
      return on_controller_tick(what.id);
    case kInstanceReady:
      return on_instance_ready(what.id);
    case kBacklog:
      return on_backlog(what.id);
    case kDegradation:
      return on_degradation(what.id);
    case kMachine:
      return on_machine(what.id, what.tag, what.timer);
  }
}

Ledger World::ledger() const {
  Ledger ledger = ledger_;
  ledger.offered = requests_;
  ledger.in_flight = ledger.offered - ledger.ok - ledger.failed;
  std::uint64_t threads = 0, in_queues = 0, permits = 0, given = 0;
  for (const Instance& instance : instances_) {
    threads += instance.busy;
    in_queues += instance.queued;
  }
  std::uint64_t requests = 0, wanted = 0, held = 0, queued = 0;
  rows_.each([&](CallId, const CallRow& row) {
    const Call& call = row.call;
    if (!in_use(call)) return;
    if (call.wanted && call.parent == kNone && !call.errand) ++requests;
    wanted += call.live;
    if (!call.wanted) return;
    const auto& layers = pipeline_of(call).layers;
    const auto count = [&](LayerMask passed) {
      for (std::size_t i = 0; i < layers.size(); ++i)
        given += (passed >> i & 1) != 0 && layers[i]->permits_held() > 0;
    };
    count(call.passed);
    for (AttemptId id = call.attempts; id != kNone; id = sibling(id)) count(attempts_[id].passed);
  });
  rows_.each([&](AttemptId, const CallRow& row) {
    const Attempt& attempt = row.attempt;
    if (!in_use(attempt)) return;
    held += attempt.state == AttemptState::Working || attempt.state == AttemptState::Calling ||
            attempt.state == AttemptState::Computing;
    queued += attempt.state == AttemptState::Queued;
  });
  std::vector<const Policy*> counted;
  for (const Caller& caller : callers_) {
    for (const Pipeline& pipeline : caller.pipelines) {
      for (const auto& policy : pipeline.layers) {
        if (std::find(counted.begin(), counted.end(), policy.get()) != counted.end()) continue;
        if (policy.use_count() > 1) counted.push_back(policy.get());
        permits += static_cast<std::uint64_t>(policy->permits_held());
      }
    }
  }
  std::uint64_t arrived = 0, left = 0;
  for (const ServiceStatistics& service : service_stats_) {
    for (const auto& version : service.handling) {
      for (const HandlingStatistics& h : version) {
        arrived += h.arrivals;
        left += h.completed + h.rejected + h.dropped;
      }
    }
  }
  for (const ServiceStatistics& service : service_stats_)
    left += static_cast<std::uint64_t>(service.at_the_door);
  ledger.balanced = arrived == left + threads + in_queues && requests == ledger.in_flight &&
                    attempts_begun_ - attempts_ended_ == wanted && threads == held &&
                    in_queues == queued && permits == given;
  return ledger;
}

void World::tell(FactKind kind, std::string subject, std::string what) {
  // A run that flaps for hours must not fill the memory.
  constexpr std::size_t kMostFacts = 20'000;
  if (facts_.size() < kMostFacts)
    facts_.push_back({now(), kind, std::move(subject), std::move(what)});
}

}  // namespace faultline
