// Queues of other orders than the plain ones: fair by user, and those that shed what has waited too
// long (models/policies/codel.hpp).

#include <algorithm>

#include "models/system/world.hpp"

namespace faultline {

Line& World::line_to_join(Instance& instance, const Attempt& attempt) {
  if (!instance.fair) return instance.lines[queue_of(instance, attempt)];
  FairLines& fair = *instance.fair;
  const std::uint32_t user = user_of(attempt);
  FairLines::OfUser& own = fair.users[user];
  if (own.length++ == 0) fair.turns.push_back(user);
  return own.line;
}

AttemptId World::first_in_line(Instance& instance) {
  if (instance.fair) return instance.fair->users.begin()->second.line.head;
  for (const Line& line : instance.lines) {
    if (line.head != kNone) return line.head;
  }
  return kNone;
}

// One of each user in turn, his oldest.
AttemptId World::take_fair(Instance& instance) {
  FairLines& fair = *instance.fair;
  const std::uint32_t user = fair.turns.front();
  const AttemptId id = fair.users[user].line.head;
  leave_queue(instance, id);
  // Who still has something waiting is last now.
  if (!fair.turns.empty() && fair.turns.front() == user) {
    fair.turns.pop_front();
    fair.turns.push_back(user);
  }
  return id;
}

void World::leave_fair(Instance& instance, const Attempt& attempt) {
  FairLines& fair = *instance.fair;
  const std::uint32_t user = user_of(attempt);
  const auto own = fair.users.find(user);
  if (--own->second.length > 0) return;
  fair.users.erase(own);
  fair.turns.erase(std::find(fair.turns.begin(), fair.turns.end(), user));
}

// The queue is full. If it is fair, the newest of whoever has most waiting gives way; kNone: the
// one who comes is that one.
AttemptId World::who_gives_way(AttemptId id) {
  Instance& instance = instances_[attempts_[id].instance];
  if (!instance.fair || instance.queued == 0) return kNone;
  const auto longest = std::max_element(
      instance.fair->users.begin(), instance.fair->users.end(),
      [](const auto& a, const auto& b) { return a.second.length < b.second.length; });
  const auto mine = instance.fair->users.find(user_of(attempts_[id]));
  const std::uint32_t length = mine == instance.fair->users.end() ? 0 : mine->second.length;
  if (length + 1 >= longest->second.length) return kNone;
  const AttemptId out = longest->second.line.tail;
  leave_queue(instance, out);
  return out;
}

// Facebook's CoDel: how long it may wait is settled as it comes.
void World::limit_wait(Instance& instance, AttemptId id) {
  const CodelSettings& codel = *instance.spec->codel;
  const bool stands = now() - instance.codel->last_empty > codel.interval;
  Attempt& attempt = attempts_[id];
  attempt.timers = calendar_.arm(stands ? codel.target : codel.interval, Timing::Constant,
                                 kAttemptTimer, id, kQueueTimeout, attempt.timers);
}

// The next to be served, after CoDel has shed what it sheds; kNone if nothing is left.
AttemptId World::take_in_time(InstanceId id) {
  Instance& instance = instances_[id];
  const CodelSettings& settings = *instance.spec->codel;
  if (settings.at_arrival()) return take_next(instance);
  Codel& codel = *instance.codel;
  AttemptId next = kNone;
  const auto take = [&] {
    next = take_next(instance);
    return now() - attempts_[next].arrived;
  };
  // Whoever is told may come again at once, or call off another: only after all have been chosen.
  const auto shed = [&] {
    attempts_[next].state = AttemptState::Replying;  // from here on it can't be called off
    if (instance.door) learn_at_door(instance, attempts_[next], true);
    afterwards_.push_back({Afterwards::What::Shed, next});
    next = kNone;
  };
  if (settings.kind == CodelSettings::Kind::Linux) {
    codel.linux_way.dequeue(now(), take, shed, [&] { return instance.queued; });
  } else {
    while (instance.queued > 0 && codel.folly.sheds(now(), take())) shed();
  }
  return next;
}

}  // namespace faultline
