#include "lab/run/build.hpp"

#include "lab/run/build_parts.hpp"

#include <algorithm>
#include <map>

#include "sim/random.hpp"

namespace faultline {
namespace {

constexpr std::uint32_t kEverything = 0xffffffffu;

template <class T>
std::uint32_t index_of(const std::vector<Named<T>>& all, std::string_view name) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].name == name) return static_cast<std::uint32_t>(i);
  }
  return kEverything;
}

// "service/endpoint" → its two parts; the second empty if it isn't named.
std::pair<std::string_view, std::string_view> split(std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return {path, {}};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

class Builder {
 public:
  explicit Builder(const Scenario& scenario) : scenario_(scenario) {}

  WorldSpec build() {
    for (const auto& cache : scenario_.caches) {
      const Cache& c = cache.value;
      spec_.caches.push_back({cache.name, c.ttl.value_or(Duration::max()),
                              static_cast<std::uint32_t>(c.capacity), c.coalesce,
                              c.stale_while_revalidate, c.stale_if_error,
                              static_cast<float>(c.stale_quality), c.early_refresh,
                              c.ttl_jitter.value, c.sliding, c.eviction});
    }
    for (const auto& flag : scenario_.flags) spec_.flags.push_back({flag.name, flag.value.on});
    // Endpoints first: calls refer to them by index.
    for (const auto& service : scenario_.services) add_service(service);
    for (std::uint32_t i = 0; i < scenario_.services.size(); ++i) add_steps(i);
    for (std::uint32_t i = 0; i < scenario_.clients.size(); ++i) add_client(i);
    for (const FaultEntry& fault : scenario_.faults) add_fault(fault);
    add_degradation(scenario_, spec_);
    add_controllers();
    return std::move(spec_);
  }

 private:
  // What calls: a client's name and index, or a service's (after all clients).
  struct Who {
    std::string name;
    std::uint32_t entity = 0;
    CallerSpec* caller = nullptr;
    std::map<std::pair<std::uint32_t, std::string>, std::uint32_t>
        pipelines{};  // by callee and policy
  };

  void add_service(const Named<Service>& named) {
    const Service& service = named.value;
    ServiceSpec s;
    s.name = named.name;
    s.replicas = static_cast<std::uint32_t>(service.replicas);
    s.threads = service.threads == kUnbounded
                    ? kEverything
                    : static_cast<std::uint32_t>(service.threads.value_or(1));
    if (service.queue.limit && *service.queue.limit != kUnbounded)
      s.queue_limit = static_cast<std::uint32_t>(*service.queue.limit);
    s.discipline = service.queue.discipline;
    s.lifo_above = static_cast<std::uint32_t>(service.queue.lifo_above);
    s.codel = service.queue.codel;
    if (service.door.any()) s.door = std::make_shared<DoorSettings>(service.door);
    s.queue_timeout = service.queue.timeout;
    s.balancing = service.balancer.kind;
    s.balancer = balancer_of(service);
    s.caller.zones = zones_of(service.zones);
    s.contention = service.contention.value;
    if (service.warm_up) s.warm_up = {service.warm_up->lasts, service.warm_up->factor};
    add_machine(service, s);
    s.key = s.caller.key = derive(std::uint64_t{0x73}, named.name);
    for (const auto& endpoint : endpoints_of(named))
      s.endpoints.push_back(endpoint_spec(endpoint.name, endpoint.value.effects));
    spec_.services.push_back(std::move(s));
  }

  std::vector<std::uint32_t> zones_of(const std::vector<std::string>& names) {
    std::vector<std::uint32_t> zones;
    for (const std::string& name : names) {
      const auto at = std::find(spec_.zones.begin(), spec_.zones.end(), name);
      zones.push_back(static_cast<std::uint32_t>(at - spec_.zones.begin()));
      if (at == spec_.zones.end()) spec_.zones.push_back(name);
    }
    return zones;
  }

  void add_steps(std::uint32_t i) {
    const Named<Service>& named = scenario_.services[i];
    Who who{named.name, static_cast<std::uint32_t>(scenario_.clients.size()) + i, nullptr, {}};
    const auto endpoints = endpoints_of(named);
    for (std::size_t e = 0; e < endpoints.size(); ++e) {
      std::vector<StepSpec> steps;
      const std::uint64_t key = derive(derive(std::uint64_t{0x65}, named.name), endpoints[e].name);
      if (endpoints[e].value.work)
        steps.push_back(work_step(*endpoints[e].value.work, derive(key, std::uint64_t{0})));
      std::uint64_t number = 0;
      for (const Step& step : endpoints[e].value.steps) {
        who.caller = &spec_.services[i].caller;
        if (!step.flag.empty()) steps.push_back(gate_of(scenario_, step));
        steps.push_back(add_step(who, step, derive(key, number++)));
      }
      if (has_ladder(scenario_, named.name)) steps.emplace_back().kind = StepSpec::Kind::Rung;
      spec_.services[i].endpoints[e].steps = {static_cast<std::uint32_t>(spec_.steps.size()),
                                              static_cast<std::uint32_t>(steps.size())};
      spec_.steps.insert(spec_.steps.end(), steps.begin(), steps.end());
    }
    add_fallbacks(who);
  }

  // The calls that fallbacks make; behind all others, which must stand together.
  void add_fallbacks(Who& who) {
    for (std::size_t i = 0; i < fallbacks_.size(); ++i) {
      const auto [pipeline, policy, key] = fallbacks_[i];
      std::vector<std::uint32_t> instead;
      for (const FallbackTier& tier : tiers_of(scenario_, policy)) {
        instead.push_back(tier.call.empty()
                              ? kEverything
                              : add_route(who, tier.call, tier.policy, true,
                                          derive(derive(key, "fallback"), instead.size())));
      }
      who.caller->pipelines[pipeline].instead = std::move(instead);
    }
    fallbacks_.clear();
  }

  StepSpec add_step(Who& who, const Step& step, std::uint64_t key) {
    StepSpec s;
    if (step.work) s = work_step(*step.work, key);
    s.key = key;
    if (step.chance) s.chance = step.chance->value;
    if (step.cpu) {
      s.kind = StepSpec::Kind::Cpu;
      s.work = *step.cpu;
    }
    if (step.disk) {
      s.kind = StepSpec::Kind::Disk;
      s.bytes = step.disk->value;
      s.operations = step.operations;
    }
    if (step.flush) s.kind = StepSpec::Kind::Flush;
    if (step.work || step.cpu || step.disk || step.flush || is_about_record(step, spec_, s))
      return s;
    if (!step.otherwise.empty()) {
      s.otherwise = add_route(who, step.otherwise, step.policy, step.idempotent,
                              derive(key, std::uint64_t{1}));
    }
    s.kind = step.cache.empty() ? StepSpec::Kind::Calls : StepSpec::Kind::Cache;
    s.routes.first = static_cast<std::uint32_t>(spec_.routes.size());
    if (!step.cache.empty()) {
      s.cache = index_of(scenario_.caches, step.cache);
      s.popularity = static_cast<std::uint32_t>(spec_.popularities.size());
      spec_.popularities.push_back({static_cast<std::uint32_t>(step.keys), step.zipf});
      add_route(who, step.miss, step.policy, step.idempotent, derive(key, std::uint64_t{0}));
    } else if (!step.call.empty()) {
      add_route(who, step.call, step.policy, step.idempotent, derive(key, std::uint64_t{0}));
    }
    std::uint32_t must = 0;
    const bool some_optional = std::any_of(step.parallel.begin(), step.parallel.end(),
                                           [](const Leg& l) { return l.optional; });
    for (std::size_t leg = 0; leg < step.parallel.size(); ++leg) {
      const Leg& l = step.parallel[leg];
      if (!l.optional) ++must;
      add_route(who, l.call, l.policy.empty() ? step.policy : l.policy, step.idempotent,
                derive(key, leg));
      spec_.routes.back().required = some_optional && !l.optional;
    }
    s.routes.count = static_cast<std::uint32_t>(spec_.routes.size()) - s.routes.first;
    s.need = static_cast<std::uint32_t>(step.need.value_or(s.routes.count));
    if (some_optional && !step.need) s.need = must;
    s.has_required = some_optional && must > 0;
    if (step.optional) s.need = 0;
    if (step.optional || step.flag.empty())
      s.without = static_cast<float>(step.without.value_or(0));
    s.wait_all = step.wait == 0;
    s.timeout = step.timeout;
    return s;
  }

  std::uint32_t add_route(Who& who, std::string_view path, const std::string& policy,
                          bool idempotent, std::uint64_t key) {
    const auto [service_name, endpoint_name] = split(path);
    RouteSpec r;
    r.service = index_of(scenario_.services, service_name);
    const auto& endpoints = spec_.services[r.service].endpoints;
    for (std::uint32_t e = 0; e < endpoints.size(); ++e) {
      if (endpoints[e].name == endpoint_name) r.endpoint = e;
    }
    r.edge = edge(who, r.service);
    r.key = key;
    r.idempotent = idempotent;  // as its caller says; the endpoint may say otherwise
    r.target = target(*who.caller, r.service);
    const auto [at, made] = who.pipelines.try_emplace(
        {r.service, policy}, static_cast<std::uint32_t>(who.caller->pipelines.size()));
    r.pipeline = at->second;
    if (made) {
      who.caller->pipelines.push_back(pipeline(policy, r.edge));
      if (calls_instead(scenario_, policy)) fallbacks_.push_back({r.pipeline, policy, key});
    }
    spec_.routes.push_back(r);
    return static_cast<std::uint32_t>(spec_.routes.size() - 1);
  }

  static std::uint32_t target(CallerSpec& caller, std::uint32_t service) {
    const auto at = std::find(caller.targets.begin(), caller.targets.end(), service);
    if (at != caller.targets.end()) return static_cast<std::uint32_t>(at - caller.targets.begin());
    caller.targets.push_back(service);
    return static_cast<std::uint32_t>(caller.targets.size() - 1);
  }

  std::uint32_t edge(const Who& who, std::uint32_t service) {
    const std::string name = who.name + "->" + spec_.services[service].name;
    for (std::uint32_t i = 0; i < spec_.edges.size(); ++i) {
      if (spec_.edges[i].name == name && spec_.edges[i].caller == who.entity) return i;
    }
    spec_.edges.push_back({name, who.entity, service, link(name)});
    return static_cast<std::uint32_t>(spec_.edges.size() - 1);
  }

  std::uint32_t link(const std::string& name) {
    for (std::uint32_t i = 0; i < spec_.links.size(); ++i) {
      if (spec_.links[i].name == name) return i;
    }
    LinkSpec s;
    s.name = name;
    s.key = derive(std::uint64_t{0x6c}, name);
    apply(scenario_.network, s);
    if (const Link* own = find(scenario_.links, name)) apply(*own, s);
    spec_.links.push_back(std::move(s));
    return static_cast<std::uint32_t>(spec_.links.size() - 1);
  }

  PipelineSpec pipeline(const std::string& policy, std::uint32_t edge) const {
    PipelineSpec p;
    p.edge = edge;
    const PolicySet* set = find(scenario_.policies, policy);
    if (set == nullptr) return p;
    p.shared = set->shared;
    p.propagation = set->propagation;
    const auto kinds = policy_kinds();
    std::vector<std::size_t> order;
    for (const std::string& name : set->order) {
      for (std::size_t k = 0; k < kinds.size(); ++k) {
        if (kinds[k].name == name) order.push_back(k);
      }
    }
    // Patterns that `order` doesn't name keep their canonical place behind those it does.
    for (std::size_t k = 0; k < kinds.size(); ++k) {
      if (std::find(order.begin(), order.end(), k) == order.end()) order.push_back(k);
    }
    bool hedged = false;
    for (std::size_t k : order) {
      const auto& config = set->patterns[k];
      if (!config) continue;
      if (const auto phases = config->phases()) p.phases = *phases;
      if (config->only_phases()) continue;
      p.layers.push_back(config);
      p.alarms.push_back(config->only_alarm().value_or(Duration{-1}));
      if (kinds[k].name == "breaker")
        p.breakers |= static_cast<LayerMask>(1u << (p.layers.size() - 1));
      // A retry inside the hedge belongs to each hedged attempt.
      if (config->resends() && !hedged) p.inner = static_cast<std::uint8_t>(p.layers.size());
      hedged = hedged || kinds[k].name == "hedge";
    }
    // With an `order` of one's own, a timeout outside the retry limits the whole call, and a
    // deadline inside it each try.
    for (std::size_t i = 0; i < p.layers.size(); ++i) {
      Duration& limit = i < p.inner || p.inner == 0 ? p.call_deadline : p.try_timeout;
      if (const auto timeout = p.layers[i]->try_timeout()) limit = std::min(limit, *timeout);
      if (const auto deadline = p.layers[i]->call_deadline()) limit = std::min(limit, *deadline);
    }
    return p;
  }

  void add_client(std::uint32_t i) {
    const Named<Client>& named = scenario_.clients[i];
    const Client& client = named.value;
    ClientSpec c;
    c.name = named.name;
    c.key = c.caller.key = derive(std::uint64_t{0x63}, named.name);
    c.caller.zones = zones_of(client.zones);
    c.kind = client.users  ? ClientSpec::Kind::Closed
             : client.gaps ? ClientSpec::Kind::Renewal
                           : ClientSpec::Kind::Open;
    if (client.rate) c.rate = client.rate->per_second;
    c.evenly = client.arrivals == 1;
    for (const ShapeEntry& point : client.shape)
      c.shape.push_back({Instant{} + point.at, point.factor});
    if (client.gaps) c.gaps = *client.gaps;
    c.users = static_cast<std::uint32_t>(client.users.value_or(0));
    c.think = client.think;
    c.batch = static_cast<std::uint32_t>(client.batch);
    c.at_start = static_cast<std::uint32_t>(client.at_start);
    c.instances = static_cast<std::uint32_t>(client.instances);
    c.priority = static_cast<std::uint8_t>(client.priority);
    c.population = population(client);
    if (client.starts) c.starts = Instant{} + *client.starts;
    if (client.stops) c.stops = Instant{} + *client.stops;
    Who who{named.name, i, &c.caller, {}};
    c.route = add_route(who, client.calls, client.policy, client.idempotent, c.key);
    for (const auto& layer : c.caller.pipelines[0].layers) {
      if (const auto deadline = layer->call_deadline()) c.deadline = *deadline;
    }
    add_fallbacks(who);
    spec_.clients.push_back(std::move(c));
  }

  PopulationSpec population(const Client& client) {
    PopulationSpec p;
    p.first = users_;
    if (client.users) p.users = static_cast<std::uint32_t>(*client.users);
    if (client.population) {
      spec_.has_users = true;
      if (client.population->users) {
        p.users = static_cast<std::uint32_t>(*client.population->users);
        p.popularity = static_cast<std::uint32_t>(spec_.popularities.size());
        spec_.popularities.push_back({p.users, client.population->exponent});
      }
      for (const TierEntry& tier : client.population->tiers) {
        const int priority = tier.priority.value_or(-1);
        p.tiers.push_back(
            {tier_named(tier.name), tier.share.value, static_cast<std::int8_t>(priority)});
      }
    }
    users_ += p.users;
    return p;
  }

  void add_fault(const FaultEntry& entry) {
    FaultSpec f;
    f.at = Instant{} + entry.at;
    const auto lasts = entry.fault->lasts(entry.lasts);
    if (lasts) f.until = f.at + *lasts;
    f.fault = entry.fault;
    if (!entry.fault->zone().empty()) f.zone = zones_of({entry.fault->zone()}).front();
    if (!entry.fault->service().empty())
      f.service = index_of(scenario_.services, entry.fault->service());
    if (!entry.fault->link().empty()) f.link = link(entry.fault->link());
    if (!entry.fault->cache().empty()) f.cache = index_of(scenario_.caches, entry.fault->cache());
    // Named by what it hits and how many before it do, so that two at the same time are independent
    // and moving one in time leaves its draws as they were.
    const std::string hit = entry.fault->service() + " " + entry.fault->link();
    f.key = derive(derive(std::uint64_t{0x66}, hit), faults_on_[hit]++);
    spec_.faults.push_back(f);
    if (!entry.every) return;
    const std::uint64_t first = f.key;
    for (std::uint64_t n = 1;; ++n) {
      f.at += *entry.every;
      if (f.at >= Instant{} + scenario_.duration) return;
      f.until = lasts ? f.at + *lasts : Instant::max();
      f.key = derive(first, n);
      spec_.faults.push_back(f);
    }
  }

  void add_controllers() {
    for (const auto& scaler : scenario_.autoscalers) {
      spec_.controllers.push_back(
          {index_of(scenario_.services, scaler.name), {}, scaler.value.config, scaler.name});
    }
    for (const Rollout& rollout : scenario_.rollouts) {
      spec_.controllers.push_back({index_of(scenario_.services, rollout.service),
                                   Instant{} + rollout.at, rollout.config,
                                   rollout.name.empty() ? rollout.service : rollout.name});
    }
  }

  const Scenario& scenario_;
  WorldSpec spec_;
  std::uint32_t users_ = 0;  // of all populations
  std::map<std::string, std::uint64_t> faults_on_;
  struct Fallback {
    std::uint32_t pipeline;
    std::string policy;
    std::uint64_t key;
  };
  std::vector<Fallback> fallbacks_;  // whose calls have still to be added
};

}  // namespace

WorldSpec build_world(const Scenario& scenario) {
  return Builder(scenario).build();
}

}  // namespace faultline
