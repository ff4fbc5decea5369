#pragma once
// Who writes the random worlds: tables, one after the other, as text.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/trust/random_world.hpp"

namespace faultline::test {

class Author {
 public:
  Author(std::uint64_t seed, const WorldOptions& options)
      : dice_(seed), limits_(~seed), seed_(seed), options_(options) {}

  std::string write();

 private:
  void client(int i);
  void service(int i);
  std::string step(int i);
  void cache();
  void machine(std::string& steps);
  void degradation();
  std::string maybe_missing(bool call);
  void policy(int i);
  std::string budget();
  std::string breaker();
  void balancing();
  void zones();
  void network();
  void fault();
  void autoscaler();
  void rollout();
  // random_limits.cpp
  void population(bool closed);
  std::string rate_limit();
  std::string concurrency();
  std::string queue();
  void door(int i);
  std::vector<std::string> own_pace();

  // Of what has times of its own, which a stretched world would not stretch.
  bool unscaled(double share) { return !options_.scalable && dice_.chance(share); }

  template <class... T>
  void add(fmt::format_string<T...> format, T&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<T>(values)...);
  }
  std::string time(std::int64_t us) const { return fmt::format("{}us", us * options_.factor); }
  std::string some_time(int low_us, int high_us) { return time(dice_.between(low_us, high_us)); }
  std::string rate(int per_minute) const {
    return fmt::format("{:.1f}/min", per_minute / static_cast<double>(options_.factor));
  }

  std::string law(int mean_us) {
    const std::string mean = time(std::max(1, mean_us));
    switch (dice_.below(options_.scalable ? 3 : 8)) {
      case 0:
        return options_.steady ? fmt::format("exp({})", mean) : mean;
      case 1:
        return fmt::format("lognormal({}, cv=0.{})", mean, dice_.between(1, 9));
      case 2:
        return fmt::format("exp({})", mean);
      case 3:
        return fmt::format("gamma({}, cv=0.5)", mean);
      case 4:
        return fmt::format("weibull({}, shape=1.5)", mean);
      case 5:
        return fmt::format("bounded_pareto({}, alpha=1.5, ratio=100)", mean);
      case 6:
        return fmt::format("hyperexp({}, cv=2)", mean);
      default:
        return fmt::format("uniform(0s, {})", time(2 * mean_us));
    }
  }

  std::string some_policy() {
    return policies_ > 0 && dice_.chance(0.6)
               ? fmt::format(", policy = \"p{}\"", dice_.below(policies_))
               : "";
  }
  // A service behind number i, known as a leg of it.
  std::string callee(const std::string& caller, int i) {
    const int s = dice_.between(i + 1, services_ - 1);
    edges_.push_back(fmt::format("{}->s{}", caller, s));
    return fmt::format("s{}", s);
  }

  Dice dice_, limits_;
  std::uint64_t seed_;
  WorldOptions options_;
  std::string text_;
  int duration_ms_ = 0, services_ = 0, clients_ = 0, policies_ = 0;
  int services_written_ = 0;
  bool uses_cache_ = false, uses_flag_ = false, has_users_ = false, zoned_ = false;
  std::vector<int> with_cpu_, with_disk_, with_memory_, bounded_;  // services
  std::vector<std::string> edges_;
};

}  // namespace faultline::test
