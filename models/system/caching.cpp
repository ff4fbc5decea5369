// A step that looks something up. A hit costs no time; a miss calls whoever knows, and stores the
// answer for the cache's time to live. With coalescing, one miss for a key fetches and the others
// wait for it; without, each fetches, which is how a hot key that expires becomes a stampede.
//
// Past its time to live an entry may serve on: while it is fetched anew behind the scenes
// (stale_while_revalidate), or when fetching fails (stale_if_error); both as in RFC 5861, each with
// a time of its own. Before it, a request may fetch early (XFetch, Vattani et al. 2015): with the
// chance that a random lead, longer for what takes long to fetch, reaches the end.

#include <algorithm>

#include "models/system/world.hpp"
#include "sim/portable_math.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kEarly = 0x6561726c;
constexpr std::uint64_t kLife = 0x6c696665;
constexpr std::uint64_t kRefresh = 0x72656672;
constexpr AttemptId kBehindTheScenes = kNone - 1;  // as a filler: no job, an errand

}  // namespace

// Of the call and not of the attempt: who is sent again asks for the same.
std::uint32_t World::draw_key(const StepSpec& step, const Call& call) const {
  return draw_rank(step.popularity, derive(call.lineage, step.key));
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
  const Call& call = calls_[attempt.call];
  CacheState& cache = caches_[step.cache];
  const CacheSpec& spec = spec_.caches[step.cache];
  const std::uint32_t key = draw_key(step, call);
  CacheEntry& entry = cache.entries[key];
  bool early = false;
  if (entry.expires > now()) {
    early = fetches_early(attempt, call, step, entry);
    if (!early) {
      ++cache.counts.hits;
      if (spec.sliding) entry.expires = now() + spec.ttl;
      attempt.quality *= entry.quality;
      touch(step.cache, key);
      return true;
    }
  } else if (entry.expires > Instant{}) {
    const Duration past = now() - entry.expires;
    const bool refreshed = past < spec.stale_while_revalidate;
    if (refreshed || past < services_[routes_[call.route].service].cache_age) {
      ++cache.counts.stale;
      attempt.quality *= entry.quality * spec.stale_quality;
      touch(step.cache, key);
      if (call.traced) trace(call, "is given what {} still has", spec.name);
      if (refreshed && entry.filler == kNone) refresh(attempt, step, key);
      return true;
    }
  }
  if (early && entry.filler == kNone) {
    ++cache.counts.cycles;
    cache.counts.earliness_s += (entry.expires - now()).seconds();
  }
  attempt.state = AttemptState::Calling;
  attempt.good = 0;
  attempt.share = 0;
  attempt.pending = 1;
  if (entry.filler != kNone && spec.coalesce) {
    ++cache.counts.coalesced;
    cache.waiters.push_back({key, id});
    return false;
  }
  ++(early ? cache.counts.early : cache.counts.misses);
  if (entry.filler == kNone) {
    entry.filler = id;
    entry.began = now();
  } else {
    ++cache.counts.redundant;
  }
  begin_call(begin_leg(id, step.routes.first));
  return false;
}

// XFetch: −β · (how long fetching took) · ln u, against what is left of the entry's life. With
// coalescing one of them is enough, and the others are served from what is still there.
bool World::fetches_early(const Attempt& attempt, const Call& call, const StepSpec& step,
                          const CacheEntry& entry) const {
  const CacheSpec& spec = spec_.caches[step.cache];
  if (spec.early <= 0 || entry.took.ns == 0) return false;
  if (spec.coalesce && entry.filler != kNone) return false;
  const double u = Draws(derive(attempt_key(call, attempt), step.key ^ kEarly)).uniform();
  const double lead = -spec.early * entry.took.seconds() * portable::log(1 - u);
  return lead >= (entry.expires - now()).seconds();
}

