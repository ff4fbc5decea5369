// What is done twice. An operation is one thing that a client wanted, however many tries at however
// many hops were made for it; endpoints for which twice matters keep a log. With a store of
// idempotency keys (after Stripe's) an operation that is done is answered from the store, and one
// that is under way is turned away (409). A store that does not know what is under way checks, then
// processes, and two tries at once both find nothing.

#include <algorithm>

#include "models/system/world.hpp"

namespace faultline {
namespace {

constexpr float kConflictRetryAfter = 1;  // seconds, as the answer to a conflict says

}  // namespace

// What a route does beyond the ordinary, found out once.
void World::prepare(Route& route) {
  const EndpointSpec& endpoint = spec_.services[route.service].endpoints[route.endpoint];
  if (!route.idempotent || !endpoint.idempotent || endpoint.keys) {
    const std::uint64_t where = std::uint64_t{route.service} << 32 | route.endpoint;
    const auto known = std::find(logged_.begin(), logged_.end(), where);
    route.log = static_cast<std::uint32_t>(known - logged_.begin());
    if (known == logged_.end()) {
      logged_.push_back(where);
      logs_.emplace_back().store = endpoint.keys;
    }
  }
  route.idempotent = (route.idempotent && endpoint.idempotent) || endpoint.keys;
  const LinkSpec& link = spec_.links[route.link];
  route.ceremonious = link.connection || link.dns || route.policies->phases;
  for (const FaultSpec& fault : spec_.faults)
    route.ceremonious = route.ceremonious || (fault.link == route.link && fault.fault->stops_new());
}

// What a call further in is for: the same whatever the number of tries on the way there. Kept by
// call, since whoever is further out may have gone.
void World::inherit_operation(CallId id, const Attempt& parent) {
  const Call& outer = calls_[parent.call];
  const std::uint64_t key = outer.parent == kNone ? outer.lineage : operation_keys_[parent.call];
  if (operation_keys_.size() <= id) operation_keys_.resize(id + 1);
  operation_keys_[id] = derive(key, routes_[calls_[id].route].key);
}

void World::note_operation(AttemptId id) {
  const CallId call = attempts_[id].call;
  if (operations_.size() <= id) operations_.resize(id + 1);
  operations_[id] = {calls_[call].parent == kNone ? calls_[call].lineage : operation_keys_[call],
                     false};
}

// Whether the job may do its work; if not, it has been answered.
bool World::may_begin(AttemptId id) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  OperationLog& log = logs_[route.log];
  while (!log.due.empty() && log.due.front().first <= now()) {
    const auto found = log.entries.find(log.due.front().second);
    if (found != log.entries.end() && found->second.forgotten <= now() && !found->second.in_flight)
      log.entries.erase(found);
    log.due.pop_front();
  }
  Operation& operation = operations_[id];
  OperationLog::Entry& entry = log.entries[operation.key];
  if (log.store && entry.expires > now()) {
    ++handling(attempt, call).replayed;
    if (call.traced) trace(call, "its key is known: the answer comes from the store");
    const Outcome answer = entry.answer;
    finish_job(id, attempt, call, route, answer);
    return false;
  }
  if (log.store && log.store->in_flight && entry.in_flight) {
    ++handling(attempt, call).conflicts;
    if (call.traced) trace(call, "its key is under way already: it is turned away (409)");
    finish_job(id, attempt, call, route, Outcome::failed(Error::ClientError, kConflictRetryAfter));
    return false;
  }
  entry.in_flight = true;
  operation.begun = true;
  return true;
}

void World::operation_ended(AttemptId id, Outcome outcome) {
  Operation& operation = operations_[id];
  if (!operation.begun) return;
  operation.begun = false;
  const Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  OperationLog& log = logs_[routes_[call.route].log];
  OperationLog::Entry& entry = log.entries[operation.key];
  entry.in_flight = false;
  if (outcome.ok() || outcome.error == Error::WrongData) {
    HandlingStatistics& stats = handling(attempt, call);
    ++stats.effects;
    if (entry.done > 0) {
      ++stats.duplicates;
      if (call.traced) trace(call, "has done it once more: a duplicate");
    }
    ++entry.done;
  }
  entry.forgotten = now() + OperationLog::kMemory;
  if (log.store && (outcome.ok() || log.store->keeps_errors)) {
    entry.expires = now() + log.store->ttl;
    entry.answer = outcome;
    entry.forgotten = std::max(entry.forgotten, entry.expires);
  }
  log.due.emplace_back(entry.forgotten, operation.key);
}

// The job is gone before its end; what it had begun is rolled back.
void World::operation_dropped(AttemptId id) {
  Operation& operation = operations_[id];
  if (!operation.begun) return;
  operation.begun = false;
  OperationLog& log = logs_[routes_[calls_[attempts_[id].call].route].log];
  OperationLog::Entry& entry = log.entries[operation.key];
  entry.in_flight = false;
  log.due.emplace_back(now(), operation.key);
}

}  // namespace faultline
