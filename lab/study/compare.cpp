#include "lab/study/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "lab/evidence/judge.hpp"
#include "lab/evidence/metric_value.hpp"
#include "lab/run/run.hpp"
#include "lab/scenario/metric.hpp"
#include "lab/study/parallel.hpp"

namespace faultline {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// What is kept of a run: the metrics, and the requests until their pairs have come.
struct Seen {
  std::vector<double> values;  // by metric; NaN: the variant has none such
  std::vector<Named<std::vector<RequestEnd>>> requests;
  bool done = false, balanced = true;
};

void pair_up(const std::vector<RequestEnd>& first, const std::vector<RequestEnd>& other,
             PairedRequests& sums) {
  double latency = 0;
  std::size_t i = 0, k = 0;
  while (i < first.size() && k < other.size()) {
    const RequestEnd &a = first[i], &b = other[k];
    if (a.lineage != b.lineage) {
      ++sums.unpaired;
      a.lineage < b.lineage ? ++i : ++k;
      continue;
    }
    ++i;
    ++k;
    const bool a_ok = a.error == Error::None, b_ok = b.error == Error::None;
    if (a_ok && b_ok) {
      ++sums.both_ok;
      sums.slower += b.took > a.took;
      sums.faster += b.took < a.took;
      latency += (b.took - a.took).seconds();
    } else {
      ++(a_ok ? sums.only_first_ok : b_ok ? sums.only_other_ok : sums.neither_ok);
    }
  }
  sums.unpaired += (first.size() - i) + (other.size() - k);
  sums.latency_delta_s += latency;
}

class Comparing {
 public:
  Comparing(VariantComparison& out, const CompareOptions& options, std::vector<Scenario> scenarios)
      : out_(out), options_(options), scenarios_(std::move(scenarios)) {}

  void run() {
    for (std::size_t v = 1; v < scenarios_.size(); ++v) {
      for (const auto& client : scenarios_[0].clients)
        out_.requests.push_back({.client = client.name, .variant = v});
    }
    std::int64_t wanted = options_.replications;
    for (;;) {
      replicate(wanted);
      summarize();
      if (out_.partial || !options_.until_ci || narrow_enough() || wanted >= options_.most) break;
      wanted = std::min(options_.most, next_count(wanted));
    }
    out_.narrow_enough = !options_.until_ci || narrow_enough();
    for (PairedRequests& p : out_.requests) {
      if (p.both_ok > 0) p.latency_delta_s /= static_cast<double>(p.both_ok);
    }
  }

 private:
  std::size_t variants() const { return scenarios_.size(); }

  void replicate(std::int64_t wanted) {
    const auto before = static_cast<std::int64_t>(seen_.size());
    seen_.resize(static_cast<std::size_t>(wanted), std::vector<Seen>(variants()));
    const auto runs = static_cast<std::size_t>(wanted - before) * variants();
    for_each_number(
        runs, options_.jobs,
        [&](std::size_t i) {
          const std::size_t replication = static_cast<std::size_t>(before) + i / variants();
          one(replication, i % variants());
          const std::lock_guard lock(telling_);
          ++done_;
          settle(replication);
          if (options_.progress)
            options_.progress(done_, wanted * static_cast<std::int64_t>(variants()));
        },
        options_.stop);
    if (options_.stop != nullptr && options_.stop->load()) out_.partial = true;
    while (!seen_.empty() && !complete(seen_.size() - 1)) seen_.pop_back();
    for (std::size_t r = 0; r < seen_.size(); ++r) {
      if (complete(r)) continue;
      seen_.resize(r);
      break;
    }
    out_.replications = static_cast<std::int64_t>(seen_.size());
  }

  bool complete(std::size_t replication) const {
    return std::all_of(seen_[replication].begin(), seen_[replication].end(),
                       [](const Seen& s) { return s.done; });
  }