// Fetches in the instance's own name: nobody waits, and no thread is held.
void World::refresh(const Attempt& attempt, const StepSpec& step, std::uint32_t key) {
  CacheState& cache = caches_[step.cache];
  const CallId id = rows_.acquire();
  Call& call = calls_[id];
  const std::uint64_t own = derive(derive(seed_, step.key ^ kRefresh), key);
  call.lineage = derive(own, cache.refreshes++);
  call.due = now();
  call.caller = instances_[attempt.instance].caller;
  call.route = step.routes.first;
  call.priority = attempt.priority;
  call.errand = true;
  if (has_users_) inherit(id, attempt.call);
  if (errands_.size() <= id) errands_.resize(id + 1);
  errands_[id] = {Errand::What::Refresh, step.cache, key, attempt.instance};
  cache.entries[key].filler = kBehindTheScenes;
  cache.entries[key].began = now();
  ++instances_[attempt.instance].named;  // it stays until the errand is done
  ++cache.counts.refreshes;
  begin_call(id);
}

void World::refreshed(const Errand& errand, Outcome outcome) {
  CacheEntry& entry = caches_[errand.other].entries[errand.at];
  entry.filler = kNone;
  entry.took = now() - entry.began;
  const std::uint64_t lineage = derive(derive(seed_, errand.at), caches_[errand.other].refreshes);
  if (outcome.ok()) store(errand.other, errand.at, outcome.quality(), lineage);
  wake_waiters(errand.other, errand.at, outcome);
  --instances_[errand.instance].named;
  retire_if_idle(errand.instance);
}

// The instance has died, and with it what it did behind the scenes.
void World::abandon_errands(InstanceId instance) {
  if (errands_.empty()) return;
  std::vector<CallId> lost;
  rows_.each([&](CallId id, const CallRow& row) {
    const Call& call = row.call;
    if (in_use(call) && call.errand && call.wanted && errands_[id].instance == instance)
      lost.push_back(id);
  });
  for (const CallId id : lost) {
    const Errand errand = errands_[id];
    abandon_call(id);
    refreshed(errand, Outcome::failed(Error::Cancelled));
  }
}

// A fetch has ended: a good answer is stored, and those who waited for it go on. Of a bad one
// nothing is seen if something old will do.
void World::filled(AttemptId id, const StepSpec& step, Outcome outcome) {
  Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  CacheState& cache = caches_[step.cache];
  const CacheSpec& spec = spec_.caches[step.cache];
  const std::uint32_t key = draw_key(step, call);
  CacheEntry& entry = cache.entries[key];
  const bool was_filler = entry.filler == id;
  if (was_filler) {
    entry.filler = kNone;
    entry.took = now() - entry.began;
  }
  if (outcome.ok()) {
    store(step.cache, key, outcome.quality(), attempt_key(call, attempt));
  } else if (entry.expires > Instant{} && now() < entry.expires + spec.stale_if_error) {
    outcome = Outcome::answered(entry.quality * spec.stale_quality);
    ++cache.counts.rescued;
    attempt.good = 1;
    attempt.share = outcome.quality();
    if (call.traced) trace(call, "is given what {} still has", spec.name);
  }
  if (was_filler) wake_waiters(step.cache, key, outcome);
}

void World::store(std::uint32_t cache_id, std::uint32_t key, float quality, std::uint64_t lineage) {
  CacheState& cache = caches_[cache_id];
  const CacheSpec& spec = spec_.caches[cache_id];
  CacheEntry& entry = cache.entries[key];
  ++cache.counts.fills;
  Duration ttl = spec.ttl;
  if (spec.jitter > 0 && ttl != Duration::max()) {
    const double u = Draws(derive(lineage, kLife)).uniform();
    ttl = from_seconds(ttl.seconds() * (1 + spec.jitter * (2 * u - 1)));
  }
  entry.expires = ttl == Duration::max() ? Instant::max() : now() + ttl;
  entry.quality = quality;
  keep(cache_id, key);
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
  const std::uint32_t key = draw_key(step, call);
  if (cache.entries[key].filler != id) return;
  cache.entries[key].filler = kNone;
  wake_waiters(step.cache, key, Outcome::failed(Error::Cancelled));
}

}  // namespace faultline
