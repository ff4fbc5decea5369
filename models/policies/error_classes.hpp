#pragma once
// What an error says about trying again: one table. `transient`, the next try may fare better;
// `never_reached`, nothing has happened at the server, so trying again cannot do it twice. A policy
// may name its own set of errors instead of the transient ones (`on = […]`).

#include <array>

#include "models/vocabulary/outcome.hpp"

namespace faultline {

struct ErrorClass {
  Error error;
  bool transient;
  bool never_reached;
};

inline constexpr std::array<ErrorClass, kErrors - 1> kErrorClasses = {{
    {Error::Timeout, true, false},       // perhaps done, perhaps being done
    {Error::Deadline, false, false},     // no time is left
    {Error::Refused, true, true},        // the queue or the port said no
    {Error::Unavailable, true, true},    // nobody was there
    {Error::Unreachable, true, true},    // but see Outcome::unsure
    {Error::Crash, true, false},         // the connection broke with the call in it
    {Error::RateLimited, true, true},    // 429
    {Error::Shed, true, true},           // 503
    {Error::BreakerOpen, false, true},   // its own side says no, and will go on doing so
    {Error::BulkheadFull, false, true},  // likewise
    {Error::ServerError, true, false},   // 500 is sometimes permanent; who knows better says so
    {Error::ClientError, false, false},  // the request itself is wrong
    {Error::WrongData, false, false},    // nobody notices
    {Error::Cancelled, false, false},    // nobody wants it
}};

constexpr ErrorSet errors_that_are(bool ErrorClass::*what) {
  ErrorSet set = 0;
  for (const ErrorClass& c : kErrorClasses) {
    if (c.*what) set = static_cast<ErrorSet>(set | bit(c.error));
  }
  return set;
}
inline constexpr ErrorSet kTransient = errors_that_are(&ErrorClass::transient);
inline constexpr ErrorSet kNeverReached = errors_that_are(&ErrorClass::never_reached);

// Whether trying again cannot do it twice, as far as the caller can tell.
constexpr bool safe_to_repeat(Outcome outcome) {
  return contains(kNeverReached, outcome.error) && !outcome.unsure;
}

}  // namespace faultline
