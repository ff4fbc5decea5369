#include "models/system/outlier_detection.hpp"

#include <algorithm>
#include <cmath>

#include "sim/random.hpp"

namespace faultline {
namespace {

// What both statistical rules need before they judge anybody.
void describe_evidence(Binder& b, std::int64_t& hosts, std::int64_t& requests) {
  b.field({.key = "min_hosts",
           .help = "With fewer that have enough requests, nobody is judged.",
           .min = 1,
           .max = 1e6},
          hosts);
  b.field({.key = "min_requests",
           .help = "Requests to a host in an interval, for it to count.",
           .min = 1,
           .max = 1e9},
          requests);
}

}  // namespace

void SuccessRateRule::describe(Binder& b) {
  describe_evidence(b, min_hosts, min_requests);
  b.field({.key = "stdev_factor",
           .help = "Ejected below mean − factor · standard deviation.",
           .min = 0,
           .max = 100},
          stdev_factor);
}

void FailureShareRule::describe(Binder& b) {
  b.field({.key = "threshold",
           .help = "Ejected when this share failed, or more.",
           .min = 0,
           .max = 1,
           .above_min = true},
          threshold);
  describe_evidence(b, min_hosts, min_requests);
}

void OutlierSettings::describe(Binder& b) {
  b.field({.key = "consecutive_5xx",
           .help = "Failures in a row that eject a host; `false`: they don't.",
           .min = 1,
           .max = 1e6,
           .fallback = "5"},
          consecutive_5xx);
  b.field({.key = "consecutive_gateway_failure",
           .help = "The same of those among them that aren't the server's own errors.",
           .min = 1,
           .max = 1e6,
           .fallback = "not judged"},
          consecutive_gateway_failure);
  b.field({.key = "consecutive_local_origin_failure",
           .help = "The same of timeouts, crashes and what nobody answered, "
                   "then counted apart.",
           .min = 1,
           .max = 1e6,
           .fallback = "not judged"},
          consecutive_local_origin_failure);
  b.table({.key = "success_rate",
           .help = "Ejects hosts far below the others, at sweeps.",
           .fallback = "{}"},
          success_rate);
  b.table({.key = "failure_percentage",
           .help = "Ejects hosts that fail too much, at sweeps.",
           .fallback = "not judged"},
          failure_percentage);
  b.field({.key = "interval",
           .help = "Between sweeps; only they bring hosts back.",
           .min = 0.001,
           .max = 86400},
          interval);
  b.field({.key = "base_ejection_time",
           .help = "How long the first time; the n-th time in a row n times as long.",
           .min = 0},
          base_ejection_time);
  b.field({.key = "max_ejection_time", .help = "No ejection is longer, jitter apart.", .min = 0},
          max_ejection_time);
  b.field({.key = "max_ejection_time_jitter",
           .help = "Up to so much longer, by chance.",
           .min = 0,
           .max = 86400},
          max_ejection_time_jitter);
  b.field({.key = "max_ejection_percent",
           .help = "Share of the hosts that may be out; with few hosts 10% is "
                   "none of them.",
           .min = 0,
           .max = 1},
          max_ejection_percent);
  b.field({.key = "always_eject_one_host", .help = "One may be out, whatever the share."},
          always_eject_one_host);
  if (b.given("max_ejection_time") && max_ejection_time < base_ejection_time)
    b.reject("max_ejection_time", "is less than base_ejection_time");
}

HostResult host_result(Error error) {
  switch (error) {
    case Error::ServerError:
      return HostResult::ServerError;
    case Error::Refused:
    case Error::Shed:
      return HostResult::Gateway;
    case Error::Timeout:
    case Error::Deadline:
    case Error::Unavailable:
    case Error::Unreachable:
    case Error::Crash:
      return HostResult::LocalOrigin;
    default:
      return HostResult::Good;
  }
}

bool may_eject(std::size_t ejected, std::size_t hosts, const OutlierSettings& settings) {
  if (ejected == 0 && settings.always_eject_one_host) return true;
  // In percent, as it is written: a tenth of ten hosts is one.
  return 100 * static_cast<double>(ejected + 1) / static_cast<double>(hosts) <=
         100 * settings.max_ejection_percent.value + 1e-9;
}

Duration ejection_time(std::int64_t n, const OutlierSettings& settings) {
  const auto longest = std::max(settings.max_ejection_time, settings.base_ejection_time);
  const std::int64_t base = settings.base_ejection_time.ns;
  return base > 0 && n > longest.ns / base ? longest : Duration{n * base};
}

double success_rate_threshold(std::span<const double> rates, double stdev_factor) {
  double mean = 0, squares = 0;
  for (const double r : rates) mean += r;
  mean /= static_cast<double>(rates.size());
  for (const double r : rates) squares += (r - mean) * (r - mean);
  return mean - stdev_factor * std::sqrt(squares / static_cast<double>(rates.size()));
}

OutlierDetector::State& OutlierDetector::state(Host host) {
  if (host >= states_.size()) states_.resize(host + 1);
  return states_[host];
}

void OutlierDetector::report(Instant now, Host host, HostResult result) {
  sweep(now);
  State& s = state(host);
  const bool apart = settings_.consecutive_local_origin_failure.has_value();
  const bool local = result == HostResult::LocalOrigin;
  if (apart && local) {
    if (++s.local != *settings_.consecutive_local_origin_failure) return;
    s.local = 0;
    return eject(now, host);
  }
  s.local = 0;
  ++s.total;
  if (result == HostResult::Good) {
    ++s.good;
    s.server_errors = s.gateway = 0;
    return;
  }
  s.gateway = result == HostResult::ServerError ? 0 : s.gateway + 1;
  ++s.server_errors;
  if (settings_.consecutive_gateway_failure &&
      s.gateway == *settings_.consecutive_gateway_failure) {
    s.gateway = 0;
    eject(now, host);
  }
  if (settings_.consecutive_5xx && s.server_errors == *settings_.consecutive_5xx) {
    s.server_errors = 0;
    eject(now, host);
  }
}

void OutlierDetector::eject(Instant now, Host host) {
  State& s = state(host);
  const auto out = static_cast<std::size_t>(
      std::count_if(hosts_.begin(), hosts_.end(), [&](Host h) { return ejected(h); }));
  if (s.out || !may_eject(out, hosts_.size(), settings_)) return;
  const Duration base = settings_.base_ejection_time;
  if (Duration{s.times * base.ns} < std::max(settings_.max_ejection_time, base) + base) ++s.times;
  Duration length = ejection_time(s.times, settings_);
  if (const std::int64_t jitter = settings_.max_ejection_time_jitter.ns / 1'000'000; jitter > 0) {
    Draws draws(derive(derive(key_, host), static_cast<std::uint64_t>(s.ever)));
    length += milliseconds(
        static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(jitter) + 1)));
  }
  ++s.ever;
  s.out = true;
  s.until = now + length;
  ++ejected_;
  told_.push_back({host, length});
}

