#include "lab/run/figures.hpp"

#include <fmt/format.h>

namespace faultline {
namespace {

double ratio(double a, double b, double otherwise) {
  return b > 0 ? a / b : otherwise;
}

double rate_of_success(std::uint64_t ok, std::uint64_t failed) {
  return ratio(static_cast<double>(ok), static_cast<double>(ok + failed), 1);
}

// Adds what happened between `from` and `to` to `sum`.
void add_difference(HandlingStatistics& sum, const HandlingStatistics* from,
                    const HandlingStatistics& to) {
  const HandlingStatistics zero;
  const HandlingStatistics& f = from != nullptr ? *from : zero;
  sum.arrivals += to.arrivals - f.arrivals;
  sum.completed += to.completed - f.completed;
  sum.rejected += to.rejected - f.rejected;
  sum.ok += to.ok - f.ok;
  sum.failed += to.failed - f.failed;
  for (std::size_t e = 0; e < kErrors; ++e) sum.errors[e] += to.errors[e] - f.errors[e];
  sum.effects += to.effects - f.effects;
  sum.duplicates += to.duplicates - f.duplicates;
  sum.replayed += to.replayed - f.replayed;
  sum.conflicts += to.conflicts - f.conflicts;
  Histogram waited = to.waited, latency = to.latency;
  waited.subtract(f.waited);
  latency.subtract(f.latency);
  sum.at_once += to.at_once - f.at_once;
  sum.waited.merge(waited);
  sum.latency.merge(latency);
}

void fill(ServiceFigures& out, const HandlingStatistics& sum) {
  out.arrivals = sum.arrivals;
  out.completed = sum.completed;
  out.rejected = sum.rejected;
  out.ok = sum.ok;
  out.failed = sum.failed;
  out.success_rate = rate_of_success(sum.ok, sum.failed);
  out.errors = sum.errors;
  out.effects = sum.effects;
  out.duplicates = sum.duplicates;
  out.replayed = sum.replayed;
  out.conflicts = sum.conflicts;
  out.wait = latency_of(sum.wait());
  out.latency = latency_of(sum.latency);
}

// How much of what was sent to a service would not have been, had nobody sent again; and where that
// was born.
void attribute_load(const World& world, std::uint32_t service, const Snapshot& from,
                    const Snapshot& to, ServiceFigures& f) {
  std::uint64_t sent = 0, resent = 0;
  for (std::uint32_t e = 0; e < to.edges.size(); ++e) {
    if (world.spec().edges[e].service == service)
      sent += to.edges[e].attempts - from.edges[e].attempts;
  }
  const auto &a = from.services[service].born_again, &b = to.services[service].born_again;
  for (std::uint32_t e = 0; e < b.size(); ++e) {
    const std::uint64_t count = b[e] - (e < a.size() ? a[e] : 0);
    if (count == 0) continue;
    resent += count;
    f.born_again.push_back({world.spec().edges[e].name,
                            ratio(static_cast<double>(count), static_cast<double>(sent), 0)});
  }
  f.retry_share = ratio(static_cast<double>(resent), static_cast<double>(sent), 0);
}

}  // namespace

Latency latency_of(const Histogram& h) {
  return {h.mean(),         h.quantile(0.5),   h.quantile(0.95),
          h.quantile(0.99), h.quantile(0.999), h.max().seconds()};
}

Snapshot snapshot(World& world) {
  Snapshot s;
  s.at = world.now();
  for (const ServiceStatistics& stats : world.services()) {
    std::vector<HandlingStatistics> handling;
    for (const auto& version : stats.handling)
      handling.insert(handling.end(), version.begin(), version.end());
    s.services.push_back({std::move(handling), stats.busy.area(s.at), stats.working.area(s.at),
                          stats.queued.area(s.at), stats.ready.area(s.at), stats.threads.area(s.at),
                          stats.wasted_s, stats.failed_work_s,
                          machine_snapshot(world, static_cast<std::uint32_t>(s.services.size())),
                          stats.born_again});
  }
  s.edges = world.edges();
  for (const CacheState& cache : world.caches()) s.caches.push_back(cache.counts);
  return s;
}

Snapshot snapshot_before(const World& world) {
  Snapshot s;
  s.services.resize(world.spec().services.size());
  s.edges.resize(world.spec().edges.size());
  s.caches.resize(world.spec().caches.size());
  return s;
}

ClientFigures client_figures(const ClientStatistics& client, const ClientWindow& w,
                             double seconds) {
  const Arrivals::Stretch came = client.arrivals.in(w.begin, w.end);
  ClientFigures f;
  f.offered = came.count;
  f.ok = w.ok;
  f.degraded = w.degraded;
  f.partial = w.partial;
  f.failed = w.failed;
  f.in_flight = came.count - w.ok - w.failed;
  f.success_rate = f.availability = rate_of_success(w.ok, w.failed);
  f.errors = w.errors;
  f.goodput_per_s = ratio(static_cast<double>(w.in_time), seconds, 0);
  const auto ok = static_cast<double>(w.ok);
  f.quality_mean = ratio(ok - w.lost_quality, ok, 1);
  f.latency = latency_of(w.latency);
  f.peak_per_100ms = came.peak;
  return f;
}

void service_figures(const World& world, const Snapshot& from, const Snapshot& to,
                     std::vector<Named<ServiceFigures>>& out) {
  const double seconds = (to.at - from.at).seconds();
  for (std::uint32_t i = 0; i < to.services.size(); ++i) {
    const ServiceSpec& spec = world.spec().services[i];
    const ServiceSnapshot &a = from.services[i], &b = to.services[i];
    const std::size_t endpoints = spec.endpoints.size();
    const std::size_t versions = b.handling.size() / endpoints;
    HandlingStatistics all;
    std::vector<HandlingStatistics> by_endpoint(endpoints), by_version(versions);
    for (std::size_t n = 0; n < b.handling.size(); ++n) {
      const HandlingStatistics* before = n < a.handling.size() ? &a.handling[n] : nullptr;
      add_difference(all, before, b.handling[n]);
      if (endpoints > 1) add_difference(by_endpoint[n % endpoints], before, b.handling[n]);
      if (versions > 1) add_difference(by_version[n / endpoints], before, b.handling[n]);
    }
    ServiceFigures f;
    fill(f, all);
    const double busy = b.busy - a.busy;
    const double working = b.working - a.working;
    const double ready = b.ready - a.ready;
    f.thread_utilization = ratio(busy, b.threads - a.threads, 0);
    f.cpu_utilization = spec.cpu > 0 ? ratio(working, ready * spec.cpu, 0)
                                     : ratio(working, b.threads - a.threads, 0);
    f.machine = machine_figures(spec, a.machine, b.machine);
    if (f.machine.cpu) f.cpu_utilization = f.machine.cpu_utilization;
    f.queue_length_mean = ratio(b.queued - a.queued, seconds, 0);
    f.in_system_mean = f.queue_length_mean + ratio(busy, seconds, 0);
    f.wasted_work_s = b.wasted_s - a.wasted_s;
    f.failed_work_s = b.failed_work_s - a.failed_work_s;
    f.instances_mean = ratio(ready, seconds, 0);
    attribute_load(world, i, from, to, f);
    for (std::size_t e = 0; endpoints > 1 && e < endpoints; ++e)
      fill(f.parts.emplace_back(Named<ServiceFigures>{"endpoint." + spec.endpoints[e].name, {}})
               .value,
           by_endpoint[e]);
    for (std::size_t v = 0; versions > 1 && v < versions; ++v)
      fill(f.parts
               .emplace_back(Named<ServiceFigures>{
                   "version." + world.service(i).versions[v].effects.name, {}})
               .value,
           by_version[v]);
    out.push_back({spec.name, std::move(f)});
  }
}

void edge_figures(const World& world, const Snapshot& from, const Snapshot& to,
                  std::vector<Named<EdgeFigures>>& out) {
  for (std::uint32_t i = 0; i < to.edges.size(); ++i) {
    const EdgeStatistics &a = from.edges[i], &b = to.edges[i];
    EdgeFigures f;
    f.calls = b.calls - a.calls;
    f.attempts = b.attempts - a.attempts;
    f.retries = b.retries - a.retries;
    f.hedges = b.hedges - a.hedges;
    f.connections = b.connections - a.connections;
    f.link_utilization = ratio(b.wire_s - a.wire_s, 2 * (to.at - from.at).seconds(), 0);
    f.ok = b.ok - a.ok;
    f.failed = b.failed - a.failed;
    f.breaker_opened = b.breaker_opened - a.breaker_opened;
    f.breaker_open_s = b.open_breakers.area(to.at) - a.open_breakers.area(from.at);
    f.ejections = b.ejections - a.ejections;
    f.cross_zone = b.cross_zone - a.cross_zone;
    f.amplification = ratio(static_cast<double>(f.attempts), static_cast<double>(f.calls), 1);
    for (std::size_t e = 0; e < kErrors; ++e) f.errors[e] = b.errors[e] - a.errors[e];
    out.push_back({world.spec().edges[i].name, f});
  }
}

}  // namespace faultline