  void one(std::size_t replication, std::size_t variant) {
    RunOptions options;
    options.seed = out_.first_seed + static_cast<std::int64_t>(replication);
    options.variant = out_.variants[variant].name;
    options.stop = options_.stop;
    options.log_requests = true;
    const auto result = faultline::run(scenarios_[variant], options);
    Seen& seen = seen_[replication][variant];
    if (result->partial) return;
    for (const ComparedMetric& m : out_.metrics)
      seen.values.push_back(metric_value(*result, m.metric).value_or(kNothing));
    seen.requests = result->requests;
    for (auto& client : seen.requests) {
      std::sort(client.value.begin(), client.value.end(),
                [](const RequestEnd& a, const RequestEnd& b) { return a.lineage < b.lineage; });
    }
    seen.balanced = result->ledger.balanced;
    seen.done = true;
  }

  // Once every variant has run, its requests are paired and forgotten. Sums of whole numbers don't
  // depend on the order; that of the latencies is taken replication by replication at the end.
  void settle(std::size_t replication) {
    if (!complete(replication)) return;
    auto& all = seen_[replication];
    std::vector<PairedRequests> sums(out_.requests.size());
    for (std::size_t p = 0; p < sums.size(); ++p) {
      const PairedRequests& pair = out_.requests[p];
      const auto log_of = [&](std::size_t v) -> const std::vector<RequestEnd>& {
        static const std::vector<RequestEnd> kNone;
        for (const auto& client : all[v].requests) {
          if (client.name == pair.client) return client.value;
        }
        return kNone;
      };
      pair_up(log_of(0), log_of(pair.variant), sums[p]);
    }
    for (Seen& s : all) {
      out_.balanced = out_.balanced && s.balanced;
      s.requests = {};
    }
    if (paired_.size() <= replication) paired_.resize(replication + 1);
    paired_[replication] = std::move(sums);
  }

  void summarize() {
    for (std::size_t p = 0; p < out_.requests.size(); ++p) {
      PairedRequests& sum = out_.requests[p];
      sum = {.client = sum.client, .variant = sum.variant};
      for (std::size_t r = 0; r < seen_.size(); ++r) {
        const PairedRequests& one = paired_[r][p];
        sum.both_ok += one.both_ok;
        sum.only_first_ok += one.only_first_ok;
        sum.only_other_ok += one.only_other_ok;
        sum.neither_ok += one.neither_ok;
        sum.slower += one.slower;
        sum.faster += one.faster;
        sum.unpaired += one.unpaired;
        sum.latency_delta_s += one.latency_delta_s;
      }
    }
    for (std::size_t m = 0; m < out_.metrics.size(); ++m) {
      out_.metrics[m].variants.assign(variants(), {});
      for (std::size_t v = 0; v < variants(); ++v) summarize(m, v);
    }
  }

  std::vector<double> values_of(std::size_t metric, std::size_t variant) const {
    std::vector<double> values;
    for (const auto& replication : seen_) values.push_back(replication[variant].values[metric]);
    return values;
  }

  void summarize(std::size_t metric, std::size_t variant) {
    ComparedValue& out = out_.metrics[metric].variants[variant];
    const std::vector<double> first = values_of(metric, 0), own = values_of(metric, variant);
    out.value = estimate(own);
    out.present = !own.empty() && std::isfinite(out.value.mean);
    if (variant == 0) return;
    std::vector<double> deltas;
    for (std::size_t r = 0; r < own.size(); ++r) deltas.push_back(own[r] - first[r]);
    out.delta = estimate(deltas);
    out.difference = Difference::Unclear;
    if (first == own && out.present) out.difference = Difference::Same;
    if (!std::isfinite(out.delta.mean) || !out.delta.has_interval) return;
    if (out.delta.low() > 0 || out.delta.high() < 0) out.difference = Difference::Clear;
    const double apart = estimate(first).variance + out.value.variance;
    if (apart > 0)
      out.variance_factor = out.delta.variance > 0 ? apart / out.delta.variance : kInfinity;
  }

