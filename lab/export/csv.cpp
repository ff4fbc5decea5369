#include "lab/export/csv.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "lab/export/text.hpp"

namespace faultline {
namespace {

void add(std::string& out, std::string_view kind, const std::string& name, std::string_view field,
         double value) {
  out += fmt::format("{},{},{},{}\n", kind, csv_cell(name), field, value);
}

void add_latency(std::string& out, std::string_view kind, const std::string& name,
                 std::string_view field, const Latency& l) {
  add(out, kind, name, fmt::format("{}.mean", field), l.mean);
  add(out, kind, name, fmt::format("{}.p50", field), l.p50);
  add(out, kind, name, fmt::format("{}.p95", field), l.p95);
  add(out, kind, name, fmt::format("{}.p99", field), l.p99);
}

std::string summary(const RunResult& r) {
  std::string out = "kind,name,metric,value\n";
  for (const auto& [name, c] : r.clients) {
    add(out, "client", name, "offered", static_cast<double>(c.offered));
    add(out, "client", name, "ok", static_cast<double>(c.ok));
    add(out, "client", name, "failed", static_cast<double>(c.failed));
    add(out, "client", name, "in_flight", static_cast<double>(c.in_flight));
    add(out, "client", name, "success_rate", c.success_rate);
    add(out, "client", name, "goodput_per_s", c.goodput_per_s);
    for (std::size_t e = 1; e < kErrors; ++e)
      add(out, "client", name, fmt::format("errors.{}", kErrorNames[e]),
          static_cast<double>(c.errors[e]));
    add_latency(out, "client", name, "latency_s", c.latency);
  }
  for (const auto& [name, s] : r.services) {
    add(out, "service", name, "arrivals", static_cast<double>(s.arrivals));
    add(out, "service", name, "completed", static_cast<double>(s.completed));
    add(out, "service", name, "rejected", static_cast<double>(s.rejected));
    add(out, "service", name, "thread_utilization", s.thread_utilization);
    add(out, "service", name, "queue_length_mean", s.queue_length_mean);
    add(out, "service", name, "wasted_work_s", s.wasted_work_s);
    add(out, "service", name, "failed_work_s", s.failed_work_s);
    add_latency(out, "service", name, "wait_s", s.wait);
    add_latency(out, "service", name, "latency_s", s.latency);
  }
  for (const auto& [name, e] : r.edges) {
    add(out, "edge", name, "calls", static_cast<double>(e.calls));
    add(out, "edge", name, "attempts", static_cast<double>(e.attempts));
    add(out, "edge", name, "amplification", e.amplification);
  }
  for (const auto& [name, s] : r.slos) {
    add(out, "slo", name, "availability", s.availability);
    add(out, "slo", name, "budget_left", s.budget_left);
    add(out, "slo", name, "burn_rate", s.burn_rate);
  }
  return out;
}

std::string series(const RunResult& r) {
  std::string out = "t_s,kind,name,signal,value\n";
  const auto rows = [&](std::string_view kind, const std::string& name, std::string_view signal,
                        const std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i)
      out += fmt::format("{},{},{},{},{}\n", static_cast<double>(i) * r.step_s, kind,
                         csv_cell(name), signal, values[i]);
  };
  for (const auto& [name, c] : r.client_series) {
    rows("client", name, "offered", c.offered);
    rows("client", name, "ok", c.ok);
    rows("client", name, "failed", c.failed);
    rows("client", name, "p50_s", c.p50_s);
    rows("client", name, "p99_s", c.p99_s);
  }
  for (const auto& [name, s] : r.service_series) {
    rows("service", name, "arrivals", s.arrivals);
    rows("service", name, "queue", s.queue);
    rows("service", name, "busy", s.busy);
    rows("service", name, "instances", s.instances);
    rows("service", name, "p50_s", s.p50_s);
    rows("service", name, "p99_s", s.p99_s);
  }
  return out;
}

std::string timeline(const RunResult& r) {
  std::string out = "t_s,kind,subject,what\n";
  for (const Moment& m : r.timeline)
    out += fmt::format("{},{},{},{}\n", m.t_s, m.kind, csv_cell(m.subject), csv_cell(m.what));
  return out;
}

std::optional<std::string> write(const std::filesystem::path& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  bool good = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file != nullptr) good = std::fclose(file) == 0 && good;
  if (good) return std::nullopt;
  return fmt::format("cannot write {}: {}", path.string(), std::strerror(errno));
}

}  // namespace

std::optional<std::string> write_csv(const RunResult& r, const std::string& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) return fmt::format("cannot make the folder {}: {}", folder, problem.message());
  const std::filesystem::path base(folder);
  for (const auto& [name, text] : {std::pair{"summary.csv", summary(r)},
                                   {"series.csv", series(r)},
                                   {"timeline.csv", timeline(r)}}) {
    if (auto wrong = write(base / name, text)) return wrong;
  }
  return std::nullopt;
}

}  // namespace faultline
