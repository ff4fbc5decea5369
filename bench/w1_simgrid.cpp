// W1 in SimGrid: M/M/1, lambda .8, mu 1, two actors and a semaphore, SimGrid's quickest idiom for a
// single queue. Usage: w1_simgrid [customers = 500000] [seed = 1]

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <simgrid/s4u.hpp>

#include "bench/fast_rng.hpp"

namespace sg4 = simgrid::s4u;

int main(int argc, char** argv) {
  sg4::Engine engine(&argc, argv);
  const std::uint64_t customers = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 500'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  auto* zone = sg4::create_full_zone("zone");
  auto* host = zone->create_host("host", 1e9)->seal();
  zone->seal();

  faultline::bench::Xoshiro words(seed);
  const faultline::bench::ExponentialZiggurat exponential;
  std::deque<double> waiting;
  const auto arrived = sg4::Semaphore::create(0);
  double total = 0;
  sg4::Actor::create("source", host, [&] {
    for (std::uint64_t i = 0; i < customers; ++i) {
      sg4::this_actor::sleep_for(exponential(words) / 0.8);
      waiting.push_back(sg4::Engine::get_clock());
      arrived->release();
    }
  });
  sg4::Actor::create("server", host, [&] {
    for (std::uint64_t i = 0; i < customers; ++i) {
      arrived->acquire();
      sg4::this_actor::sleep_for(exponential(words));
      total += sg4::Engine::get_clock() - waiting.front();
      waiting.pop_front();
    }
  });
  const auto start = std::chrono::steady_clock::now();
  engine.run();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  std::printf(
      "{\"name\": \"w1_simgrid\", \"requests_per_s\": %.0f, \"mean_latency\": %.5f, "
      "\"requests\": %llu, \"wall_s\": %.6f}\n",
      static_cast<double>(customers) / wall.count(), total / static_cast<double>(customers),
      static_cast<unsigned long long>(customers), wall.count());
}
