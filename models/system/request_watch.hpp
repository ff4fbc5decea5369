#pragma once
// Which requests of a stretch of time were the slowest, and which failed: looked up in a second run
// of the same seed, so that an ordinary run pays nothing for it. Remembers what is under way and
// the few it keeps, whatever the length of the run.

#include <cstdint>
#include <map>
#include <vector>

#include "models/vocabulary/outcome.hpp"
#include "sim/time.hpp"

namespace faultline {

struct Watch {
  std::uint32_t client = ~0u;  // index; ~0: all of them
  Instant from, to;            // requests that ended in [from, to), or are due in it and never end
  std::size_t keep = 20;       // of each: answered, failed
};

struct WatchedRequest {
  std::uint64_t number = 0;  // among all requests of the run, from 0
  std::uint32_t client = 0;
  Instant due;
  Duration took;  // until now, if it has not ended
  Error error = Error::None;
  bool ended = false, degraded = false;
};

class RequestWatch {
 public:
  explicit RequestWatch(const Watch& watch) : watch_(watch) {}
  void begun(std::uint64_t lineage, std::uint64_t number, std::uint32_t client, Instant now);
  void ended(std::uint64_t lineage, Instant now, Outcome outcome);
  // At the end of the run: what is under way never ended.
  void close(Instant now);

  // Slowest first; of equals, the earlier.
  const std::vector<WatchedRequest>& answered() const { return answered_; }
  const std::vector<WatchedRequest>& failed() const { return failed_; }
  // How many there were, kept or not; `failures` with those that never ended.
  std::uint64_t answers() const { return answers_; }
  std::uint64_t failures() const { return failures_; }

 private:
  bool covers(Instant t) const { return t >= watch_.from && t < watch_.to; }
  void keep(std::vector<WatchedRequest>& among, const WatchedRequest& request) const;

  Watch watch_;
  std::map<std::uint64_t, WatchedRequest> under_way_;  // by lineage
  std::vector<WatchedRequest> answered_, failed_;
  std::uint64_t answers_ = 0, failures_ = 0;
};

}  // namespace faultline
