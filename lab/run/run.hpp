#pragma once
// Scenario + seed → RunResult. A run is a function of its arguments alone: recording, progress and
// interruption have no influence on what happens.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "lab/run/result.hpp"
#include "lab/scenario/scenario.hpp"

namespace faultline {

struct WatchWindow {
  std::string client;  // empty: of all
  double from_s = 0, to_s = 0;
  std::size_t keep = 20;  // of the answered and of the failed
};

struct RunOptions {
  std::optional<std::int64_t> seed;            // instead of the scenario's
  std::string variant = "base", file;          // for the result; the settings are in the scenario
  std::optional<std::uint64_t> trace_request;  // number of the request to tell, from 0
  std::optional<WatchWindow> watch;            // the slowest and the failed of a stretch of time
  bool log_requests = false;                   // every request's end goes into the result
  bool instances = false;                      // series of single instances, where they are few
  bool trace_all = false;                      // every request (for tests)
  const std::atomic<bool>* stop = nullptr;     // set by another thread or a signal: end early
  std::function<void(double share)> progress;  // called now and then, on this thread
};

// Judges the scenario's expectations for `options.variant` too, but for those that compare with
// other variants (lab/evidence/judge.hpp does these).
std::shared_ptr<const RunResult> run(const Scenario& scenario, const RunOptions& options = {});

}  // namespace faultline
