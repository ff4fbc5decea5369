// The shelf's table of contents, in the canonical order: outermost first.

#include <array>

#include "models/policies/policies.hpp"

namespace faultline {

std::span<const Kind<PolicyConfig>> policy_kinds() {
  static constexpr std::array<Kind<PolicyConfig>, 11> kKinds = {{
      {"fallback", "Answers with something lesser when the call has failed.", make_fallback},
      {"deadline", "Limits the whole call, retries included.", make_deadline},
      {"retry", "Sends a failed call again, after a pause, within a budget.", make_retry},
      {"hedge", "Sends a second attempt when the first is slow; the first answer wins.",
       make_hedge},
      {"breaker", "Stops calling a callee that keeps failing, and probes it after a while.",
       make_breaker},
      {"throttle", "Asks less of a callee that refuses, by chance.", make_throttle},
      {"rate_limit", "Lets no more than a rate of attempts through.", make_rate_limit},
      {"timeout", "Gives up a try that has taken too long.", make_timeout},
      {"bulkhead", "Limits how many attempts are under way at once.", make_bulkhead},
      {"concurrency", "Limits what is under way at once, by how long answers take.",
       make_concurrency},
      {"pool", "Connections to the callee: a limited number, and opening one takes time.",
       make_pool},
  }};
  return kKinds;
}

}  // namespace faultline
