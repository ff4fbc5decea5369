#pragma once
// What a world is made of, with every name resolved to an index: the output of lab/run/build and
// the input of World. Plain data, shared read-only by all runs of one scenario.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/controllers/controller.hpp"
#include "models/controllers/ladder_rules.hpp"
#include "models/faults/fault.hpp"
#include "models/policies/codel.hpp"
#include "models/policies/door_settings.hpp"
#include "models/policies/policy.hpp"
#include "models/system/balancing_rules.hpp"
#include "models/system/outlier_detection.hpp"
#include "models/system/processor.hpp"
#include "models/vocabulary/identity.hpp"
#include "sim/distribution.hpp"

namespace faultline {

enum class Discipline : std::uint8_t { Fifo, Lifo, Priority, AdaptiveLifo, Fair };
enum class Balancing : std::uint8_t { RoundRobin, Random, LeastRequest, PowerOfTwo, PeakEwma };
// Whether an instance in the caller's own zone is preferred.
enum class ZoneRouting : std::uint8_t { Off, Aware, Failover };
// What a caller tells its callee: nothing, until when it waits, or also when it stops waiting.
enum class Propagation : std::uint8_t { None, Deadline, Cancel };

// A list of consecutive elements of another list.
struct Range {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

// The policies between one caller (a client or service) and one callee, outermost first.
struct PipelineSpec {
  std::vector<std::shared_ptr<const PolicyConfig>> layers;
  LayerMask breakers = 0;
  std::vector<Duration>
      alarms;              // layer by layer: of a policy that only sets one; < 0: it does more
  std::uint8_t inner = 0;  // first layer inside every one that sends again
  Propagation propagation = Propagation::None;
  Duration try_timeout = Duration::max();    // after which a try is given up
  Duration call_deadline = Duration::max();  // after which the call is
  std::optional<PhaseTimeouts> phases;       // of a try on the wire
  bool shared = false;                       // one state for all instances of the caller
  std::uint32_t edge = 0;

  // Whether all there is to do on the way in is to set timers, and nothing on the way out.
  bool timers_only() const {
    return inner == 0 &&
           std::all_of(alarms.begin(), alarms.end(), [](Duration d) { return d.ns >= 0; });
  }
  std::vector<std::uint32_t> instead;  // routes of the fallback's tiers; the largest number: none

