#pragma once
// What a rate limit tells those it counts, besides when to come again: the X-RateLimit-Limit,
// -Remaining and -Reset of HTTP APIs (RateLimit-Policy and RateLimit of the IETF's draft).

#include <cstdint>

#include "sim/time.hpp"

namespace faultline {

struct Quota {
  std::int64_t limit = 0;      // requests at most at once, or in a window
  std::int64_t remaining = 0;  // that would get through now
  Duration reset{0};           // until all of `limit` is there again, if nothing else comes
};

}  // namespace faultline
