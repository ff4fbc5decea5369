#include "lab/run/build_parts.hpp"

#include <algorithm>

namespace faultline {
namespace {

template <class T>
std::uint32_t index_of(const std::vector<Named<T>>& all, std::string_view name) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].name == name) return static_cast<std::uint32_t>(i);
  }
  return 0xffffffffu;
}

template <class Rule>
LadderSpec ladder_of(const Scenario& scenario, const std::string& name, const Rule& rule) {
  LadderSpec l;
  l.name = name;
  l.service = index_of(scenario.services, rule.service);
  l.signal = rule.signal;
  l.rules.margin = rule.margin.value;
  l.rules.period = rule.period;
  l.rules.dwell = rule.dwell;
  return l;
}

}  // namespace

std::span<const FallbackTier> tiers_of(const Scenario& scenario, std::string_view policy) {
  const PolicySet* set = find(scenario.policies, policy);
  if (set == nullptr) return {};
  for (const auto& pattern : set->patterns) {
    if (pattern && !pattern->fallback_tiers().empty()) return pattern->fallback_tiers();
  }
  return {};
}

bool calls_instead(const Scenario& scenario, std::string_view policy) {
  const auto tiers = tiers_of(scenario, policy);
  return std::any_of(tiers.begin(), tiers.end(),
                     [](const FallbackTier& tier) { return !tier.call.empty(); });
}

StepSpec gate_of(const Scenario& scenario, const Step& step) {
  StepSpec s;
  s.kind = StepSpec::Kind::Gate;
  s.flag = index_of(scenario.flags, step.flag);
  s.without = static_cast<float>(step.without.value_or(0));
  return s;
}

bool has_ladder(const Scenario& scenario, const std::string& service) {
  return std::any_of(scenario.ladders.begin(), scenario.ladders.end(),
                     [&](const Named<LadderEntry>& l) { return l.value.service == service; });
}

void add_machine(const Service& service, ServiceSpec& s) {
  if (service.cpu) {
    ProcessorSpec p{service.cpu->cores.value, service.cpu->limit.value_or(Cores{}).value,
                    service.cpu->period, service.cpu->scheduler};
    s.cpu = p.allowed();
    if (service.computes()) s.machine.processor = p;
  }
  if (service.disk) {
    const Disk& disk = *service.disk;
    s.machine.disk = {disk.iops.per_second, disk.bandwidth.value_or(Bandwidth{}).bytes_per_second,
                      static_cast<std::uint32_t>(disk.queue.value_or(0xffffffffu)), disk.latency};
  }
  if (service.memory) {
    const Memory& memory = *service.memory;
    s.machine.memory = {memory.limit.value, memory.idle.value, memory.per_request.value,
                        memory.when_full == 0, memory.restart};
  }
}

void add_degradation(const Scenario& scenario, WorldSpec& spec) {
  for (const auto& ladder : scenario.ladders) {
    LadderSpec l = ladder_of(scenario, ladder.name, ladder.value);
    for (const LadderRung& rung : ladder.value.rungs) {
      l.rules.above.push_back(rung.above.value);
      LadderSpec::Rung r{rung.name, {}, static_cast<float>(rung.quality), rung.cache_age};
      for (const std::string& flag : rung.off) r.off.push_back(index_of(scenario.flags, flag));
      l.rungs.push_back(std::move(r));
    }
    l.of_service = true;
    spec.ladders.push_back(std::move(l));
  }
  for (const auto& flag : scenario.flags) {
    if (!flag.value.off_when) continue;
    LadderSpec l = ladder_of(scenario, flag.name, *flag.value.off_when);
    l.rules.above.push_back(flag.value.off_when->above.value);
    l.rungs.push_back({"off", {index_of(scenario.flags, flag.name)}, 1, Duration{0}});
    spec.ladders.push_back(std::move(l));
  }
  for (const Action& action : scenario.actions) {
    ActionSpec a;
    a.at = Instant{} + action.at;
    if (!action.flag.empty()) a.flag = index_of(scenario.flags, action.flag);
    a.on = action.on;
    if (!action.flush.empty()) a.cache = index_of(scenario.caches, action.flush);
    spec.actions.push_back(a);
  }
}

std::optional<BalancerSpec> balancer_of(const Service& service) {
  const Balancer& b = service.balancer;
  if (b.kind != Balancing::PeakEwma && !b.choice_count && !b.refresh && b.weights.empty() &&
      !b.slow_start && b.zones == ZoneRouting::Off && !service.outlier_detection)
    return std::nullopt;
  BalancerSpec s;
  s.weights = b.weights;
  s.choice_count = static_cast<std::uint32_t>(b.choice_count.value_or(0));
  if (b.refresh) s.refresh = *b.refresh;
  s.bias = b.bias;
  if (b.slow_start) {
    s.slow_start = {b.slow_start->window, b.slow_start->aggression, b.slow_start->min_weight.value};
  }
  s.default_rtt = b.default_rtt;
  s.decay = b.decay;
  s.zone_routing = b.zones;
  s.min_zone_hosts = static_cast<std::uint32_t>(b.min_zone_hosts);
  s.panic_threshold = b.panic_threshold.value;
  s.outliers = service.outlier_detection;
  return s;
}

void apply(const Link& link, LinkSpec& s) {
  if (link.latency) s.latency = *link.latency;
  if (link.bandwidth) s.bandwidth = link.bandwidth->bytes_per_second;
  if (link.connections) {
    s.connection = ConnectionSpec{
        link.connections->kind, static_cast<std::uint32_t>(link.connections->tls),
        link.connections->keep_alive,
        static_cast<std::uint32_t>(link.connections->most_idle.value_or(0xffffffffu))};
  }
  if (link.dns)
    s.dns = DnsSpec{link.dns->lookup, link.dns->ttl, link.dns->stale_for, link.dns->gives_up};
  if (link.loss) s.loss = link.loss->value;
  if (link.retransmit) s.retransmit = *link.retransmit;
  if (link.cross_zone) s.cross_zone = link.cross_zone;
  if (link.unreachable_after) s.unreachable_after = *link.unreachable_after;
}

StepSpec work_step(const Distribution& work, std::uint64_t key) {
  StepSpec s;
  s.work = work;
  s.key = key;
  return s;
}

bool is_about_record(const Step& step, WorldSpec& spec, StepSpec& s) {
  const std::string& name = step.read.empty() ? step.write : step.read;
  if (name.empty()) return false;
  s.kind = step.read.empty() ? StepSpec::Kind::Write : StepSpec::Kind::Read;
  const auto known = std::find(spec.records.begin(), spec.records.end(), name);
  s.record = static_cast<std::uint32_t>(known - spec.records.begin());
  if (known == spec.records.end()) spec.records.push_back(name);
  return true;
}

EndpointSpec endpoint_spec(const std::string& name, const EndpointEffects& effects) {
  EndpointSpec e;
  e.name = name;
  e.idempotent = effects.idempotent;
  if (effects.keys)
    e.keys =
        KeyStoreSpec{effects.keys->ttl, effects.keys->in_flight == 0, effects.keys->keeps_errors};
  e.request_bytes = effects.request.value_or(Bytes{}).value;
  e.response_bytes = effects.response.value_or(Bytes{}).value;
  return e;
}

std::vector<Named<Endpoint>> endpoints_of(const Named<Service>& named) {
  if (!named.value.endpoints.empty()) return named.value.endpoints;
  return {{"", {named.value.work, named.value.steps, named.value.effects}}};
}

}  // namespace faultline
