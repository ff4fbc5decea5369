#pragma once
// FL_ASSERT(condition, message): for our own mistakes, never the user's. It stays on in release: a
// wrong result is worse than none. On failure it prints the message, where, and the seed, simulated
// time and event number of the run on this thread, which is all it takes to come back to it; then
// the program aborts.

#include <cstdint>

#include "sim/time.hpp"

namespace faultline {

// Where a run is. The engine keeps it up to date and lends it to its thread by an AssertContext.
struct RunContext {
  std::uint64_t seed = 0;
  Instant now{};
  std::uint64_t event = 0;  // number of events processed
};

// Names the run that this thread is busy with, until the end of the scope. Scopes nest.
class AssertContext {
 public:
  explicit AssertContext(const RunContext* run);
  ~AssertContext();
  AssertContext(const AssertContext&) = delete;
  AssertContext& operator=(const AssertContext&) = delete;

 private:
  const RunContext* outer_;
};

[[noreturn, gnu::cold]] void assertion_failed(const char* condition, const char* message,
                                              const char* file, int line);

}  // namespace faultline

#define FL_ASSERT(condition, message) \
  ((condition) ? static_cast<void>(0) \
               : ::faultline::assertion_failed(#condition, message, __FILE__, __LINE__))
