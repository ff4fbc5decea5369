// Controllers look and act; instances come and go. A controller is shown only what its real
// counterpart could have measured since it last looked.

#include <algorithm>
#include <numeric>

#include "models/system/world.hpp"

namespace faultline {

Caller World::make_caller(const CallerSpec& spec, std::uint32_t ordinal,
                          std::vector<std::vector<std::shared_ptr<Policy>>>& shared) {
  Caller caller;
  if (!spec.zones.empty()) caller.zone = spec.zones[ordinal % spec.zones.size()];
  shared.resize(spec.pipelines.size());
  for (std::size_t i = 0; i < spec.pipelines.size(); ++i) {
    const PipelineSpec& pipeline = spec.pipelines[i];
    std::vector<std::shared_ptr<Policy>> layers, &kept = shared[i];
    kept.resize(pipeline.layers.size());
    for (std::size_t layer = 0; layer < kept.size(); ++layer) {
      const PolicyConfig& config = *pipeline.layers[layer];
      const bool share = pipeline.shared || config.shares_state();
      layers.push_back(share && kept[layer] ? kept[layer] : config.make());
      if (share) kept[layer] = layers.back();
    }
    caller.pipelines.push_back({&pipeline, std::move(layers)});
  }
  for (std::uint32_t service : spec.targets) {
    Target target;
    target.service = service;
    target.turn = ordinal;
    target.balancer = make_balancer(service, derive(spec.key, ordinal));
    caller.targets.push_back(std::move(target));
  }
  return caller;
}

// What the policies of an instance know goes with it.
void World::forget_breakers(const Caller& caller) {
  for (const Pipeline& pipeline : caller.pipelines) {
    if (pipeline.spec->breakers == 0 || pipeline.spec->shared) continue;
    for (const auto& policy : pipeline.layers) {
      const auto state = policy->breaker_state();
      if (state && *state != BreakerState::Closed)
        edge_stats_[pipeline.spec->edge].open_breakers.add(now(), -1);
    }
  }
}

InstanceId World::new_instance(std::uint32_t service, std::uint32_t version) {
  InstanceId id;
  if (free_instances_.empty()) {
    id = static_cast<InstanceId>(instances_.size());
    instances_.emplace_back();
    callers_.emplace_back();
    instances_[id].caller = static_cast<std::uint32_t>(callers_.size() - 1);
  } else {
    id = free_instances_.back();
    free_instances_.pop_back();
  }
  Instance& instance = instances_[id];
  const std::uint32_t caller = instance.caller;
  instance = {};
  instance.caller = caller;
  instance.service = service;
  instance.version = version;
  instance.flagged = !services_[service].flags.empty();
  instance.metered = services_[service].metered;
  instance.spec = &spec_.services[service];
  if (instance.spec->discipline == Discipline::Fair) instance.fair = std::make_unique<FairLines>();
  if (instance.spec->codel) instance.codel = std::make_unique<Codel>(*instance.spec->codel);
  if (instance.spec->door)
    instance.door = std::make_unique<Door>(*instance.spec->door, services_[service].limit);
  instance.stats = &service_stats_[service];
  instance.handling = service_stats_[service].handling[version].data();
  instance.ordinal = services_[service].instances_made++;
  callers_[caller] = make_caller(spec_.services[service].caller, instance.ordinal,
                                 shared_[spec_.clients.size() + service]);
  equip(id);
  return id;
}

void World::on_instance_ready(InstanceId id) {
  Instance& instance = instances_[id];
  if (instance.state == InstanceState::Gone && instance.named == 0) {
    free_instances_.push_back(id);  // called off before it was ready
    return;
  }
  if (instance.state != InstanceState::Starting) return;
  instance.state = InstanceState::Ready;
  instance.set(conditions_of(id));
  instance.ready_since = now();
  feel_weather(id);
  ServiceState& service = services_[instance.service];
  ++service.changes;
  service.ready.push_back(id);
  service.judge();
  service.versions[instance.version].ready.push_back(id);
  service_stats_[instance.service].ready.add(now(), 1);
  service_stats_[instance.service].threads.add(now(), spec_.services[instance.service].threads);
  if (now() > Instant{}) {
    tell(FactKind::Ready, spec_.services[instance.service].name,
         fmt::format("{}/{} is ready", spec_.services[instance.service].name, instance.ordinal));
  }
}

// Stops sending to it; what it has it finishes.
void World::remove_instance(InstanceId id) {
  Instance& instance = instances_[id];
  if (instance.state == InstanceState::Starting) {
    instance.become(InstanceState::Gone);  // the event that would make it ready gives the row back
    return;
  }
  instance.become(InstanceState::Draining);
  ServiceState& service = services_[instance.service];
  ++service.changes;
  std::erase(service.ready, id);
  service.judge();
  std::erase(service.versions[instance.version].ready, id);
  service_stats_[instance.service].ready.add(now(), -1);
  retire_if_idle(id);
}

void World::retire(InstanceId id) {
  Instance& instance = instances_[id];
  instance.become(InstanceState::Gone);
  forget_breakers(callers_[instance.caller]);
  instance.stats->threads.add(now(), -static_cast<std::int64_t>(instance.spec->threads));
  scrap(id);
  free_instances_.push_back(id);
  if (!wires_.empty()) forget_connections(id);
}

// Brings a version to so many instances. Those that are still starting go first, then the youngest.
void World::scale(std::uint32_t service, std::uint32_t version, std::int64_t wanted,
                  Duration start_up) {
  services_[service].versions[version].desired = wanted;
  std::vector<InstanceId> existing;
  for (InstanceId id = 0; id < instances_.size(); ++id) {
    const Instance& i = instances_[id];
    if (i.service == service && i.version == version &&
        (i.state == InstanceState::Starting || i.state == InstanceState::Ready))
      existing.push_back(id);
  }
  std::sort(existing.begin(), existing.end(), [&](InstanceId a, InstanceId b) {
    const Instance &x = instances_[a], &y = instances_[b];
    if (x.state != y.state) return x.state == InstanceState::Starting;
    return x.ordinal > y.ordinal;
  });
  for (std::int64_t n = std::ssize(existing); n > wanted; --n)
    remove_instance(existing[static_cast<std::size_t>(std::ssize(existing) - n)]);
  for (std::int64_t n = std::ssize(existing); n < wanted; ++n) {
    const InstanceId id = new_instance(service, version);
    if (start_up.ns == 0) {
      on_instance_ready(id);
    } else {
      calendar_.schedule(now() + start_up, kInstanceReady, id);
    }
  }
}

void World::start_controllers() {
  controllers_.resize(spec_.controllers.size());
  for (std::uint32_t i = 0; i < spec_.controllers.size(); ++i) {
    const ControllerSpec& spec = spec_.controllers[i];
    services_[spec.service].metered = true;
    controllers_[i].controller = spec.config->make(spec_.services[spec.service].replicas);
  }
  for (Instance& instance : instances_) {
    instance.metered = services_[instance.service].metered;
    instance.judge();
  }
  // By name, as with clients.
  std::vector<std::uint32_t> order(spec_.controllers.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return spec_.controllers[a].name < spec_.controllers[b].name;
  });
  for (const std::uint32_t i : order)
    calendar_.schedule(spec_.controllers[i].starts, kControllerTick, i);
}

