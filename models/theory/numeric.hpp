#pragma once
// The few numerical tools that the closed forms lean on: a root, a quantile, an integral. All are
// deterministic and aim at ten significant digits; none of them knows about queues.

#include <functional>

namespace faultline::theory {

using Curve = std::function<double(double)>;

// The point of [low, high] where `f` crosses zero; `f` must have opposite signs at the two ends.
double root_between(const Curve& f, double low, double high);

// The smallest t >= 0 with tail(t) <= 1 - probability, for a non-increasing `tail` that is
// continuous beyond 0. `scale` > 0 is a first guess of the order of magnitude. Infinity
// when the tail never falls that low.
double quantile_of_tail(const Curve& tail, double probability, double scale);

// The integral of `f` over [low, high]; `high` may be infinite.
double integral(const Curve& f, double low, double high);

}  // namespace faultline::theory
