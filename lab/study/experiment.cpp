#include "lab/study/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <regex>

#include "lab/scenario/load.hpp"
#include "sim/assert.hpp"

namespace faultline {

std::string Experiment::key() const {
  return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}", scenario, unit_s, horizon_units, replications,
                     watched, look_every_units, until != nullptr, compute != nullptr);
}

std::string Experiment::text(double warmup, double observed) const {
  constexpr std::string_view kFirstLine = "faultline = 1\n";
  FL_ASSERT(scenario.starts_with(kFirstLine), "an experiment's scenario begins otherwise");
  return fmt::format("{}duration = \"{}\"\nwarmup = \"{}\"\n{}", kFirstLine,
                     toml::time(warmup + observed, unit_s), toml::time(warmup, unit_s),
                     scenario.substr(kFirstLine.size()));
}

bool Asked::understood() const {
  if (wrong_) return false;
  return std::all_of(inputs_.all().begin(), inputs_.all().end(), [&](const auto& input) {
    return std::find(seen_.begin(), seen_.end(), input.first) != seen_.end();
  });
}

double Asked::number(std::string_view name) {
  read(name);
  const auto value = inputs_.number(name);
  if (value && std::isfinite(*value) && *value >= 0) return *value;
  reject();
  return 1;
}

double Asked::positive(std::string_view name) {
  const double value = number(name);
  if (value > 0) return value;
  reject();
  return 1;
}

double Asked::share(std::string_view name) {
  const double value = number(name);
  if (value <= 1) return value;
  reject();
  return 1;
}

int Asked::whole(std::string_view name, int at_least) {
  const double value = number(name);
  if (value == std::floor(value) && value >= at_least && value <= 1e6)
    return static_cast<int>(value);
  reject();
  return std::max(1, at_least);
}

std::string Asked::text(std::string_view name) {
  read(name);
  if (const auto value = inputs_.text(name)) return *value;
  reject();
  return {};
}

bool Asked::flag(std::string_view name) {
  read(name);
  if (const auto value = inputs_.flag(name)) return *value;
  reject();
  return false;
}

std::vector<double> Asked::list(std::string_view name) {
  read(name);
  const auto value = inputs_.list(name);
  const bool good = value && !value->empty() && value->size() <= 64 &&
                    std::all_of(value->begin(), value->end(),
                                [](double x) { return std::isfinite(x) && x >= 0; });
  if (good) return *value;
  reject();
  return {1};
}

theory::Inputs::Table Asked::table(std::string_view name) {
  read(name);
  if (const auto value = inputs_.table(name)) return *value;
  reject();
  return {};
}

void Asked::must_be(std::string_view name, std::string_view expected) {
  read(name);
  if (inputs_.text(name) != std::string(expected)) reject();
}

void Asked::must_be(std::string_view name, double expected) {
  const double value = number(name);
  if (std::abs(value - expected) > 1e-9 * std::max(1.0, std::abs(expected))) reject();
}

void Asked::if_any(std::string_view name, std::string_view expected) {
  if (has(name)) must_be(name, expected);
}

void Asked::if_any(std::string_view name, double expected) {
  if (has(name)) must_be(name, expected);
}

std::optional<double> Asked::percentile(std::string_view prefix) const {
  if (!quantity_.starts_with(prefix)) return std::nullopt;
  const std::string_view digits = quantity_.substr(prefix.size());
  double percent = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), percent);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (percent <= 0 || percent >= 100) return std::nullopt;
  return percent / 100;
}

