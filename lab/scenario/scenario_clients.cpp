// Who asks: the tables of clients.

#include <array>

#include "lab/scenario/scenario.hpp"

namespace faultline {
namespace {

constexpr std::array<std::string_view, 2> kArrivals = {"poisson", "constant"};
constexpr std::array<std::string_view, 4> kPriorities = {"P0", "P1", "P2", "P3"};

}  // namespace

void ShapeEntry::describe(Binder& b) {
  b.positional();
  b.field({.key = "at", .help = "Since the start of the run.", .min = 0, .required = true}, at);
  b.field({.key = "factor",
           .help = "The rate is multiplied by this, linearly between two points.",
           .min = 0,
           .max = 1e6,
           .required = true},
          factor);
}

void Client::describe(Binder& b) {
  b.field(
      {.key = "calls",
       .help =
           "The service it calls, as service/endpoint; the service alone if it has one endpoint.",
       .required = true,
       .refers = Refers::Endpoint},
      calls);
  b.field({.key = "rate",
           .help = "Open loop: requests per second, whether or not earlier ones were answered.",
           .min = 0,
           .max = 1e7,
           .above_min = true},
          rate);
  b.choice({.key = "arrivals", .help = "Of an open loop: by chance (Poisson) or evenly spaced."},
           arrivals, kArrivals);
  b.list(
      {.key = "shape",
       .help =
           "Factor on the rate over time: [[\"0s\", 1], [\"4min\", 2.25]], linear between points."},
      shape);
  b.field({.key = "users",
           .help = "Closed loop: so many users think, ask, wait.",
           .min = 1,
           .max = 4e6},
          users);
  b.field({.key = "think", .help = "Closed loop: pause between an answer and the next request."},
          think);
  b.field({.key = "gaps", .help = "Open loop: any law for the time between two arrivals."}, gaps);
  b.field({.key = "batch",
           .help = "Requests that come at once with each arrival.",
           .min = 1,
           .max = 1e6},
          batch);
  b.field({.key = "at_start",
           .help = "Requests that are there when the run begins.",
           .min = 0,
           .max = 1e6},
          at_start);
  b.field({.key = "instances",
           .help = "How many callers it is, each with policies of its own.",
           .min = 1,
           .max = 1e5},
          instances);
  b.list({.key = "zones", .help = "Where its instances are, in turn."}, zones);
  b.field({.key = "policy", .help = "The policies on its calls.", .refers = Refers::Policy},
          policy);
  b.choice({.key = "priority", .help = "P0 is the most important."}, priority, kPriorities);
  b.table({.key = "population",
           .help = "Its users, on whose behalf it asks: limits, fair queues and flags know them."},
          population);
  b.field({.key = "idempotent",
           .help = "Whether doing it twice does no harm; if not, only what never reached the "
                   "server is retried."},
          idempotent);
  b.field({.key = "starts", .help = "When it begins.", .min = 0, .fallback = "0s"}, starts);
  b.field({.key = "stops", .help = "When it stops asking.", .min = 0, .fallback = "the end"},
          stops);
  const int sources = int{rate.has_value()} + int{users.has_value()} + int{gaps.has_value()};
  if (sources != 1) b.reject("", "needs exactly one of rate, users, gaps");
  if (!shape.empty() && !rate) b.reject("shape", "is a factor on rate, which this client has not");
  if (b.given("arrivals") && !rate)
    b.reject("arrivals", "is about rate, which this client has not");
  if (b.given("think") && !users) b.reject("think", "is about users, which this client has not");
  if (population && users && population->users)
    b.reject("population", "of a closed loop is its `users`: they are not counted again");
  if (population && !users && !population->users)
    b.reject("population", "needs `users`: how many there are");
  for (std::size_t i = 1; i < shape.size(); ++i) {
    if (shape[i].at < shape[i - 1].at) b.reject("shape", "has points that go back in time");
  }
}

}  // namespace faultline
