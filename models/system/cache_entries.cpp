// What a cache keeps and what it gives up: the least recently used, the oldest, or any one.

#include "models/system/world.hpp"

namespace faultline {

// The entry has been used.
void World::touch(std::uint32_t cache_id, std::uint32_t key) {
  if (spec_.caches[cache_id].eviction == Eviction::Lru) make_newest(caches_[cache_id], key);
}

// The entry has been stored; if that makes one too many, another goes.
void World::keep(std::uint32_t cache_id, std::uint32_t key) {
  CacheState& cache = caches_[cache_id];
  const CacheSpec& spec = spec_.caches[cache_id];
  if (spec.eviction == Eviction::Random) {
    if (cache.place.empty()) cache.place.assign(cache.entries.size(), kNone);
    if (cache.place[key] != kNone) return;
    if (spec.capacity > 0 && cache.held >= spec.capacity) evict_any(cache_id);
    cache.place[key] = static_cast<std::uint32_t>(cache.pool.size());
    cache.pool.push_back(key);
    ++cache.held;
    return;
  }
  const CacheEntry& entry = cache.entries[key];
  const bool held = entry.newer != kNone || entry.older != kNone || cache.newest == key;
  if (held && spec.eviction == Eviction::Fifo) return;
  make_newest(cache, key);
  if (spec.capacity > 0 && cache.held > spec.capacity) evict_oldest(cache);
}

void World::make_newest(CacheState& cache, std::uint32_t key) {
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
  ++cache.counts.evicted;
}

void World::evict_any(std::uint32_t cache_id) {
  CacheState& cache = caches_[cache_id];
  Draws draws(derive(derive(seed_, spec_.caches[cache_id].name), cache.counts.evicted));
  const auto at = static_cast<std::size_t>(draws.below(cache.pool.size()));
  const std::uint32_t key = cache.pool[at];
  cache.pool[at] = cache.pool.back();
  cache.place[cache.pool[at]] = static_cast<std::uint32_t>(at);
  cache.pool.pop_back();
  cache.place[key] = kNone;
  cache.entries[key].expires = {};
  --cache.held;
  ++cache.counts.evicted;
}

// Everything is gone; what is being fetched will be there when it comes.
void World::flush(std::uint32_t cache_id) {
  CacheState& cache = caches_[cache_id];
  for (CacheEntry& entry : cache.entries) {
    entry.expires = {};
    entry.newer = entry.older = kNone;
  }
  cache.newest = cache.oldest = kNone;
  cache.held = 0;
  cache.pool.clear();
  cache.place.clear();
}

}  // namespace faultline
