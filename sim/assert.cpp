#include "sim/assert.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace faultline {
namespace {

thread_local const RunContext* current_run = nullptr;

}  // namespace

AssertContext::AssertContext(const RunContext* run) : outer_(std::exchange(current_run, run)) {}

AssertContext::~AssertContext() {
  current_run = outer_;
}

void assertion_failed(const char* condition, const char* message, const char* file, int line) {
  fmt::print(stderr, "faultline: internal error: {} ({})\n  at {}:{}\n", message, condition, file,
             line);
  if (const RunContext* run = current_run)
    fmt::print(stderr, "  seed {}, simulated time {} ns, event {}\n", run->seed, run->now.ns,
               run->event);
  std::fflush(stderr);
  std::abort();
}

}  // namespace faultline
