// Records that are changed optimistically, as a conditional write in DynamoDB or an If-Match header
// in HTTP does it: nobody locks; who reads learns the version, and a write that brings another one
// than the record has is turned away. What a job knows is what it has read itself, or what its
// caller had read, through whichever call, when it asked.

#include "models/system/world_state.hpp"

namespace faultline {

void WorldState::read_record(AttemptId id, std::uint32_t record) {
  const Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const auto note = [&](AttemptId who, std::uint64_t key) {
    if (seen_.size() <= who) seen_.resize(who + 1);
    seen_[who].note(key, record, records_[record]);
  };
  note(id, attempt_key(call, attempt));
  if (!call.wanted || call.parent == kNone) return;
  const Attempt& asker = attempts_[call.parent];
  note(call.parent, attempt_key(calls_[asker.call], asker));
}

// Whether the write takes place.
bool WorldState::writes_record(AttemptId id, std::uint32_t record) {
  const Attempt& attempt = attempts_[id];
  const Call& call = calls_[attempt.call];
  const VersionsSeen::Seen* known = nullptr;
  if (id < seen_.size()) known = seen_[id].of(attempt_key(call, attempt), record);
  if (known == nullptr && attempt.call < brought_.size())
    known = brought_[attempt.call].of(call.lineage, record);
  if (known == nullptr || known->version != records_[record]) return false;
  ++records_[record];
  return true;
}

void WorldState::take_versions_along(CallId leg, AttemptId parent) {
  const Attempt& asker = attempts_[parent];
  if (parent >= seen_.size() || seen_[parent].whose != attempt_key(calls_[asker.call], asker))
    return;
  if (brought_.size() <= leg) brought_.resize(leg + 1);
  brought_[leg].whose = calls_[leg].lineage;
  brought_[leg].seen = seen_[parent].seen;
}

}  // namespace faultline