void OutlierDetector::sweep_once() {
  const Instant now = next_sweep_;
  next_sweep_ = now + settings_.interval;
  for (const Host host : hosts_) {
    State& s = state(host);
    if (s.out) {
      if (now < s.until) continue;
      s.out = false;
      s.back = now;
      s.server_errors = s.gateway = s.local = 0;
      --ejected_;
      told_.push_back({host, Duration{-1}});
    } else if (s.times > 0 && now - s.back >= settings_.interval) {
      --s.times;
    }
  }
  judge_rates(now);
  for (const Host host : hosts_) state(host).good = state(host).total = 0;
}

void OutlierDetector::judge_rates(Instant now) {
  const auto judge = [&](std::int64_t min_hosts, std::int64_t min_requests, auto limit_of) {
    if (std::ssize(hosts_) < min_hosts) return;
    std::vector<Host> judged;
    std::vector<double> rates;
    for (const Host host : hosts_) {
      const State& s = states_[host];
      if (s.out || s.total < min_requests) continue;
      judged.push_back(host);
      rates.push_back(100 * static_cast<double>(s.good) / static_cast<double>(s.total));
    }
    if (judged.empty() || std::ssize(judged) < min_hosts) return;
    const auto is_outlier = limit_of(rates);
    for (std::size_t i = 0; i < judged.size(); ++i) {
      if (is_outlier(rates[i])) eject(now, judged[i]);
    }
  };
  if (const auto& rule = settings_.success_rate) {
    judge(rule->min_hosts, rule->min_requests, [&](std::span<const double> rates) {
      const double limit = success_rate_threshold(rates, rule->stdev_factor);
      return [limit](double rate) { return rate < limit; };
    });
  }
  if (const auto& rule = settings_.failure_percentage) {
    judge(rule->min_hosts, rule->min_requests, [&](std::span<const double>) {
      const double least = 100 * rule->threshold.value;
      return [least](double rate) { return 100 - rate >= least; };
    });
  }
}

}  // namespace faultline
