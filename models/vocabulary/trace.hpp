#pragma once
// The story of one request, step by step, for whoever tells or draws it
// (lab/evidence/waterfall.hpp).

#include <cstdint>
#include <string>

#include "models/vocabulary/outcome.hpp"
#include "sim/time.hpp"

namespace faultline {

enum class TraceKind : std::uint8_t {
  Aside,       // worth a sentence, and nothing more
  SetsOut,     // an attempt, to an instance
  NotSent,     // a policy of the caller's turned the attempt away
  Queued,      // at the server
  TurnedAway,  // at the server's door
  GetsThread,  // the server begins with the attempt
  Done,        // the server is done with it
  GivesUp,     // the caller no longer waits for the attempt
  Failed,      // the attempt; the call goes on with others
  Instead,     // something else is asked in the call's place
  Again,       // the call has failed and will be sent again
  Ended,       // the call, with what its caller sees
  Abandoned,   // the call: nobody waits for it any more
};

// What a step says besides its sentence.
struct Told {
  TraceKind kind = TraceKind::Aside;
  std::uint16_t attempt = 0;  // within its call, from 0
  Error error = Error::None;
  Duration waited{0};          // GetsThread: in the queue
  std::uint32_t instance = 0;  // SetsOut: its ordinal
};

struct TraceStep {
  Instant at, due;  // `due`: when its call was
  Told told;
  std::uint64_t call = 0, parent = 0;  // lineages; parent 0: a client's request
  std::uint16_t parent_attempt = 0;    // of the parent, that made the call
  std::uint32_t edge = 0;
  std::string sentence;
};

}  // namespace faultline
