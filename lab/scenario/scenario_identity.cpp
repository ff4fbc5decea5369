// Who a client's users are.

#include <array>
#include <cstdlib>

#include "lab/scenario/scenario.hpp"

namespace faultline {
namespace {

constexpr std::array<std::string_view, 4> kPriorities = {"P0", "P1", "P2", "P3"};

// "uniform" or "zipf(1.1)" → the exponent of Zipf's law.
std::optional<double> exponent_of(const std::string& skew) {
  if (skew == "uniform") return 0;
  if (!skew.starts_with("zipf(") || !skew.ends_with(")")) return std::nullopt;
  const std::string number = skew.substr(5, skew.size() - 6);
  char* end = nullptr;
  const double exponent = std::strtod(number.c_str(), &end);
  if (number.empty() || *end != 0 || !(exponent >= 0) || exponent > 10) return std::nullopt;
  return exponent;
}

}  // namespace

void TierEntry::describe(Binder& b) {
  b.field({.key = "name", .help = "Of the tier, as limits refer to it.", .required = true}, name);
  b.field({.key = "share",
           .help = "Of the users; each is of a tier by chance, whatever the seed.",
           .min = 0,
           .max = 1,
           .required = true},
          share);
  if (b.given("priority")) priority = 0;
  int chosen = priority.value_or(0);
  b.choice({.key = "priority",
            .help = "Of their requests, instead of the client's.",
            .fallback = "the client's"},
           chosen, kPriorities);
  if (priority) priority = chosen;
}

void Population::describe(Binder& b) {
  b.field({.key = "users",
           .help = "How many there are; of a closed loop, its own `users` are meant.",
           .min = 1,
           .max = 1e6},
          users);
  b.field(
      {.key = "skew",
       .help = "How unevenly they ask: \"uniform\", or \"zipf(s)\", where the i-th busiest user "
               "asks in proportion to 1/i^s."},
      skew);
  b.list({.key = "tiers",
          .help = "Kinds of users: { name = \"premium\", share = \"10%\" }; the others have none."},
         tiers);
  if (const auto read = exponent_of(skew)) {
    exponent = *read;
  } else {
    b.reject("skew", "is \"uniform\" or \"zipf(s)\" with s from 0 to 10");
  }
  double sum = 0;
  for (const TierEntry& tier : tiers) sum += tier.share.value;
  if (sum > 1 + 1e-9) b.reject("tiers", "add up to more than all users");
}

}  // namespace faultline
