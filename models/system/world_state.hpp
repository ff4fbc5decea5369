#pragma once
// What a world is at one moment: every row, every room, the figures counted so far, and the names
// of what can happen next. World (world.hpp) makes it move.

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/system/measuring.hpp"
#include "models/system/parts.hpp"
#include "models/vocabulary/fact.hpp"
#include "models/vocabulary/identity.hpp"
#include "models/vocabulary/trace.hpp"
#include "sim/assert.hpp"
#include "sim/calendar.hpp"
#include "sim/fingerprint.hpp"
#include "sim/slab.hpp"

namespace faultline {

class WorldState {
 protected:
  WorldState(const WorldSpec& spec, std::uint64_t seed, const Measuring& measuring)
      : spec_(spec), seed_(seed), measuring_(measuring) {
    if (measuring.watch) watch_.emplace(*measuring.watch);
  }

  enum Kind : unsigned {
    kArrival,         // id: client
    kUserReady,       // id: user
    kDelivered,       // id: attempt, at the server's door
    kWorkDone,        // id: attempt
    kReplyDelivered,  // id: attempt
    kAttemptTimer,    // id: attempt; tag: layer, or one of the tags below
    kCallTimer,       // id: call; tag: layer, or kSendAgain + layer
    kFaultBoundary,   // id: fault
    kControllerTick,  // id: controller
    kInstanceReady,   // id: instance
    kBacklog,         // id: client; what is there when the run begins
    kMachine,         // id: instance; tag: one of the three below
    kDegradation,     // id: action, or behind all of them a ladder
  };
  // Tags of timers that are no policy's.
  static constexpr std::uint32_t kSendAgain = 0x100;  // call: the pause before a retry is over
  static constexpr std::uint32_t kInherited = 0x200;  // call: the deadline it was given
  static constexpr std::uint32_t kWoken = 0x100;      // attempt: may go on from a policy's line
  static constexpr std::uint32_t kUnreachable = 0x200;
  // Attempt: of a try on the wire.
  static constexpr std::uint32_t kConnected = 0x300;
  static constexpr std::uint32_t kNotConnected = 0x301;
  static constexpr std::uint32_t kTurnedAway = 0x302;
  static constexpr std::uint32_t kHeaderTimeout = 0x303;
  static constexpr std::uint32_t kReadTimeout = 0x304;
  static constexpr std::uint32_t kReset = 0x305;
  static constexpr std::uint32_t kServerSide =
      0x400;  // from here on the caller's leaving is no reason
  static constexpr std::uint32_t kStepTimeout = 0x400;
  static constexpr std::uint32_t kCancelMessage = 0x401;
  static constexpr std::uint32_t kQueueTimeout = 0x402;
  static constexpr std::uint32_t kPiece = 0x403;          // of the answer gets to the caller,
  static constexpr std::uint32_t kLastPiece = 0x404;      // the last of it without a pause
  static constexpr std::uint64_t kWorkDraw = 0x776f726b;  // what a step's draw of work is about
  static constexpr std::uint32_t kProcessor = 0, kDisk = 1, kRestart = 2;  // machine

  Identity who(CallId id) const { return has_users_ ? identities_[id] : Identity{}; }
  Line& line_of(Instance& instance, const Attempt& attempt) {
    return instance.fair ? instance.fair->users[user_of(attempt)].line
                         : instance.lines[queue_of(instance, attempt)];
  }
  // Calls off those of an owner's timers whose tag is in [from, until).
  void cancel_timers(std::uint32_t& chain, std::uint32_t from, std::uint32_t until) {
    while (chain != kNone && calendar_.tag(chain) - from < until - from)
      chain = calendar_.cancel(chain);
    // Only what stands behind one that stays.
    if (chain != kNone && calendar_.next_of_owner(chain) != kNone) cancel_some(chain, from, until);
  }
  [[gnu::noinline]] void cancel_some(std::uint32_t& chain, std::uint32_t from, std::uint32_t until);
  // A timer has fired and is gone; takes it out of its owner's list.
  void forget_timer(std::uint32_t& chain, TimerId timer);

  // Whether nobody asks about users, operations or versions of records: else each call would have
  // to say which it is about.
  bool keeps_no_accounts() const { return !has_users_ && logs_.empty() && records_.empty(); }