std::optional<int> Asked::index(std::string_view prefix, std::string_view suffix) const {
  if (!quantity_.starts_with(prefix) || !quantity_.ends_with(suffix)) return std::nullopt;
  if (quantity_.size() <= prefix.size() + suffix.size()) return std::nullopt;
  const std::string_view digits =
      quantity_.substr(prefix.size(), quantity_.size() - prefix.size() - suffix.size());
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<Experiment> experiment_for(std::string_view family, const theory::Inputs& inputs,
                                         std::string_view quantity) {
  for (const auto* shelf :
       {&queue_experiments(), &sharing_experiments(), &overload_experiments(),
        &network_experiments(), &fan_out_experiments(), &policy_experiments(),
        &retrial_experiments(), &operation_experiments(), &limit_experiments()}) {
    for (const ExperimentFamily& entry : *shelf) {
      if (entry.name != family) continue;
      Asked asked(inputs, quantity);
      auto made = entry.make(asked);
      if (!made || !asked.understood()) return std::nullopt;
      if (!made->compute && !load_text(made->text(0, 1), "experiment")) return std::nullopt;
      return made;
    }
  }
  return std::nullopt;
}

namespace toml {

std::string time(double units, double unit_s) {
  return fmt::format("{}ns", std::llround(units * unit_s * 1e9));
}

std::string rate(double per_unit, double unit_s) {
  return fmt::format("{:.9f}/s", per_unit / unit_s);
}

std::string exp(double mean_units, double unit_s) {
  return fmt::format("exp({})", time(mean_units, unit_s));
}

std::string share(double value) {
  return fmt::format("{:.12f}%", value * 100);
}

std::optional<std::string> law(std::string_view words, double mean) {
  static const std::string number = "([0-9]+(?:\\.[0-9]+)?)";
  const std::string text(words);
  std::smatch m;
  const auto is = [&](const std::string& pattern) {
    return std::regex_match(text, m, std::regex(pattern));
  };
  const auto at = [&](int i) {
    return std::strtod(m[static_cast<std::size_t>(i)].str().c_str(), nullptr);
  };
  if (is("deterministic")) return time(mean);
  if (is("exponential")) return exp(mean);
  if (is("uniform\\(0," + number + "\\)")) {
    if (std::abs(at(1) / 2 - mean) > 1e-9) return std::nullopt;
    return fmt::format("uniform(0s, {})", time(at(1)));
  }
  if (is("lognormal\\(cv=" + number + "\\)"))
    return fmt::format("lognormal({}, cv={})", time(mean), m[1].str());
  if (is("H2\\(cv2=" + number + ",balanced\\)"))
    return fmt::format("hyperexp({}, cv={:.12f})", time(mean), std::sqrt(at(1)));
  if (is("weibull\\(k=" + number + "\\)"))
    return fmt::format("weibull({}, shape={})", time(mean), m[1].str());
  if (is("bounded_pareto\\(alpha=" + number + ",H/L=" + number + "\\)"))
    return fmt::format("bounded_pareto({}, alpha={}, ratio={})", time(mean), m[1].str(),
                       m[2].str());
  if (is("exp(?:onential)? mean " + number + "(?:, independent, no queueing)?")) return exp(at(1));
  if (is("lognormal mean " + number + " cv " + number))
    return fmt::format("lognormal({}, cv={})", time(at(1)), m[2].str());
  if (is("bimodal " + number + " exp\\(" + number + "\\) \\+ " + number + " exp\\(mean " + number +
         "\\)")) {
    if (std::abs(at(1) + at(3) - 1) > 1e-9) return std::nullopt;
    return fmt::format("mixture({}: {}, {}: {})", m[1].str(), exp(at(2)), m[3].str(), exp(at(4)));
  }
  return std::nullopt;
}

}  // namespace toml

namespace measure {

Measure mean(Pick pick, double unit_s) {
  return [=](const Observation& o) { return pick(o).mean() / unit_s; };
}
Measure quantile(Pick pick, double share, double unit_s) {
  return [=](const Observation& o) { return pick(o).quantile(share) / unit_s; };
}
Pick wait_at(std::string service) {
  return [=](const Observation& o) { return o.service(service).all.wait(); };
}
Pick latency_at(std::string service) {
  return [=](const Observation& o) { return o.service(service).all.latency; };
}
Pick client_latency() {
  return [](const Observation& o) { return o.client().latency; };
}
Measure completed(std::string service) {
  return
      [=](const Observation& o) { return static_cast<double>(o.service(service).all.completed); };
}
Measure arrivals(std::string service) {
  return [=](const Observation& o) { return static_cast<double>(o.service(service).all.arrivals); };
}
Measure answered() {
  return
      [](const Observation& o) { return static_cast<double>(o.client().ok + o.client().failed); };
}
Measure throughput(std::string service, double unit_s) {
  return [=](const Observation& o) {
    return static_cast<double>(o.service(service).all.completed) / o.seconds * unit_s;
  };
}
Measure client_throughput(double unit_s) {
  return
      [=](const Observation& o) { return static_cast<double>(o.client().ok) / o.seconds * unit_s; };
}
Measure failed_share() {
  return [](const Observation& o) {
    return static_cast<double>(o.client().failed) /
           static_cast<double>(o.client().ok + o.client().failed);
  };
}

}  // namespace measure
}  // namespace faultline
