// Catalogue, part one: queues in front of one station.
#include <algorithm>

#include "models/theory/birth_death.hpp"
#include "models/theory/disciplines.hpp"
#include "models/theory/impatience.hpp"
#include "models/theory/markov.hpp"
#include "models/theory/multi_server.hpp"
#include "models/theory/question.hpp"
#include "models/theory/single_server.hpp"

namespace faultline::theory {
namespace {

Station station_of(const Question& ask) {
  return {ask.number("lam"), ask.number("mu"), ask.inputs.has("c") ? ask.whole("c") : 1};
}

Answer exponential_station(const Question& ask) {
  const Station station = station_of(ask);
  if (ask.asks("mean_sojourn")) return mean_sojourn(station);
  if (ask.asks("mean_wait")) return mean_wait(station);
  if (ask.asks("mean_number_in_system_time_avg")) return mean_in_system(station);
  if (ask.asks("mean_queue_length_time_avg")) return mean_queue_length(station);
  if (ask.asks("utilization")) return station.utilization();
  if (ask.asks("P_wait"))
    return erlang_c(station.servers, station.arrival_rate / station.service_rate);
  if (ask.asks("mean_busy_period") && station.servers == 1)
    return mean_busy_period(station.arrival_rate, 1.0 / station.service_rate);
  if (const auto count = ask.index("P_at_least_", "_in_system"))
    return probability_at_least(station, *count);
  if (const auto share = ask.percentile("sojourn_p")) return sojourn_quantile(station, *share);
  if (const auto share = ask.percentile("wait_p")) return wait_quantile(station, *share);
  return std::nullopt;
}

Answer bounded_station(const Question& ask) {
  const BoundedStation bounded{station_of(ask), ask.whole("K_total_in_system")};
  if (ask.asks("P_block")) return probability_blocked(bounded);
  if (ask.asks("throughput")) return throughput(bounded);
  if (ask.asks("mean_sojourn_accepted")) return mean_sojourn_accepted(bounded);
  return std::nullopt;
}

Answer loss_station(const Question& ask) {
  if (!ask.asks("P_block")) return std::nullopt;
  return erlang_b(ask.whole("c"), ask.number("lam") * ask.number("mean_service"));
}

Answer finite_population(const Question& ask) {
  const FinitePopulation closed{ask.whole("users"), ask.number("think_mean"), ask.number("mu"),
                                ask.whole("c")};
  if (ask.asks("throughput")) return throughput(closed);
  if (ask.asks("mean_sojourn")) return mean_sojourn(closed);
  return std::nullopt;
}

Answer erlang_a(const Question& ask) {
  const ErlangA queue{station_of(ask), ask.number("patience_mean")};
  if (ask.asks("P_abandon")) return probability_abandon(queue);
  if (ask.asks("mean_wait_all")) return mean_wait_all(queue);
  if (ask.asks("P_wait")) return probability_wait(queue);
  return std::nullopt;
}

Answer queue_timeout(const Question& ask) {
  const QueueTimeout queue{station_of(ask), ask.number("queue_timeout")};
  if (ask.asks("P_timeout_in_queue")) return probability_timeout(queue);
  if (ask.asks("mean_wait_of_served")) return mean_wait_of_served(queue);
  if (ask.asks("throughput")) return throughput(queue);
  return std::nullopt;
}

Answer zombie_work(const Question& ask) {
  if (ask.flag("server_cancels")) return std::nullopt;
  const Station station = station_of(ask);
  const double timeout = ask.number("client_timeout");
  if (ask.asks("P_client_timeout")) return sojourn_tail(station, timeout);
  if (ask.asks("goodput")) return fifo_goodput(station, timeout);
  return std::nullopt;
}

Answer lifo_zombie_work(const Question& ask) {
  if (ask.flag("server_cancels")) return std::nullopt;
  const double share =
      lifo_goodput_share(ask.number("lam"), ask.number("mu"), ask.number("client_timeout"));
  if (ask.asks("goodput_fraction")) return share;
  if (ask.asks("goodput")) return ask.number("lam") * share;
  return std::nullopt;
}

Answer unlimited_servers(const Question& ask) {
  const double mean = ask.number("lam") * ask.number("mean_service");
  if (ask.asks("mean_in_flight") || ask.asks("var_in_flight")) return mean;
  if (const auto count = ask.index("P_in_flight_gt_", ""))
    return probability_in_flight_above(mean, *count);
  return std::nullopt;
}

PoissonServer poisson_server(const Question& ask) {
  return {ask.number("lam"), law_in_words(ask.text("service"), ask.number("mean_service"))};
}

Answer general_service(const Question& ask) {
  const PoissonServer server = poisson_server(ask);
  if (ask.asks("mean_wait")) return mean_wait(server);
  if (ask.asks("mean_sojourn")) return mean_sojourn(server);
  if (ask.asks("wait_variance")) return wait_variance(server);
  if (server.utilization() >= 1.0) return std::nullopt;
  if (const auto share = ask.percentile("wait_p")) return wait_quantile(server, *share);
  if (const auto share = ask.percentile("sojourn_p")) return sojourn_quantile(server, *share);
  return std::nullopt;
}

Answer constant_service(const Question& ask) {
  const double rate = ask.number("lam");
  const double service = ask.number("mean_service");
  const int servers = ask.whole("c");
  if (ask.asks("mean_wait")) return constant_service_mean_wait(rate, service, servers);
  if (ask.asks("P_wait")) return constant_service_probability_wait(rate, service, servers);
  return std::nullopt;
}

Answer renewal_arrivals(const Question& ask) {
  RenewalServer server{ask.number("lam"), ask.number("mu")};
  const std::string arrivals = ask.text("arrivals");
  if (arrivals.rfind("deterministic", 0) == 0) {
    server.gaps = Gaps::constant;
  } else if (const auto phases = number_after(arrivals, "erlang-")) {
    server.gaps = Gaps::erlang;
    server.phases = static_cast<int>(*phases);
  } else if (const auto scv = number_after(arrivals, "scv=")) {
    server.gaps = Gaps::hyperexponential;
    server.squared_variation = *scv;
  } else {
    return std::nullopt;
  }
  if (ask.asks("mean_sojourn")) return mean_sojourn(server);
  if (ask.asks("mean_wait")) return mean_wait(server);
  if (ask.asks("P_wait")) return sigma(server);
  if (const auto share = ask.percentile("sojourn_p")) return sojourn_quantile(server, *share);
  return std::nullopt;
}

Answer batch_arrivals(const Question& ask) {
  if (!ask.asks("mean_sojourn")) return std::nullopt;
  const double mean = ask.number("mean_batch");
  const std::string law = ask.text("batch");
  // A geometric batch counts from one: variance m(m-1).
  const double square = law == "fixed"       ? mean * mean
                        : law == "geometric" ? mean * (2.0 * mean - 1.0)
                                             : throw Unanswerable{};
  return batch_mean_sojourn(ask.number("batch_rate"), mean, square, ask.number("mu"));
}

Answer modulated_arrivals(const Question& ask) {
  const ModulatedServer server{ask.number("rate_state1"), ask.number("rate_state2"),
                               ask.number("switch_1to2"), ask.number("switch_2to1"),
                               ask.number("mu")};
  if (ask.asks("mean_sojourn")) return mean_sojourn(server);
  if (ask.asks("utilization")) return server.mean_arrival_rate() / server.service_rate;
  return std::nullopt;
}

// Processor sharing and preemptive LCFS see only the mean of the service law.
Answer insensitive(const Question& ask) {
  const double rate = ask.number("lam");
  const double mean = ask.number("mean_service");
  if (ask.asks("mean_sojourn")) return mean_busy_period(rate, mean);
  if (ask.asks("mean_slowdown")) return mean_busy_period(rate, mean) / mean;
  return std::nullopt;
}

Answer last_come(const Question& ask) {
  const Station station = station_of(ask);
  if (ask.asks("mean_wait")) return mean_wait(station);
  if (ask.asks("wait_second_moment")) return last_come_wait_second_moment(station);
  return std::nullopt;
}

Answer random_order(const Question& ask) {
  if (!ask.asks("wait_second_moment")) return std::nullopt;
  return random_order_wait_second_moment(station_of(ask));
}

Answer shortest_remaining(const Question& ask) {
  if (!ask.asks("mean_sojourn")) return std::nullopt;
  return shortest_remaining_mean_sojourn(ask.number("lam"), ask.number("mu"));
}

Answer shortest_job(const Question& ask) {
  if (!ask.asks("mean_wait")) return std::nullopt;
  return shortest_job_mean_wait(ask.number("lam"), ask.number("mu"));
}

std::vector<PriorityClass> classes_of(const Question& ask) {
  const auto rates = ask.list("lam");
  const auto means = ask.list("mean_service");
  const auto squares = ask.list("second_moment");
  if (rates.size() != means.size() || rates.size() != squares.size()) throw Unanswerable{};
  std::vector<PriorityClass> classes;
  for (std::size_t i = 0; i < rates.size(); ++i)
    classes.push_back({rates[i], means[i], squares[i]});
  return classes;
}

Answer polite_priority(const Question& ask) {
  const auto which = ask.index("class", "_mean_wait");
  return which ? Answer(priority_mean_wait(classes_of(ask), *which)) : std::nullopt;
}

Answer preemptive_priority(const Question& ask) {
  const auto which = ask.index("class", "_mean_sojourn");
  return which ? Answer(preemptive_mean_sojourn(classes_of(ask), *which)) : std::nullopt;
}

Answer pooled_priority(const Question& ask) {
  const auto which = ask.index("class", "_mean_wait");
  if (!which) return std::nullopt;
  return pooled_priority_mean_wait(ask.list("lam"), ask.number("mu"), ask.whole("c"), *which);
}

Answer degrading_server(const Question& ask) {
  const DegradingServer server{ask.number("lam"), ask.number("mu_fast"), ask.number("mu_slow"),
                               ask.whole("slow_when_in_system_at_least"), ask.whole("K")};
  if (ask.asks("P_slow_state")) return probability_slow(server);
  constexpr std::string_view prefix = "mean_time_";
  const std::size_t middle = ask.quantity.find("_to_");
  if (!ask.quantity.starts_with(prefix) || middle == std::string_view::npos) return std::nullopt;
  const auto from = Question{ask.inputs, ask.quantity.substr(0, middle)}.index(prefix, "");
  const auto to = Question{ask.inputs, ask.quantity.substr(middle)}.index("_to_", "");
  if (!from || !to || std::max(*from, *to) > server.room) return std::nullopt;
  return mean_escape_time(server, *from, *to);
}

Answer transient(const Question& ask) {
  const double service_rate = ask.number("mu");
  const auto state =
      transient_from_empty(ask.number("rho") * service_rate, service_rate, ask.number("t"));
  if (ask.asks("mean_number_at_t")) return state.mean_in_system;
  if (ask.asks("P_empty_at_t")) return state.probability_empty;
  return std::nullopt;
}

}  // namespace

const std::vector<Entry>& queue_families() {
  static const std::vector<Entry> families = {
      {"M/M/1", exponential_station},
      {"M/M/c", exponential_station},
      {"M/M/c/K", bounded_station},
      {"M/G/c/c", loss_station},
      {"closed M/M/c//N", finite_population},
      {"M/M/c+M (Erlang A)", erlang_a},
      {"M/M/c+D (queue timeout)", queue_timeout},
      {"timeout, zombie work", zombie_work},
      {"LIFO + timeout, zombie work", lifo_zombie_work},
      {"M/G/inf", unlimited_servers},
      {"M/G/1 FCFS", general_service},
      {"M/D/c", constant_service},
      {"GI/M/1 FCFS", renewal_arrivals},
      {"M^X/M/1 (batch)", batch_arrivals},
      {"MMPP2/M/1", modulated_arrivals},
      {"M/G/1 PS", insensitive},
      {"M/G/1 LCFS-preemptive-resume", insensitive},
      {"M/M/1 LCFS non-preemptive", last_come},
      {"M/M/1 random order (ROS)", random_order},
      {"M/M/1 SRPT", shortest_remaining},
      {"M/M/1 SJF non-preemptive", shortest_job},
      {"M/G/1 non-preemptive priority", polite_priority},
      {"M/G/1 preemptive-resume priority", preemptive_priority},
      {"M/M/c non-preemptive priority", pooled_priority},
      {"bistable degrading server (birth-death)", degrading_server},
      {"M/M/1 transient", transient},
  };
  return families;
}

}  // namespace faultline::theory
