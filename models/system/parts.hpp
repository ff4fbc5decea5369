#pragma once
// The rooms of the world: plain state, and small questions about it. The rooms do not call each
// other; World (world.hpp) is the corridor between them.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "models/system/balancer.hpp"
#include "models/system/by_instance.hpp"
#include "models/system/door.hpp"
#include "models/system/spec.hpp"
#include "models/system/statistics.hpp"
#include "models/vocabulary/conditions.hpp"
#include "models/vocabulary/rows.hpp"

namespace faultline {

// The policies between one caller instance and one callee, with their state.
struct Pipeline {
  const PipelineSpec* spec = nullptr;
  std::vector<std::shared_ptr<Policy>> layers;
};

// What a caller knows of a callee's instances: whose turn it is, and how many of its own attempts
// are under way at each (Route::counts_outstanding).
struct Target {
  std::uint32_t service = 0;
  std::uint32_t turn = 0;
  Loads outstanding;
  // Of a link with connections: those that are idle (or, if shared, the one there is), by instance
  // id; each with the instants at which it was set up and last used.
  struct Connection {
    Instant since, used;
  };
  ByInstance<std::vector<Connection>> idle;
  Instant resolved = Instant{} - Duration{1};  // until when its name is known
  std::unique_ptr<BalancerState> balancer;     // null: a plain kind

  // Whose turn it is of several; without a branch, which would often be mispredicted.
  InstanceId in_turn(const std::vector<InstanceId>& among) {
    const auto n = static_cast<std::uint32_t>(among.size());
    const std::uint32_t next = turn + 1;
    turn = next & -static_cast<std::uint32_t>(next < n);
    return among[turn];
  }
};

// A way to call, with what is needed of it at every step close at hand. The pointers lead into
// tables of the world that never move.
struct LinkState;
struct ServiceState;
struct ClientState;
struct alignas(128) Route {  // found by a shift, on every step
  std::uint32_t edge = 0;
  std::uint32_t service = 0;
  std::uint32_t endpoint = 0;
  std::uint32_t pipeline = 0;
  std::uint32_t target = 0;
  std::uint32_t link = 0;
  std::uint32_t step_count = 0;
  bool idempotent = true;
  bool ceremonious = false;     // a try connects first, or its parts are timed
  std::uint32_t log = kNone;    // of what it does, if doing it twice matters
  bool tells_deadline = false;  // to its callee
  bool timers_only = true;      // its policies ask nothing and want to be told nothing
  bool watched = false;         // its callers look at zones or learn from the answers
  std::uint64_t key = 0;
  const StepSpec* steps = nullptr;
  const PipelineSpec* policies = nullptr;
  EdgeStatistics* counts = nullptr;
  ServiceStatistics* served = nullptr;
  const LinkState* wire = nullptr;
  const ServiceState* callee = nullptr;
  ClientState* asker = nullptr;  // if it is no service
  bool required = false;
  bool counts_outstanding = false;  // the balancer asks how many are under way at each instance
  bool plain_calls = false;         // what the caller and the link do is plain now (plain.cpp),
  bool plain_jobs = false;          // and what the server does
  bool begins_with_work = false;    // its first step is that
};

// One that calls: an instance of a client or of a service.
struct Caller {
  std::vector<Pipeline> pipelines;
  std::vector<Target> targets;
  std::uint32_t zone = kNone;
};

// Neighbours in a list through the attempts' rows.
struct Line {
  AttemptId head = kNone, tail = kNone;
};

// A line for each user who has something waiting, and whose turn it is.
struct FairLines {
  struct OfUser {
    Line line;
    std::uint32_t length = 0;
  };
  std::map<std::uint32_t, OfUser> users;
  std::deque<std::uint32_t> turns;  // the next first; each user in `users` once
};

enum class InstanceState : std::uint8_t { Starting, Ready, Draining, Gone };

struct Instance {
  std::uint32_t service = 0;
  std::uint32_t version = 0;
  std::uint32_t ordinal = 0;  // within its service, counting all that ever were
  std::uint32_t caller = 0;
  InstanceState state = InstanceState::Starting;
  bool flagged = false;    // its service has feature flags
  bool serving = false;    // its queue is being served further up the stack
  std::uint32_t busy = 0;  // threads held
  std::uint32_t queued = 0;
  std::uint32_t named = 0;  // attempts that name it
  bool metered = false;     // somebody looks at what it answers
  bool ordinary = true;  // of the one version, never cold, and no fault slows it or makes it fail
  bool plain = false;    // and nothing else is to be asked of it, either (plain.cpp)
  std::array<Line, 4> lines;        // by priority; the other disciplines use the first
  InstanceConditions conditions;    // changed by set()
  std::unique_ptr<Door> door;       // null: open to everybody
  std::unique_ptr<FairLines> fair;  // of Discipline::Fair, instead of `lines`
  std::unique_ptr<Codel> codel;
  Instant ready_since;
  const ServiceSpec* spec = nullptr;
  ServiceStatistics* stats = nullptr;
  HandlingStatistics* handling = nullptr;  // of its version, by endpoint

