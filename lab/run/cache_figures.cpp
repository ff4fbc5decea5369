// What caches were good for in a stretch of time.

#include "lab/run/figures.hpp"

namespace faultline {

CacheCounts between(const CacheCounts& from, CacheCounts to) {
  to.hits -= from.hits;
  to.stale -= from.stale;
  to.misses -= from.misses;
  to.coalesced -= from.coalesced;
  to.fills -= from.fills;
  to.early -= from.early;
  to.cycles -= from.cycles;
  to.refreshes -= from.refreshes;
  to.rescued -= from.rescued;
  to.redundant -= from.redundant;
  to.evicted -= from.evicted;
  to.earliness_s -= from.earliness_s;
  return to;
}

double lookups(const CacheCounts& c) {
  return static_cast<double>(c.hits + c.stale + c.misses + c.coalesced + c.early);
}

void cache_figures(const World& world, const Snapshot& from, const Snapshot& to,
                   std::vector<Named<CacheFigures>>& out) {
  for (std::size_t i = 0; i < to.caches.size(); ++i) {
    CacheFigures f;
    f.counts = between(from.caches[i], to.caches[i]);
    const double looks = lookups(f.counts);
    f.hit_ratio = looks > 0 ? static_cast<double>(f.counts.hits + f.counts.stale) / looks : 0;
    out.push_back({world.spec().caches[i].name, f});
  }
}

}  // namespace faultline
