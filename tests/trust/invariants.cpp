#include "tests/trust/invariants.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

namespace faultline::test {
namespace {

class Audit {
 public:
  explicit Audit(const RunResult& result) : r_(result) {}

  std::vector<std::string> run() {
    must(r_.ledger.balanced, "the ledger does not balance");
    must(r_.ledger.offered == r_.ledger.ok + r_.ledger.failed + r_.ledger.in_flight,
         "ledger: offered = ok + failed + in flight");
    ClientFigures all;
    for (std::size_t i = 0; i < r_.clients.size(); ++i) client(i, all);
    if (r_.warmup_s == 0) {
      must(all.offered == r_.ledger.offered, "the clients' requests are all requests");
      must(all.ok == r_.ledger.ok && all.failed == r_.ledger.failed, "… and so are the outcomes");
    }
    for (std::size_t i = 0; i < r_.services.size(); ++i) service(i);
    for (std::size_t i = 0; i < r_.edges.size(); ++i) edge(i);
    for (std::size_t i = 1; i < r_.timeline.size(); ++i)
      must(r_.timeline[i - 1].t_s <= r_.timeline[i].t_s, "the timeline is in order of time");
    return std::move(found_);
  }

 private:
  void must(bool holds, std::string_view what) {
    if (!holds) found_.push_back(where_ + std::string(what));
  }
  template <class A, class B>
  void must_equal(A a, B b, std::string_view what) {
    if (a != b) found_.push_back(fmt::format("{}{}: {} and {}", where_, what, a, b));
  }
  void at_most(double a, double b, std::string_view what) {
    const bool holds = a <= b + 1e-9 * (1 + std::abs(b));
    if (!holds) found_.push_back(fmt::format("{}{}: {} > {}", where_, what, a, b));
  }
  static std::uint64_t sum(const std::array<std::uint64_t, kErrors>& errors) {
    return std::accumulate(errors.begin(), errors.end(), std::uint64_t{0});
  }
  static double sum(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
  }
  void quantiles(const Latency& l, bool any, std::string_view what) {
    if (!any) return;
    const bool ordered = l.p50 <= l.p95 && l.p95 <= l.p99 && l.p99 <= l.p999;
    must(ordered && l.p999 <= l.max * 1.005, std::string(what) + " quantiles are in order");
    at_most(l.mean, l.max, std::string(what) + " mean");
  }

  void client(std::size_t i, ClientFigures& all) {
    const auto& [name, c] = r_.clients[i];
    where_ = "client " + name + ": ";
    must_equal(c.offered, c.ok + c.failed + c.in_flight, "offered = ok + failed + in flight");
    must_equal(sum(c.errors), c.failed, "errors sum to failed");
    must(c.degraded <= c.ok, "degraded is part of ok");
    must(c.errors[0] == 0, "no failure without a cause");
    quantiles(c.latency, c.ok > 0, "latency");
    at_most(c.latency.max, r_.reached_s, "latency");
    all.offered += c.offered;
    all.ok += c.ok;
    all.failed += c.failed;
    if (r_.warmup_s > 0) return;
    const ClientSeries& s = r_.client_series[i].value;
    must_equal(sum(s.offered), static_cast<double>(c.offered), "series of offered");
    must_equal(sum(s.ok), static_cast<double>(c.ok), "series of ok");
    must_equal(sum(s.failed), static_cast<double>(c.failed), "series of failed");
  }

  void service(std::size_t i) {
    const auto& [name, s] = r_.services[i];
    where_ = "service " + name + ": ";
    at_most(s.thread_utilization, 1, "thread utilization");
    must(s.thread_utilization >= 0 && s.queue_length_mean >= 0, "means are not negative");
    at_most(s.queue_length_mean, s.in_system_mean, "queue is part of the system");
    must_equal(sum(s.errors), s.failed, "errors sum to failed");
    quantiles(s.latency, s.completed > 0, "latency");
    at_most(s.wasted_work_s,
            (s.in_system_mean - s.queue_length_mean) * (r_.reached_s - r_.warmup_s) + 1e-6 +
                carried_over(),
            "wasted work is part of the work");
    const ServiceSeries& series = r_.service_series[i].value;
    for (double u : series.utilization) at_most(u, 1, "utilization in a bin");
    for (double q : series.queue) at_most(0, q, "queue in a bin");
    for (double n : series.instances) at_most(0, n, "instances in a bin");
    if (r_.warmup_s > 0) return;
    must(s.completed + s.rejected <= s.arrivals, "what left had arrived");
    must(s.completed + s.rejected <= s.ok + s.failed, "what left was answered");
    must_equal(sum(series.arrivals), static_cast<double>(s.arrivals), "series of arrivals");
    must_equal(sum(series.ok), static_cast<double>(s.ok), "series of ok");
    must_equal(sum(series.failed), static_cast<double>(s.failed), "series of failed");
    std::uint64_t in_parts = 0;
    for (const auto& part : s.parts)
      in_parts += part.name.starts_with("version.") ? part.value.arrivals : 0;
    if (in_parts > 0) must_equal(in_parts, s.arrivals, "arrivals of its versions");
  }
  // Work that was begun before the warm-up's end and given up after it.
  double carried_over() const { return r_.warmup_s > 0 ? 1e18 : 0; }

  void edge(std::size_t i) {
    const auto& [name, e] = r_.edges[i];
    where_ = "edge " + name + ": ";
    must(e.retries <= e.attempts, "retries are attempts");
    if (r_.warmup_s > 0) return;
    must(e.ok + e.failed <= e.calls, "what ended was begun");
    must_equal(sum(r_.edge_series[i].value.calls), static_cast<double>(e.calls), "series of calls");
    must_equal(sum(r_.edge_series[i].value.attempts), static_cast<double>(e.attempts),
               "series of attempts");
  }

  const RunResult& r_;
  std::string where_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> violations(const RunResult& result) {
  return Audit(result).run();
}

}  // namespace faultline::test