  void set(InstanceConditions now) {
    conditions = std::move(now);
    judge();
  }
  void become(InstanceState now) {
    state = now;
    judge();
  }
  // Whether it is ordinary, and plain. To be asked after each change of what that depends on.
  void judge() {
    ordinary = version == 0 && !flagged && conditions.slowdown == 1 && conditions.errors.empty() &&
               conditions.slowed.empty() && spec->warm_up.factor == 1 && spec->contention == 0;
    plain = ordinary && state == InstanceState::Ready && !conditions.down && !metered &&
            spec->is_plain();
  }
};

// Whether a job at the instance, or one that is about to be, keeps to the plain way.
inline bool keeps_to_it(const Attempt& job, const Instance& instance) {
  return instance.plain && job.is.on_plain_way();
}

static_assert(sizeof(Instance) == 256);  // found by a shift, on every step

// What an instance runs on.
struct Machine {
  explicit Machine(const MachineSpec& s) : spec(&s), processor(s.processor) {}
  const MachineSpec* spec;
  Processor processor;
  std::int64_t counted_use = 0;  // as the statistics have it
  bool counted_throttled = false;
  std::int64_t counted_stress = 0;
  std::uint32_t timers = kNone;
  struct DiskJob {
    AttemptId job;
    Instant done;
  };
  std::deque<DiskJob> disk;  // in the order in which they are done
  Instant disk_free;         // when what was handed to it is through
  bool out_of_memory = false;
};

// What a version did since its controllers last looked.
struct VersionMeter {
  std::uint64_t answers = 0, errors = 0;
  Histogram latency;
};

struct Version {
  VersionEffects effects;
  std::uint64_t key = 0;
  std::int64_t desired = 0;
  std::vector<InstanceId> ready;  // in the order in which they became ready
  VersionMeter meter;
  std::uint64_t answers = 0, errors = 0;  // ever
};

// What may start other people's work waits until the event at hand has run its course: nothing
// ends, begins or goes away under the feet of a handler that is in the middle of a list.
struct Afterwards {
  enum class What : std::uint8_t { Serve, Settle, Kill, Shed } what;
  std::uint32_t id;  // instance; attempt (kNone: called off); instance; attempt
};

// A feature flag: a version that calls meet in instances of another one.
struct FlagState {
  std::uint32_t version = 0;
  std::uint32_t of = 0;  // the instances' version
  struct Turn {
    Instant at;
    double share = 0;
    std::uint32_t caller = kNone;  // a client, or clients + a service; none: everybody
  };
  std::vector<Turn> turns;  // in the order of time
};

struct ServiceState {
  const ServiceSpec* spec = nullptr;
  std::vector<InstanceId> ready;
  std::vector<Version> versions;
  std::uint32_t stable = 0;  // version
  double weight = -1;        // share for the version `split`; < 0: no split
  std::uint32_t split = 0;
  std::vector<FlagState> flags;
  std::uint32_t instances_made = 0;
  std::shared_ptr<RateGate> limit;  // that its doors share, if they ask a store
  std::uint32_t changes = 0;        // how often `ready` has changed
  InstanceId only = kNone;          // if there is only one to choose, and nothing else to ask
  bool in_turn = false;             // several have their turns, and that is all
  float quality = 1;                // of its answers, on its ladder's rung
  Duration cache_age{0};            // past expiry, on that rung
  bool metered = false;
  bool rollout_under_way = false;

