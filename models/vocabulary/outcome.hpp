#pragma once
// How a call can end. A simulated failure is data, never a C++ error. The names are those of the
// scenario language and of the JSON result (`errors.timeout`, …).

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sim/time.hpp"

namespace faultline {

enum class Error : std::uint8_t {
  None,          // an answer was delivered
  Timeout,       // the caller gave a try up
  Deadline,      // the time for the whole call ran out
  Refused,       // the server's queue was full
  Unavailable,   // nobody was there to take the call
  Unreachable,   // the network never delivered it
  Crash,         // the server died with the call in it
  RateLimited,   // a rate limit turned it away (429)
  Shed,          // load shedding turned it away (503)
  BreakerOpen,   // the caller's own breaker turned it away
  BulkheadFull,  // the caller's own bulkhead turned it away
  ServerError,   // the server answered with an error (5xx)
  ClientError,   // the server found fault with the request (4xx)
  WrongData,     // an answer, but a wrong one
  Cancelled,     // the caller lost interest
};

inline constexpr std::array<std::string_view, 15> kErrorNames = {
    "none",          "timeout",      "deadline",     "refused",    "unavailable",
    "unreachable",   "crash",        "rate_limited", "shed",       "breaker_open",
    "bulkhead_full", "server_error", "client_error", "wrong_data", "cancelled"};
inline constexpr std::size_t kErrors = kErrorNames.size();

constexpr std::string_view name(Error error) {
  return kErrorNames[static_cast<std::size_t>(error)];
}

// A set of errors, one bit each.
using ErrorSet = std::uint16_t;
constexpr ErrorSet bit(Error error) {
  return static_cast<ErrorSet>(1u << static_cast<unsigned>(error));
}
constexpr bool contains(ErrorSet set, Error error) {
  return (set & bit(error)) != 0;
}

// `quality` is 1 for a full answer, less for a degraded one (a fallback, a partial page); 0 with an
// error. A failure may say after how many seconds the caller should come again (Retry-After, gRPC's
// pushback): 0, it doesn't say; below 0, don't come again.
struct Outcome {
  Error error = Error::None;
  float quality = 1;
  float retry_after_s = 0;
  bool unsure = false;  // of `unreachable`: the request did get there, only no answer came back

  constexpr bool ok() const { return error == Error::None; }
  static constexpr Outcome failed(Error why, float retry_after_s = 0) {
    return {why, 0, retry_after_s, false};
  }
};

}  // namespace faultline
