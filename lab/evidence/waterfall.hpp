#pragma once
// One request as its hops: each call with its attempts, each attempt cut into what it was waiting
// for. From the steps of a traced run (RunOptions::trace_request).

#include <cstddef>
#include <string>
#include <vector>

#include "lab/run/result.hpp"

namespace faultline {

// What passes the time of an attempt or of a call.
enum class Spent : std::uint8_t {
  Caller,      // at the caller: in a policy's line, or between two attempts
  Travel,      // on the network
  Queue,       // at the server, for a thread
  Work,        // a thread of the server works on it: its self time
  Downstream,  // the thread waits for calls of its own
  Unwanted,    // the server goes on, though its caller has gone
};
inline constexpr std::size_t kSpent = 6;

struct Piece {
  Spent spent = Spent::Work;
  double from_s = 0, to_s = 0;
};

struct AttemptSpan {
  unsigned number = 0, instance = 0;  // number within the call, from 0
  double sent_s = 0, end_s = 0;       // the caller's view
  double served_s = 0;                // when the server was done; not before end_s: for nobody
  Error error = Error::None;
  bool sent = true, answered = false, given_up = false, turned_away = false;
  std::vector<Piece> pieces;  // without gaps from sent_s to end_s; then Unwanted, if any
};

struct CallSpan {
  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
  std::string caller, callee;
  double due_s = 0, end_s = 0;
  Error error = Error::None;
  bool ended = false, abandoned = false;  // neither: under way when the run ended
  bool instead = false;                   // asked in the place of its parent, which had failed
  std::size_t parent = kNobody;           // its index; parents come first
  unsigned parent_attempt = 0;            // its position among the parent's attempts
  std::vector<AttemptSpan> attempts;
};

struct Passed {
  Spent spent = Spent::Work;
  std::string where;  // a service; for Caller, whoever calls; for Travel, "a->b"
  double seconds = 0;
};

struct Waterfall {
  std::vector<CallSpan> calls;  // the client's first; none: nothing was traced
  double end_s = 0;             // of the last thing that was done for it, wanted or not
  // Where the request's latency went, along what it waited for: adds up to it, longest first.
  std::vector<Passed> passed;
};

// `until_s`: the end of the run.
Waterfall waterfall_of(const std::vector<TracePoint>& steps, double until_s);

// The same in sentences. `timeline` says which faults were in force.
std::vector<std::string> story_of(const Waterfall& request, const std::vector<Moment>& timeline);

}  // namespace faultline
