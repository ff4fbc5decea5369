// The series of a service's versions, from when there is more than one; until then the first is
// the service.

#include "lab/run/recorder.hpp"

#include <algorithm>

namespace faultline {
namespace {

std::vector<double> until(std::vector<double> values, std::size_t bins) {
  values.resize(bins);
  return values;
}

double sum(const std::vector<double>& values) {
  double all = 0;
  for (const double value : values) all += value;
  return all;
}

}  // namespace

void Recorder::sample_versions(std::size_t service) {
  const auto& handling = world_.services()[service].handling;
  if (handling.size() < 2) return;
  ServiceSeries& all = services_[service].value;
  const std::size_t bin = all.ok.size() - 1;
  std::vector<VersionBefore>& before = version_before_[service];
  before.resize(handling.size());
  const auto& names = world_.service(static_cast<std::uint32_t>(service)).versions;
  for (std::size_t v = 0; v < std::min(handling.size(), names.size()); ++v) {
    const bool is_new = v >= all.versions.size();
    if (is_new) all.versions.push_back({names[v].effects.name, {}});
    VersionSeries& series = all.versions[v].value;
    if (is_new && v > 0) {
      for (auto* one : {&series.ok, &series.failed, &series.p50_s, &series.p99_s})
        one->assign(bin, 0);
    } else if (is_new) {
      series = {until(all.ok, bin), until(all.failed, bin), until(all.p50_s, bin),
                until(all.p99_s, bin)};
      before[0].ok = static_cast<std::uint64_t>(sum(series.ok));
      before[0].failed = static_cast<std::uint64_t>(sum(series.failed));
    }
    VersionBefore now;
    for (const HandlingStatistics& h : handling[v]) {
      now.ok += h.ok;
      now.failed += h.failed;
      now.latency.merge(h.latency);
    }
    series.ok.push_back(static_cast<double>(now.ok - before[v].ok));
    series.failed.push_back(static_cast<double>(now.failed - before[v].failed));
    if (is_new && v == 0) {  // nearly everything in this bin was still the first's
      series.p50_s.push_back(all.p50_s[bin]);
      series.p99_s.push_back(all.p99_s[bin]);
    } else {
      Histogram fresh = now.latency;
      fresh.subtract(before[v].latency);
      series.p50_s.push_back(fresh.quantile(0.5));
      series.p99_s.push_back(fresh.quantile(0.99));
    }
    before[v] = std::move(now);
  }
}

}  // namespace faultline