  bool is_breaker(unsigned layer) const { return (breakers >> layer & 1) != 0; }
};

// One way to call: what a client does, or a leg of a service's step.
struct RouteSpec {
  std::uint32_t edge = 0;
  std::uint32_t service = 0;
  std::uint32_t endpoint = 0;
  std::uint32_t pipeline = 0;  // among the caller's
  std::uint32_t target = 0;    // among the caller's: what it knows of the callee's instances
  std::uint64_t key = 0;       // of its draws, from names alone
  bool idempotent = true;
  bool required = false;  // of a parallel step: without it there is no answer
};

struct StepSpec {
  // Gate: passes over the next step while a flag is off. Rung: what the answer is worth now.
  enum class Kind : std::uint8_t { Work, Calls, Cache, Cpu, Disk, Gate, Rung, Flush, Read, Write };
  Kind kind = Kind::Work;
  double chance = 1;                      // that it is done; otherwise it is passed over,
  std::uint32_t otherwise = 0xffffffffu;  // or this route is called instead
  Distribution work;                      // of Cpu: CPU time
  std::int64_t bytes = 0;                 // of Disk, each operation
  std::int64_t operations = 1;            // of Disk
  Range routes;                           // of Calls: the legs; of Cache: how to fill it
  std::uint32_t need = 1;                 // legs that must succeed
  bool wait_all = true;
  std::optional<Duration> timeout;
  float without = 0;          // worth of each part that is missing; of Gate: of what is left out
  bool has_required = false;  // some leg must succeed whatever `need` says
  std::uint32_t flag = 0;     // of Gate
  std::uint32_t record = 0;   // of Read and Write
  std::uint32_t cache = 0;
  std::uint32_t popularity = 0;  // which law the keys follow
  std::uint64_t key = 0;
};

// A server-side store of idempotency keys, shared by the instances (as Stripe has it).
struct KeyStoreSpec {
  Duration ttl;
  bool in_flight = true;     // knows what is under way; else it checks, then processes
  bool keeps_errors = true;  // an error is an answer, too
};

struct EndpointSpec {
  std::string name;
  Range steps;
  bool idempotent = true;
  std::optional<KeyStoreSpec> keys;
  std::int64_t request_bytes = 0, response_bytes = 0;
};

// What calls: a client or a service.
struct CallerSpec {
  std::vector<PipelineSpec> pipelines;
  std::vector<std::uint32_t> targets;  // services
  std::vector<std::uint32_t> zones;    // of its instances, in turn; empty: in none
  std::uint64_t key = 0;
};

// What a balancer does besides the plain kinds; a service that asks for none of it has none.
struct BalancerSpec {
  std::vector<double> weights;  // of the instances, in turn; empty: all alike
  // Of LeastRequest: so many are drawn, with repetition; 0: all are looked at. Of PowerOfTwo: so
  // many different ones, at least 2.
  std::uint32_t choice_count = 0;
  Duration refresh{0};  // how old counts may be; 0: they are always fresh
  double bias = 1;      // of LeastRequest with unequal weights
  SlowStart slow_start;
  Duration default_rtt = milliseconds(30), decay = milliseconds(10'000);  // of PeakEwma
  ZoneRouting zone_routing = ZoneRouting::Off;
  std::uint32_t min_zone_hosts = 6;  // with fewer hosts zones are not looked at (Aware)
  double panic_threshold = 0.5;
  std::optional<OutlierSettings> outliers;
};

// A new instance works slower, by a factor that sinks evenly to 1.
struct WarmUpSpec {
  Duration lasts{0};
  double factor = 1;
};

// A local disk: operations one after the other, each as long as the scarcer of the two allows.
struct DiskSpec {
  double operations_per_s = 0;        // 0: there is none
  double bytes_per_s = 0;             // 0: no limit of its own
  std::uint32_t queue = 0xffffffffu;  // steps that may wait; the next fails
  Distribution latency;               // on top of each step, without occupying the disk
};

// What each request holds from its arrival to its reply. Who comes when it is full either kills the
// instance (out of memory) or is refused.
struct MemorySpec {
  std::int64_t limit = 0;  // 0: not looked at
  std::int64_t idle = 0;   // of an instance without requests
  std::int64_t per_request = 0;
  bool kills = true;
  Duration restart = milliseconds(10'000);
};

// What an instance runs on, as far as it is modelled.
struct MachineSpec {
  ProcessorSpec processor;
  DiskSpec disk;
  MemorySpec memory;
  bool any() const { return processor.cores > 0 || disk.operations_per_s > 0 || memory.limit > 0; }
};

struct ServiceSpec {
  std::string name;
  std::uint32_t replicas = 1;
  std::uint32_t threads = 1;  // per instance; the largest number: unbounded
  std::uint32_t queue_limit = 0xffffffffu;
  Discipline discipline = Discipline::Fifo;
  std::uint32_t lifo_above = 1;  // AdaptiveLifo: with more waiting the newest is next
  std::optional<CodelSettings> codel;
  std::optional<Distribution> queue_timeout;  // who has waited so long is refused
  Balancing balancing = Balancing::RoundRobin;
  std::optional<BalancerSpec> balancer;
  WarmUpSpec warm_up;
  double contention = 0;  // work is so much longer for each request in work, as a share of it
  double cpu = 0;         // cores per instance that work counts against; 0: one a thread
  MachineSpec machine;
  std::shared_ptr<const DoorSettings> door;  // null: open to everybody
  // Whether there is no more to arriving there than a thread, or a place in a first-come queue.
  bool is_plain() const {
    return !door && discipline == Discipline::Fifo && !codel && !queue_timeout &&
           machine.memory.limit == 0;
  }
  bool limits_wait() const { return queue_timeout || (codel && codel->at_arrival()); }
  // Requests that an instance has room for, at work and waiting, as far as that is limited.
  std::int64_t room() const {
    return std::int64_t{threads} + (queue_limit == 0xffffffffu ? 0 : queue_limit);
  }
  std::vector<EndpointSpec> endpoints;
  CallerSpec caller;
  std::uint64_t key = 0;
};

// The factor on a client's rate, linear between points, flat before and after.
struct ShapePoint {
  Instant at;
  double factor = 1;
};

// A client's users. Who asks is drawn for each request: user i (from 1) with weight 1/i^exponent.
struct PopulationSpec {
  std::uint32_t first = 0;  // its first user's number among all clients' users
  std::uint32_t users = 1;
  std::uint32_t popularity = 0;  // which law their activity follows; unused in a closed loop
  struct TierShare {
    Tier tier = kNoTier;
    double share = 0;           // of its users
    std::int8_t priority = -1;  // of their requests; < 0: the client's
  };
  std::vector<TierShare> tiers;  // whoever is in none has no tier
};

struct ClientSpec {
  enum class Kind : std::uint8_t { Open, Closed, Renewal };
  std::string name;
  Kind kind = Kind::Open;
  double rate = 0;  // per second
  bool evenly = false;
  std::vector<ShapePoint> shape;
  Distribution gaps;        // between arrivals (Renewal)
  std::uint32_t users = 0;  // Closed
  Distribution think;
  std::uint32_t batch = 1;
  std::uint32_t at_start = 0;
  std::uint32_t instances = 1;
  std::uint8_t priority = 0;
  Instant starts;
  Instant stops = Instant::max();
  std::uint32_t route = 0;
  CallerSpec caller;
  PopulationSpec population;  // used if WorldSpec::has_users
  std::uint64_t key = 0;
  Duration deadline = Duration::max();  // of its policy, for goodput
};

// How a caller's instance gets its connections to a callee's.
struct ConnectionSpec {
  enum class Kind : std::uint8_t {
    Fresh,   // one for each try
    Pooled,  // kept after an answer, and used by one try at a time (HTTP/1.1)
    Shared,  // one that carries all (HTTP/2)
  };
  Kind kind = Kind::Pooled;
  std::uint32_t tls_round_trips = 0;
  Duration keep_alive = milliseconds(90'000);
  std::uint32_t most_idle = 0xffffffffu;
};

// A caller's instance looks the callee's name up and remembers the answer.
struct DnsSpec {
  Distribution lookup;
  Duration ttl = milliseconds(30'000);
  Duration stale_for;                       // an expired answer will do when the lookup fails
  Duration gives_up = milliseconds(5'000);  // how long a lookup that fails takes
};

struct LinkSpec {
  std::string name;  // caller->callee
  Distribution latency;
  std::optional<Distribution> cross_zone;  // besides, between two zones
  double loss = 0;
  Duration retransmit = milliseconds(200);  // 0: what is lost is lost for good
  Duration unreachable_after = milliseconds(127'000);
  double bandwidth = 0;  // bytes a second, each way; 0: no limit
  std::optional<ConnectionSpec> connection;
  std::optional<DnsSpec> dns;
  std::uint64_t key = 0;
};

struct EdgeSpec {
  std::string name;          // caller->callee
  std::uint32_t caller = 0;  // a client's index, or clients + a service's
  std::uint32_t service = 0;
  std::uint32_t link = 0;
};

enum class Eviction : std::uint8_t { Lru, Fifo, Random };

struct CacheSpec {
  std::string name;
  Duration ttl = Duration::max();
  std::uint32_t capacity = 0;  // 0: unbounded
  bool coalesce = false;
  Duration stale_while_revalidate{0}, stale_if_error{0};  // past the ttl
  float stale_quality = 1;
  double early = 0;      // β of XFetch; 0: never
  double jitter = 0;     // of the ttl, ± this share
  bool sliding = false;  // a hit begins the ttl anew
  Eviction eviction = Eviction::Lru;
};

struct FlagSpec {
  std::string name;
  bool on = true;
};

// What a rule looks at: a share of what there is.
enum class Signal : std::uint8_t { Threads, Queue, Cpu, Disk, Errors };

struct LadderSpec {
  std::string name;
  std::uint32_t service = 0;
  Signal signal = Signal::Threads;
  LadderRules rules;
  struct Rung {
    std::string name;
    std::vector<std::uint32_t> off;  // flags
    float quality = 1;
    Duration cache_age{0};
  };
  std::vector<Rung> rungs;
  bool of_service = false;  // its rungs say what the service's answers are worth
};

// What somebody does by hand.
struct ActionSpec {
  Instant at;
  std::uint32_t flag = 0xffffffffu;
  bool on = false;
  std::uint32_t cache = 0xffffffffu;  // to be flushed
};

// Zipf's law over `keys` keys: key i (from 1) has weight 1/i^exponent; 0 is uniform.
struct PopularitySpec {
  std::uint32_t keys = 1;
  double exponent = 0;
};

struct FaultSpec {
  Instant at;
  Instant until = Instant::max();
  std::shared_ptr<const Fault> fault;
  std::uint32_t service = 0xffffffffu;
  std::uint32_t link = 0xffffffffu;
  std::uint32_t zone = 0xffffffffu;  // only instances in this one
  std::uint32_t cache = 0xffffffffu;
  std::uint64_t key = 0;
};

struct ControllerSpec {
  std::uint32_t service = 0;
  Instant starts;
  std::shared_ptr<const ControllerConfig> config;
  std::string name;
};

struct WorldSpec {
  std::vector<std::string> zones;
  std::vector<ClientSpec> clients;
  std::vector<ServiceSpec> services;
  std::vector<RouteSpec> routes;
  std::vector<StepSpec> steps;
  std::vector<EdgeSpec> edges;
  std::vector<LinkSpec> links;
  std::vector<CacheSpec> caches;
  std::vector<FlagSpec> flags;
  std::vector<std::string> records;
  std::vector<LadderSpec> ladders;
  std::vector<ActionSpec> actions;
  std::vector<PopularitySpec> popularities;
  std::vector<FaultSpec> faults;
  std::vector<ControllerSpec> controllers;
  bool has_users = false;  // some client has a population, so that every request is somebody's
};

}  // namespace faultline
