#include "lab/study/effects.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <map>
#include <optional>

namespace faultline {
namespace {

// An axis as columns of a design: numbers from −1 to 1, or for words a column for each but the
// last, which is minus the sum of the others.
struct Factor {
  std::string key;
  bool numeric = false;
  std::vector<std::string> words;
  std::vector<Eigen::VectorXd> columns;  // by run
};

Factor factor_of(const Axis& axis, const std::vector<std::string>& values) {
  Factor f;
  f.key = axis.key;
  std::vector<double> numbers;
  for (const std::string& v : values) {
    const auto amount = amount_of(v);
    if (!amount) break;
    numbers.push_back(axis.logarithmic ? std::log(amount->value) : amount->value);
  }
  const auto n = static_cast<Eigen::Index>(values.size());
  f.numeric = numbers.size() == values.size();
  if (f.numeric) {
    const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
    if (*high <= *low) return f;
    Eigen::VectorXd column(n);
    for (Eigen::Index i = 0; i < n; ++i)
      column[i] = 2 * (numbers[static_cast<std::size_t>(i)] - *low) / (*high - *low) - 1;
    f.columns.push_back(std::move(column));
    return f;
  }
  for (const std::string& v : values) {
    if (std::find(f.words.begin(), f.words.end(), v) == f.words.end()) f.words.push_back(v);
  }
  for (std::size_t w = 0; w + 1 < f.words.size(); ++w) {
    Eigen::VectorXd column(n);
    for (Eigen::Index i = 0; i < n; ++i) {
      const std::string& v = values[static_cast<std::size_t>(i)];
      column[i] = v == f.words[w] ? 1 : v == f.words.back() ? -1 : 0;
    }
    f.columns.push_back(std::move(column));
  }
  return f;
}

// A linear combination of coefficients that is called an effect.
struct Combination {
  std::string name;
  std::vector<std::pair<Eigen::Index, double>> of;
};

class Model {
 public:
  Model(std::vector<Factor> factors, Eigen::Index runs) : factors_(std::move(factors)) {
    columns_.push_back(Eigen::VectorXd::Ones(runs));
    for (const Factor& f : factors_) {
      const auto first = static_cast<Eigen::Index>(columns_.size());
      for (const auto& c : f.columns) columns_.push_back(c);
      name_main(f, first);
    }
  }

  void add_interactions() {
    for (std::size_t a = 0; a < factors_.size(); ++a) {
      for (std::size_t b = a + 1; b < factors_.size(); ++b) {
        for (std::size_t i = 0; i < factors_[a].columns.size(); ++i) {
          for (std::size_t k = 0; k < factors_[b].columns.size(); ++k) {
            interactions.push_back({part(factors_[a], i) + " × " + part(factors_[b], k),
                                    {{static_cast<Eigen::Index>(columns_.size()),
                                      factors_[a].numeric && factors_[b].numeric ? 2.0 : 1.0}}});
            columns_.push_back(factors_[a].columns[i].cwiseProduct(factors_[b].columns[k]));
          }
        }
      }
    }
  }

  Eigen::MatrixXd matrix() const {
    Eigen::MatrixXd x(columns_[0].size(), static_cast<Eigen::Index>(columns_.size()));
    for (std::size_t i = 0; i < columns_.size(); ++i)
      x.col(static_cast<Eigen::Index>(i)) = columns_[i];
    return x;
  }

  std::vector<Combination> main, interactions;

 private:
  static std::string part(const Factor& f, std::size_t i) {
    return f.numeric ? f.key : f.key + " = " + f.words[i];
  }
  void name_main(const Factor& f, Eigen::Index first) {
    if (f.columns.empty()) return;
    if (f.numeric) {
      main.push_back({f.key, {{first, 2.0}}});
      return;
    }
    Combination last{f.key + " = " + f.words.back(), {}};
    for (std::size_t i = 0; i < f.columns.size(); ++i) {
      const Eigen::Index at = first + static_cast<Eigen::Index>(i);
      main.push_back({part(f, i), {{at, 1.0}}});
      last.of.emplace_back(at, -1.0);
    }
    main.push_back(last);
  }

