// What a service level objective counts. Availability and latency are shares of requests,
// correctness a share of answers, and throughput a share of slices of time: a slice is good if at
// least min(rate, what was offered) was served. A request is served in the slice in which it was
// due, if its answer takes no longer than a slice; so a slice is judged when the next one is over,
// and what stands in queues at its edges is no matter of chance.

#include <algorithm>

#include "models/system/statistics.hpp"

namespace faultline {

void ClientStatistics::due_elsewhere(Instant now) {
  for (SloCounter& slo : slos) slo.due(now);
}

void ClientStatistics::ended_elsewhere(std::uint64_t lineage, Instant due, Instant now,
                                       Outcome outcome, bool in_time) {
  const Ended request{lineage, due, now, outcome, in_time};
  for (ClientWindow& window : asked) {
    if (window.covers(request.due)) window.count(request);
  }
  for (SloCounter& slo : slos) slo.ended(request.due, request.now, request.outcome);
  if (request.due >= logged_from)
    log.push_back({request.lineage, request.took(), request.outcome.error});
}

void SloCounter::count(bool is_good, Instant now) {
  ++total;
  good += is_good;
  (is_good ? good_series : bad_series).add(now, 1);
}

void SloCounter::due(Instant now) {
  if (rule_.kind != SloRule::Kind::Throughput || now < begin_) return;
  advance(now);
  ++slice(now).offered;
}

void SloCounter::ended(Instant due, Instant now, Outcome outcome) {
  if (due < begin_) return;
  switch (rule_.kind) {
    case SloRule::Kind::Availability:
      return count(outcome.ok(), now);
    case SloRule::Kind::Latency:
      return count(outcome.ok() && now - due <= rule_.threshold, now);
    case SloRule::Kind::Correctness:
      if (outcome.ok() || outcome.error == Error::WrongData) count(outcome.ok(), now);
      return;
    case SloRule::Kind::Throughput:
      advance(now);
      if (outcome.ok() && now - due <= rule_.slice) ++slice(due).served;
      return;
  }
}

SloCounter::Slice& SloCounter::slice(Instant due) {
  const std::int64_t number = (due - begin_).ns / rule_.slice.ns;
  Slice& place = slices_[static_cast<std::size_t>(number % 2)];
  if (place.number != number) place = {number, 0, 0};
  return place;
}

void SloCounter::advance(Instant now) {
  if (rule_.kind != SloRule::Kind::Throughput || now < begin_) return;
  const double wanted = rule_.rate * rule_.slice.seconds();
  for (; begin_ + rule_.slice * (judged_ + 2) <= now; ++judged_) {
    Slice& place = slices_[static_cast<std::size_t>(judged_ % 2)];
    const Slice s = place.number == judged_ ? place : Slice{};  // nobody asked: 0 ≥ min(rate, 0)
    count(static_cast<double>(s.served) >= std::min(wanted, static_cast<double>(s.offered)),
          begin_ + rule_.slice * (judged_ + 1));
  }
}

}  // namespace faultline
