#include "models/theory/markov.hpp"

#include <Eigen/Sparse>
#include <Eigen/SparseLU>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstddef>
#include <limits>

namespace faultline::theory {
namespace {

using Eigen::MatrixXd;
using Eigen::RowVectorXd;

// Rows of a generator sum to zero.
MatrixXd with_diagonal(const Level& level) {
  MatrixXd local = level.local;
  for (Eigen::Index phase = 0; phase < local.rows(); ++phase) {
    local(phase, phase) = 0.0;
    double out = local.row(phase).sum() + level.up.row(phase).sum();
    if (level.down.rows() > 0) out += level.down.row(phase).sum();
    local(phase, phase) = -out;
  }
  return local;
}

// R: the expected visits to a level per visit to the one below (logarithmic reduction).
MatrixXd rate_matrix(const Level& level, const MatrixXd& local) {
  const MatrixXd identity = MatrixXd::Identity(local.rows(), local.cols());
  const auto inverse = (-local).partialPivLu();
  MatrixXd high = inverse.solve(level.up);
  MatrixXd low = inverse.solve(level.down);
  MatrixXd first_passage = low;
  MatrixXd carried = high;
  for (int step = 0; step < 64 && carried.cwiseAbs().maxCoeff() > 1e-18; ++step) {
    const auto both = (identity - (high * low + low * high)).eval().partialPivLu();
    high = both.solve((high * high).eval()).eval();
    low = both.solve((low * low).eval()).eval();
    first_passage += carried * low;
    carried = (carried * high).eval();
  }
  const MatrixXd kernel = -(local + level.up * first_passage);
  return level.up * kernel.inverse();
}

// The phases alone, ignoring levels: their long-run mix decides the drift.
bool drifts_down(const Level& level, const MatrixXd& local) {
  const Eigen::Index size = local.rows();
  MatrixXd system = (level.up + local + level.down).transpose();
  system.row(size - 1).setOnes();
  Eigen::VectorXd right = Eigen::VectorXd::Zero(size);
  right(size - 1) = 1.0;
  const RowVectorXd mix = system.partialPivLu().solve(right).transpose();
  return (mix * level.up).sum() < (mix * level.down).sum();
}

}  // namespace

Eigen::VectorXd stationary(int states, const std::vector<Transition>& transitions) {
  // Balance equations of states 1.. with the weight of state 0 fixed at 1.
  std::vector<Eigen::Triplet<double>> entries;
  Eigen::VectorXd right = Eigen::VectorXd::Zero(states - 1);
  for (const Transition& move : transitions) {
    if (move.from == move.to) continue;
    if (move.from > 0) {
      entries.emplace_back(move.from - 1, move.from - 1, -move.rate);
      if (move.to > 0) entries.emplace_back(move.to - 1, move.from - 1, move.rate);
    } else if (move.to > 0) {
      right(move.to - 1) -= move.rate;
    }
  }
  Eigen::SparseMatrix<double> balance(states - 1, states - 1);
  balance.setFromTriplets(entries.begin(), entries.end());
  Eigen::SparseLU<Eigen::SparseMatrix<double>> factors(balance);
  Eigen::VectorXd weights(states);
  if (factors.info() != Eigen::Success) {  // not irreducible, e.g. a rate of zero
    return weights.setConstant(std::numeric_limits<double>::quiet_NaN());
  }
  weights(0) = 1.0;
  weights.tail(states - 1) = factors.solve(right);
  return weights / weights.sum();
}

Eigen::VectorXd stationary_of_steps(const Eigen::MatrixXd& step) {
  const Eigen::Index size = step.rows();
  MatrixXd system = step.transpose() - MatrixXd::Identity(size, size);
  system.row(size - 1).setOnes();  // one balance equation is redundant
  Eigen::VectorXd right = Eigen::VectorXd::Zero(size);
  right(size - 1) = 1.0;
  return system.partialPivLu().solve(right);
}

double LevelSolution::mean_level() const {
  const std::size_t last = boundary.size() - 1;
  double mean = beyond_last.sum() + static_cast<double>(last) * from_last.sum();
  for (std::size_t n = 0; n < last; ++n) mean += static_cast<double>(n) * boundary[n].sum();
  return mean;
}

std::optional<LevelSolution> solve(const LevelChain& chain) {
  const MatrixXd repeating = with_diagonal(chain.repeating);
  if (!drifts_down(chain.repeating, repeating)) return std::nullopt;
  const MatrixXd rate = rate_matrix(chain.repeating, repeating);
  const MatrixXd visits =
      (MatrixXd::Identity(rate.rows(), rate.cols()) - rate).inverse();  // I + R + R^2 + ...

  // Fold the boundary from its last level down: level n+1 = level n times ratios[n].
  const std::size_t last = chain.boundary.size() - 1;
  std::vector<MatrixXd> ratios(last);
  MatrixXd folded = with_diagonal(chain.boundary[last]) + rate * chain.repeating.down;
  for (std::size_t n = last; n-- > 0;) {
    ratios[n] = chain.boundary[n].up * (-folded).inverse();
    folded = with_diagonal(chain.boundary[n]) + ratios[n] * chain.boundary[n + 1].down;
  }
  // One balance equation of level 0 is redundant; the sum of its phases takes its place for now.
  folded.col(0).setOnes();
  Eigen::VectorXd right = Eigen::VectorXd::Zero(folded.rows());
  right(0) = 1.0;
  LevelSolution solution;
  solution.boundary.push_back(folded.transpose().partialPivLu().solve(right).transpose());
  double total = 0.0;
  for (std::size_t n = 0; n < last; ++n) {
    total += solution.boundary[n].sum();
    solution.boundary.push_back(solution.boundary[n] * ratios[n]);
  }
  total += (solution.boundary[last] * visits).sum();
  for (RowVectorXd& level : solution.boundary) level /= total;
  solution.from_last = solution.boundary.back() * visits;
  solution.beyond_last = solution.boundary.back() * rate * visits * visits;
  return solution;
}

Transient transient_from_empty(double arrival_rate, double service_rate, double time) {
  // Uniformization: a Poisson number of steps of one discrete chain. The number of steps is cut
  // where its tail is below 1e-15, so the queue can never outgrow the vector.
  const double clock = arrival_rate + service_rate;
  const double expected = clock * time;
  // Beyond some ten thousand events the work, which grows with their square, is not worth it.
  constexpr double not_computed = std::numeric_limits<double>::quiet_NaN();
  if (expected > 2e4) return {not_computed, not_computed};
  const auto steps = static_cast<std::size_t>(expected + 12.0 * std::sqrt(expected) + 40.0);
  const double up = arrival_rate / clock;
  std::vector<double> now(steps + 2, 0.0);
  std::vector<double> next(steps + 2, 0.0);
  now[0] = 1.0;
  Transient result{0.0, 0.0};
  for (std::size_t step = 0; step <= steps; ++step) {
    const double count = static_cast<double>(step);
    const double weight =
        expected > 0.0 ? std::exp(-expected + count * std::log(expected) - std::lgamma(count + 1.0))
                       : (step == 0 ? 1.0 : 0.0);
    double mean = 0.0;
    for (std::size_t n = 1; n <= step; ++n) mean += static_cast<double>(n) * now[n];
    result.mean_in_system += weight * mean;
    result.probability_empty += weight * now[0];
    for (std::size_t n = 0; n <= step + 1 && n < now.size(); ++n) {
      const double from_above = n + 1 < now.size() ? now[n + 1] : 0.0;
      const double from_below = n > 0 ? now[n - 1] : now[0] * (1.0 - up) / up;
      next[n] = up * from_below + (1.0 - up) * from_above;
    }
    now.swap(next);
  }
  return result;
}

}  // namespace faultline::theory
