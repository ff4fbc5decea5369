#include "lab/evidence/metric_value.hpp"

#include <cmath>
#include <limits>

namespace faultline {
namespace {

using Value = std::optional<double>;

double number(std::uint64_t n) {
  return static_cast<double>(n);
}

// Takes the first part off a dotted path; a part may be quoted.
std::string_view take(std::string_view& path) {
  std::string_view part;
  if (path.starts_with('"')) {
    const std::size_t end = path.find('"', 1);
    if (end == std::string_view::npos) return {};
    part = path.substr(1, end - 1);
    path.remove_prefix(end + 1);
  } else {
    part = path.substr(0, path.find('.'));
    path.remove_prefix(part.size());
  }
  if (path.starts_with('.')) path.remove_prefix(1);
  return part;
}

template <class T>
const T* named(const std::vector<Named<T>>& all, std::string_view name) {
  for (const auto& entry : all) {
    if (entry.name == name) return &entry.value;
  }
  return nullptr;
}

Value of_latency(const Latency& l, std::string_view field) {
  if (field == "mean") return l.mean;
  if (field == "p50") return l.p50;
  if (field == "p95") return l.p95;
  if (field == "p99") return l.p99;
  if (field == "p999") return l.p999;
  if (field == "max") return l.max;
  return std::nullopt;
}

Value of_errors(const std::array<std::uint64_t, kErrors>& errors, std::string_view field) {
  for (std::size_t i = 1; i < kErrors; ++i) {
    if (kErrorNames[i] == field) return number(errors[i]);
  }
  return std::nullopt;
}

Value of_client(const ClientFigures& f, std::string_view field) {
  if (field == "success_rate" || field == "availability") return f.success_rate;
  if (field == "offered" || field == "calls_total") return number(f.offered);
  if (field == "ok") return number(f.ok);
  if (field == "degraded") return number(f.degraded);
  if (field == "partial") return number(f.partial);
  if (field == "failed") return number(f.failed);
  if (field == "in_flight") return number(f.in_flight);
  if (field == "goodput_per_s") return f.goodput_per_s;
  if (field == "quality_mean") return f.quality_mean;
  if (field == "peak_per_100ms") return number(f.peak_per_100ms);
  if (field.starts_with("errors.")) return of_errors(f.errors, field.substr(7));
  if (field.starts_with("latency_s.")) return of_latency(f.latency, field.substr(10));
  return std::nullopt;
}

Value of_service(const ServiceFigures& f, std::string_view field) {
  if (field.starts_with("endpoint.") || field.starts_with("version.")) {
    std::string_view rest = field;
    const std::string kind(take(rest));
    const std::string part = kind + "." + std::string(take(rest));
    if (const ServiceFigures* p = named(f.parts, part)) return of_service(*p, rest);
    // A service with one endpoint or version has no parts: they are the whole.
    return f.parts.empty() ? of_service(f, rest) : std::nullopt;
  }
  if (field == "success_rate" || field == "availability") return f.success_rate;
  if (field == "error_rate") return 1 - f.success_rate;
  if (field == "arrivals" || field == "calls_total") return number(f.arrivals);
  if (field == "completed") return number(f.completed);
  if (field == "rejected") return number(f.rejected);
  if (field == "ok") return number(f.ok);
  if (field == "failed") return number(f.failed);
  if (field == "thread_utilization") return f.thread_utilization;
  if (field == "cpu_utilization") return f.cpu_utilization;
  if (field == "cpu_throttled") return f.machine.cpu_throttled;
  if (field == "cpu_slowdown") return f.machine.cpu_slowdown;
  if (field == "memory_utilization") return f.machine.memory_utilization;
  if (field == "oom_kills") return number(f.machine.oom_kills);
  if (field == "disk_utilization") return f.machine.disk_utilization;
  if (field == "disk_queue_length_mean") return f.machine.disk_queue_length_mean;
  if (field == "queue_length_mean") return f.queue_length_mean;
  if (field == "in_system_mean") return f.in_system_mean;
  if (field == "wasted_work_s") return f.wasted_work_s;
  if (field == "failed_work_s") return f.failed_work_s;
  if (field == "instances_mean") return f.instances_mean;
  if (field == "effects") return number(f.effects);
  if (field == "duplicates") return number(f.duplicates);
  if (field == "replayed") return number(f.replayed);
  if (field == "conflicts") return number(f.conflicts);
  if (field == "retry_share") return f.retry_share;
  if (field == "peak_per_100ms") return number(f.peak_per_100ms);
  if (field.starts_with("errors.")) return of_errors(f.errors, field.substr(7));
  if (field.starts_with("latency_s.")) return of_latency(f.latency, field.substr(10));
  if (field.starts_with("wait_s.")) return of_latency(f.wait, field.substr(7));
  return std::nullopt;
}

Value of_edge(const EdgeFigures& f, std::string_view field) {
  if (field == "calls" || field == "calls_total") return number(f.calls);
  if (field == "attempts") return number(f.attempts);
  if (field == "retries") return number(f.retries);
  if (field == "hedges") return number(f.hedges);
  if (field == "connections") return number(f.connections);
  if (field == "link_utilization") return f.link_utilization;
  if (field == "ok") return number(f.ok);
  if (field == "failed") return number(f.failed);
  if (field == "amplification") return f.amplification;
  if (field == "breaker_opened") return number(f.breaker_opened);
  if (field == "breaker_open_s") return f.breaker_open_s;
  if (field == "ejections") return number(f.ejections);
  if (field == "cross_zone") return number(f.cross_zone);
  if (field == "success_rate")
    return f.ok + f.failed > 0 ? number(f.ok) / number(f.ok + f.failed) : 1;
  if (field == "peak_per_100ms") return number(f.peak_per_100ms);
  if (field.starts_with("errors.")) return of_errors(f.errors, field.substr(7));
  return std::nullopt;
}

Value of_slo(const SloFigures& f, std::string_view field) {
  if (field == "target") return f.target;
  if (field == "good") return number(f.good);
  if (field == "total") return number(f.total);
  if (field == "availability") return f.availability;
  if (field == "budget_left") return f.budget_left;
  if (field == "burn_rate") return f.burn_rate;
  return std::nullopt;
}

Value of_rollout(const RolloutFigures& f, std::string_view field) {
  if (field == "rolled_back") return f.rolled_back ? 1 : 0;
  if (field == "rollback_s")
    return f.rolled_back ? f.rollback_s : std::numeric_limits<double>::infinity();
  if (field == "bad_answers") return number(f.bad_answers);
  if (field == "answers") return number(f.answers);
  return std::nullopt;
}

Value of_cache(const CacheFigures& f, std::string_view field) {
  const CacheCounts& n = f.counts;
  if (field == "hits") return number(n.hits);
  if (field == "stale") return number(n.stale);
  if (field == "misses") return number(n.misses);
  if (field == "coalesced") return number(n.coalesced);
  if (field == "fills") return number(n.fills);
  if (field == "early") return number(n.early);
  if (field == "refreshes") return number(n.refreshes);
  if (field == "rescued") return number(n.rescued);
  if (field == "evicted") return number(n.evicted);
  if (field == "hit_ratio") return f.hit_ratio;
  return std::nullopt;
}

}  // namespace

double recovered_s(const RunResult& result, const ClientSeries& series) {
  double fault_end = 0;
  bool any = false;
  for (const Moment& m : result.timeline) {
    if (m.kind == "fault_end") fault_end = std::max(fault_end, m.t_s);
    any = any || m.kind == "fault";
  }
  if (!any) return 0;
  // From the end backwards: the last bin that was bad.
  for (std::size_t i = series.ok.size(); i-- > 0;) {
    const double ended = series.ok[i] + series.failed[i];
    if (ended == 0 || series.ok[i] >= 0.99 * ended) continue;
    const double good_from = static_cast<double>(i + 1) * result.step_s;
    if (i + 1 == series.ok.size()) return std::numeric_limits<double>::infinity();
    return std::max(0.0, good_from - fault_end);
  }
  return 0;
}

std::optional<double> metric_value(const RunResult& r, std::string_view metric,
                                   std::optional<std::pair<double, double>> window) {
  std::string_view path = metric;
  const std::string_view kind = take(path);
  const std::string_view name = take(path);
  const Stretch* stretch = nullptr;
  if (window) {
    for (const Stretch& s : r.stretches) {
      if (s.from_s == window->first && s.to_s == window->second) stretch = &s;
    }
    if (stretch == nullptr) return std::nullopt;
  }
  if (kind == "client") {
    if (path == "recovered_s") {
      const ClientSeries* series = named(r.client_series, name);
      return series != nullptr ? Value(recovered_s(r, *series)) : std::nullopt;
    }
    const ClientFigures* f = named(stretch != nullptr ? stretch->clients : r.clients, name);
    return f != nullptr ? of_client(*f, path) : std::nullopt;
  }
  if (kind == "service") {
    const ServiceFigures* f = named(stretch != nullptr ? stretch->services : r.services, name);
    return f != nullptr ? of_service(*f, path) : std::nullopt;
  }
  if (kind == "edge") {
    const EdgeFigures* f = named(stretch != nullptr ? stretch->edges : r.edges, name);
    return f != nullptr ? of_edge(*f, path) : std::nullopt;
  }
  if (kind == "slo") {
    const SloFigures* f = named(r.slos, name);
    return f != nullptr ? of_slo(*f, path) : std::nullopt;
  }
  if (kind == "rollout") {
    const RolloutFigures* f = named(r.rollouts, name);
    return f != nullptr ? of_rollout(*f, path) : std::nullopt;
  }
  if (kind == "cache") {
    const CacheFigures* f = named(stretch != nullptr ? stretch->caches : r.caches, name);
    return f != nullptr ? of_cache(*f, path) : std::nullopt;
  }
  if (kind == "autoscaler") {
    const ServiceFigures* f = named(stretch != nullptr ? stretch->services : r.services, name);
    return f != nullptr && path == "instances_mean" ? Value(f->instances_mean) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace faultline
