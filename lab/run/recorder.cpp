#include "lab/run/recorder.hpp"

#include <algorithm>
#include <array>

#include "models/controllers/release.hpp"

namespace faultline {
namespace {

constexpr std::int64_t kLooksInBin = 10;  // at the instances

// Bins are a second wide for runs of up to an hour (a tenth below ten seconds), wider beyond.
Duration bin_width(Duration horizon) {
  if (horizon < milliseconds(10'000)) return milliseconds(100);
  for (std::int64_t s :
       {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400}) {
    if (horizon.ns / (s * 1'000'000'000) <= 3600) return milliseconds(s * 1000);
  }
  return milliseconds(86'400'000 *
                      std::max<std::int64_t>(1, horizon.ns / 86'400'000'000'000 / 3600 + 1));
}

bool is_about(const Expectation& e, std::string_view kind, const std::string& name) {
  const std::string prefix = std::string(kind) + "." + name + ".";
  const std::string quoted = std::string(kind) + ".\"" + name + "\".";
  return e.metric.starts_with(prefix) || e.metric.starts_with(quoted);
}

SloRule rule_of(const Slo& slo) {
  return {static_cast<SloRule::Kind>(slo.kind), slo.threshold.value_or(Duration::max()),
          slo.rate ? slo.rate->per_second : 0, slo.slice};
}

}  // namespace

Measuring measuring_for(const Scenario& scenario, const WorldSpec& spec,
                        const RunOptions& options) {
  Measuring m;
  m.warmup = Instant{} + scenario.warmup;
  m.step = bin_width(scenario.duration);
  m.bins = static_cast<std::size_t>(scenario.duration.ns / m.step.ns) + 2;
  if (options.trace_request) m.traced_request = *options.trace_request;
  if (options.watch) {
    m.watch = Watch{~0u, Instant{} + from_seconds(options.watch->from_s),
                    Instant{} + from_seconds(options.watch->to_s), options.watch->keep};
    for (std::uint32_t c = 0; c < spec.clients.size(); ++c)
      if (spec.clients[c].name == options.watch->client) m.watch->client = c;
  }
  m.trace_all = options.trace_all;
  m.log_requests = options.log_requests;
  m.instances = options.instances && shows_instances(spec);
  for (const auto& slo : scenario.slos) {
    for (std::uint32_t c = 0; c < spec.clients.size(); ++c) {
      if (spec.clients[c].name == slo.value.client) m.slos.push_back({c, rule_of(slo.value)});
    }
  }
  for (const Expectation& e : scenario.expectations) {
    if (!e.window) continue;
    const Instant from = Instant{} + e.window->first, to = Instant{} + e.window->second;
    for (std::uint32_t c = 0; c < spec.clients.size(); ++c) {
      bool about = is_about(e, "client", spec.clients[c].name);
      for (const auto& slo : scenario.slos)
        about = about || (slo.value.client == spec.clients[c].name && is_about(e, "slo", slo.name));
      if (!about) continue;
      m.clients.push_back({c, from, to});
    }
    if (!e.metric.ends_with("peak_per_100ms")) continue;
    for (std::uint32_t s = 0; s < spec.services.size(); ++s) {
      if (is_about(e, "service", spec.services[s].name)) m.services.push_back({s, from, to});
    }
    for (std::uint32_t n = 0; n < spec.edges.size(); ++n) {
      if (is_about(e, "edge", spec.edges[n].name)) m.edges.push_back({n, from, to});
    }
  }
  return m;
}

Recorder::Recorder(const Scenario& scenario, World& world, const Measuring& measuring)
    : scenario_(scenario), world_(world), step_(measuring.step), instances_(measuring.instances) {
  for (const auto& c : world.spec().clients) clients_.push_back({c.name, {}});
  for (const auto& s : world.spec().services) services_.push_back({s.name, {}});
  for (const auto& e : world.spec().edges) edges_.push_back({e.name, {}});
  service_before_.resize(services_.size());
  for (const auto& c : world.spec().caches) caches_.push_back({c.name, {}});
  cache_before_.resize(caches_.size());
  machine_before_.resize(services_.size());
  edge_before_.resize(edges_.size());
  latency_before_.resize(services_.size());
  client_before_.resize(clients_.size());
  version_before_.resize(services_.size());
  wanted_.push_back(Instant{} + scenario.warmup);
  for (const Expectation& e : scenario.expectations) {
    if (!e.window) continue;
    wanted_.push_back(Instant{} + e.window->first);
    wanted_.push_back(Instant{} + e.window->second);
  }
  std::sort(wanted_.begin(), wanted_.end());
  wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
  next_bin_ = Instant{} + step_;
  instance_looks_.resize(services_.size());
  if (instances_) next_instances_ = Instant{} + Duration{step_.ns / kLooksInBin};
  if (wanted_.front() == Instant{}) {
    snapshots_.emplace(Instant{}, snapshot_before(world_));
    wanted_.erase(wanted_.begin());
  }
  schedule_next();
}

void Recorder::schedule_next() {
  next_ = std::min(next_bin_, next_instances_);
  if (!wanted_.empty()) next_ = std::min(next_, wanted_.front());
}

// The clock stands just before `next_look()`: everything earlier has happened.
void Recorder::look() {
  if (!wanted_.empty() && wanted_.front() == next_) keep_snapshot();
  if (next_instances_ == next_) {
    look_at_instances();
    next_instances_ += Duration{step_.ns / kLooksInBin};
  }
  if (next_bin_ == next_) {
    sample_bin();
    next_bin_ += step_;
  }
  schedule_next();
}

void Recorder::keep_snapshot() {
  snapshots_.emplace(wanted_.front(), snapshot(world_));
  snapshots_[wanted_.front()].at = wanted_.front();
  wanted_.erase(wanted_.begin());
}

namespace {

template <class AnySeries>
void push_quantiles(const Histogram& latency, AnySeries& out) {
  const auto [median, p99] = latency.quantiles(std::array{0.5, 0.99});
  out.p50_s.push_back(median);
  out.p99_s.push_back(p99);
}

}  // namespace

void Recorder::sample_bin() {
  const Instant now = world_.now();
  const double seconds = std::max(1e-9, (now - bin_began_).seconds());
  bin_began_ = now;
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    ClientStatistics& c = world_.clients()[i];
    ClientBefore& before = client_before_[i];
    c.whole.latency.since(before.latency, fresh_latency_);
    fresh_latency_.merge(c.early.latency);
    const auto ok = static_cast<double>(c.whole.ok - before.ok + c.early.ok);
    ClientSeries& out = clients_[i].value;
    out.offered.push_back(static_cast<double>(c.arrivals.total() - before.offered));
    out.ok.push_back(ok);
    out.failed.push_back(static_cast<double>(c.whole.failed - before.failed + c.early.failed));
    push_quantiles(fresh_latency_, out);
    out.quality.push_back(ok > 0 ? 1 - c.lost_in_bin / ok : 1);
    before.offered = c.arrivals.total();
    before.ok = c.whole.ok;
    before.failed = c.whole.failed;
    c.early = {};
    c.lost_in_bin = 0;
  }
  for (std::size_t i = 0; i < services_.size(); ++i) {
    const ServiceStatistics& s = world_.services()[i];
    Before b{s.busy.area(now),
             s.queued.area(now),
             s.ready.area(now),
             s.threads.area(now),
             s.arrivals.total(),
             0,
             0,
             s.wasted_s};
    for (const auto& version : s.handling) {
      for (const HandlingStatistics& h : version) {
        b.ok += h.ok;
        b.failed += h.failed;
      }
    }
    const Histogram& latency = latency_since_last_bin(i);
    const Before& a = service_before_[i];
    ServiceSeries& out = services_[i].value;
    out.arrivals.push_back(static_cast<double>(b.arrivals - a.arrivals));
    out.ok.push_back(static_cast<double>(b.ok - a.ok));
    out.failed.push_back(static_cast<double>(b.failed - a.failed));
    out.wasted_s.push_back(b.wasted_s - a.wasted_s);
    out.queue.push_back((b.queued - a.queued) / seconds);
    out.busy.push_back((b.busy - a.busy) / seconds);
    out.instances.push_back((b.ready - a.ready) / seconds);
    out.utilization.push_back(b.threads > a.threads ? (b.busy - a.busy) / (b.threads - a.threads)
                                                    : 0);
    push_quantiles(latency, out);
    service_before_[i] = b;
    sample_versions(i);
    if (instances_) sample_instances(i);
    sample_machine(static_cast<std::uint32_t>(i));
  }
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const EdgeStatistics &b = world_.edges()[i], &a = edge_before_[i];
    edges_[i].value.calls.push_back(static_cast<double>(b.calls - a.calls));
    edges_[i].value.attempts.push_back(static_cast<double>(b.attempts - a.attempts));
    edges_[i].value.failed.push_back(static_cast<double>(b.failed - a.failed));
    edge_before_[i].calls = b.calls;
    edge_before_[i].attempts = b.attempts;
    edge_before_[i].failed = b.failed;
  }
  sample_caches();
}

void Recorder::sample_caches() {
  for (std::size_t i = 0; i < caches_.size(); ++i) {
    const CacheCounts& now = world_.caches()[i].counts;
    const CacheCounts c = between(cache_before_[i], now);
    const double looks = lookups(c);
    caches_[i].value.lookups.push_back(looks);
    caches_[i].value.hit_ratio.push_back(looks > 0 ? static_cast<double>(c.hits + c.stale) / looks
                                                   : 0);
    cache_before_[i] = now;
  }
}

void Recorder::sample_machine(std::uint32_t i) {
  const ServiceSpec& spec = world_.spec().services[i];
  if (!spec.machine.any()) return;
  const MachineSnapshot now = machine_snapshot(world_, i);
  const MachineFigures f = machine_figures(spec, machine_before_[i], now);
  ServiceSeries& out = services_[i].value;
  if (f.cpu) out.cpu.push_back(f.cpu_utilization);
  if (f.memory) out.memory.push_back(f.memory_utilization);
  if (f.disk) out.disk.push_back(f.disk_utilization);
  machine_before_[i] = now;
}

// Of all its endpoints and versions.
const Histogram& Recorder::latency_since_last_bin(std::size_t service) {
  latency_of_bin_.clear();
  std::size_t i = 0;
  std::vector<Histogram>& before = latency_before_[service];
  for (auto& version : world_.services()[service].handling) {
    before.resize(std::max(before.size(), i + version.size()));
    for (HandlingStatistics& h : version) {
      h.latency.since(before[i++], fresh_latency_);
      latency_of_bin_.empty() ? latency_of_bin_.swap(fresh_latency_)
                              : latency_of_bin_.merge(fresh_latency_);
    }
  }
  return latency_of_bin_;
}

RunResult Recorder::finish(const RunOptions& options) {
  RunResult r;
  const Instant end = world_.now();
  if (bin_began_ < end) sample_bin();  // a last bin that was cut short
  r.scenario = scenario_.title;
  r.variant = options.variant;
  r.file = options.file;
  r.duration_s = scenario_.duration.seconds();
  r.warmup_s = scenario_.warmup.seconds();
  r.fingerprint = world_.fingerprint();
  r.events = world_.events();
  r.ledger = world_.ledger();
  r.step_s = step_.seconds();

  const Snapshot last = snapshot(world_);
  for (Instant missed : wanted_) snapshots_.emplace(missed, last);  // cut short
  const auto at = [&](Instant t) -> const Snapshot& {
    const auto found = snapshots_.find(t);
    return found != snapshots_.end() ? found->second : last;
  };
  const Instant warm = Instant{} + scenario_.warmup;
  const double measured = std::max(1e-9, (end - warm).seconds());
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    const ClientStatistics& s = world_.clients()[i];
    r.clients.push_back({clients_[i].name, client_figures(s, s.whole, measured)});
  }
  service_figures(world_, at(warm), last, r.services);
  edge_figures(world_, at(warm), last, r.edges);
  for (std::size_t i = 0; i < r.services.size(); ++i)
    r.services[i].value.peak_per_100ms =
        world_.services()[i].arrivals.in(warm, Instant::max()).peak;
  for (std::size_t i = 0; i < r.edges.size(); ++i)
    r.edges[i].value.peak_per_100ms = world_.edges()[i].sent_again.in(warm, Instant::max()).peak;

  for (const Expectation& e : scenario_.expectations) {
    if (!e.window) continue;
    const Instant from = Instant{} + e.window->first, to = Instant{} + e.window->second;
    const auto same = [&](const Stretch& s) {
      return s.from_s == from.seconds() && s.to_s == to.seconds();
    };
    if (std::any_of(r.stretches.begin(), r.stretches.end(), same)) continue;
    Stretch s;
    s.from_s = from.seconds();
    s.to_s = to.seconds();
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      const ClientStatistics& client = world_.clients()[i];
      for (const ClientWindow& w : client.asked) {
        if (w.begin != from || w.end != to) continue;
        s.clients.push_back({clients_[i].name, client_figures(client, w, s.to_s - s.from_s)});
        break;
      }
    }
    service_figures(world_, at(from), at(to), s.services);
    edge_figures(world_, at(from), at(to), s.edges);
    cache_figures(world_, at(from), at(to), s.caches);
    for (std::size_t i = 0; i < s.services.size(); ++i)
      s.services[i].value.peak_per_100ms = world_.services()[i].arrivals.in(from, to).peak;
    for (std::size_t i = 0; i < s.edges.size(); ++i)
      s.edges[i].value.peak_per_100ms = world_.edges()[i].sent_again.in(from, to).peak;
    r.stretches.push_back(std::move(s));
  }
  cache_figures(world_, at(warm), last, r.caches);
  r.client_series = std::move(clients_);
  for (auto& service : services_)  // one alone is the service
    if (service.value.each_instance.size() < 2) service.value.each_instance.clear();
  r.service_series = std::move(services_);
  r.edge_series = std::move(edges_);
  r.cache_series = std::move(caches_);
  for (std::size_t i = 0; i < r.clients.size() && options.log_requests; ++i)
    r.requests.push_back({r.clients[i].name, std::move(world_.clients()[i].log)});
  write_slos(r);
  write_rollouts(r);
  write_timeline(r);
  write_requests(r);
  return r;
}

void Recorder::write_rollouts(RunResult& r) const {
  for (std::uint32_t i = 0; i < world_.spec().controllers.size(); ++i) {
    const ControllerSpec& spec = world_.spec().controllers[i];
    const ControllerState& state = world_.controller(i);
    if (!spec.config->is_rollout()) continue;
    RolloutFigures f;
    f.service = world_.spec().services[spec.service].name;
    f.version = spec.config->release()->version.effects.name;
    f.rolled_back = state.rolled_back != Instant::max();
    if (f.rolled_back) f.rollback_s = (state.rolled_back - spec.starts).seconds();
    if (state.version != kNone) {
      const Version& v = world_.service(spec.service).versions[state.version];
      f.answers = v.answers;
      f.bad_answers = v.errors;
    }
    r.rollouts.push_back({spec.name, f});
  }
}

void Recorder::write_timeline(RunResult& r) const {
  constexpr std::array<std::string_view, 9> kKinds = {
      "fault", "fault_end", "breaker", "scale", "rollout", "alert", "crash", "ready", "action"};
  for (const Fact& fact : world_.facts())
    r.timeline.push_back({fact.at.seconds(),
                          std::string(kKinds[static_cast<std::size_t>(fact.kind)]), fact.subject,
                          fact.what});
  for (const Note& note : scenario_.notes) {
    if (Instant{} + note.at <= world_.now())
      r.timeline.push_back({note.at.seconds(), "note", "", note.text});
  }
  std::stable_sort(r.timeline.begin(), r.timeline.end(),
                   [](const Moment& a, const Moment& b) { return a.t_s < b.t_s; });
}

}  // namespace faultline