  // The widest interval, as a multiple of what is allowed.
  double widest() const {
    double most = 0;
    for (const ComparedMetric& m : out_.metrics) {
      for (std::size_t v = 1; v < m.variants.size(); ++v) {
        const Estimate& delta = m.variants[v].delta;
        if (!std::isfinite(delta.mean) || m.variants[v].difference == Difference::Same) continue;
        if (!delta.has_interval) return kInfinity;
        double scale = std::abs(m.variants[0].value.mean);
        if (scale == 0) scale = std::abs(m.variants[v].value.mean);
        const double allowed = *options_.until_ci * scale;
        most = std::max(most, allowed > 0 ? delta.half_width / allowed : 0.0);
      }
    }
    return most;
  }
  bool narrow_enough() const { return widest() <= 1; }
  // Widths shrink with the root of the count; never more than doubled on one guess.
  std::int64_t next_count(std::int64_t count) const {
    const double guess = static_cast<double>(count) * widest() * widest() * 1.1;
    const double most = 2 * static_cast<double>(count);
    return std::max(count + 1, static_cast<std::int64_t>(std::min(guess, most)));
  }

  VariantComparison& out_;
  const CompareOptions& options_;
  std::vector<Scenario> scenarios_;
  std::vector<std::vector<Seen>> seen_;              // [replication][variant]
  std::vector<std::vector<PairedRequests>> paired_;  // [replication][out_.requests]
  std::mutex telling_;
  std::int64_t done_ = 0;
};

std::vector<std::string> usual_metrics(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const auto& client : scenario.clients) {
    for (const char* field : {"success_rate", "goodput_per_s", "latency_s.p50", "latency_s.p99"})
      names.push_back(fmt::format("client.{}.{}", toml_key(client.name), field));
  }
  for (const auto& slo : scenario.slos)
    names.push_back(fmt::format("slo.{}.budget_left", toml_key(slo.name)));
  return names;
}

Diagnostic mistaken(std::string code, std::string place, std::string message, std::string hint) {
  Diagnostic d;
  d.code = std::move(code);
  d.file = std::move(place);
  d.message = std::move(message);
  d.hint = std::move(hint);
  return d;
}

}  // namespace

tl::expected<VariantComparison, Diagnostics> compare(const std::string& file,
                                                     const Settings& settings,
                                                     const CompareOptions& options) {
  const auto base = load_scenario(file, {}, settings);
  if (!base) return tl::unexpected(base.error());
  std::vector<std::string> names = options.variants;
  if (names.empty()) {
    names.emplace_back("base");
    for (const auto& v : base->scenario.variants) names.push_back(v.name);
  }
  VariantComparison out;
  out.file = file;
  out.scenario = base->scenario.title;
  out.first_seed = options.seed.value_or(base->scenario.seed);
  out.until_ci = options.until_ci;

  std::vector<Scenario> scenarios;
  Diagnostics wrong;
  for (const std::string& name : names) {
    auto loaded = load_text(base->text, base->file, name, settings);
    if (!loaded) return tl::unexpected(loaded.error());
    const auto same =
        std::find_if(out.variants.begin(), out.variants.end(), [&](const ComparedVariant& known) {
          return known.name == name ||
                 std::find(loaded->also_called.begin(), loaded->also_called.end(), known.name) !=
                     loaded->also_called.end();
        });
    if (same != out.variants.end()) {
      if (same->name != name) same->also.push_back(name);
      continue;
    }
    out.variants.push_back({name, loaded->variant_title, {}});
    scenarios.push_back(std::move(loaded->scenario));
  }
  if (out.variants.size() < 2) {
    wrong.push_back(mistaken("E504", file, "there is nothing to compare with",
                             "a comparison takes two variants with different settings"));
    return tl::unexpected(wrong);
  }
  for (const std::string& metric :
       options.metrics.empty() ? usual_metrics(scenarios[0]) : options.metrics) {
    const auto parsed = parse_metric(metric);
    if (!parsed) {
      wrong.push_back(mistaken("E405", "--metric",
                               fmt::format("{}: {}", metric, parsed.error().message),
                               parsed.error().hint));
      continue;
    }
    out.metrics.push_back({metric, std::string(unit_of(metric)), {}});
  }
  if (!wrong.empty()) return tl::unexpected(wrong);
  Comparing(out, options, std::move(scenarios)).run();
  return out;
}

}  // namespace faultline
