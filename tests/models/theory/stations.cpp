// Known values of one station, and pairs of formulas that must meet in their common special case.
#include <cmath>
#include <limits>

#include "models/theory/birth_death.hpp"
#include "models/theory/disciplines.hpp"
#include "models/theory/impatience.hpp"
#include "models/theory/markov.hpp"
#include "models/theory/multi_server.hpp"
#include "models/theory/single_server.hpp"
#include "tests/support/catch.hpp"

using namespace faultline::theory;

TEST_CASE("Erlang's formulas give the tabulated values", "[theory]") {
  CHECK(erlang_b(1, 1.0) == Approx(0.5));
  CHECK(erlang_b(10, 10.0) == Approx(0.2146).epsilon(1e-3));
  CHECK(erlang_b(1000, 1.0) == Approx(0.0).margin(1e-300));
  CHECK(erlang_c(2, 1.0) == Approx(1.0 / 3.0));
  CHECK(erlang_c(3, 3.5) == 1.0);
}

TEST_CASE("one server is the simplest M/M/c", "[theory]") {
  const Station station{0.8, 1.0};
  CHECK(mean_sojourn(station) == Approx(5.0));
  CHECK(mean_in_system(station) == Approx(4.0));
  CHECK(sojourn_quantile(station, 0.99) == Approx(5.0 * std::log(100.0)));
  CHECK(wait_quantile(station, 0.1) == 0.0);
  CHECK(probability_at_least({3.2, 1.0, 4}, 1) == Approx(1.0 - 0.0272727).epsilon(1e-3));
  CHECK(std::isinf(mean_wait(Station{1.0, 1.0})));
}

TEST_CASE("the sojourn law survives equal rates of wait and service", "[theory]") {
  // c mu - lambda == mu: the wait and the service are exponential with the same rate.
  const Station equal{1.0, 1.0, 2};
  const Station nearly{1.0 + 1e-9, 1.0, 2};
  CHECK(sojourn_tail(equal, 2.0) == Approx(std::exp(-2.0) * (1.0 + 2.0 / 3.0)));
  CHECK(sojourn_tail(equal, 2.0) == Approx(sojourn_tail(nearly, 2.0)).epsilon(1e-7));
}

TEST_CASE("a full queue at the edge of its room", "[theory]") {
  // At load one every state of M/M/1/K is equally likely.
  CHECK(probability_blocked({{1.0, 1.0}, 9}) == Approx(0.1));
  // Without waiting room, M/M/c/K is Erlang's loss system.
  CHECK(probability_blocked({{4.0, 1.0, 5}, 5}) == Approx(erlang_b(5, 4.0)));
}

TEST_CASE("patience as long as service makes Erlang A a Poisson count", "[theory]") {
  const ErlangA queue{{6.0, 1.0, 4}, 1.0};
  CHECK(probability_wait(queue) == Approx(probability_in_flight_above(6.0, 3)));
}

TEST_CASE("a long queue timeout is no timeout", "[theory]") {
  const QueueTimeout queue{{1.5, 1.0, 2}, 200.0};
  CHECK(probability_timeout(queue) == Approx(0.0).margin(1e-12));
  CHECK(mean_wait_of_served(queue) == Approx(mean_wait(queue.station)));
  // At critical load the offered wait is flat up to the timeout.
  CHECK(probability_timeout({{1.0, 1.0}, 5.0}) == Approx(1.0 / 7.0));
}

TEST_CASE("newest first: everyone is served soon or hardly ever", "[theory]") {
  CHECK(lifo_goodput_share(1e-9, 1.0, 2.0) == Approx(1.0 - std::exp(-2.0)));
  // Below capacity every busy period ends.
  CHECK(lifo_goodput_share(0.5, 1.0, 400.0) == Approx(1.0).epsilon(1e-9));
  // Above capacity it ends with probability mu / lambda.
  CHECK(lifo_goodput_share(2.0, 1.0, 400.0) == Approx(0.5).epsilon(1e-9));
}

TEST_CASE("general formulas meet M/M/1 where service or arrivals are exponential", "[theory]") {
  const Station station{0.8, 1.0};
  const PoissonServer general{0.8, exponential_law(1.0)};
  CHECK(mean_wait(general) == Approx(mean_wait(station)));
  CHECK(wait_quantile(general, 0.95) == Approx(wait_quantile(station, 0.95)).epsilon(1e-6));
  CHECK(sojourn_quantile(general, 0.99) == Approx(sojourn_quantile(station, 0.99)).epsilon(1e-6));
  CHECK(sigma({0.8, 1.0, Gaps::erlang, 1, 1.0}) == Approx(0.8));
  CHECK(batch_mean_sojourn(0.8, 1.0, 1.0, 1.0) == Approx(5.0));
  CHECK(mean_sojourn(ModulatedServer{0.8, 0.8, 0.1, 0.3, 1.0}) == Approx(5.0));
}

