#include "models/theory/balancing.hpp"

#include <algorithm>
#include <boost/math/special_functions/binomial.hpp>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <vector>

#include "models/theory/markov.hpp"
#include "models/theory/multi_server.hpp"
#include "models/theory/numeric.hpp"

namespace faultline::theory {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr int most_states = 20000;

using Queues = std::vector<int>;  // lengths, longest first

// Numbers the states in the order in which they are met.
class StateSpace {
 public:
  int number_of(Queues queues) {
    std::sort(queues.begin(), queues.end(), std::greater<>());
    const auto [place, fresh] = numbers_.try_emplace(queues, static_cast<int>(states_.size()));
    if (fresh) states_.push_back(queues);
    return place->second;
  }
  int size() const { return static_cast<int>(states_.size()); }
  const Queues& at(int number) const { return states_[static_cast<std::size_t>(number)]; }

 private:
  std::map<Queues, int> numbers_;
  std::vector<Queues> states_;
};

double choose(int from, int taken) {
  if (taken > from) return 0.0;
  return boost::math::binomial_coefficient<double>(static_cast<unsigned>(from),
                                                   static_cast<unsigned>(taken));
}

}  // namespace

double supermarket_share_with_at_least(int choices, double load, int in_system) {
  // Each further request in the queue needs d servers that already have as many.
  double exponent = 0.0;
  for (int level = 0; level < in_system; ++level) exponent = exponent * choices + 1.0;
  return std::pow(load, exponent);
}

double supermarket_mean_sojourn(int choices, double load, double service_rate) {
  if (choices < 1) return std::numeric_limits<double>::quiet_NaN();
  if (choices == 1) return mean_sojourn(Station{load * service_rate, service_rate});
  if (load >= 1.0) return infinite;
  double in_system = 0.0;
  for (int level = 1;; ++level) {
    const double share = supermarket_share_with_at_least(choices, load, level);
    in_system += share;
    if (share < 1e-17 * in_system) break;
  }
  return in_system / (load * service_rate);
}

std::optional<double> shortest_of_sampled_mean_sojourn(int servers, int choices, double load,
                                                       double service_rate) {
  if (!(load > 0.0 && load < 1.0) || choices < 1 || choices > servers) return std::nullopt;
  // A balancer that looks at one server splits the stream at random.
  if (choices == 1) return mean_sojourn(Station{load * service_rate, service_rate});
  if (servers > 4) return std::nullopt;
  const int longest =
      std::max(6, static_cast<int>(std::log(1e-12) / (servers * std::log(load))) + 1);
  if (choose(servers + longest, servers) > most_states) return std::nullopt;

  StateSpace space;
  std::vector<Transition> moves;
  space.number_of(Queues(static_cast<std::size_t>(servers), 0));
  for (int state = 0; state < space.size(); ++state) {
    const Queues queues = space.at(state);
    for (int rank = 0; rank < servers; ++rank) {
      const auto index = static_cast<std::size_t>(rank);
      // The server of this rank is the shortest of the sample if the others are longer (ahead).
      const double chosen = choose(rank, choices - 1) / choose(servers, choices);
      if (chosen > 0.0 && queues[index] < longest) {
        Queues next = queues;
        ++next[index];
        moves.push_back({state, space.number_of(next), servers * load * service_rate * chosen});
      }
      if (queues[index] > 0) {
        Queues next = queues;
        --next[index];
        moves.push_back({state, space.number_of(next), service_rate});
      }
    }
  }
  const Eigen::VectorXd probability = stationary(space.size(), moves);
  double in_system = 0.0;
  for (int state = 0; state < space.size(); ++state) {
    int total = 0;
    for (int length : space.at(state)) total += length;
    in_system += total * probability(state);
  }
  return in_system / (servers * load * service_rate);
}

double redundancy_mean_sojourn(int copies, double load, double service_rate) {
  if (copies < 1) return std::numeric_limits<double>::quiet_NaN();
  if (load >= 1.0) return infinite;
  if (copies == 1) return mean_sojourn(Station{load * service_rate, service_rate});
  const double d = copies;
  // Time in units of 1 / ((d-1) mu), so that the tail decays over a few units.
  const double area = integral(
      [&](double t) {
        return std::pow(std::exp(-t) / (load * std::exp(-t) + 1.0 - load), d / (d - 1.0));
      },
      0.0, infinite);
  return area / ((d - 1.0) * service_rate);
}

double redundancy_on_all_mean_sojourn(int servers, double arrival_rate, double service_rate) {
  return mean_sojourn(Station{arrival_rate, servers * service_rate});
}

}  // namespace faultline::theory