  // Whether somebody waits already, or is left, is often a matter of chance: these two have no
  // branch to mispredict. Where there is no neighbour they write to whoever joins or leaves.
  void join_line(Line& line, AttemptId id, Attempt& attempt) {
    const bool first = line.tail == kNone;
    line.head = first ? id : line.head;
    attempts_[first ? id : line.tail].next = id;
    attempt.prev = line.tail;
    attempt.next = kNone;
    line.tail = id;
  }
  // The first leaves.
  void pop_line(Line& line, const Attempt& first) {
    const AttemptId id = line.head, next = first.next;
    const bool last = next == kNone;
    line.head = next;
    line.tail = last ? kNone : line.tail;
    attempts_[last ? id : next].prev = kNone;
  }
  void leave_line(Line& line, const Attempt& attempt) {
    (attempt.prev == kNone ? line.head : attempts_[attempt.prev].next) = attempt.next;
    (attempt.next == kNone ? line.tail : attempts_[attempt.next].prev) = attempt.prev;
  }
  static std::size_t queue_of(const Instance& instance, const Attempt& attempt) {
    return instance.spec->discipline == Discipline::Priority ? attempt.priority : 0;
  }
  std::uint32_t user_of(const Attempt& attempt) const { return who(attempt.call).user; }
  // Until when its caller may wait, which was told a deadline itself.
  Instant deadline(CallId id) const { return calls_[id].limited ? deadlines_[id] : Instant::max(); }
  void limit(CallId id, Instant deadline) {
    if (deadline == Instant::max()) return;
    if (deadlines_.size() <= id) deadlines_.resize(id + 1);
    deadlines_[id] = deadline;
    calls_[id].limited = true;
  }
  void release_reference(CallId id) {
    if (--calls_[id].references == 0) rows_.release(id);
  }
  // When the attempt set out. (A call sends its first one at once.)
  Instant sent(AttemptId id) const { return calls_[id].due; }
  // The next of its call's wanted attempts; the first that was sent is the last.
  AttemptId sibling(AttemptId id) const {
    return attempts_[id].call == id ? kNone : calls_[id].next;
  }
  // Sent before it, in its branch, by a retry inside the hedge.
  std::uint16_t resends(AttemptId id) const {
    return attempts_[id].call == id ? std::uint16_t{0} : calls_[id].tries;
  }
  std::uint64_t attempt_key(const Call& call, const Attempt& attempt) const {
    return attempt.number == 0 ? call.lineage : derive(call.lineage, attempt.number);
  }
  Pipeline& pipeline_of(const Call& call) {
    return callers_[call.caller].pipelines[routes_[call.route].pipeline];
  }
  const Pipeline& pipeline_of(const Call& call) const {
    return callers_[call.caller].pipelines[routes_[call.route].pipeline];
  }
  Target& target_of(const Call& call, const Route& route) {
    return callers_[call.caller].targets[route.target];
  }

  // telling.cpp
  // A step of a traced request's story; ask call.traced first.
  template <class... Args>
  [[gnu::cold, gnu::noinline]] void trace(const Call& call, const Told& told,
                                          fmt::format_string<Args...> sentence, Args... args) {
    add_to_story(call, told, fmt::format(sentence, std::move(args)...));
  }
  template <class... Args>
  [[gnu::cold, gnu::noinline]] void trace(const Call& call, fmt::format_string<Args...> sentence,
                                          Args... args) {
    add_to_story(call, {}, fmt::format(sentence, std::move(args)...));
  }
  void add_to_story(const Call& call, const Told& told, std::string sentence);

  // weather.cpp
  std::vector<AttemptId> jobs_of(InstanceId id) const;

  // records.cpp
  [[gnu::noinline]] void read_record(AttemptId id, std::uint32_t record);
  [[gnu::noinline]] bool writes_record(AttemptId id, std::uint32_t record);
  [[gnu::noinline]] void take_versions_along(CallId leg, AttemptId parent);

  const WorldSpec& spec_;
  std::uint64_t seed_;
  Measuring measuring_;
  RunContext context_;
  Calendar calendar_;
  Fingerprint fingerprint_;

  Slab<CallRow> rows_;
  Column<Call, &CallRow::call> calls_{rows_};
  Column<Attempt, &CallRow::attempt> attempts_{rows_};
  std::vector<Instant> deadlines_;  // by call, of those that are `limited`
  bool has_users_ = false;
  std::vector<Identity> identities_;  // by call, if there are users
  std::vector<Route> routes_;
  std::vector<Instance> instances_;
  std::vector<InstanceId> free_instances_;
  std::vector<std::unique_ptr<Machine>> machines_;  // by instance; none where not modelled
  std::vector<Caller> callers_;
  std::vector<std::uint32_t> free_callers_;
  std::vector<ClientState> clients_;
  std::vector<User> users_;
  std::vector<Instant> set_out_;  // by attempt: when it did, where round trips are measured
  std::vector<ServiceState> services_;
  std::vector<LinkState> links_;
  std::vector<CacheState> caches_;
  std::vector<SwitchState> flags_;
  std::vector<LadderState> ladders_;
  std::vector<Errand> errands_;  // by call
  std::vector<Afterwards> afterwards_;
  std::vector<std::vector<double>> popularity_;  // cumulative weights
  std::vector<ControllerState> controllers_;
  std::vector<std::uint32_t> origins_;         // edges, by call, of calls that are `resent`
  std::vector<std::uint64_t> operation_keys_;  // by call, if there are logs
  std::vector<OperationLog> logs_;             // by Route::log
  std::vector<std::uint64_t> logged_;          // which service and endpoint each is of
  std::vector<Operation> operations_;          // by attempt, on routes with a log
  std::vector<std::uint64_t> records_;         // their versions: how often each was written
  std::vector<VersionsSeen> seen_;             // by attempt: what the job has read
  std::vector<VersionsSeen> brought_;          // by call: what its caller had read by then
  std::vector<Wire> wires_;                    // by attempt, on ceremonious routes
  std::vector<char> active_faults_;            // 1: begun and not ended
  // Of policies with scope = "shared": by caller entity (clients, then services), then pipeline.
  std::vector<std::vector<std::vector<std::shared_ptr<Policy>>>> shared_;

  std::vector<ClientStatistics> client_stats_;
  std::vector<ServiceStatistics> service_stats_;
  std::vector<EdgeStatistics> edge_stats_;
  Ledger ledger_;
  std::uint64_t attempts_begun_ = 0, attempts_ended_ = 0;
  std::vector<Fact> facts_;
  std::uint64_t requests_ = 0;
  std::vector<TraceStep> trace_;
  std::optional<RequestWatch> watch_;
  bool is_listened_to_ = false;  // somebody wants to hear about single requests
};

}  // namespace faultline
