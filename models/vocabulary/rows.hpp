#pragma once
// The rows of a world in motion. A *request* is what a client wants; a *call* is one hop of it,
// from a caller to a callee's endpoint, policies included (a request is a client's call); an
// *attempt* is one try on the wire, and once it holds a thread of the server it is the server's
// *job*.
//
// Rows are small on purpose: at tens of thousands in flight the run is bound by cache misses on
// them.

#include <bit>
#include <cstddef>
#include <cstdint>

#include "models/vocabulary/outcome.hpp"
#include "sim/slab.hpp"
#include "sim/time.hpp"

namespace faultline {

using CallId = std::uint32_t;
using AttemptId = std::uint32_t;
using InstanceId = std::uint32_t;
using LayerMask = std::uint16_t;

struct Call {
  std::uint64_t lineage = 0;  // what its draws are keyed by
  Instant due;                // when the client wanted it, or when its step came up
  AttemptId parent = kNone;   // the job that waits for it; kNone: a client's request
  std::uint32_t caller = 0;
  std::uint32_t route = 0;
  std::uint32_t timers = kNone;   // of the layers outside the retry
  AttemptId attempts = kNone;     // those still wanted, newest first
  CallId next = kNone;            // its neighbours among the parent's calls;
  CallId prev = kNone;            // of a client's request: `prev` is its user
  LayerMask passed = 0;           // outer layers that said Proceed
  std::uint16_t tries = 0;        // sent by first sending and retry
  std::uint16_t sent = 0;         // attempts in all, hedges too
  std::uint16_t references = 0;   // attempts that exist, wanted or not, and the caller's own
  std::uint8_t live = 0;          // attempts still wanted
  std::uint8_t hedges = 0;        // sent besides the running try
  bool traced : 1 = false;        // its story is told
  bool wanted : 1 = true;         // has not ended
  bool resent : 1 = false;        // some try further out was not the first
  bool errand : 1 = false;        // no job and no client waits for it (World::Errand)
  bool replaced : 1 = false;      // has failed; an errand is under way in its place
  std::uint8_t tier : 3 = 0;      // fallbacks called so far
  std::uint8_t priority : 7 = 0;  // 0 (P0) … 3 (P3)
  bool limited : 1 = false;       // its caller was told a deadline (WorldState::deadline())
};
static_assert(sizeof(Call) == 56);

// What is to be said of a call when it begins.
struct NewCall {
  std::uint64_t lineage = 0;
  Instant due;
  AttemptId parent = kNone;
  std::uint32_t caller = 0;
  std::uint32_t route = 0;
  CallId prev = kNone;
  std::uint8_t priority = 0;

  Call as_call() const {
    return {.lineage = lineage,
            .due = due,
            .parent = parent,
            .caller = caller,
            .route = route,
            .prev = prev,
            .priority = priority};
  }
};

enum class AttemptState : std::uint8_t {
  Waiting,     // at the caller, in a policy (bulkhead, paced limit)
  Travelling,  // to the server
  Parked,      // in a link that delivers nothing
  Queued,      // at the server, for a thread
  Working,     // a thread works
  Calling,     // a thread is held while calls of its own are under way
  Replying,    // the answer is on its way
  Ghost,       // killed (so abandoned or stale); the row waits for the event that still names it
  Computing,   // a thread is held while a processor or disk does the step
};

inline bool holds_thread(AttemptState state) {
  return state == AttemptState::Working || state == AttemptState::Calling ||
         state == AttemptState::Computing;
}

struct AttemptFlags {
  bool abandoned : 1 = false;  // the caller has gone
  bool tainted : 1 = false;    // built on wrong data
  bool partial : 1 = false;    // some part of the answer is missing
  bool doomed : 1 = false;     // a part that must be there has failed
  bool stale : 1 = false;      // an event in the queue still names a job that was killed
  bool hedge : 1 = false;      // sent besides a try that was under way
  bool admitted : 1 = false;   // it waits at the door for the moment to go in
  bool plain : 1 = false;      // nothing about it but its instance takes it off the plain way

  // Whether it is plain and none of what would take it off the plain way all the same: one
  // comparison, because that is asked at every step.
  bool on_plain_way() const {
    AttemptFlags reasons;
    reasons.abandoned = reasons.tainted = reasons.partial = reasons.doomed = reasons.stale = true;
    AttemptFlags plainly;
    plainly.plain = true;
    const auto asked = static_cast<std::uint8_t>(bits(reasons) | bits(plainly));
    return (bits(*this) & asked) == bits(plainly);
  }

 private:
  static std::uint8_t bits(AttemptFlags flags) { return std::bit_cast<std::uint8_t>(flags); }
};
static_assert(sizeof(AttemptFlags) == 1);

struct Attempt {
  Instant arrived = Instant::max();  // at the server; not there yet
  Instant started;                   // got a thread, or was abandoned while it had one
  CallId call = kNone;
  InstanceId instance = kNone;
  std::uint32_t timers = kNone;  // of the layers inside the retry, and of the running step
  union {
    AttemptId next = kNone;  // Queued, Parked: its neighbours there
    CallId calls;            // of a job: that it made and waits for
  };
  union {
    AttemptId prev = kNone;
    float share;  // Calling: the qualities of the running step's legs, summed
  };
  float quality = 1;  // of the answer on its way; of an error, its Retry-After in seconds
  LayerMask passed = 0;
  std::uint16_t number = 0;  // within its call, from 0
  std::uint16_t step = 0;
  std::uint16_t pending = 0;  // legs of the step not ended
  std::uint16_t good = 0;     // legs of the step that succeeded
  AttemptState state = AttemptState::Waiting;
  Error error = Error::None;    // of the answer on its way
  std::uint8_t waiting_at = 0;  // layer, while Waiting
  std::uint8_t priority = 0;
  AttemptFlags is;
};
static_assert(sizeof(Attempt) == 56);

// A call and its first attempt share a row and an id: most calls never make another. The row goes
// when nothing refers to the call any more. A further attempt has a row of its own, whose call half
// is no call: what only further ones need stands there (WorldState::sent() and its neighbours).
struct CallRow {
  Call call;
  Attempt attempt;
};
static_assert(sizeof(CallRow) == 112);

inline bool in_use(const Call& call) {
  return call.references > 0;
}
inline bool in_use(const Attempt& attempt) {
  return attempt.call != kNone;
}

// One of the two halves, by id.
template <class Half, Half CallRow::*half>
class Column {
 public:
  explicit Column(Slab<CallRow>& rows) : rows_(&rows[0]) {}
  Half& operator[](std::uint32_t id) { return rows_[id].*half; }
  const Half& operator[](std::uint32_t id) const { return rows_[id].*half; }
  std::uint32_t id_of(const Half& one) const {
    const auto distance =
        reinterpret_cast<const char*>(&one) - reinterpret_cast<const char*>(&(rows_[0].*half));
    return static_cast<std::uint32_t>(distance / static_cast<std::ptrdiff_t>(sizeof(CallRow)));
  }

 private:
  CallRow* rows_;
};

}  // namespace faultline
