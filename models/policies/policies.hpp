#pragma once
// The makers that the registry lists, one for each file of this shelf.

#include <memory>

#include "models/policies/policy.hpp"

namespace faultline {

std::unique_ptr<PolicyConfig> make_fallback();
std::unique_ptr<PolicyConfig> make_deadline();
std::unique_ptr<PolicyConfig> make_retry();
std::unique_ptr<PolicyConfig> make_hedge();
std::unique_ptr<PolicyConfig> make_breaker();
std::unique_ptr<PolicyConfig> make_throttle();
std::unique_ptr<PolicyConfig> make_rate_limit();
std::unique_ptr<PolicyConfig> make_timeout();
std::unique_ptr<PolicyConfig> make_bulkhead();
std::unique_ptr<PolicyConfig> make_concurrency();
std::unique_ptr<PolicyConfig> make_pool();

}  // namespace faultline
