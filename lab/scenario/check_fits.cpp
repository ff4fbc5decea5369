#include "lab/scenario/check_fits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace faultline {
namespace {

using Found = std::vector<Misfit>;

void check_faults(const Scenario& scenario, Found& found) {
  using Needs = Fault::Needs;
  constexpr std::array<std::string_view, 4> kWhat = {"", "steps of cpu", "a memory", "a disk"};
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const auto& fault = scenario.faults[i].fault;
    if (!fault || fault->needs() == Needs::Nothing) continue;
    const Service* service = find(scenario.services, fault->service());
    if (service == nullptr) continue;
    const bool has = fault->needs() == Needs::Processor ? service->computes()
                     : fault->needs() == Needs::Memory  ? service->memory.has_value()
                                                        : service->disk.has_value();
    if (has) continue;
    found.push_back({{"fault", std::to_string(i), "service"},
                     fmt::format("{} has not {}, so this fault would do nothing to it",
                                 fault->service(), kWhat[static_cast<std::size_t>(fault->needs())]),
                     {}});
  }
}

std::vector<FallbackTier> tiers(const PolicySet* set) {
  std::vector<FallbackTier> all;
  for (std::size_t i = 0; set != nullptr && i < set->patterns.size(); ++i) {
    if (!set->patterns[i]) continue;
    const auto some = set->patterns[i]->fallback_tiers();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

// A fallback's call may have policies, but no further fallback that calls: it might go round.
void check_fallbacks(const Scenario& scenario, Found& found) {
  for (const auto& [name, set] : scenario.policies) {
    for (const FallbackTier& tier : tiers(&set)) {
      const auto further = tiers(find(scenario.policies, tier.policy));
      const bool calls = std::any_of(further.begin(), further.end(),
                                     [](const FallbackTier& t) { return !t.call.empty(); });
      if (!calls) continue;
      found.push_back(
          {{"policy", name, "fallback"},
           fmt::format("the policy {} of a fallback's call has a fallback that calls", tier.policy),
           "put all tiers into one list"});
    }
  }
}

// A share of what isn't bounded is no share.
void check_signal(const Scenario& scenario, std::vector<std::string> path, const std::string& name,
                  Signal signal, Found& found) {
  const Service* service = find(scenario.services, name);
  if (service == nullptr) return;
  const bool endless = service->threads == kUnbounded;
  const std::int64_t queue = service->queue.limit.value_or(kUnbounded);
  std::string missing;
  if (signal == Signal::Queue && (queue == kUnbounded || queue == 0))
    missing = "a queue with a limit";
  if (signal == Signal::Disk && !service->disk) missing = "a disk";
  if (signal == Signal::Threads && endless) missing = "a number of threads";
  if (signal == Signal::Cpu && endless && !service->cpu) missing = "a number of cores";
  if (missing.empty()) return;
  found.push_back(
      {std::move(path), fmt::format("{} has not {} to take a share of", name, missing), {}});
}

void check_ladders(const Scenario& scenario, Found& found) {
  std::vector<std::string> with_ladder;
  for (const auto& [name, ladder] : scenario.ladders) {
    check_signal(scenario, {"ladder", name, "signal"}, ladder.service, ladder.signal, found);
    if (std::find(with_ladder.begin(), with_ladder.end(), ladder.service) != with_ladder.end())
      found.push_back({{"ladder", name, "service"}, ladder.service + " has a ladder already", {}});
    with_ladder.push_back(ladder.service);
  }
  for (const auto& [name, flag] : scenario.flags) {
    if (!flag.off_when) continue;
    check_signal(scenario, {"flag", name, "off_when", "signal"}, flag.off_when->service,
                 flag.off_when->signal, found);
  }
}

// A write of what nobody reads fails always.
void check_records(const Scenario& scenario, Found& found) {
  std::vector<std::string> read;
  const auto each = [&](auto visit) {
    for (const auto& [name, service] : scenario.services) {
      const std::vector<std::string> path{"service", name};
      for (std::size_t i = 0; i < service.steps.size(); ++i) visit(service.steps[i], path, i);
      for (const auto& [end, endpoint] : service.endpoints) {
        for (std::size_t i = 0; i < endpoint.steps.size(); ++i)
          visit(endpoint.steps[i], {"service", name, "endpoint", end}, i);
      }
    }
  };
  each([&](const Step& step, const std::vector<std::string>&, std::size_t) {
    if (!step.read.empty()) read.push_back(step.read);
  });
  each([&](const Step& step, std::vector<std::string> path, std::size_t i) {
    if (step.write.empty() || std::find(read.begin(), read.end(), step.write) != read.end()) return;
    path.insert(path.end(), {"steps", std::to_string(i), "write"});
    found.push_back({std::move(path), "nobody reads " + step.write, "add a step that does"});
  });
}

}  // namespace

std::vector<Misfit> misfits(const Scenario& scenario) {
  Found found;
  check_faults(scenario, found);
  check_fallbacks(scenario, found);
  check_ladders(scenario, found);
  check_records(scenario, found);
  return found;
}

}  // namespace faultline
