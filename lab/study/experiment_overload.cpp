// Experiments, part two: callers and queues that lose patience, and what becomes of the work.
#include <fmt/format.h>

#include <algorithm>

#include "lab/study/experiment.hpp"
#include "models/system/world.hpp"

namespace faultline {
namespace {

using Answer = std::optional<Experiment>;

struct Setting {
  std::string client;  // lines of its table besides `calls`
  int servers = 1;
  double mu = 1;
  std::string queue;
  std::string policy;  // lines of the client's policy
};

std::string scenario(const Setting& s) {
  std::string text =
      fmt::format("faultline = 1\n[client.load]\ncalls = \"station\"\n{}\n", s.client);
  if (!s.policy.empty()) text += "policy = \"caller\"\n";
  text += fmt::format("[service.station]\nthreads = {}\nwork = \"{}\"\n", s.servers,
                      toml::exp(1 / s.mu));
  if (!s.queue.empty()) text += fmt::format("queue = {{ {} }}\n", s.queue);
  if (!s.policy.empty()) text += fmt::format("[policy.caller]\n{}\n", s.policy);
  return text;
}

std::string open_client(double rate) {
  return fmt::format("rate = \"{}\"", toml::rate(rate));
}

double refused_share(const Observation& o) {
  const HandlingStatistics& s = o.service("station").all;
  return static_cast<double>(s.rejected) / static_cast<double>(s.arrivals);
}

// Patience in the queue only: who has been served so long is not interrupted.
Experiment impatient(double rate, int servers, double mu, std::string_view patience) {
  Experiment e;
  e.scenario = scenario({.client = open_client(rate),
                         .servers = servers,
                         .mu = mu,
                         .queue = fmt::format("timeout = \"{}\"", patience),
                         .policy = ""});
  e.samples_per_unit = rate;
  e.events_per_unit = 3 * rate;
  e.warmup_units = 1000 / mu;
  e.samples = measure::arrivals("station");
  return e;
}

Answer erlang_a(Asked& ask) {
  Experiment e = impatient(ask.positive("lam"), ask.whole("c"), ask.positive("mu"),
                           toml::exp(ask.positive("patience_mean")));
  if (ask.asks("P_abandon")) {
    e.value = refused_share;
  } else if (ask.asks("mean_wait_all")) {
    // Little's law: those who gave up have waited too.
    e.value = [](const Observation& o) {
      const ObservedService& s = o.service("station");
      return s.queued_s / static_cast<double>(s.all.arrivals) / 0.01;
    };
  } else if (ask.asks("P_wait")) {
    e.value = [](const Observation& o) {
      const HandlingStatistics& s = o.service("station").all;
      return 1 - static_cast<double>(s.at_once) / static_cast<double>(s.arrivals);
    };
  } else {
    return std::nullopt;
  }
  return e;
}

Answer queue_timeout(Asked& ask) {
  Experiment e = impatient(ask.positive("lam"), ask.whole("c"), ask.positive("mu"),
                           toml::time(ask.positive("queue_timeout")));
  if (ask.asks("P_timeout_in_queue")) {
    e.value = refused_share;
    return e;
  }
  e.samples = measure::completed("station");
  if (ask.asks("mean_wait_of_served")) {
    e.value = measure::mean(measure::wait_at("station"));
  } else if (ask.asks("throughput")) {
    e.value = measure::throughput("station");
  } else {
    return std::nullopt;
  }
  return e;
}

Answer zombie_work(Asked& ask) {
  const double rate = ask.positive("lam"), mu = ask.positive("mu");
  const int servers = ask.whole("c");
  const double timeout = ask.positive("client_timeout");
  if (ask.flag("server_cancels")) return std::nullopt;
  ask.must_be("retries", 0.0);
  if (rate >= servers * mu) return std::nullopt;
  Experiment e;
  e.scenario = scenario({.client = open_client(rate),
                         .servers = servers,
                         .mu = mu,
                         .queue = "",
                         .policy = fmt::format("timeout = \"{}\"", toml::time(timeout))});
  const double slack = 1 - rate / servers / mu;
  e.samples_per_unit = rate;
  e.events_per_unit = 3 * rate;
  e.warmup_units = 20 / (slack * slack);
  e.samples = measure::answered();
  if (ask.asks("P_client_timeout")) {
    e.value = measure::failed_share();
  } else if (ask.asks("goodput")) {
    e.value = measure::client_throughput();
  } else {
    return std::nullopt;
  }
  return e;
}

Answer lifo_zombie_work(Asked& ask) {
  const double rate = ask.positive("lam"), mu = ask.positive("mu");
  ask.must_be("c", 1.0);
  ask.must_be("discipline", "LIFO non-preemptive");
  const double timeout = ask.positive("client_timeout");
  if (ask.flag("server_cancels")) return std::nullopt;
  Experiment e;
  e.scenario = scenario({.client = open_client(rate),
                         .servers = 1,
                         .mu = mu,
                         .queue = "discipline = \"lifo\"",
                         .policy = fmt::format("timeout = \"{}\"", toml::time(timeout))});
  e.samples_per_unit = rate;
  e.events_per_unit = 3 * rate;
  e.warmup_units = 2000 / mu;
  e.samples = measure::answered();
  if (ask.asks("goodput_fraction")) {
    e.value = [](const Observation& o) { return 1 - measure::failed_share()(o); };
  } else if (ask.asks("goodput")) {
    e.value = measure::client_throughput();
  } else {
    return std::nullopt;
  }
  return e;
}

// --- Retry storms (reference: truth.md, F1–F3) --------------------------------------------------

// Requests that time out and try again, at a station with jobs that are there at t = 0. Those are
// of clients who have as much patience as the others but don't try again, and of an endpoint of
// their own, so that the waits can be told apart.
std::string storm(double rate, int servers, double mu, double timeout, int attempts, int jobs,
                  std::string_view propagation = "none") {
  const std::string work = toml::exp(1 / mu), patience = toml::time(timeout);
  std::string text = fmt::format(
      "faultline = 1\n[client.load]\ncalls = \"station/new\"\nrate = \"{}\"\npolicy = \"caller\"\n"
      "[service.station]\nthreads = {}\n[service.station.endpoint.new]\nwork = \"{}\"\n"
      "[service.station.endpoint.old]\nwork = \"{}\"\n"
      "[policy.caller]\ntimeout = \"{}\"\nretry = {{ attempts = {} }}\npropagation = \"{}\"\n",
      toml::rate(rate), servers, work, work, patience, attempts, propagation);
  if (jobs > 0)
    text += fmt::format(
        "[client.backlog]\ncalls = \"station/old\"\nrate = \"1/d\"\nstops = \"1ns\"\n"
        "at_start = {}\npolicy = \"old\"\n[policy.old]\ntimeout = \"{}\"\npropagation = \"{}\"\n",
        jobs, patience, propagation);
  return text;
}

// Whether a request that is not of the backlog has waited less than the timeout.
Until a_wait_below(double timeout) {
  const Duration limit = from_seconds(timeout * 0.01);
  return [limit](World& world) {
    const HandlingStatistics& h = world.services()[0].handling[0][0];
    return h.at_once > 0 || (!h.waited.empty() && h.waited.min() <= limit);
  };
}

Answer storm_recovery(Asked& ask) {
  const double rate = ask.positive("lam"), mu = ask.positive("mu");
  const double timeout = ask.positive("timeout");
  const int attempts = ask.whole("max_attempts"), jobs = ask.whole("initial_backlog_jobs");
  ask.must_be("c", 1.0);
  ask.must_be("retry_delay", 0.0);
  ask.must_be("queue", "FIFO unbounded");
  if (ask.flag("cancel") || !ask.asks("time_until_wait_below_timeout")) return std::nullopt;
  if (rate * attempts >= mu) return std::nullopt;
  Experiment e;
  e.scenario = storm(rate, 1, mu, timeout, attempts, jobs);
  e.replications = 400;
  e.horizon_units = 20 * jobs / (mu - rate * attempts);
  e.warmup_units = 0;
  e.events_per_unit = 1 + 4 * rate * attempts;
  e.look_every_units = 0.5;
  e.until = a_wait_below(timeout);
  // It is seen when the first of them gets a thread: it came in a timeout before.
  e.value = [timeout](const Observation& o) { return o.seconds / 0.01 - timeout; };
  e.samples = [](const Observation&) { return 1.0; };
  return e;
}

Answer storm_threshold(Asked& ask) {
  const double rate = ask.positive("lam"), mu = ask.positive("mu");
  const double timeout = ask.positive("timeout");
  const int attempts = ask.whole("max_attempts"), jobs = ask.whole("initial_backlog_jobs");
  ask.must_be("c", 1.0);
  const double horizon = ask.positive("horizon");
  if (ask.flag("cancel") || !ask.asks("P_recovers_at_least_once")) return std::nullopt;
  Experiment e;
  e.scenario = storm(rate, 1, mu, timeout, attempts, jobs);
  e.replications = 12;
  e.horizon_units = horizon;
  e.warmup_units = 0;
  e.events_per_unit = 1 + 4 * rate * attempts;
  e.look_every_units = 10;
  e.until = a_wait_below(timeout);
  e.value = [](const Observation& o) { return o.ended_early ? 1.0 : 0.0; };
  e.samples = [](const Observation&) { return 1.0; };
  return e;
}

Answer storm_branch(Asked& ask) {
  const int servers = ask.whole("c");
  const double load = ask.positive("lam_over_c"), mu = ask.positive("mu");
  const double timeout = ask.positive("timeout");
  const int attempts = ask.whole("max_attempts"), jobs = ask.whole("initial_backlog_jobs", 0);
  ask.must_be("retry_delay", 0.0);
  const double horizon = ask.positive("horizon");
  std::string propagation = "none";
  ask.read("cancel");
  if (ask.text_is("cancel", "expired requests dropped at dequeue")) {
    propagation = "deadline";
  } else if (ask.flag("cancel")) {
    return std::nullopt;
  }
  if (!ask.asks("goodput_fraction")) return std::nullopt;
  Experiment e;
  e.scenario = storm(load * servers, servers, mu, timeout, attempts, jobs, propagation);
  e.horizon_units = horizon;
  e.warmup_units = horizon / 2;  // which branch it is on is seen when the beginning is over
  e.events_per_unit = 4 * load * servers * attempts;
  e.value = [](const Observation& o) { return 1 - measure::failed_share()(o); };
  e.samples = [](const Observation&) { return 1.0; };
  return e;
}

// Threads that mostly answer fast and sometimes hang until the caller gives up (SRE book, ch. 22).
Answer stuck_threads(Asked& ask) {
  const int threads = ask.whole("threads");
  const double rate = ask.positive("rate_qps"), stuck = ask.share("stuck_fraction");
  const double deadline = ask.positive("deadline_s"), normal = ask.positive("normal_service_s");
  ask.must_be("queue", 0.0);
  if (stuck <= 0 || stuck >= 1 || normal >= deadline) return std::nullopt;
  Experiment e;
  e.unit_s = 1;
  e.scenario = fmt::format(
      "faultline = 1\n[client.load]\ncalls = \"station\"\nrate = \"{}\"\npolicy = \"caller\"\n"
      "[service.station]\nthreads = {}\nqueue = {{ limit = 0 }}\n"
      "work = \"mixture({:.9f}: {}, {:.9f}: {})\"\n"
      "[policy.caller]\ntimeout = \"{}\"\npropagation = \"cancel\"\n",
      toml::rate(rate, 1), threads, 1 - stuck, toml::time(normal, 1), stuck,
      toml::time(2 * deadline, 1), toml::time(deadline, 1));
  e.samples_per_unit = rate;
  e.events_per_unit = 2 * rate;
  e.warmup_units = 5 * deadline;
  e.spread = 8;  // who hangs keeps a thread from all others until the deadline
  e.samples = measure::arrivals("station");
  if (ask.asks("P_rejected")) {
    e.value = refused_share;
  } else if (ask.asks("P_error_total")) {
    e.value = measure::failed_share();
  } else {
    return std::nullopt;
  }
  return e;
}

// As many as there is room for, all at once: the last one's time.
Answer full_queue(Asked& ask) {
  const int threads = ask.whole("threads"), places = ask.whole("queue", 0);
  const double service = ask.positive("service_s");
  ask.must_be("service", "deterministic");
  ask.must_be("load", "saturating, queue always full");
  if (!ask.asks("latency_of_last_in_queue_s")) return std::nullopt;
  Experiment e;
  e.unit_s = 1;
  e.scenario = fmt::format(
      "faultline = 1\n[client.load]\ncalls = \"station\"\nrate = \"1/d\"\nstops = \"1ns\"\n"
      "at_start = {}\n[service.station]\nthreads = {}\nqueue = {{ limit = {} }}\nwork = \"{}\"\n",
      2 * (threads + places), threads, places, toml::time(service, 1));
  e.horizon_units = 2 * service * (1 + static_cast<double>(places) / threads);
  e.warmup_units = 0;
  e.events_per_unit = threads / service;
  e.value = [](const Observation& o) { return o.client().latency.max().seconds(); };
  e.samples = [](const Observation&) { return 1.0; };
  return e;
}

}  // namespace

const std::vector<ExperimentFamily>& overload_experiments() {
  static const std::vector<ExperimentFamily> all = {
      {"M/M/c+M (Erlang A)", erlang_a},
      {"M/M/c+D (queue timeout)", queue_timeout},
      {"timeout, zombie work", zombie_work},
      {"LIFO + timeout, zombie work", lifo_zombie_work},
      {"retry storm recovery", storm_recovery},
      {"metastability threshold", storm_threshold},
      {"bistability, 20 servers", storm_branch},
      {"bimodal latency thread exhaustion", stuck_threads},
      {"full queue latency", full_queue},
  };
  return all;
}

}  // namespace faultline
