#include "models/controllers/release.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace faultline {
namespace {

struct Slowness {
  Share share{0};
  double factor = 1;
  void describe(Binder& b) {
    b.field({.key = "share",
             .help = "Share of its jobs that are slow.",
             .min = 0,
             .max = 1,
             .required = true},
            share);
    b.field({.key = "factor",
             .help = "How many times slower.",
             .min = 0,
             .max = 1e6,
             .required = true,
             .above_min = true},
            factor);
  }
};

double error_rate(const VersionView& v) {
  return v.answers > 0 ? static_cast<double>(v.errors) / static_cast<double>(v.answers) : 0;
}

}  // namespace

void VersionOptions::describe(Binder& b) {
  Share errors;
  std::optional<Slowness> slow;
  b.field({.key = "name", .help = "Its name, in metrics and on the timeline."}, effects.name);
  b.field({.key = "errors", .help = "Share of its jobs that fail.", .min = 0, .max = 1}, errors);
  b.table({.key = "slow", .help = "A share of its jobs is slower."}, slow);
  effects.errors = errors.value;
  if (!slow) return;
  effects.slow_share = slow->share.value;
  effects.slow_factor = slow->factor;
}

void Gate::describe(Binder& b) {
  b.field({.key = "metric",
           .help = "error_rate, or latency_s.p50, .p95, .p99, .p999, .mean.",
           .required = true},
          name);
  static constexpr std::array<std::pair<std::string_view, double>, 5> kLatencies = {
      {{"latency_s.p50", 0.5},
       {"latency_s.p95", 0.95},
       {"latency_s.p99", 0.99},
       {"latency_s.p999", 0.999},
       {"latency_s.mean", -1}}};
  bool known = name == "error_rate";
  for (const auto& [word, q] : kLatencies) {
    if (name != word) continue;
    known = latency = true;
    quantile = q;
  }
  if (!known)
    b.reject("metric",
             "is one of error_rate, latency_s.p50, latency_s.p95, latency_s.p99, latency_s.p999, "
             "latency_s.mean");
  Bound bound;
  if (!b.bound({.key = "at_most",
                .help = "Passed if so: a share or a time, or { times = 1.5, of = \"stable\" }.",
                .required = true},
               bound))
    return;
  if (!bound.of.empty()) {
    if (bound.of != "stable") b.reject("at_most", "can only be compared with \"stable\"");
    times = bound.times;
  } else if (!b.amount(bound, latency, at_most)) {
    b.reject("at_most", latency ? "is a time such as \"200ms\"" : "is a share such as \"2%\"");
  }
}

std::optional<std::string> Gate::judge(const VersionView& fresh, const VersionView& stable,
                                       std::int64_t min_requests) const {
  const auto enough = [&](const VersionView& v) {
    return v.answers > 0 && static_cast<std::int64_t>(v.answers) >= min_requests;
  };
  if (!enough(fresh) || (times && !enough(stable))) return std::nullopt;
  const auto value = [&](const VersionView& v) {
    if (!latency) return error_rate(v);
    if (v.latency == nullptr) return 0.0;
    return quantile < 0 ? v.latency->mean() : v.latency->quantile(quantile);
  };
  const double limit = times ? *times * value(stable) : at_most;
  const double seen = value(fresh);
  if (seen <= limit) return std::string{};
  return latency ? fmt::format("{} {:.0f} ms > {:.0f} ms", name, seen * 1e3, limit * 1e3)
                 : fmt::format("{} {:.2f} % > {:.2f} %", name, seen * 100, limit * 100);
}

void ReleaseOptions::describe(Binder& b) {
  b.table({.key = "version", .help = "What is rolled out."}, version);
  b.list({.key = "gates", .help = "What must hold for it to go on."}, gates);
  b.field({.key = "interval", .help = "How often the gates look.", .min = 0.1, .max = 86400},
          interval);
  b.field({.key = "failures",
           .help = "So many failed looks, over the whole rollout, take it back.",
           .min = 1,
           .max = 1000},
          failures);
  b.field({.key = "min_requests",
           .help = "A look with fewer answers doesn't judge.",
           .min = 1,
           .max = 1e9},
          min_requests);
  b.field({.key = "start_up", .help = "How long a new instance takes until it serves.", .min = 0},
          start_up);
}

std::int64_t canary_instances(double weight, std::int64_t replicas) {
  return static_cast<std::int64_t>(std::ceil(weight * static_cast<double>(replicas) - 1e-9));
}

void Judge::Collected::add(const VersionView& v) {
  answers += v.answers;
  errors += v.errors;
  if (v.latency != nullptr) latency.merge(*v.latency);
}

VersionView Judge::view_of(const Collected& c) {
  VersionView v;
  v.answers = c.answers;
  v.errors = c.errors;
  v.latency = &c.latency;
  return v;
}

std::optional<std::string> Judge::look(const ServiceView& view, std::uint32_t fresh) {
  fresh_.add(view.versions[fresh]);
  stable_.add(view.versions[view.stable]);
  if (!last_) last_ = view.now;
  if (view.now - *last_ < options_.interval) return std::nullopt;
  last_ = view.now;
  std::optional<std::string> failure;
  for (const Gate& gate : options_.gates) {
    const auto verdict = gate.judge(view_of(fresh_), view_of(stable_), options_.min_requests);
    if (verdict && !verdict->empty() && !failure) failure = verdict;
  }
  fresh_ = {};
  stable_ = {};
  if (!failure || ++failed_ < options_.failures) return std::nullopt;
  return failure;
}

}  // namespace faultline
