// At the door: a request may be refused, made to wait for its turn, or answered from memory before
// it gets as far as the queue. Rate limit first, then shedding, then the limit on what is inside.

#include <algorithm>

#include "models/system/world.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kShedDraw = 0x73686564;
constexpr std::uint64_t kStoreDraw = 0x73746f72;
constexpr std::uint64_t kDoorDraw = 0x646f6f72;

}  // namespace

// Answers whether the request may go in now. If not, it has been dealt with.
bool World::knock(AttemptId id) {
  const Attempt& attempt = attempts_[id];
  const Door& door = *instances_[attempt.instance].door;
  if (!door.rate) return goes_inside(id);
  if (const auto& store = door.settings->rate_limit->store) {
    hold(id, std::min(reply_of(*store, attempt), store->timeout));
    return false;
  }
  return allows(id) && goes_inside(id);
}

// Whether the rate limit lets it in now. If not, it has been refused, or waits for its turn.
bool World::allows(AttemptId id) {
  const Attempt& attempt = attempts_[id];
  const Door& door = *instances_[attempt.instance].door;
  const RateLimitSettings& limit = *door.settings->rate_limit;
  const Admission answer = door.rate->ask(now(), who(attempt.call));
  if (const Call& call = calls_[attempt.call]; call.traced)
    tell_quota(call, answer, door.rate->quota(now(), who(attempt.call)));
  if (!answer.allowed) {
    refuse(id, limit.refusal(), limit.again(answer));
  } else if (answer.delay.ns > 0) {
    hold(id, answer.delay);
  } else {
    return true;
  }
  return false;
}

Duration World::reply_of(const LimitStore& store, const Attempt& attempt) const {
  return store.reply_in(attempt.arrived,
                        Draws(derive(attempt_key(calls_[attempt.call], attempt), kStoreDraw)));
}

// Keeps it at the door for so long.
void World::hold(AttemptId id, Duration wait) {
  Attempt& attempt = attempts_[id];
  attempt.is.admitted = true;
  attempt.state = AttemptState::Travelling;
  ++instances_[attempt.instance].stats->at_the_door;
  calendar_.schedule(now() + wait, kDelivered, id);
}

// The moment has come for one that was kept at the door.
void World::let_in(AttemptId id) {
  Attempt& attempt = attempts_[id];
  const Instance& instance = instances_[attempt.instance];
  attempt.is.admitted = false;
  --instance.stats->at_the_door;
  if (instance.conditions.down || instance.state == InstanceState::Gone)
    return refuse(id, Error::Unavailable);
  const Call& call = calls_[attempt.call];
  const Route& route = routes_[call.route];
  if (now() >= expiry(attempt, call, route)) return refuse(id, Error::Deadline);
  const RateLimitSettings& limit = *instance.door->settings->rate_limit;
  if (limit.store) {
    const bool silent = reply_of(*limit.store, attempt) > limit.store->timeout;
    if (silent && limit.store->fails_closed) return refuse(id, limit.refusal());
    if (!silent && !allows(id)) return;
  }
  if (goes_inside(id)) enter(id, attempt, call, route);
}

bool World::goes_inside(AttemptId id) {
  const Instance& instance = instances_[attempts_[id].instance];
  const Door& door = *instance.door;
  if (door.shed && !spared(id)) return false;
  if (!door.concurrency) return true;
  if (std::int64_t{instance.busy} + instance.queued < door.concurrency->limit(now())) return true;
  refuse(id, Error::Shed);
  return false;
}

// Whether load shedding lets it go on.
bool World::spared(AttemptId id) {
  Attempt& attempt = attempts_[id];
  Instance& instance = instances_[attempt.instance];
  const Call& call = calls_[attempt.call];
  const ShedSettings& settings = *instance.door->settings->shed;
  const double chance =
      settings.ramp.value > 0 ? Draws(derive(attempt_key(call, attempt), kShedDraw)).uniform() : 0;
  const auto verdict = instance.door->shed->ask(load_of(instance), attempt.priority, chance);
  if (verdict == Shedder::Verdict::Serve) return true;
  if (verdict == Shedder::Verdict::Maintenance || settings.answer == ShedSettings::Answer::Reject) {
    refuse(id, Error::Shed);
    return false;
  }
  HandlingStatistics& stats = handling(attempt, call);
  ++stats.completed;
  stats.latency.record(now() - attempt.arrived);
  const Outcome answer = Outcome::answered(static_cast<float>(settings.quality));
  count_answer(attempt, call, answer);
  if (call.traced) trace(call, "is answered at the door, from memory");
  reply(id, attempt, routes_[call.route], answer);
  return false;
}

double World::load_of(Instance& instance) const {
  const ShedSettings& settings = *instance.door->settings->shed;
  const ServiceSpec& spec = *instance.spec;
  if (settings.by == ShedSettings::Load::Concurrency)
    return static_cast<double>(instance.busy + instance.queued) /
           static_cast<double>(settings.full.value_or(spec.room()));
  if (settings.by == ShedSettings::Load::Queue)
    return static_cast<double>(instance.queued) /
           static_cast<double>(settings.full.value_or(std::max(spec.queue_limit, 1u)));
  Door::Seen& seen = instance.door->seen;
  if (now() < seen.at + settings.period) return seen.load;
  const bool cpu = settings.by == ShedSettings::Load::Cpu;
  const ServiceStatistics& stats = *instance.stats;
  const double area = cpu ? stats.working.area(now()) : stats.busy.area(now());
  const double capacity =
      cpu && spec.cpu > 0 ? stats.ready.area(now()) * spec.cpu : stats.threads.area(now());
  const double offered = capacity - seen.capacity;
  seen = {now(), area, capacity, offered > 0 ? (area - seen.area) / offered : 0};
  return seen.load;
}

// A request that got in has been answered, or was given up inside: the limit learns from it.
void World::learn_at_door(const Instance& instance, const Attempt& attempt, bool dropped) {
  if (!instance.door->concurrency) return;
  const double chance =
      Draws(derive(attempt_key(calls_[attempt.call], attempt), kDoorDraw)).uniform();
  instance.door->concurrency->learn(
      {now(), attempt.arrived, std::int64_t{instance.busy} + instance.queued, dropped, chance});
}

}  // namespace faultline
