// Which event queue? The hold model (pop the earliest, push one later) at 10 ... 1e6 pending, under
// four laws of the delay, and the mix a simulator with timeouts makes, with lazy cancellation and
// with a lane. Prints nanoseconds per step, medians of alternating rounds; every candidate must pop
// the same events in the same order or the program stops.
// Usage: event_queue [rounds = 5] [steps = 2000000]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bench/fast_rng.hpp"
#include "bench/lane.hpp"
#include "bench/queues.hpp"

namespace {

using namespace faultline::bench;

enum class Law { exponential, bimodal, constant, some_zero };
constexpr std::array<const char*, 4> law_names = {"exp(10 ms)", "90 % exp(1 ms), 10 % exp(1 s)",
                                                  "constant 10 ms", "30 % zero, 70 % exp(10 ms)"};

const ExponentialZiggurat exponential;

// Delays are drawn beforehand: the table costs every candidate the same few cache lines.
std::vector<std::uint64_t> delays(Law law) {
  std::vector<std::uint64_t> table(1 << 14);
  Xoshiro engine(7);
  for (auto& delay : table) {
    const double u = static_cast<double>(engine() >> 11) * 0x1.0p-53;
    const double e = exponential(engine);
    double ns = 1e7;
    if (law == Law::exponential) ns = e * 1e7;
    if (law == Law::bimodal) ns = e * (u < 0.9 ? 1e6 : 1e9);
    if (law == Law::some_zero) ns = u < 0.3 ? 0 : e * 1e7;
    delay = static_cast<std::uint64_t>(ns);
  }
  return table;
}

struct Timing {
  double ns_per_step = 0;
  std::uint64_t hash = 0;
};

std::uint64_t hashed(std::uint64_t hash, const Event& event) {
  return (hash ^ (event.time + event.what)) * 0x100000001b3;
}

double ns_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

template <typename Queue>
Timing hold(const std::vector<std::uint64_t>& table, std::uint64_t pending, std::uint64_t steps) {
  Queue queue;
  std::uint64_t sequence = 0;
  const std::uint64_t mask = table.size() - 1;
  while (sequence < pending) {
    queue.push({table[sequence & mask], sequence});
    ++sequence;
  }
  Timing timing;
  const auto turn = [&](std::uint64_t n) {
    for (std::uint64_t i = 0; i < n; ++i) {
      const Event event = queue.pop();
      timing.hash = hashed(timing.hash, event);
      queue.push({event.time + table[sequence & mask], sequence});
      ++sequence;
    }
  };
  turn(2 * pending + 10'000);  // until the pending ones are spread as they will stay
  const auto start = std::chrono::steady_clock::now();
  turn(steps);
  timing.ns_per_step = ns_since(start) / static_cast<double>(steps);
  return timing;
}

// The timeout mix: `jobs` jobs, each with an end of service (exp(10 ms)) and a timeout of 1 s that
// is cancelled when the service ends. `what` = sequence << 24 | job << 1 | is_timeout.
constexpr std::uint64_t timeout_ns = 1'000'000'000;
std::uint64_t job_of(const Event& event) {
  return (event.what & 0xff'ffff) >> 1;
}

// A cancelled timeout stays in the queue and is known as dead when it comes up, because its job has
// another one by then.
template <typename Queue>
Timing mix_lazy(const std::vector<std::uint64_t>& table, std::uint64_t jobs, std::uint64_t steps) {
  Queue queue;
  std::uint64_t sequence = 0;
  const std::uint64_t mask = table.size() - 1;
  std::vector<std::uint64_t> live_timeout(jobs);
  const auto begin = [&](std::uint64_t now, std::uint64_t job) {
    queue.push({now + table[sequence & mask], sequence << 24 | job << 1});
    ++sequence;
    live_timeout[job] = sequence << 24 | job << 1 | 1;
    queue.push({now + timeout_ns, live_timeout[job]});
    ++sequence;
  };
  for (std::uint64_t job = 0; job < jobs; ++job) begin(0, job);
  Timing timing;
  const auto turn = [&](std::uint64_t n) {
    for (std::uint64_t i = 0; i < n;) {
      const Event event = queue.pop();
      const bool is_timeout = event.what & 1;
      if (is_timeout && live_timeout[job_of(event)] != event.what) continue;
      timing.hash = hashed(timing.hash, event);
      begin(event.time, job_of(event));
      ++i;
    }
  };
  // Until the first timeouts have come up dead: 100 services of each job.
  turn(110 * jobs);
  const auto start = std::chrono::steady_clock::now();
  turn(steps);
  timing.ns_per_step = ns_since(start) / static_cast<double>(steps);
  return timing;
}

template <typename Queue>
Timing mix_lane(const std::vector<std::uint64_t>& table, std::uint64_t jobs, std::uint64_t steps) {
  Queue queue;
  Lane lane(timeout_ns);
  lane.reserve(static_cast<std::uint32_t>(jobs));
  std::uint64_t sequence = 0;
  const std::uint64_t mask = table.size() - 1;
  constexpr std::uint64_t sentinel = 1;
  const auto begin = [&](std::uint64_t now, std::uint64_t job) {
    queue.push({now + table[sequence & mask], sequence << 24 | job << 1});
    lane.arm(static_cast<std::uint32_t>(job), now);
    sequence += 2;
  };
  for (std::uint64_t job = 0; job < jobs; ++job) begin(0, job);
  queue.push({lane.next_due(), sentinel});
  Timing timing;
  const auto turn = [&](std::uint64_t n) {
    for (std::uint64_t i = 0; i < n;) {
      const Event event = queue.pop();
      if (event.what == sentinel) {
        // No service lasts a second (exp(10 ms) from this table), so no timer is ever due here.
        if (lane.next_due() <= event.time) std::abort();
        queue.push({lane.next_due(), sentinel});
        continue;
      }
      timing.hash = hashed(timing.hash, event);
      lane.cancel(static_cast<std::uint32_t>(job_of(event)));
      begin(event.time, job_of(event));
      ++i;
    }
  };
  turn(110 * jobs);
  const auto start = std::chrono::steady_clock::now();
  turn(steps);
  timing.ns_per_step = ns_since(start) / static_cast<double>(steps);
  return timing;
}

using Candidate = Timing (*)(const std::vector<std::uint64_t>&, std::uint64_t, std::uint64_t);
struct Named {
  const char* name;
  Candidate run;
};

void compare(const std::vector<Named>& candidates, const std::vector<std::uint64_t>& table,
             const std::vector<std::uint64_t>& sizes, int rounds, std::uint64_t steps) {
  std::vector<std::vector<double>> medians(candidates.size());
  for (const std::uint64_t size : sizes) {
    std::vector<std::vector<double>> times(candidates.size());
    for (int round = 0; round < rounds; ++round) {
      std::uint64_t expected = 0;
      for (std::size_t c = 0; c < candidates.size(); ++c) {
        const Timing timing = candidates[c].run(table, size, steps);
        if (c == 0) expected = timing.hash;
        if (timing.hash != expected) {
          std::fprintf(stderr, "%s pops in another order than %s (%llu pending)\n",
                       candidates[c].name, candidates[0].name,
                       static_cast<unsigned long long>(size));
          std::exit(1);
        }
        times[c].push_back(timing.ns_per_step);
      }
    }
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      std::sort(times[c].begin(), times[c].end());
      medians[c].push_back(times[c][times[c].size() / 2]);
    }
  }
  std::printf("  %-32s", "pending");
  for (const std::uint64_t size : sizes)
    std::printf("%10llu", static_cast<unsigned long long>(size));
  std::printf("\n");
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    std::printf("  %-32s", candidates[c].name);
    for (const double ns : medians[c]) std::printf("%10.1f", ns);
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const std::uint64_t steps = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 2'000'000;
  if (rounds < 1 || steps == 0) {
    std::fputs("usage: event_queue [rounds] [steps]\n", stderr);
    return 2;
  }
  const std::vector<Named> queues = {{"radix heap with a run", hold<EngineQueue>},
                                     {"radix heap", hold<RadixHeap>},
                                     {"4-ary heap, fused pop+push", hold<FusedHeap>},
                                     {"std::priority_queue", hold<StdQueue>}};
  for (const Law law : {Law::exponential, Law::bimodal, Law::constant, Law::some_zero}) {
    std::printf("hold, %s: ns per pop + push\n", law_names[static_cast<std::size_t>(law)]);
    compare(queues, delays(law), {10, 100, 1'000, 10'000, 100'000, 1'000'000}, rounds, steps);
    std::fflush(stdout);
  }
  const std::vector<Named> mixes = {{"radix heap with a run + lane", mix_lane<EngineQueue>},
                                    {"radix heap + lane", mix_lane<RadixHeap>},
                                    {"4-ary fused + lane", mix_lane<FusedHeap>},
                                    {"radix heap, lazy cancel", mix_lazy<RadixHeap>},
                                    {"4-ary fused, lazy cancel", mix_lazy<FusedHeap>},
                                    {"std::priority_queue, lazy cancel", mix_lazy<StdQueue>}};
  std::printf("timeout mix (1 s, always cancelled): ns per service end\n");
  compare(mixes, delays(Law::exponential), {10, 1'000, 10'000}, rounds, steps);
}
