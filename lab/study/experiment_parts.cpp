#include "lab/study/experiment_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace faultline::networks {

std::string open_client(std::string_view calls, double rate, std::string_view more) {
  return fmt::format("[client.load]\ncalls = \"{}\"\nrate = \"{}\"\n{}", calls, toml::rate(rate),
                     more);
}

std::string service(std::string_view name, std::string_view threads, std::string_view work) {
  return fmt::format("[service.{}]\nthreads = {}\nwork = \"{}\"\n", name, threads, work);
}

std::string flow(std::string_view name, const std::vector<std::string>& steps) {
  return fmt::format("[service.{}]\nthreads = \"unbounded\"\nsteps = [ {} ]\n", name,
                     fmt::join(steps, ", "));
}

double warmup_for(double load) {
  const double slack = std::max(1e-3, 1 - load);
  return 20 / (slack * slack);
}

Measure about_client(const Asked& ask, std::string_view mean, std::string_view percentile) {
  if (ask.asks(mean)) return measure::mean(measure::client_latency());
  if (const auto share = ask.percentile(percentile))
    return measure::quantile(measure::client_latency(), *share);
  return {};
}

std::optional<Experiment> with_value(Experiment e, Measure value) {
  if (!value) return std::nullopt;
  e.value = std::move(value);
  if (!e.samples) e.samples = measure::answered();
  return e;
}

}  // namespace faultline::networks
