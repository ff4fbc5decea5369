// Service level objectives: what was good, what of the error budget is left, how fast it burns.

#include <algorithm>

#include "lab/run/recorder.hpp"
#include "lab/scenario/metric.hpp"

namespace faultline {
namespace {

// The scenario's check has seen to it that it can be read.
History history_of(const Slo& slo) {
  if (!slo.history) return {};
  return parse_history(*slo.history).value_or(History{});
}

}  // namespace

// The budget is (1 − target) of the requests in the window: those of the history, taken to have
// come at the run's own rate, and those of the run.
void Recorder::write_slos(RunResult& r) const {
  std::vector<std::size_t> next(world_.spec().clients.size(), 0);
  for (const auto& slo : scenario_.slos) {
    for (std::size_t c = 0; c < world_.spec().clients.size(); ++c) {
      if (world_.spec().clients[c].name != slo.value.client) continue;
      SloCounter& count = world_.clients()[c].slos[next[c]++];
      count.advance(world_.now() + Duration{1});  // the clock stands just before the end
      const double seconds = std::max(1e-9, world_.now().seconds() - r.warmup_s);
      const History history = history_of(slo.value);
      const double allowed_share = 1 - slo.value.target.value;
      const double earlier_seconds =
          std::clamp(slo.value.window.seconds() - seconds, 0.0, history.length.seconds());
      const double rate = static_cast<double>(count.total) / seconds;
      const double earlier = rate * earlier_seconds;
      const double earlier_bad = earlier * (1 - history.good);
      const double budget = allowed_share * (earlier + static_cast<double>(count.total));

      SloFigures f;
      f.client = slo.value.client;
      f.target = slo.value.target.value;
      f.budget = budget;
      f.spent_before = earlier_bad;
      f.history_s = earlier_seconds;
      f.covered_s = earlier_seconds + seconds;
      f.good = count.good;
      f.total = count.total;
      const double bad = static_cast<double>(count.total - count.good);
      if (count.total > 0)
        f.availability = static_cast<double>(count.good) / static_cast<double>(count.total);
      f.budget_left = budget > 0 ? 1 - (earlier_bad + bad) / budget : 1;
      f.burn_rate = (1 - f.availability) / allowed_share;

      const std::size_t bins = r.client_series[c].value.p50_s.size();
      double spent = earlier_bad;
      const auto good_bins = count.good_series.values(), bad_bins = count.bad_series.values();
      for (std::size_t b = 0; b < bins; ++b) {
        const double good_here = b < good_bins.size() ? good_bins[b] : 0;
        const double bad_here = b < bad_bins.size() ? bad_bins[b] : 0;
        spent += bad_here;
        f.good_series.push_back(good_here);
        f.bad_series.push_back(bad_here);
        f.budget_left_series.push_back(budget > 0 ? 1 - spent / budget : 1);
        f.burn_rate_series.push_back(
            good_here + bad_here > 0 ? bad_here / (good_here + bad_here) / allowed_share : 0);
      }
      r.slos.push_back({slo.name, std::move(f)});
    }
  }
}

}  // namespace faultline
