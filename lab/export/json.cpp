#include "lab/export/json.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace faultline {
namespace {

using Json = nlohmann::ordered_json;

// JSON has no infinity.
Json finite(double v) {
  return std::isfinite(v) ? Json(v) : Json(v > 0 ? "inf" : "-inf");
}

Json errors_of(const std::array<std::uint64_t, kErrors>& errors) {
  Json j;
  for (Error e :
       {Error::Timeout, Error::Deadline, Error::Refused, Error::Unavailable, Error::Unreachable,
        Error::Crash, Error::RateLimited, Error::Shed, Error::BreakerOpen, Error::BulkheadFull,
        Error::ServerError, Error::ClientError, Error::WrongData, Error::Cancelled}) {
    j[std::string(name(e))] = errors[static_cast<std::size_t>(e)];
  }
  return j;
}

Json latency_of(const Latency& l, bool tail) {
  Json j = {{"mean", l.mean}, {"p50", l.p50}, {"p95", l.p95}, {"p99", l.p99}};
  if (tail) {
    j["p999"] = l.p999;
    j["max"] = l.max;
  }
  return j;
}

Json client_of(const ClientFigures& f) {
  return {{"offered", f.offered},
          {"ok", f.ok},
          {"degraded", f.degraded},
          {"partial", f.partial},
          {"failed", f.failed},
          {"in_flight", f.in_flight},
          {"success_rate", f.success_rate},
          {"errors", errors_of(f.errors)},
          {"goodput_per_s", f.goodput_per_s},
          {"quality_mean", f.quality_mean},
          {"peak_per_100ms", f.peak_per_100ms},
          {"latency_s", latency_of(f.latency, true)}};
}

Json born_at(const ServiceFigures& f) {
  Json j = Json::object();
  for (const auto& [edge, share] : f.born_again) j[edge] = share;
  return j;
}

Json service_of(const ServiceFigures& f) {
  Json j = {{"arrivals", f.arrivals},
            {"completed", f.completed},
            {"rejected", f.rejected},
            {"ok", f.ok},
            {"failed", f.failed},
            {"success_rate", f.success_rate},
            {"errors", errors_of(f.errors)},
            {"thread_utilization", f.thread_utilization},
            {"cpu_utilization", f.cpu_utilization},
            {"queue_length_mean", f.queue_length_mean},
            {"in_system_mean", f.in_system_mean},
            {"wait_s", latency_of(f.wait, false)},
            {"latency_s", latency_of(f.latency, true)},
            {"wasted_work_s", f.wasted_work_s},
            {"failed_work_s", f.failed_work_s},
            {"instances_mean", f.instances_mean},
            {"effects", f.effects},
            {"duplicates", f.duplicates},
            {"replayed", f.replayed},
            {"conflicts", f.conflicts},
            {"retry_share", f.retry_share},
            {"retries_born_at", born_at(f)},
            {"peak_per_100ms", f.peak_per_100ms}};
  // Figures of resources come from resources that are modelled, or not at all.
  if (f.machine.cpu) {
    j["cpu_throttled"] = f.machine.cpu_throttled;
    j["cpu_slowdown"] = f.machine.cpu_slowdown;
  }
  if (f.machine.memory) {
    j["memory_utilization"] = f.machine.memory_utilization;
    j["oom_kills"] = f.machine.oom_kills;
  }
  if (f.machine.disk) {
    j["disk_utilization"] = f.machine.disk_utilization;
    j["disk_queue_length_mean"] = f.machine.disk_queue_length_mean;
  }
  for (const auto& part : f.parts) {
    const std::size_t dot = part.name.find('.');
    j[part.name.substr(0, dot)][part.name.substr(dot + 1)] = {
        {"arrivals", part.value.arrivals},
        {"completed", part.value.completed},
        {"rejected", part.value.rejected},
        {"ok", part.value.ok},
        {"failed", part.value.failed},
        {"success_rate", part.value.success_rate},
        {"errors", errors_of(part.value.errors)},
        {"wait_s", latency_of(part.value.wait, false)},
        {"latency_s", latency_of(part.value.latency, true)}};
  }
  return j;
}

Json edge_of(const EdgeFigures& f) {
  return {{"calls", f.calls},
          {"attempts", f.attempts},
          {"retries", f.retries},
          {"hedges", f.hedges},
          {"connections", f.connections},
          {"link_utilization", f.link_utilization},
          {"ok", f.ok},
          {"failed", f.failed},
          {"amplification", f.amplification},
          {"breaker_opened", f.breaker_opened},
          {"breaker_open_s", f.breaker_open_s},
          {"ejections", f.ejections},
          {"cross_zone", f.cross_zone},
          {"peak_per_100ms", f.peak_per_100ms},
          {"errors", errors_of(f.errors)}};
}

Json expectation_of(const Judgement& e) {
  constexpr std::array<std::string_view, 3> kVerdicts = {"pass", "fail", "inconclusive"};
  return {{"metric", e.metric},
          {"variant", e.variant},
          {"window_s", {e.window_from_s, e.window_to_s}},
          {"op", e.op},
          {"bound", finite(e.bound)},
          {"observed", finite(e.observed)},
          {"verdict", kVerdicts[static_cast<std::size_t>(e.verdict)]},
          {"line", e.line},
          {"why", e.why}};
}

template <class T, class Write>
Json by_name(const std::vector<Named<T>>& all, Write write) {
  Json j = Json::object();
  for (const auto& entry : all) j[entry.name] = write(entry.value);
  return j;
}

std::string text_of(const Json& j, int indent = -1) {
  // Names and titles are the user's: bytes that are not UTF-8 are replaced, never thrown about.
  return j.dump(indent, ' ', false, Json::error_handler_t::replace);
}

// The series are most of the document, so they are written one at a time, a line each: memory stays
// flat however long the run.
class SeriesWriter {
 public:
  using Columns = std::vector<std::pair<std::string_view, const std::vector<double>*>>;