TEST_CASE("the grid of waits meets the exact mixture for two-phase service", "[theory]") {
  // M/H2/1: the wait beyond zero is a mixture of two exponentials, whose rates are the roots of a
  // quadratic (Takacs's transform in partial fractions).
  const double rate = 0.8, share = 0.5 * (1.0 + std::sqrt(0.6));
  const double fast = 2.0 * share, slow = 2.0 * (1.0 - share);
  const double half = 0.5 * (fast + slow - rate);
  const double product = fast * slow - rate * (share * slow + (1.0 - share) * fast);
  const double spread = std::sqrt(half * half - product);
  const double first = half - spread, second = half + spread;
  const auto weight = [&](double z, double other) {
    return 0.2 * (fast - z) * (slow - z) / ((other - z) * z);
  };
  const PoissonServer server{rate, hyperexponential_law(1.0, 4.0)};
  const double wait = wait_quantile(server, 0.99);
  const double tail = weight(first, second) * std::exp(-first * wait) +
                      weight(second, first) * std::exp(-second * wait);
  CHECK(tail == Approx(0.01).epsilon(1e-6));
}

TEST_CASE("constant service: three methods, one answer", "[theory]") {
  const PoissonServer server{0.9, constant_law(1.0)};
  CHECK(constant_service_mean_wait(0.9, 1.0, 1) == Approx(mean_wait(server)));
  CHECK(constant_service_probability_wait(0.9, 1.0, 1) == Approx(0.9));
  // The series and its asymptote meet where one hands over to the other (30 services).
  const double before = wait_quantile(server, 0.997901), after = wait_quantile(server, 0.997903);
  CHECK(before < after);
  CHECK(after - before < 0.01);
  CHECK(std::isfinite(wait_quantile({0.99, constant_law(1.0)}, 0.999)));
}

TEST_CASE("orders blind to service times keep the mean and change the spread", "[theory]") {
  const Station station{0.5, 1.0};
  CHECK(first_come_wait_second_moment(station) == Approx(4.0));
  CHECK(last_come_wait_second_moment(station) == Approx(8.0));
  CHECK(shortest_remaining_mean_sojourn(0.8, 1.0) < shortest_job_mean_wait(0.8, 1.0) + 1.0);
  // Two equal classes of half the load wait like one queue on average (conservation).
  const std::vector<PriorityClass> classes{{0.4, 1.0, 2.0}, {0.4, 1.0, 2.0}};
  CHECK(0.5 * (priority_mean_wait(classes, 1) + priority_mean_wait(classes, 2)) == Approx(4.0));
  CHECK(std::isnan(priority_mean_wait(classes, 3)));
}

TEST_CASE("chains: passages, escape and time", "[theory]") {
  CHECK(mean_passage({2.0}, {1.0}, 0, 1) == Approx(0.5));
  CHECK(mean_passage({1.0, 1.0}, {1.0, 1.0}, 0, 2) == Approx(3.0));
  CHECK(mean_passage({1.0, 1.0}, {1.0, 1.0}, 2, 0) == Approx(3.0));
  CHECK(transient_from_empty(0.5, 1.0, 500.0).mean_in_system == Approx(1.0));
  CHECK(transient_from_empty(0.5, 1.0, 500.0).probability_empty == Approx(0.5));
  const Eigen::VectorXd mix = stationary(3, {{0, 1, 1.0}, {1, 2, 2.0}, {2, 0, 4.0}});
  CHECK(mix(0) == Approx(4.0 / 7.0));
  CHECK(mix(2) == Approx(1.0 / 7.0));
}

TEST_CASE("a slower clock changes the numbers and nothing else", "[theory]") {
  const PoissonServer fast{0.8, lognormal_law(1.0, 2.0)}, slow{0.08, lognormal_law(10.0, 2.0)};
  CHECK(10.0 * wait_quantile(fast, 0.9) == Approx(wait_quantile(slow, 0.9)).epsilon(1e-9));
  CHECK(10.0 * mean_wait_of_served({{0.8, 1.0}, 3.0}) ==
        Approx(mean_wait_of_served({{0.08, 0.1}, 30.0})));
}
