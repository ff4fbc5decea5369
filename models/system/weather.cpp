// Faults begin and end. Conditions are made anew from the faults that are active; the world
// compares before and after, and draws the consequences here (an instance that went down drops its
// jobs).

#include <algorithm>

#include "models/system/world.hpp"

namespace faultline {
namespace {

bool is_job_of(InstanceId id, const Attempt& attempt) {
  return attempt.call != kNone && attempt.instance == id && holds_thread(attempt.state);
}

}  // namespace

void World::schedule_faults() {
  active_faults_.assign(spec_.faults.size(), 0);
  for (std::uint32_t i = 0; i < spec_.faults.size(); ++i) {
    calendar_.schedule(spec_.faults[i].at, kFaultBoundary, i);
    if (spec_.faults[i].until != Instant::max())
      calendar_.schedule(spec_.faults[i].until, kFaultBoundary, i);
  }
}

void World::on_fault_boundary(std::uint32_t i) {
  const FaultSpec& fault = spec_.faults[i];
  active_faults_[i] = active_faults_[i] == 0 ? 1 : 0;
  const bool begins = active_faults_[i] == 1;
  tell(begins ? FactKind::Fault : FactKind::FaultEnd,
       fault.service != kNone ? spec_.services[fault.service].name
       : fault.cache != kNone ? spec_.caches[fault.cache].name
                              : spec_.links[fault.link].name,
       fault.fault->sentence() + (begins ? "" : " – over"));
  if (fault.cache != kNone && begins) flush(fault.cache);
  if (fault.service != kNone) refresh_service(fault.service);
  if (fault.link != kNone) refresh_link(fault.link);
}

// Which instances a fault hits is chance, but the same for the same fault and instance.
bool World::hits(const FaultSpec& fault, const Instance& instance) const {
  const std::string& version = fault.fault->version();
  const ServiceState& service = services_[instance.service];
  if (!version.empty() && service.versions[instance.version].effects.name != version) return false;
  if (fault.zone != kNone && fault.zone != zone_of(instance)) return false;
  const Portion& portion = fault.fault->instances();
  if (!portion.count && !portion.share) return true;
  std::int64_t all = 0, before = 0;
  const std::uint64_t rank = derive(derive(seed_, fault.key), instance.ordinal);
  for (const Instance& other : instances_) {
    if (other.service != instance.service || other.state == InstanceState::Gone) continue;
    if (!version.empty() && service.versions[other.version].effects.name != version) continue;
    if (fault.zone != kNone && fault.zone != zone_of(other)) continue;
    ++all;
    before += derive(derive(seed_, fault.key), other.ordinal) < rank;
  }
  return before < portion.of(all);
}

InstanceConditions World::conditions_of(InstanceId id) const {
  const Instance& instance = instances_[id];
  InstanceConditions conditions;
  for (std::uint32_t i = 0; i < spec_.faults.size(); ++i) {
    const FaultSpec& fault = spec_.faults[i];
    if (active_faults_[i] == 0 || fault.service != instance.service || !hits(fault, instance))
      continue;
    fault.fault->contribute(conditions, fault.key);
  }
  if (id < machines_.size() && machines_[id] && machines_[id]->out_of_memory)
    conditions.down = true;
  return conditions;
}

void World::refresh_service(std::uint32_t service) {
  std::vector<InstanceId> died;
  for (InstanceId id = 0; id < instances_.size(); ++id) {
    if (instances_[id].service != service || instances_[id].state == InstanceState::Gone) continue;
    InstanceConditions after = conditions_of(id);
    const bool was_down = instances_[id].conditions.down;
    if (after.down != was_down) {
      tell(after.down ? FactKind::Crash : FactKind::Ready, spec_.services[service].name,
           fmt::format("{}/{} {}", spec_.services[service].name, instances_[id].ordinal,
                       after.down ? "is down" : "is up again"));
    }
    if (after.down && !was_down) died.push_back(id);
    if (was_down && !after.down) instances_[id].ready_since = now();
    instances_[id].set(std::move(after));
    feel_weather(id);
  }
  for (InstanceId id : died) kill(id);
}

// Those that hold a thread, the newest first. Looked for among all there are: crashes are rare, and
// a list would have to be kept up by every job.
std::vector<AttemptId> WorldState::jobs_of(InstanceId id) const {
  std::vector<AttemptId> jobs;
  rows_.each([&](AttemptId at, const CallRow& row) {
    if (is_job_of(id, row.attempt)) jobs.push_back(at);
  });
  FL_ASSERT(jobs.size() == instances_[id].busy, "a thread is held by nobody");
  std::sort(jobs.begin(), jobs.end(), [&](AttemptId a, AttemptId b) {
    return std::pair(attempts_[a].started, a) > std::pair(attempts_[b].started, b);
  });
  return jobs;
}

// Everything in flight there ends. Ready it stays for its callers: nobody has told them.
void World::kill(InstanceId id) {
  instances_[id].serving = true;  // nobody takes a thread that comes free now
  // One at a time: when a caller learns of one, it may call off others.
  for (const AttemptId job : jobs_of(id)) {
    if (is_job_of(id, attempts_[job])) crash_job(job);
  }
  while (instances_[id].queued > 0) crash_job(first_in_line(instances_[id]));
  instances_[id].serving = false;
  abandon_errands(id);
  if (!wires_.empty()) forget_connections(id);
  // What its policies knew died with it.
  const ServiceSpec& service = spec_.services[instances_[id].service];
  auto& shared = shared_[spec_.clients.size() + instances_[id].service];
  if (service.door)
    instances_[id].door =
        std::make_unique<Door>(*service.door, services_[instances_[id].service].limit);
  forget_breakers(callers_[instances_[id].caller]);
  callers_[instances_[id].caller] = make_caller(service.caller, instances_[id].ordinal, shared);
}

void World::refresh_link(std::uint32_t link) {
  LinkConditions conditions;
  for (std::uint32_t i = 0; i < spec_.faults.size(); ++i) {
    if (active_faults_[i] != 0 && spec_.faults[i].link == link)
      spec_.faults[i].fault->contribute(conditions);
  }
  set_conditions(link, std::move(conditions));
}

}  // namespace faultline
