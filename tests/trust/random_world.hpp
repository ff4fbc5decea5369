#pragma once
// Scenarios by chance, for tests: small worlds with everything in them that can go wrong. The same
// seed gives the same world with the same compiler (it decides in which order arguments are drawn);
// a test that fails keeps the text.

#include <cstdint>
#include <string>
#include <vector>

#include "sim/random.hpp"

namespace faultline::test {

// What a test decides by chance.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : draws_(derive(seed, std::string_view("dice"))) {}
  int below(int n) { return static_cast<int>(draws_.below(static_cast<std::uint64_t>(n))); }
  int between(int low, int high) { return low + below(high - low + 1); }
  bool chance(double share) { return draws_.uniform() < share; }
  template <class T>
  const T& pick(const std::vector<T>& all) {
    return all[draws_.below(all.size())];
  }

 private:
  Draws draws_;
};

struct WorldOptions {
  int factor = 1;         // all times × this, all rates ÷ this
  bool scalable = false;  // only what has no time scale of its own
  bool steady = false;    // queues that are stable, nothing goes wrong, and for long
};

// A scenario as TOML text.
std::string random_world(std::uint64_t seed, const WorldOptions& options = {});

}  // namespace faultline::test
