// What is measured of each: the fields of the JSON result, and what only expectations ask for.

#include <array>

#include "lab/scenario/metric.hpp"

namespace faultline {
namespace {

constexpr auto kErrorFields = std::to_array<MetricField>({
    {"errors.timeout", Unit::Number, "Failed: the caller gave the last try up."},
    {"errors.deadline", Unit::Number, "Failed: the time for the whole call ran out."},
    {"errors.refused", Unit::Number, "Failed: the queue was full."},
    {"errors.unavailable", Unit::Number, "Failed: nobody was there to take the call."},
    {"errors.unreachable", Unit::Number, "Failed: the network never delivered it."},
    {"errors.crash", Unit::Number, "Failed: the server died with the call in it."},
    {"errors.rate_limited", Unit::Number, "Failed: a rate limit turned it away."},
    {"errors.shed", Unit::Number, "Failed: load shedding turned it away."},
    {"errors.breaker_open", Unit::Number, "Failed: the caller's breaker was open."},
    {"errors.bulkhead_full", Unit::Number, "Failed: the caller's bulkhead was full."},
    {"errors.server_error", Unit::Number, "Failed: the server answered with an error."},
    {"errors.client_error", Unit::Number, "Failed: the server found fault with the request."},
    {"errors.wrong_data", Unit::Number, "Failed: the answer was wrong."},
    {"errors.cancelled", Unit::Number, "Failed: the caller lost interest."},
});

constexpr auto kClientFields = std::to_array<MetricField>({
    {"offered", Unit::Number, "Requests due."},
    {"ok", Unit::Number, "Requests answered."},
    {"degraded", Unit::Number, "Answered with less than full quality."},
    {"partial", Unit::Number, "Answered with some part missing."},
    {"failed", Unit::Number, "Requests that got no answer."},
    {"in_flight", Unit::Number, "Not yet ended when the run was."},
    {"calls_total", Unit::Number, "Requests due, as a counter."},
    {"success_rate", Unit::Share, "ok / (ok + failed)."},
    {"availability", Unit::Share, "The same, in the words of an SLO."},
    {"goodput_per_s", Unit::Rate, "Answers within the client's deadline."},
    {"quality_mean", Unit::Number, "Mean quality of the answers; 1 is full."},
    {"latency_s.mean", Unit::Seconds, "From due to answered."},
    {"latency_s.p50", Unit::Seconds, "Half of the answers took no longer."},
    {"latency_s.p95", Unit::Seconds, "95 % of the answers took no longer."},
    {"latency_s.p99", Unit::Seconds, "99 % of the answers took no longer."},
    {"latency_s.p999", Unit::Seconds, "99.9 % of the answers took no longer."},
    {"latency_s.max", Unit::Seconds, "The slowest answer."},
    {"peak_per_100ms", Unit::Number, "Most arrivals within 100 ms."},
    {"recovered_s", Unit::Seconds,
     "From the end of the last fault until success_rate stays at 99 % or more; inf if never."},
});

constexpr auto kServiceFields = std::to_array<MetricField>({
    {"arrivals", Unit::Number, "Attempts that reached it."},
    {"completed", Unit::Number, "Attempts it answered."},
    {"rejected", Unit::Number, "Attempts it turned away."},
    {"ok", Unit::Number, "Answers without error."},
    {"failed", Unit::Number, "Answers with an error, and refusals."},
    {"calls_total", Unit::Number, "Attempts that reached it, as a counter."},
    {"success_rate", Unit::Share, "Answers without error, of all."},
    {"availability", Unit::Share, "The same, in the words of an SLO."},
    {"error_rate", Unit::Share, "Answers with an error, of all."},
    {"thread_utilization", Unit::Share, "Busy threads / threads, on average over time."},
    {"cpu_utilization", Unit::Share, "Busy cores / cores, on average over time."},
    {"cpu_throttled", Unit::Share, "Time that steps of cpu stood still because of a limit."},
    {"cpu_slowdown", Unit::Number, "Time steps of cpu took / CPU time they had, on average."},
    {"memory_utilization", Unit::Share, "Memory held / limit, on average over time."},
    {"oom_kills", Unit::Number, "Instances killed because they were out of memory."},
    {"disk_utilization", Unit::Share, "Time that the disk was busy."},
    {"disk_queue_length_mean", Unit::Number, "Steps at an instance's disk, on average over time."},
    {"queue_length_mean", Unit::Number, "Waiting for a thread, on average over time."},
    {"in_system_mean", Unit::Number, "Waiting or in work, on average over time."},
    {"wait_s.mean", Unit::Seconds, "Waiting for a thread."},
    {"wait_s.p50", Unit::Seconds, "Half waited no longer."},
    {"wait_s.p95", Unit::Seconds, "95 % waited no longer."},
    {"wait_s.p99", Unit::Seconds, "99 % waited no longer."},
    {"wait_s.p999", Unit::Seconds, "99.9 % waited no longer."},
    {"wait_s.max", Unit::Seconds, "The longest wait."},
    {"latency_s.mean", Unit::Seconds, "From arrival to reply."},
    {"latency_s.p50", Unit::Seconds, "Half took no longer."},
    {"latency_s.p95", Unit::Seconds, "95 % took no longer."},
    {"latency_s.p99", Unit::Seconds, "99 % took no longer."},
    {"latency_s.p999", Unit::Seconds, "99.9 % took no longer."},
    {"latency_s.max", Unit::Seconds, "The slowest."},
    {"wasted_work_s", Unit::Seconds, "Thread-seconds spent after the caller had gone."},
    {"failed_work_s", Unit::Seconds,
     "Thread-seconds spent on what was then answered with an error."},
    {"instances_mean", Unit::Number, "Ready instances, on average over time."},
    {"effects", Unit::Number, "Done, of what isn't idempotent or bears a key."},
    {"duplicates", Unit::Number, "Of these, done once more."},
    {"replayed", Unit::Number, "Answered from the store of idempotency keys."},
    {"conflicts", Unit::Number, "Turned away: the key was under way, or the record had changed."},
    {"retry_share", Unit::Share, "Of what was sent to it: born of a try that was sent again."},
    {"peak_per_100ms", Unit::Number, "Most arrivals within 100 ms."},
});

constexpr auto kEdgeFields = std::to_array<MetricField>({
    {"calls", Unit::Number, "Calls made."},
    {"calls_total", Unit::Number, "Calls made, as a counter."},
    {"attempts", Unit::Number, "Tries sent."},
    {"retries", Unit::Number, "Tries after the first, without hedges."},
    {"hedges", Unit::Number, "Sent besides a try that was under way."},
    {"connections", Unit::Number, "Connections set up."},
    {"link_utilization", Unit::Share, "Time in which the link was sending, mean of both ways."},
    {"ok", Unit::Number, "Calls answered."},
    {"failed", Unit::Number, "Calls that got no answer."},
    {"success_rate", Unit::Share, "ok / (ok + failed)."},
    {"amplification", Unit::Number, "attempts / calls."},
    {"breaker_opened", Unit::Number, "How often a breaker opened."},
    {"breaker_open_s", Unit::Seconds,
     "Seconds in which a breaker was open or half-open, summed over the caller's instances."},
    {"ejections", Unit::Number, "How often a caller put an instance out of rotation."},
    {"cross_zone", Unit::Number, "Tries sent to another zone than the caller's."},
    {"peak_per_100ms", Unit::Number, "Most retries within 100 ms."},
});

constexpr auto kSloFields = std::to_array<MetricField>({
    {"target", Unit::Share, "As the scenario says."},
    {"good", Unit::Number, "Good requests in the window."},
    {"total", Unit::Number, "Requests in the window."},
    {"availability", Unit::Share, "good / total."},
    {"budget_left", Unit::Share, "Of the error budget; negative when overspent."},
    {"burn_rate", Unit::Number, "Error rate / allowed error rate."},
});

constexpr auto kRolloutFields = std::to_array<MetricField>({
    {"rolled_back", Unit::Number, "1 if it was, else 0."},
    {"rollback_s", Unit::Seconds, "From its beginning to the rollback; inf if there was none."},
    {"answers", Unit::Number, "Answers of the new version."},
    {"bad_answers", Unit::Number, "Answers of the new version with an error or wrong data."},
});

constexpr auto kCacheFields = std::to_array<MetricField>({
    {"hits", Unit::Number, "Answered from the cache, fresh."},
    {"stale", Unit::Number, "Answered from the cache, past the ttl."},
    {"misses", Unit::Number, "Not found in the cache."},
    {"coalesced", Unit::Number, "Misses that waited for another's fill."},
    {"fills", Unit::Number, "Answers that were stored."},
    {"early", Unit::Number, "Fetched anew before the ttl was over."},
    {"refreshes", Unit::Number, "Fetched anew behind the scenes."},
    {"rescued", Unit::Number, "Fetches that failed and were answered with something old."},
    {"evicted", Unit::Number, "Entries that went because the cache was full."},
    {"hit_ratio", Unit::Share, "(hits + stale) / all that looked."},
});

template <std::size_t N>
constexpr auto with_errors(const std::array<MetricField, N>& fields) {
  std::array<MetricField, N + kErrorFields.size()> all{};
  for (std::size_t i = 0; i < N; ++i) all[i] = fields[i];
  for (std::size_t i = 0; i < kErrorFields.size(); ++i) all[N + i] = kErrorFields[i];
  return all;
}

constexpr auto kClientAll = with_errors(kClientFields);
constexpr auto kServiceAll = with_errors(kServiceFields);
constexpr auto kEdgeAll = with_errors(kEdgeFields);

}  // namespace

std::span<const MetricField> metric_fields(MetricOf of) {
  switch (of) {
    case MetricOf::Client:
      return kClientAll;
    case MetricOf::Service:
      return kServiceAll;
    case MetricOf::Edge:
      return kEdgeAll;
    case MetricOf::Slo:
      return kSloFields;
    case MetricOf::Rollout:
      return kRolloutFields;
    case MetricOf::Autoscaler:  // of the service that it scales
      return kServiceAll;
    case MetricOf::Cache:
      return kCacheFields;
  }
  return {};
}

}  // namespace faultline