  std::vector<Factor> factors_;
  std::vector<Eigen::VectorXd> columns_;
};

struct Fit {
  Eigen::VectorXd coefficients;
  Eigen::MatrixXd covariance;
  double freedom = 0;
  double explained = 0;
};

Fit fit(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, Eigen::Index blocks) {
  Fit f;
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(x);
  f.coefficients = qr.solve(y);
  const Eigen::VectorXd rest = y - x * f.coefficients;
  const double all = (y.array() - y.mean()).square().sum();
  f.explained = all > 0 ? 1 - rest.squaredNorm() / all : 1;
  f.freedom = static_cast<double>(y.size() - qr.rank() - (blocks - 1));
  const Eigen::MatrixXd inverse =
      (x.transpose() * x).completeOrthogonalDecomposition().pseudoInverse();
  f.covariance = f.freedom > 0 ? Eigen::MatrixXd(inverse * (rest.squaredNorm() / f.freedom))
                               : Eigen::MatrixXd::Zero(x.cols(), x.cols());
  return f;
}

std::vector<Effect> effects(const std::vector<Combination>& named, const Fit& f) {
  std::vector<Effect> out;
  double t = 0;
  if (f.freedom > 0) t = boost::math::quantile(boost::math::students_t(f.freedom), 0.975);
  for (const Combination& n : named) {
    Effect e{n.name};
    double variance = 0;
    for (const auto& [i, a] : n.of) {
      e.size += a * f.coefficients[i];
      for (const auto& [k, b] : n.of) variance += a * b * f.covariance(i, k);
    }
    e.has_interval = f.freedom > 0;
    e.half_width = t * std::sqrt(std::max(0.0, variance));
    out.push_back(std::move(e));
  }
  std::stable_sort(out.begin(), out.end(), [](const Effect& a, const Effect& b) {
    return std::abs(a.size) > std::abs(b.size);
  });
  return out;
}

}  // namespace

Effects effects_of(const Merged& merged, std::size_t metric) {
  const SweepPlan& plan = merged.plan;
  Effects out;
  out.metric = plan.metrics[metric];
  std::vector<const SweepRun*> runs;
  for (const SweepRun& run : merged.runs) {
    if (run.values.size() > metric && std::isfinite(run.values[metric])) runs.push_back(&run);
  }
  out.runs = runs.size();
  if (runs.empty()) return out;
  const auto n = static_cast<Eigen::Index>(runs.size());
  Eigen::VectorXd y(n);
  for (Eigen::Index i = 0; i < n; ++i) y[i] = runs[static_cast<std::size_t>(i)]->values[metric];
  out.least = y.minCoeff();
  out.most = y.maxCoeff();
  out.mean = y.mean();

  // What a seed shifts everywhere.
  std::map<std::int64_t, std::pair<double, int>> blocks;
  for (Eigen::Index i = 0; i < n; ++i) {
    auto& [sum, count] = blocks[runs[static_cast<std::size_t>(i)]->replication];
    sum += y[i];
    ++count;
  }
  Eigen::VectorXd centred = y;
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto& [sum, count] = blocks[runs[static_cast<std::size_t>(i)]->replication];
    centred[i] += out.mean - sum / count;
  }

  std::vector<Factor> factors;
  std::map<std::int64_t, int> points;
  for (const SweepRun* run : runs) ++points[run->point];
  for (std::size_t a = 0; a < plan.axes.size(); ++a) {
    std::vector<std::string> values;
    for (const SweepRun* run : runs)
      values.push_back(plan.points[static_cast<std::size_t>(run->point)][a]);
    factors.push_back(factor_of(plan.axes[a], values));
    AxisEffect axis{plan.axes[a].key, {}};
    for (const std::string& value : plan.axes[a].values) {
      std::vector<double> at;
      for (std::size_t i = 0; i < runs.size(); ++i) {
        if (values[i] == value) at.push_back(centred[static_cast<Eigen::Index>(i)]);
      }
      if (!at.empty()) axis.levels.push_back({value, estimate(at)});
    }
    out.axes.push_back(std::move(axis));
  }
  Model model(factors, n);
  Model full = model;
  full.add_interactions();
  out.without_interactions = static_cast<std::size_t>(full.matrix().cols()) > points.size();
  Model& used = out.without_interactions ? model : full;
  const Fit f = fit(used.matrix(), centred, static_cast<Eigen::Index>(blocks.size()));
  out.explained = f.explained;
  out.main = effects(used.main, f);
  out.interactions = effects(used.interactions, f);
  return out;
}

}  // namespace faultline
