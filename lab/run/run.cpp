#include "lab/run/run.hpp"

#include <chrono>

#include "lab/run/build.hpp"
#include "lab/run/recorder.hpp"

namespace faultline {

std::shared_ptr<const RunResult> run(const Scenario& scenario, const RunOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  const WorldSpec spec = build_world(scenario);
  const std::int64_t seed = options.seed.value_or(scenario.seed);
  const Measuring measuring = measuring_for(scenario, spec, options);
  World world(spec, static_cast<std::uint64_t>(seed), measuring);
  Recorder recorder(scenario, world, measuring);

  const Instant end = Instant{} + scenario.duration;
  constexpr std::uint64_t kBudget = 200'000;  // events between two looks at `stop`: some 20 ms
  const auto stopped = [&] {
    return options.stop != nullptr && options.stop->load(std::memory_order_relaxed);
  };
  bool done = false;
  while (!done && !stopped()) {
    const Instant until = std::min(end, recorder.next_look());
    if (!world.run_until(until, kBudget)) {
      if (options.progress) options.progress(world.now().seconds() / end.seconds());
      continue;
    }
    if (until == recorder.next_look()) recorder.look();
    done = until == end;
    if (options.progress) options.progress(until.seconds() / end.seconds());
  }
  RunResult result = recorder.finish(options);
  result.seed = seed;
  result.partial = !done;
  result.reached_s = done ? result.duration_s : world.now().seconds();
  result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return std::make_shared<const RunResult>(std::move(result));
}

}  // namespace faultline
