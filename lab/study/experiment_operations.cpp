// Experiments, part six: caches, load that moves, records, and arithmetic that the model does
// itself.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/study/experiment.hpp"
#include "models/controllers/hpa_rules.hpp"
#include "models/policies/backoff.hpp"
#include "sim/random.hpp"

namespace faultline {
namespace {

using Answer = std::optional<Experiment>;

double as_double(std::uint64_t n) {
  return static_cast<double>(n);
}

// A front that looks things up, and a store behind it that takes `fill` to answer.
Experiment caching(double rate, std::string_view step, std::string_view cache, double fill) {
  Experiment e;
  e.scenario = fmt::format(
      "faultline = 1\n[client.load]\ncalls = \"front\"\nrate = \"{}\"\n"
      "[service.front]\nthreads = \"unbounded\"\n"
      "steps = [ {{ cache = \"answers\", miss = \"store\", {} }} ]\n"
      "[service.store]\nthreads = \"unbounded\"\nwork = \"{}\"\n[cache.answers]\n{}\n",
      toml::rate(rate), step, toml::time(fill), cache);
  e.samples_per_unit = rate;
  e.events_per_unit = 1.2 * rate;
  e.warmup_units = 100 / rate;
  return e;
}

const CacheCounts& cache_of(const Observation& o) {
  return o.caches.front().value;
}

Answer hit_ratio(Experiment e, const Asked& ask) {
  if (!ask.asks("hit_ratio")) return std::nullopt;
  e.value = [](const Observation& o) {
    const CacheCounts& c = cache_of(o);
    return as_double(c.hits) / as_double(c.hits + c.misses + c.coalesced);
  };
  e.samples = [](const Observation& o) {
    const CacheCounts& c = cache_of(o);
    return as_double(c.hits + c.misses + c.coalesced);
  };
  return e;
}

Answer ttl_cache(Asked& ask) {
  const double rate = ask.positive("lam"), ttl = ask.positive("ttl");
  ask.must_be("fill_time", 0.0);
  const bool renewed = ask.flag("renew_on_hit");
  return hit_ratio(caching(rate, "keys = 1",
                           fmt::format("ttl = \"{}\"\nsliding = {}", toml::time(ttl), renewed), 0),
                   ask);
}

Answer full_cache(Asked& ask, std::string_view eviction) {
  const int items = ask.whole("items"), capacity = ask.whole("capacity");
  const double alpha = ask.number("zipf_alpha");
  return hit_ratio(caching(1, fmt::format("keys = {}, zipf = {:.9f}", items, alpha),
                           fmt::format("capacity = {}\neviction = \"{}\"", capacity, eviction), 0),
                   ask);
}

Answer lru_cache(Asked& ask) {
  return full_cache(ask, "lru");
}

// FIFO and RANDOM have the same hit ratio.
Answer fifo_cache(Asked& ask) {
  return full_cache(ask, "fifo");
}

// The entry lives fifteen times as long as is usual between two fetches that overlap.
Answer early_refresh(Asked& ask) {
  const double rate = ask.positive("lam"), fill = ask.positive("delta"),
               beta = ask.positive("beta");
  const double ttl = 15 * beta * fill;
  Experiment e =
      caching(rate, "keys = 1",
              fmt::format("ttl = \"{}\"\nearly_refresh = {:.9f}", toml::time(ttl), beta), fill);
  e.samples_per_unit = 1 / (ttl / 2);
  e.warmup_units = 3 * ttl;
  const auto fetches = [](const Observation& o) {
    return as_double(cache_of(o).early + cache_of(o).misses);
  };
  const auto cycles = [=](const Observation& o) {
    return fetches(o) - as_double(cache_of(o).redundant);
  };
  e.samples = cycles;
  if (ask.asks("mean_regenerations_per_cycle")) {
    e.value = [=](const Observation& o) { return fetches(o) / cycles(o); };
  } else if (ask.asks("mean_earliness_before_ttl")) {
    e.value = [](const Observation& o) {
      return cache_of(o).earliness_s / as_double(cache_of(o).cycles) / 0.01;
    };
  } else {
    return std::nullopt;
  }
  return e;
}

Answer stampede(Asked& ask) {
  const double rate = ask.positive("lam"), fill = ask.positive("recompute_time");
  const double ttl = ask.positive("ttl");
  const std::string protection = ask.text("protection");
  const bool coalesces = protection == "single-flight coalescing";
  if (!coalesces && protection != "none") return std::nullopt;
  Experiment e =
      caching(rate, "keys = 1",
              fmt::format("ttl = \"{}\"\ncoalesce = {}", toml::time(ttl), coalesces), fill);
  const double cycle = ttl + fill + 1 / rate;  // about
  e.samples_per_unit = 1 / cycle;
  e.warmup_units = cycle;
  // A fetch while nobody else fetches begins a cycle.
  const auto cycles = [](const Observation& o) {
    return as_double(cache_of(o).misses - cache_of(o).redundant);
  };
  e.samples = cycles;
  if (ask.asks("mean_regenerations_per_expiry")) {
    if (coalesces) return std::nullopt;
    e.value = [cycles](const Observation& o) { return as_double(cache_of(o).misses) / cycles(o); };
  } else if (ask.asks("mean_requests_coalesced_per_expiry")) {
    if (!coalesces) return std::nullopt;
    e.value = [cycles](const Observation& o) {
      return as_double(cache_of(o).coalesced) / cycles(o);
    };
  } else {
    return std::nullopt;
  }
  return e;
}

// "100+60 sin(0.5 t)", drawn with 400 straight lines a period. The superposition of a thousand such
// loads stands for as many cycles; the first two periods are the warm-up.
Answer moving_load(Asked& ask) {
  const std::string rate = ask.text("rate");
  const double mu = ask.positive("mu"), t = ask.number("t");
  ask.must_be("phase", "t measured modulo period 4*pi after >= 10 service times");
  double base = 0, swing = 0, frequency = 0;
  if (std::sscanf(rate.c_str(), "%lf+%lf sin(%lf t)", &base, &swing, &frequency) != 3 ||
      !ask.asks("mean_in_flight"))
    return std::nullopt;
  if (base <= 0 || swing < 0 || swing > base || std::abs(frequency - 0.5) > 1e-12)
    return std::nullopt;
  constexpr int kLines = 400;
  constexpr double kCopies = 500;
  const double period = 2 * 3.14159265358979323846 / frequency;
  if (t >= period) return std::nullopt;
  const int periods = 1 + static_cast<int>(std::ceil(10 / mu / period));
  std::string shape;
  for (int i = 0; i <= (periods + 1) * kLines; ++i) {
    const double at = period * i / kLines;
    shape += fmt::format("[\"{}\", {:.9f}], ", toml::time(at),
                         1 + swing / base * std::sin(frequency * at));
  }
  Experiment e;
  e.scenario = fmt::format(
      "faultline = 1\n[client.load]\ncalls = \"station\"\nrate = \"{}\"\nshape = [ {} ]\n"
      "[service.station]\nthreads = \"unbounded\"\nwork = \"{}\"\n",
      toml::rate(base * kCopies), shape, toml::exp(1 / mu));
  e.warmup_units = period * periods - 1;
  e.horizon_units = period * periods + t;
  e.events_per_unit = 3 * base * kCopies;
  e.watched = "station";
  e.look_every_units = t + 1;
  e.samples = [](const Observation&) { return kCopies; };
  e.value = [](const Observation& o) { return o.mean_in_system() / kCopies; };
  return e;
}

// Clients that all want to change one row at once: each reads it, writes it, and begins again when
// another was faster. A hop's delay |N(10, 2)| ms is N(10, 2) but once in two million times.
Answer optimistic_writes(Asked& ask) {
  const int clients = ask.whole("clients");
  ask.must_be("net", "|N(10,2)| ms per one-way hop");
  ask.if_any("policy", "any");
  Experiment e;
  e.unit_s = 0.001;
  e.scenario = fmt::format(
      "faultline = 1\n[client.load]\ncalls = \"writer\"\nrate = \"1/d\"\nstops = \"1us\"\n"
      "at_start = {}\npolicy = \"again\"\n[service.writer]\nthreads = \"unbounded\"\n"
      "steps = [ {{ call = \"row/look\" }}, {{ call = \"row/change\" }} ]\n"
      "[service.row]\nthreads = \"unbounded\"\n[service.row.endpoint.look]\n"
      "steps = [ {{ read = \"row\" }} ]\n[service.row.endpoint.change]\n"
      "steps = [ {{ write = \"row\" }} ]\n[link.\"writer->row\"]\n"
      "latency = \"normal(10ms, cv=0.2)\"\n[policy.again]\nretry = {{ attempts = 1000 }}\n",
      clients);
  e.replications = 1000;
  e.warmup_units = 0;
  e.horizon_units = 40.0 * clients + 100;
  e.events_per_unit = 1;
  e.samples = [](const Observation&) { return 1; };
  if (ask.asks("completion_time_ms") && clients == 1) {
    e.value = [](const Observation& o) { return o.client().latency.mean() * 1e3; };
  } else if (ask.asks("write_calls")) {
    e.value = [](const Observation& o) { return as_double(o.edge("load->writer").attempts); };
  } else {
    return std::nullopt;
  }
  return e;
}

// --- The model's own arithmetic -----------------------------------------------------------------

Experiment arithmetic(std::function<double(std::uint64_t, std::uint64_t)> compute) {
  Experiment e;
  e.compute = std::move(compute);
  e.samples_per_unit = 1;
  e.events_per_unit = 0;
  e.warmup_units = 0;
  return e;
}

Answer autoscaler(Asked& ask) {
  const int current = ask.whole("current_replicas");
  const double metric = ask.number("metric"), target = ask.positive("target");
  const double tolerance = ask.number("tolerance");
  if (!ask.asks("desired_replicas")) return std::nullopt;
  return arithmetic([=](std::uint64_t, std::uint64_t) {
    const std::vector<PodSample> pods(static_cast<std::size_t>(current),
                                      {PodSample::State::Ready, metric, 100});
    return static_cast<double>(replicas_for(current, pods, target, tolerance, false).replicas);
  });
}

Answer backoff_totals(Asked& ask) {
  Backoff backoff;
  backoff.base = from_seconds(ask.positive("base"));
  backoff.cap = from_seconds(ask.positive("cap"));
  const int retries = ask.whole("retries", 0);
  ask.must_be("convention", "delay before retry i (i=0..k-1) uses base*2^i");
  if (ask.asks("total_delay_no_jitter")) {
    backoff.jitter = Jitter::None;
  } else if (ask.asks("mean_total_full_jitter")) {
    backoff.jitter = Jitter::Full;
  } else if (ask.asks("mean_total_equal_jitter")) {
    backoff.jitter = Jitter::Equal;
  } else if (ask.asks("mean_total_decorrelated_jitter")) {
    backoff.jitter = Jitter::Decorrelated;
  } else {
    return std::nullopt;
  }
  return arithmetic([=](std::uint64_t seed, std::uint64_t draws) {
    const std::uint64_t calls = std::max<std::uint64_t>(1, draws);
    double sum = 0;
    for (std::uint64_t call = 0; call < calls; ++call) {
      for (int i = 0; i < retries; ++i) sum += backoff.wait(i, derive(seed, call)).seconds();
    }
    return sum / as_double(calls);
  });
}

}  // namespace

const std::vector<ExperimentFamily>& operation_experiments() {
  static const std::vector<ExperimentFamily> all = {
      {"TTL cache (per key, Poisson)", ttl_cache},
      {"LRU cache, IRM", lru_cache},
      {"FIFO/RANDOM cache, IRM", fifo_cache},
      {"XFetch early expiration", early_refresh},
      {"cache stampede", stampede},
      {"Mt/M/inf sinusoidal load", moving_load},
      {"AWS OCC backoff", optimistic_writes},
      {"Kubernetes HPA formula", autoscaler},
      {"backoff totals", backoff_totals},
  };
  return all;
}

}  // namespace faultline