  SeriesWriter(const Sink& out, double step_s) : out_(out) {
    out_("  \"series\": {\n    \"step_s\": " + text_of(step_s));
  }

  template <class T, class ColumnsOf>
  void group(std::string_view name, const std::vector<Named<T>>& subjects, ColumnsOf columns_of) {
    out_(fmt::format(",\n    {}: {{", text_of(name)));
    const char* between = "";
    for (const auto& subject : subjects) {
      out_(fmt::format("{}\n      {}: {{", between, text_of(subject.name)));
      columns(columns_of(subject.value));
      between = ",";
    }
    out_(subjects.empty() ? "}" : "\n    }");
  }

  void end() { out_("\n  }"); }

 private:
  void columns(const Columns& all) {
    const char* between = "";
    for (const auto& [name, values] : all) {
      out_(fmt::format("{}\n        {}: {}", between, text_of(name), text_of(*values)));
      between = ",";
    }
    out_("\n      }");
  }

  const Sink& out_;
};

void write_series(const RunResult& r, const Sink& out) {
  using Columns = SeriesWriter::Columns;
  SeriesWriter writer(out, r.step_s);
  writer.group("clients", r.client_series, [](const ClientSeries& s) {
    return Columns{{"offered", &s.offered}, {"ok", &s.ok},       {"failed", &s.failed},
                   {"p50_s", &s.p50_s},     {"p99_s", &s.p99_s}, {"quality", &s.quality}};
  });
  writer.group("services", r.service_series, [](const ServiceSeries& s) {
    Columns all = {{"arrivals", &s.arrivals},       {"queue", &s.queue}, {"busy", &s.busy},
                   {"instances", &s.instances},     {"ok", &s.ok},       {"failed", &s.failed},
                   {"utilization", &s.utilization}, {"p50_s", &s.p50_s}, {"p99_s", &s.p99_s},
                   {"wasted_s", &s.wasted_s}};
    if (!s.cpu.empty()) all.emplace_back("cpu", &s.cpu);
    if (!s.memory.empty()) all.emplace_back("memory", &s.memory);
    if (!s.disk.empty()) all.emplace_back("disk", &s.disk);
    return all;
  });
  writer.group("edges", r.edge_series, [](const EdgeSeries& s) {
    return Columns{{"calls", &s.calls}, {"attempts", &s.attempts}, {"failed", &s.failed}};
  });
  writer.group("caches", r.cache_series, [](const CacheSeries& s) {
    return Columns{{"lookups", &s.lookups}, {"hit_ratio", &s.hit_ratio}};
  });
  writer.end();
}

}  // namespace

void write_json(const RunResult& r, const Sink& out) {
  Json j = {{"schema_version", 1},
            {"scenario", r.scenario},
            {"variant", r.variant},
            {"seed", r.seed},
            {"duration_s", r.duration_s},
            {"warmup_s", r.warmup_s},
            {"fingerprint", fmt::format("{:016x}", r.fingerprint)},
            {"events", r.events},
            {"wall_s", r.wall_s},
            {"partial", r.partial},
            {"reached_s", r.reached_s}};
  j["ledger"] = {{"offered", r.ledger.offered},
                 {"ok", r.ledger.ok},
                 {"failed", r.ledger.failed},
                 {"in_flight", r.ledger.in_flight},
                 {"balanced", r.ledger.balanced}};
  j["clients"] = by_name(r.clients, client_of);
  j["services"] = by_name(r.services, service_of);
  j["edges"] = by_name(r.edges, edge_of);
  j["slos"] = by_name(r.slos, [](const SloFigures& s) {
    return Json{{"target", s.target},
                {"good", s.good},
                {"total", s.total},
                {"availability", s.availability},
                {"budget_left", s.budget_left},
                {"burn_rate", s.burn_rate}};
  });
  j["rollouts"] = by_name(r.rollouts, [](const RolloutFigures& f) {
    return Json{{"service", f.service},
                {"version", f.version},
                {"rolled_back", f.rolled_back ? 1 : 0},
                {"rollback_s", f.rollback_s},
                {"answers", f.answers},
                {"bad_answers", f.bad_answers}};
  });
  j["caches"] = by_name(r.caches, [](const CacheFigures& c) {
    const CacheCounts& n = c.counts;
    return Json{{"hits", n.hits},           {"stale", n.stale},     {"misses", n.misses},
                {"coalesced", n.coalesced}, {"fills", n.fills},     {"early", n.early},
                {"refreshes", n.refreshes}, {"rescued", n.rescued}, {"evicted", n.evicted},
                {"hit_ratio", c.hit_ratio}};
  });
  j["expectations"] = Json::array();
  for (const Judgement& e : r.expectations) j["expectations"].push_back(expectation_of(e));
  j["timeline"] = Json::array();
  for (const Moment& m : r.timeline)
    j["timeline"].push_back(
        {{"t_s", m.t_s}, {"kind", m.kind}, {"subject", m.subject}, {"what", m.what}});
  std::string head = text_of(j, 2);
  head.resize(head.size() - 2);  // without the brace that ends it
  out(head + ",\n");
  write_series(r, out);
  out("\n}\n");
}

}  // namespace faultline
