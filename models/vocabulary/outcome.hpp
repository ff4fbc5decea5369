#pragma once
// How a call can end. A simulated failure is data, never a C++ error. The names are those of the
// scenario language and of the JSON result (`errors.timeout`, …).

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

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

// Eight bytes, because it is handed on at every step of the way out.
class Outcome {
 public:
  constexpr Outcome() = default;
  // An answer: of quality 1 in full, less for a degraded one (a fallback, a partial page).
  static constexpr Outcome answered(float quality) { return {Error::None, quality}; }
  // A failure may say after how many seconds the caller should come again (Retry-After, gRPC's
  // pushback): 0, it doesn't say; below 0, don't come again.
  static constexpr Outcome failed(Error why, float retry_after_s = 0) {
    return {why, retry_after_s};
  }

  Error error = Error::None;
  bool partial = false;  // some part of the answer is missing
  bool unsure = false;   // of `unreachable`: the request did get there, only no answer came back
  constexpr bool ok() const { return error == Error::None; }
  constexpr float quality() const { return ok() ? detail_ : 0; }
  constexpr float retry_after_s() const { return ok() ? 0 : detail_; }

 private:
  friend class World;  // carries it in two fields of a row
  constexpr Outcome(Error e, float detail) : error(e), detail_(detail) {}
  float detail_ = 1;
};
static_assert(sizeof(Outcome) == 8);

}  // namespace faultline
