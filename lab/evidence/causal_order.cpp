#include "lab/evidence/causal_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace faultline {
namespace {

struct Frame {
  std::size_t calm_from, calm_until;  // bins before the first fault, after the warm-up
  double step_s;
};

double mean(const std::vector<double>& v, const Frame& f) {
  double sum = 0;
  const std::size_t until = std::min(f.calm_until, v.size());
  for (std::size_t i = f.calm_from; i < until; ++i) sum += v[i];
  return until > f.calm_from ? sum / static_cast<double>(until - f.calm_from) : 0;
}

// The first of two bins in a row, from the fault on, in which `out` is true.
template <class Out>
std::optional<double> first_out(std::size_t bins, const Frame& f, Out out) {
  for (std::size_t i = f.calm_until; i + 1 < bins; ++i) {
    if (out(i) && out(i + 1)) return static_cast<double>(i) * f.step_s;
  }
  return std::nullopt;
}

std::vector<double> share(const std::vector<double>& part, const std::vector<double>& rest) {
  std::vector<double> out;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const double all = part[i] + (i < rest.size() ? rest[i] : 0);
    out.push_back(all > 0 ? part[i] / all : 0);
  }
  return out;
}

void service_breaks(const Named<ServiceSeries>& s, const Frame& f, std::vector<Break>& out) {
  const ServiceSeries& v = s.value;
  const double busy = mean(v.utilization, f), queue = mean(v.queue, f);
  if (const auto t = first_out(v.utilization.size(), f, [&](std::size_t i) {
        return v.utilization[i] >= 0.95 && busy < 0.9;
      })) {
    out.push_back({*t, s.name, fmt::format("threads all busy ({:.0f} % before)", busy * 100)});
  }
  if (const auto t = first_out(v.queue.size(), f, [&](std::size_t i) {
        return v.queue[i] > std::max(5.0, 5 * queue);
      })) {
    out.push_back({*t, s.name, fmt::format("queue grows ({:.1f} before)", queue)});
  }
  const auto errors = share(v.failed, v.ok);
  const double before = mean(errors, f);
  if (const auto t = first_out(errors.size(), f, [&](std::size_t i) {
        return errors[i] > std::max(0.05, 3 * before);
      })) {
    out.push_back({*t, s.name, fmt::format("answers with errors ({:.1f} % before)", before * 100)});
  }
}

void client_breaks(const Named<ClientSeries>& c, const Frame& f, std::vector<Break>& out) {
  const auto errors = share(c.value.failed, c.value.ok);
  const double before = mean(errors, f);
  if (const auto t = first_out(errors.size(), f, [&](std::size_t i) {
        return errors[i] > std::max(0.05, 3 * before);
      })) {
    out.push_back({*t, c.name, fmt::format("requests fail ({:.1f} % before)", before * 100)});
  }
  const double p99 = mean(c.value.p99_s, f);
  if (const auto t = first_out(c.value.p99_s.size(), f, [&](std::size_t i) {
        return p99 > 0 && c.value.p99_s[i] > 3 * p99;
      })) {
    out.push_back(
        {*t, c.name, fmt::format("p99 latency three times what it was ({:.0f} ms)", p99 * 1e3)});
  }
}

}  // namespace

std::vector<Break> causal_order(const RunResult& r) {
  double first_fault = -1;
  for (const Moment& m : r.timeline) {
    if ((m.kind == "fault" || m.kind == "rollout") && (first_fault < 0 || m.t_s < first_fault))
      first_fault = m.t_s;
  }
  std::vector<Break> out;
  if (first_fault < 0) return out;
  const Frame f{static_cast<std::size_t>(r.warmup_s / r.step_s),
                static_cast<std::size_t>(first_fault / r.step_s), r.step_s};
  for (const auto& s : r.service_series) service_breaks(s, f, out);
  for (const auto& c : r.client_series) client_breaks(c, f, out);
  std::stable_sort(out.begin(), out.end(),
                   [](const Break& a, const Break& b) { return a.t_s < b.t_s; });
  return out;
}

}  // namespace faultline