  // Whether there is a choice. To be asked after each change of what that depends on.
  void judge() {
    const bool simple = weight < 0 && !spec->balancer;
    only = simple && ready.size() == 1 ? ready[0] : kNone;
    in_turn = simple && ready.size() > 1 && spec->balancing == Balancing::RoundRobin;
  }
};

// What the draws of a message are about: its way there, or back.
inline constexpr std::uint64_t kThere = 0x746f;
inline constexpr std::uint64_t kBack = 0x66726f6d;

struct LinkState {
  LinkConditions conditions;
  bool plain = true;           // delivers at once and always: no event
  bool odd = false;            // wire.cpp has more to do than network.cpp
  Instant free_to, free_from;  // until when it is busy sending, each way
  Instant cut_since;           // connections set up before are hit by a cut of established ones
  double last_loss = 0;        // the draw before, of correlated losses
  Line parked_to, parked_from;
};

// A client's way of asking.
struct ClientState {
  const ClientSpec* spec = nullptr;
  const Route* route = nullptr;  // on which it calls
  ClientStatistics* stats = nullptr;
  std::uint64_t key = 0;  // of all its draws, the seed's included
  Draws gaps{0};          // its stream of arrivals
  Instant upcoming;       // the next that isn't scheduled yet
  double unit = 0;        // how far along, in expected arrivals (open loop)
  std::uint64_t requests = 0;
  std::uint32_t first_caller = 0;
  std::uint32_t first_user = 0;
};

struct User {
  std::uint32_t client = 0;
  std::uint32_t number = 0;
  std::uint64_t cycle = 0;
};

struct CacheEntry {
  Instant expires;                             // 0: nothing there
  Instant began;                               // its fetching
  Duration took{0};                            // to fetch it, last time
  AttemptId filler = kNone;                    // the job that is fetching it
  std::uint32_t newer = kNone, older = kNone;  // in the order of use, or of arrival
  float quality = 1;
};

struct CacheState {
  std::vector<CacheEntry> entries;
  std::uint32_t newest = kNone, oldest = kNone;
  std::uint32_t held = 0;
  std::vector<std::uint32_t> pool, place;  // of random eviction: what is held, and where it stands
  struct Waiter {
    std::uint32_t key;
    AttemptId job;
  };
  std::vector<Waiter> waiters;  // jobs that wait for a fill, in order of arrival
  std::uint64_t refreshes = 0;  // ever begun, for their draws
  CacheCounts counts;
};

// Beside the row of a call that no job waits for, or that another stands in for.
struct Errand {
  enum class What : std::uint8_t { Refresh, Instead } what = What::Refresh;
  std::uint32_t other = kNone;  // Refresh: the cache; Instead: the call that it stands in for
  std::uint32_t at = 0;         // Refresh: the key; Instead: the fallback's layer
  InstanceId instance = kNone;  // Refresh: that does it
  CallId substitute = kNone;    // of a call, errand or not, that is `replaced`: what is under way
};

struct SwitchState {
  bool by_hand = true;
  std::int32_t by_rule = 0;  // rungs that want it off
  bool on() const { return by_hand && by_rule == 0; }
};

struct LadderState {
  Ladder ladder;
  // What it saw when it last looked.
  struct Seen {
    double busy = 0, threads = 0, ready = 0, queued = 0, working = 0, disk = 0;
    std::uint64_t ok = 0, failed = 0;
  } seen;
};

// An operation is what a client wanted done once, whatever the number of tries at whatever hop.
struct Operation {
  std::uint64_t key = 0;
  bool begun = false;  // this attempt is doing it
};

// What an endpoint did, by operation; forgotten an hour after its last mention (or its key's life).
struct OperationLog {
  static constexpr Duration kMemory = milliseconds(3'600'000);
  struct Entry {
    Instant forgotten;
    Instant expires;  // of the stored answer; in the past: none is stored
    bool in_flight = false;
    std::uint32_t done = 0;
    Outcome answer;
  };
  std::optional<KeyStoreSpec> store;
  std::map<std::uint64_t, Entry> entries;
  std::deque<std::pair<Instant, std::uint64_t>> due;  // when to look whether to forget which
};

// Versions of records, known to a job or brought along by a call.
struct VersionsSeen {
  struct Seen {
    std::uint32_t record;
    std::uint64_t version;
  };
  std::uint64_t whose = 0;  // lineage; of anybody else it says nothing
  std::vector<Seen> seen;

  const Seen* of(std::uint64_t who, std::uint32_t record) const {
    if (whose != who) return nullptr;
    for (const Seen& s : seen)
      if (s.record == record) return &s;
    return nullptr;
  }
  void note(std::uint64_t who, std::uint32_t record, std::uint64_t version) {
    if (whose != who) seen.clear();
    whose = who;
    std::erase_if(seen, [&](const Seen& s) { return s.record == record; });
    seen.push_back({record, version});
  }
};

// An attempt's connection.
struct Wire {
  Instant since;  // when it was set up
  bool open = false;
};

struct ControllerState {
  std::unique_ptr<Controller> controller;
  bool done = false;
  std::uint32_t version = kNone;  // of a rollout
  Instant rolled_back = Instant::max();
  // What it saw when it last looked.
  struct Seen {
    Instant at;
    double busy = 0, working = 0, threads = 0, ready = 0;
    std::uint64_t arrivals = 0;
  } seen;
  std::vector<Histogram> latencies;  // by version, since it last looked
};

}  // namespace faultline
