// The limit of W1: an M/M/1 queue (lambda .8, mu 1) written by hand, with two next-times and a ring
// of arrival times instead of an event queue. Nothing that simulates event by event does less, so
// what the engine reaches of it is what generality costs. Theory: a mean sojourn of 5.
// Usage: limit_w1 [customers = 20000000] [seed = 1] [own | boost]

#include <array>
#include <boost/random/exponential_distribution.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string_view>

#include "bench/fast_rng.hpp"

namespace {

using faultline::bench::ExponentialZiggurat;
using faultline::bench::Xoshiro;

// Small, because the ring wanders through all of its memory and should stay in the nearest cache. A
// queue of 1024 has a probability of 10^-99: the check is there to be honest, not to fire.
constexpr std::uint64_t ring_size = 1024;
std::array<double, ring_size> ring;

// Mean sojourn of the first `customers` customers to leave. The generator is local, so that its
// state can stay in registers; not inlined, because g++ takes less care of what only main() runs.
template <typename Distribution>
[[gnu::noinline]] double simulate(std::uint64_t customers, std::uint64_t seed,
                                  Distribution exponential) {
  Xoshiro engine(seed);
  const auto draw = [&] { return exponential(engine); };
  constexpr double mean_gap = 1 / 0.8;
  constexpr double never = std::numeric_limits<double>::infinity();
  double next_arrival = draw() * mean_gap;
  double next_departure = never;
  double total = 0;
  std::uint64_t arrived = 0;
  std::uint64_t left = 0;
  while (left < customers) {
    if (next_arrival < next_departure) {
      const double now = next_arrival;
      if (arrived == left)
        next_departure = now + draw();
      else if (arrived - left == ring_size)
        std::abort();
      ring[arrived++ % ring_size] = now;
      next_arrival = now + draw() * mean_gap;
    } else {
      const double now = next_departure;
      total += now - ring[left++ % ring_size];
      next_departure = arrived == left ? never : now + draw();
    }
  }
  return total / static_cast<double>(customers);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t customers = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20'000'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  const bool boost_draws = argc > 3 && std::string_view(argv[3]) == "boost";
  if (customers == 0) {
    std::fputs("usage: limit_w1 [customers] [seed] [own | boost]\n", stderr);
    return 2;
  }

  const ExponentialZiggurat own;
  const boost::random::exponential_distribution<double> theirs(1.0);
  const auto start = std::chrono::steady_clock::now();
  const double mean =
      boost_draws ? simulate(customers, seed, theirs) : simulate(customers, seed, own);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  std::printf(
      "{\"name\": \"limit_w1\", \"requests_per_s\": %.0f, \"mean_latency\": %.5f, "
      "\"requests\": %llu, \"wall_s\": %.6f}\n",
      static_cast<double>(customers) / wall.count(), mean,
      static_cast<unsigned long long>(customers), wall.count());
}