void World::on_controller_tick(std::uint32_t i) {
  const ControllerSpec& spec = spec_.controllers[i];
  ControllerState& state = controllers_[i];
  const Actions actions = state.controller->tick(look(i));
  if (actions.begins)
    state.version = static_cast<std::uint32_t>(services_[spec.service].versions.size());
  if (actions.rolled_back) state.rolled_back = now();
  act(spec.service, actions, spec.config->is_rollout() ? FactKind::Rollout : FactKind::Scale);
  if (actions.flag) turn_flag(spec.service, state.version, *actions.flag);
  if (actions.again.ns < 0) {
    state.done = true;
    return;
  }
  calendar_.schedule(now() + actions.again, kControllerTick, i);
}

// What the controller sees: averages and counts since it last looked.
ServiceView World::look(std::uint32_t i) {
  ControllerState& state = controllers_[i];
  const std::uint32_t s = spec_.controllers[i].service;
  ServiceState& service = services_[s];
  const ServiceStatistics& stats = service_stats_[s];
  ControllerState::Seen seen{now(),
                             stats.busy.area(now()),
                             stats.working.area(now()),
                             stats.threads.area(now()),
                             stats.ready.area(now()),
                             stats.arrivals.total()};

  ServiceView v;
  v.now = now();
  v.since_last = now() - state.seen.at;
  v.ready = std::ssize(service.ready);
  if (spec_.services[s].machine.processor.cores > 0)
    seen.working = stats.machine.cpu.area(now()) / 1e6;
  const double threads = seen.threads - state.seen.threads;
  const double cores = (seen.ready - state.seen.ready) * spec_.services[s].cpu;
  v.threads_busy = threads > 0 ? (seen.busy - state.seen.busy) / threads : 0;
  v.cpu = cores > 0     ? (seen.working - state.seen.working) / cores
          : threads > 0 ? (seen.working - state.seen.working) / threads
                        : 0;
  if (v.since_last.ns > 0)
    v.arrivals_per_s =
        static_cast<double>(seen.arrivals - state.seen.arrivals) / v.since_last.seconds();
  for (const Instance& instance : instances_) {
    if (instance.service != s) continue;
    if (v.versions.size() < service.versions.size()) v.versions.resize(service.versions.size());
    if (instance.state == InstanceState::Starting || instance.state == InstanceState::Ready)
      ++v.versions[instance.version].existing;
  }
  v.versions.resize(service.versions.size());
  for (std::size_t n = 0; n < service.versions.size(); ++n) {
    Version& version = service.versions[n];
    v.versions[n].desired = version.desired;
    v.versions[n].ready = std::ssize(version.ready);
    v.versions[n].answers = version.meter.answers;
    v.versions[n].errors = version.meter.errors;
    v.replicas += version.desired;
    if (spec_.controllers[i].config->is_rollout()) {
      state.latencies.resize(service.versions.size());
      state.latencies[n] = std::move(version.meter.latency);
      v.versions[n].latency = &state.latencies[n];
      version.meter = {};
    }
  }
  v.stable = service.stable;
  v.rollout_under_way = service.rollout_under_way;
  state.seen = seen;
  return v;
}

void World::act(std::uint32_t s, const Actions& actions, FactKind kind) {
  ServiceState& service = services_[s];
  if (actions.begins) {
    Version version;
    version.effects = *actions.begins;
    version.key = derive(spec_.services[s].key, version.effects.name);
    service.versions.push_back(std::move(version));
    service_stats_[s].handling.emplace_back(spec_.services[s].endpoints.size());
    service.rollout_under_way = !actions.flag;
    if (!actions.flag) service.split = static_cast<std::uint32_t>(service.versions.size() - 1);
  }
  for (const Actions::Replicas& r : actions.replicas) scale(s, r.version, r.wanted, r.start_up);
  if (actions.weight) service.weight = *actions.weight;
  service.judge();
  if (actions.stable) service.stable = *actions.stable;
  if (actions.ends) service.rollout_under_way = false;
  for (const std::string& told : actions.told) tell(kind, spec_.services[s].name, told);
}

}  // namespace faultline
