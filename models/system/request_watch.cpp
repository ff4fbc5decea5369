#include "models/system/request_watch.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace faultline {

void RequestWatch::begun(std::uint64_t lineage, std::uint64_t number, std::uint32_t client,
                         Instant now) {
  if (watch_.client != ~0u && client != watch_.client) return;
  if (now >= watch_.to) return;
  WatchedRequest request;
  request.number = number;
  request.client = client;
  request.due = now;
  under_way_.emplace(lineage, request);
}

void RequestWatch::ended(std::uint64_t lineage, Instant now, Outcome outcome) {
  const auto found = under_way_.find(lineage);
  if (found == under_way_.end()) return;
  WatchedRequest request = found->second;
  under_way_.erase(found);
  if (!covers(now)) return;
  request.took = now - request.due;
  request.error = outcome.error;
  request.ended = true;
  request.degraded = outcome.ok() && outcome.quality() < 1;
  ++(outcome.ok() ? answers_ : failures_);
  keep(outcome.ok() ? answered_ : failed_, request);
}

void RequestWatch::close(Instant now) {
  for (auto& [lineage, request] : under_way_) {
    if (!covers(request.due)) continue;
    request.took = now - request.due;
    ++failures_;
    keep(failed_, request);
  }
  under_way_.clear();
}

void RequestWatch::keep(std::vector<WatchedRequest>& among, const WatchedRequest& request) const {
  const auto slower = [](const WatchedRequest& a, const WatchedRequest& b) {
    return a.took != b.took ? b.took < a.took : a.number < b.number;
  };
  among.insert(std::upper_bound(among.begin(), among.end(), request, slower), request);
  if (among.size() <= watch_.keep) return;
  // The quickest of the commonest way to end goes, so that a rare one is not lost among many.
  std::array<std::size_t, kErrors> alike{};
  for (const WatchedRequest& one : among) ++alike[static_cast<std::size_t>(one.error)];
  const auto most = std::max_element(alike.begin(), alike.end()) - alike.begin();
  const auto quickest = std::find_if(among.rbegin(), among.rend(), [&](const WatchedRequest& one) {
    return static_cast<std::ptrdiff_t>(one.error) == most;
  });
  among.erase(std::next(quickest).base());
}

}  // namespace faultline
