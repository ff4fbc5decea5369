#include "lab/study/observation.hpp"

#include <algorithm>

#include "lab/run/build.hpp"
#include "lab/run/figures.hpp"
#include "models/system/world.hpp"
#include "sim/assert.hpp"

namespace faultline {
namespace {

template <class T>
const T& named(const std::vector<Named<T>>& all, std::string_view name) {
  const T* found = find(all, name);
  FL_ASSERT(found != nullptr, "an experiment asks about something its scenario has not");
  return *found;
}

void add(HandlingStatistics& sum, const HandlingStatistics& part) {
  sum.arrivals += part.arrivals;
  sum.completed += part.completed;
  sum.rejected += part.rejected;
  sum.ok += part.ok;
  sum.failed += part.failed;
  for (std::size_t e = 0; e < kErrors; ++e) sum.errors[e] += part.errors[e];
  sum.at_once += part.at_once;
  sum.waited.merge(part.waited);
  sum.latency.merge(part.latency);
}

HandlingStatistics difference(const HandlingStatistics& from, HandlingStatistics to) {
  to.arrivals -= from.arrivals;
  to.completed -= from.completed;
  to.rejected -= from.rejected;
  to.ok -= from.ok;
  to.failed -= from.failed;
  for (std::size_t e = 0; e < kErrors; ++e) to.errors[e] -= from.errors[e];
  to.at_once -= from.at_once;
  to.waited.subtract(from.waited);
  to.latency.subtract(from.latency);
  return to;
}

ObservedService service_between(const ServiceSpec& spec, const ServiceSnapshot& from,
                                const ServiceSnapshot& to) {
  ObservedService s;
  for (const EndpointSpec& endpoint : spec.endpoints) s.endpoints.push_back({endpoint.name, {}});
  for (std::size_t i = 0; i < to.handling.size(); ++i) {
    const HandlingStatistics part =
        i < from.handling.size() ? difference(from.handling[i], to.handling[i]) : to.handling[i];
    add(s.all, part);
    add(s.endpoints[i % s.endpoints.size()].value, part);
  }
  s.busy_s = to.busy - from.busy;
  s.working_s = to.working - from.working;
  s.queued_s = to.queued - from.queued;
  s.threads_s = to.threads - from.threads;
  s.slowdown = to.machine.slowdown - from.machine.slowdown;
  s.cpu_steps = to.machine.cpu_steps - from.machine.cpu_steps;
  return s;
}

// How many requests each ready instance of a service holds, now.
void look(const World& world, const std::string& service, std::vector<std::uint64_t>& counts) {
  for (const Instance& instance : world.instances()) {
    if (world.spec().services[instance.service].name != service) continue;
    const std::size_t n = std::size_t{instance.busy} + instance.queued;
    if (n >= counts.size()) counts.resize(n + 1);
    ++counts[n];
  }
}

Observation observed(World& world, const Snapshot& from, const Snapshot& to) {
  Observation o;
  o.seconds = (to.at - from.at).seconds();
  const WorldSpec& spec = world.spec();
  for (std::size_t i = 0; i < spec.clients.size(); ++i) {
    ClientStatistics& client = world.clients()[i];
    const std::uint64_t offered = client.arrivals.in(client.whole.begin, client.whole.end).count;
    o.clients.push_back({spec.clients[i].name, {std::move(client.whole), offered}});
  }
  for (std::size_t i = 0; i < spec.services.size(); ++i)
    o.services.push_back({spec.services[i].name,
                          service_between(spec.services[i], from.services[i], to.services[i])});
  for (std::size_t i = 0; i < spec.edges.size(); ++i) {
    const EdgeStatistics &a = from.edges[i], &b = to.edges[i];
    ObservedEdge e;
    e.calls = b.calls - a.calls;
    e.attempts = b.attempts - a.attempts;
    e.retries = b.retries - a.retries;
    e.ok = b.ok - a.ok;
    e.failed = b.failed - a.failed;
    e.breaker_opened = b.breaker_opened - a.breaker_opened;
    e.breaker_closed = b.breaker_closed - a.breaker_closed;
    e.breaker_open_s = b.open_breakers.area(to.at) - a.open_breakers.area(from.at);
    o.edges.push_back({spec.edges[i].name, std::move(e)});
  }
  for (std::size_t i = 0; i < spec.caches.size(); ++i) {
    o.caches.push_back({spec.caches[i].name, between(from.caches[i], to.caches[i])});
  }
  o.ledger = world.ledger();
  return o;
}

}  // namespace

const HandlingStatistics& ObservedService::endpoint(std::string_view name) const {
  return named(endpoints, name);
}
const ObservedService& Observation::service(std::string_view name) const {
  return named(services, name);
}
const ObservedEdge& Observation::edge(std::string_view name) const {
  return named(edges, name);
}

double Observation::share_with_at_least(std::size_t n) const {
  double all = 0, some = 0;
  for (std::size_t i = 0; i < in_system.size(); ++i) {
    all += static_cast<double>(in_system[i]);
    if (i >= n) some += static_cast<double>(in_system[i]);
  }
  return all > 0 ? some / all : 0;
}

double Observation::mean_in_system() const {
  double all = 0, sum = 0;
  for (std::size_t i = 0; i < in_system.size(); ++i) {
    all += static_cast<double>(in_system[i]);
    sum += static_cast<double>(in_system[i]) * static_cast<double>(i);
  }
  return all > 0 ? sum / all : 0;
}

double Observation::variance_in_system() const {
  const double mean = mean_in_system();
  double all = 0, sum = 0;
  for (std::size_t i = 0; i < in_system.size(); ++i) {
    const double off = static_cast<double>(i) - mean;
    all += static_cast<double>(in_system[i]);
    sum += static_cast<double>(in_system[i]) * off * off;
  }
  return all > 1 ? sum / (all - 1) : 0;
}

std::optional<Observation> observe(const Scenario& scenario, std::uint64_t seed, const Looks& looks,
                                   const std::atomic<bool>* stop) {
  const WorldSpec spec = build_world(scenario);
  Measuring measuring;
  measuring.warmup = Instant{} + scenario.warmup;
  measuring.step = Duration{std::max<std::int64_t>(1'000'000, scenario.duration.ns / 16)};
  measuring.bins = 20;
  World world(spec, seed, measuring);

  constexpr std::uint64_t kBudget = 500'000;  // events between two looks at `stop`
  const auto stopped = [&] { return stop != nullptr && stop->load(std::memory_order_relaxed); };
  const auto advance = [&](Instant until) {
    while (!world.run_until(until, kBudget)) {
      if (stopped()) return false;
    }
    return !stopped();
  };

  if (!advance(measuring.warmup)) return std::nullopt;
  const Snapshot from = scenario.warmup.ns > 0 ? snapshot(world) : snapshot_before(world);
  Instant end = Instant{} + scenario.duration;
  std::vector<std::uint64_t> counts;
  bool ended_early = false;
  if (looks.every.ns > 0) {
    for (Instant at = measuring.warmup + looks.every; at <= end; at += looks.every) {
      if (!advance(at)) return std::nullopt;
      if (!looks.service.empty()) look(world, looks.service, counts);
      if (looks.until && looks.until(world)) {
        ended_early = true;
        end = at;
      }
    }
  }
  if (!advance(end)) return std::nullopt;
  Observation o = observed(world, from, snapshot(world));
  o.in_system = std::move(counts);
  o.ended_early = ended_early;
  return o;
}

}  // namespace faultline
