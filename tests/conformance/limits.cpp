#include <array>

#include "models/policies/token_bucket.hpp"
#include "tests/conformance/runners.hpp"

namespace faultline::conformance {
namespace {

toml::table token_bucket(const Fields& input) {
  input.only({"capacity", "rate_per_s", "initial", "requests"});
  const double capacity = input.number("capacity");
  TokenBucket bucket(input.number("rate_per_s"), capacity);
  const double missing = capacity - input.number("initial", capacity);
  if (missing < 0) throw NotModelled{};
  if (missing > 0) bucket.take(Instant{}, missing);
  toml::array answers;
  for (const toml::node& node : input.list("requests")) {
    const Fields request = fields_of(node);
    request.only({"t_ms", "cost"});
    const Instant now = instant_of(request);
    const bool allowed = bucket.take(now, request.number("cost", 1));
    answers.push_back(toml::table{{"t_ms", request.number("t_ms")},
                                  {"allowed", allowed},
                                  {"tokens_after", bucket.tokens(now)}});
  }
  return toml::table{{"results", std::move(answers)}};
}

}  // namespace

std::span<const Kind> limit_kinds() {
  static constexpr std::array<Kind, 1> kKinds = {{{"token_bucket", token_bucket}}};
  return kKinds;
}

}  // namespace faultline::conformance
