// What a service's instances run on, in the scenario language.

#include <algorithm>
#include <array>

#include "lab/scenario/scenario.hpp"

namespace faultline {
namespace {

constexpr std::array<std::string_view, 4> kSchedulers = {"fair", "lifo", "srpt", "priority"};
constexpr std::array<std::string_view, 2> kWhenFull = {"kill", "refuse"};

}  // namespace

void Cpu::describe(Binder& b) {
  b.shorthand("cores");
  b.field({.key = "cores",
           .help = "How many steps can compute at full speed at once.",
           .min = 0,
           .max = 1e4,
           .required = true,
           .above_min = true},
          cores);
  b.field({.key = "limit",
           .help = "How much of them may be used, on average over a period; a quota that is spent "
                   "stops every step until the next period (CPU throttling).",
           .min = 0.01,
           .max = 1e4,
           .fallback = "all"},
          limit);
  b.field({.key = "period", .help = "Of the limit.", .min = 0.001, .max = 1}, period);
  b.choice({.key = "scheduler",
            .help = "Who gets the cores: all equally; the newest; who needs least; by priority."},
           scheduler, kSchedulers);
  if (!limit && b.given("period")) b.reject("period", "is about a `limit`");
}

void Disk::describe(Binder& b) {
  b.field({.key = "iops",
           .help = "Operations per second that it can do.",
           .min = 0,
           .max = 1e7,
           .required = true,
           .above_min = true},
          iops);
  b.field({.key = "bandwidth",
           .help = "Bytes per second that it can move.",
           .min = 1,
           .max = 1e12,
           .fallback = "no limit"},
          bandwidth);
  b.field({.key = "queue",
           .help = "Steps that may wait for it; the next fails with server_error.",
           .min = 0,
           .max = 1e9,
           .fallback = "unbounded"},
          queue);
  b.field({.key = "latency",
           .help = "On top of each step, without keeping the disk busy.",
           .fallback = "0s"},
          latency);
}

void Memory::describe(Binder& b) {
  b.field({.key = "limit", .help = "All there is.", .min = 1, .max = 1e15, .required = true},
          limit);
  b.field({.key = "idle", .help = "Held without any request.", .min = 0, .max = 1e15}, idle);
  b.field({.key = "per_request",
           .help = "Held by each request from its arrival to its reply.",
           .min = 1,
           .max = 1e15,
           .required = true},
          per_request);
  b.choice({.key = "when_full",
            .help = "The instance is killed, as by the kernel (crash), or the request refused."},
           when_full, kWhenFull);
  b.field({.key = "restart",
           .help = "After this a killed instance serves again.",
           .min = 0,
           .above_min = true},
          restart);
  if (idle.value + per_request.value > limit.value && per_request.value > 0)
    b.reject("limit", "leaves no room for a single request");
  if (when_full == 1 && b.given("restart"))
    b.reject("restart", "is about an instance that is killed");
}

namespace {

template <class Has>
bool any_step(const Service& service, Has has) {
  const auto in = [&](const std::vector<Step>& all) {
    return std::any_of(all.begin(), all.end(), has);
  };
  return in(service.steps) ||
         std::any_of(service.endpoints.begin(), service.endpoints.end(),
                     [&](const Named<Endpoint>& e) { return in(e.value.steps); });
}

}  // namespace

bool Service::computes() const {
  return any_step(*this, [](const Step& step) { return step.cpu.has_value(); });
}

// Steps can only use what is there.
void Service::check_machine(Binder& b) const {
  const bool stores = any_step(*this, [](const Step& step) { return step.disk.has_value(); });
  if (computes() && !cpu) b.reject("", "has a step of cpu, so it needs `cpu`, its cores");
  if (stores && !disk) b.reject("", "has a step of disk, so it needs `disk`");
  if (cpu && cpu->limit && !computes())
    b.reject("cpu", "has a limit, but no step of cpu to hold to it");
  if (disk && !stores) b.reject("disk", "is never used: no step of disk");
}

}  // namespace faultline
