#pragma once
// Markov chains that have no closed form, solved with Eigen: any finite chain, a chain of levels
// that repeats for ever (quasi-birth-death), and M/M/1 at a finite time. Rates per time unit.
// Sources: Latouche & Ramaswami, "Introduction to Matrix Analytic Methods" (1999), ch. 6 and 8;
// Stewart, "Introduction to the Numerical Solution of Markov Chains" (1994), for uniformization.

#include <Eigen/Dense>
#include <optional>
#include <vector>

namespace faultline::theory {

struct Transition {
  int from, to;
  double rate;
};

// The long-run distribution of an irreducible chain with states 0..states-1. State 0 must not be
// astronomically rare: the others are computed relative to it.
Eigen::VectorXd stationary(int states, const std::vector<Transition>& transitions);

// The long-run distribution of a chain in discrete time; rows of `step` sum to one.
Eigen::VectorXd stationary_of_steps(const Eigen::MatrixXd& step);

// One level of a quasi-birth-death chain: rates to the next level, within the level, and to the
// previous one. Diagonals of `local` are filled in by the solver; give only the off-diagonal rates.
struct Level {
  Eigen::MatrixXd up, local, down;
};

// Levels 0..boundary.size()-1 are special; every later one is `repeating`. The last boundary level
// must have the phases and the `up` of the repeating ones.
struct LevelChain {
  std::vector<Level> boundary;
  Level repeating;
};

struct LevelSolution {
  std::vector<Eigen::RowVectorXd> boundary;  // probabilities by level and phase
  Eigen::RowVectorXd from_last;    // by phase, summed over levels >= the last boundary one
  Eigen::RowVectorXd beyond_last;  // the same weighted with (level - last boundary level)

  double mean_level() const;
};

// Empty when the chain drifts upwards for ever.
std::optional<LevelSolution> solve(const LevelChain&);

// M/M/1 that starts empty, `time` later. Works for any load, over 1 too; NaN when more than twenty
// thousand events are expected by then.
struct Transient {
  double mean_in_system;
  double probability_empty;
};
Transient transient_from_empty(double arrival_rate, double service_rate, double time);

}  // namespace faultline::theory
