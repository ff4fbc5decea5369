// A step that looks something up. A hit costs no time; a miss calls whoever knows, and stores the
// answer for the cache's time to live. With coalescing, one miss for a key fetches and the others
// wait for it; without, each fetches, which is how a hot key that expires becomes a stampede.

#include <algorithm>

#include "models/system/world.hpp"
#include "sim/portable_math.hpp"

namespace faultline {

std::uint32_t World::draw_key(const StepSpec& step, std::uint64_t key) const {
  return draw_rank(step.popularity, derive(key, step.key));
}

std::uint32_t World::draw_rank(std::uint32_t popularity, std::uint64_t key) const {
  const std::vector<double>& weights = popularity_[popularity];
  const double u = Draws(key).uniform() * weights.back();
  const auto at = std::upper_bound(weights.begin(), weights.end(), u);
  return static_cast<std::uint32_t>(std::min(at - weights.begin(), std::ssize(weights) - 1));
}

// Answers whether the job has what it wants and may go on.
bool World::look_up(AttemptId id, const StepSpec& step) {
  Attempt& attempt = attempts_[id];
  CacheState& cache = caches_[step.cache];
  const std::uint32_t key = draw_key(step, attempt_key(calls_[attempt.call], attempt));
  CacheEntry& entry = cache.entries[key];
  if (entry.expires > now()) {
    ++cache.hits;
    touch(cache, key);
    return true;
  }
  attempt.state = AttemptState::Calling;
  attempt.good = 0;
  attempt.share = 0;
  attempt.pending = 1;
  if (entry.filler != kNone && spec_.caches[step.cache].coalesce) {
    ++cache.coalesced;
    cache.waiters.push_back({key, id});
    return false;
  }
  ++cache.misses;
  if (entry.filler == kNone) {
    entry.filler = id;
  } else {
    ++cache.redundant;
  }
  begin_call(begin_leg(id, step.routes.first));
  return false;
}

// A fetch has ended: a good answer is stored, and those who waited for it go on.
void World::filled(AttemptId id, const StepSpec& step, Outcome outcome) {
  const Attempt& attempt = attempts_[id];
  CacheState& cache = caches_[step.cache];
  const std::uint32_t key = draw_key(step, attempt_key(calls_[attempt.call], attempt));
  CacheEntry& entry = cache.entries[key];
  const bool was_filler = entry.filler == id;
  if (was_filler) entry.filler = kNone;
  if (outcome.ok()) {
    ++cache.fills;
    const Duration ttl = spec_.caches[step.cache].ttl;
    entry.expires = ttl == Duration::max() ? Instant::max() : now() + ttl;
    touch(cache, key);
    const std::uint32_t capacity = spec_.caches[step.cache].capacity;
    if (capacity > 0 && cache.held > capacity) evict_oldest(cache);
  }
  if (was_filler) wake_waiters(step.cache, key, outcome);
}

void World::wake_waiters(std::uint32_t cache_id, std::uint32_t key, Outcome outcome) {
  CacheState& cache = caches_[cache_id];
  std::vector<AttemptId> woken;
  std::erase_if(cache.waiters, [&](const CacheState::Waiter& w) {
    if (w.key == key) woken.push_back(w.job);
    return w.key == key;
  });
  for (AttemptId job : woken) {
    Attempt& attempt = attempts_[job];
    attempt.pending = 0;
    attempt.good = outcome.ok() ? 1 : 0;
    attempt.share = outcome.quality();
    afterwards_.push_back({Afterwards::What::Settle, job});
  }
}

// The job is going away while it fetches or waits. A fetch that nobody finishes fails those who
// waited for it.
void World::leave_cache(AttemptId id) {
  const Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  if (attempt.step >= route.step_count) return;
  const StepSpec& step = route.steps[attempt.step];
  if (step.kind != StepSpec::Kind::Cache) return;
  CacheState& cache = caches_[step.cache];
  std::erase_if(cache.waiters, [&](const CacheState::Waiter& w) { return w.job == id; });
  for (Afterwards& a : afterwards_) {
    if (a.what == Afterwards::What::Settle && a.id == id) a.id = kNone;
  }
  const std::uint32_t key = draw_key(step, attempt_key(call, attempt));
  if (cache.entries[key].filler != id) return;
  cache.entries[key].filler = kNone;
  wake_waiters(step.cache, key, Outcome::failed(Error::Cancelled));
}

// Makes the entry the most recently used.
void World::touch(CacheState& cache, std::uint32_t key) {
  if (cache.newest == key) return;
  CacheEntry& entry = cache.entries[key];
  const bool held = entry.newer != kNone || entry.older != kNone;
  if (held) {
    if (entry.newer != kNone) cache.entries[entry.newer].older = entry.older;
    if (entry.older != kNone) cache.entries[entry.older].newer = entry.newer;
    if (cache.oldest == key) cache.oldest = entry.newer;
  } else {
    ++cache.held;
  }
  entry.newer = kNone;
  entry.older = cache.newest;
  if (cache.newest != kNone) cache.entries[cache.newest].newer = key;
  cache.newest = key;
  if (cache.oldest == kNone) cache.oldest = key;
}

void World::evict_oldest(CacheState& cache) {
  const std::uint32_t key = cache.oldest;
  CacheEntry& entry = cache.entries[key];
  cache.oldest = entry.newer;
  if (cache.oldest != kNone) cache.entries[cache.oldest].older = kNone;
  if (cache.newest == key) cache.newest = kNone;
  entry.expires = {};
  entry.newer = entry.older = kNone;
  --cache.held;
}

}  // namespace faultline
