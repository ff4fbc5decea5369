#pragma once
// A scenario as its author wrote it: names, not indices; every default filled in. A plain value:
// reading, overriding and checking make new ones, and nothing downstream points back into it.
// Each struct describes its own keys (models/vocabulary/describe.hpp); scenario.cpp holds them.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/controllers/controller.hpp"
#include "models/faults/fault.hpp"
#include "models/policies/policy.hpp"
#include "models/system/spec.hpp"
#include "models/vocabulary/describe.hpp"

namespace faultline {

struct ShapeEntry {
  Duration at;
  double factor = 1;
  void describe(Binder& b);
};

struct TierEntry {
  std::string name;
  Share share{0};
  std::optional<int> priority;  // P0 … P3
  void describe(Binder& b);
};

struct Population {  // a client's users
  std::optional<std::int64_t> users;
  std::string skew = "uniform";
  double exponent = 0;  // what skew means
  std::vector<TierEntry> tiers;
  void describe(Binder& b);
};

struct Client {
  std::string calls;  // service or service/endpoint
  std::optional<Rate> rate;
  int arrivals = 0;  // of kArrivals: poisson, constant
  std::vector<ShapeEntry> shape;
  std::optional<std::int64_t> users;
  Distribution think;
  std::optional<Distribution> gaps;
  std::int64_t batch = 1;
  std::int64_t at_start = 0;
  std::int64_t instances = 1;
  std::vector<std::string> zones;
  std::string policy;
  int priority = 0;  // P0 … P3
  std::optional<Population> population;
  bool idempotent = true;
  std::optional<Duration> starts, stops;
  void describe(Binder& b);
};

struct Leg {  // of a parallel step
  std::string call;
  std::string policy;
  bool optional = false;
  void describe(Binder& b);
};

struct Step {
  std::optional<Distribution> work;
  std::optional<Distribution> cpu;  // CPU time
  std::optional<Bytes> disk;        // of each operation
  std::int64_t operations = 1;
  std::string call;
  std::vector<Leg> parallel;
  std::optional<Share> chance;
  std::string otherwise;  // service/endpoint, when chance says no
  std::string cache;
  std::int64_t keys = 1;
  double zipf = 0;
  std::string miss;  // service/endpoint that fills the cache
  std::string policy;
  std::optional<std::int64_t> need;
  int wait = 0;  // of kWaits: all, need
  bool optional = false;
  std::string flag;
  std::optional<double> without;
  std::optional<Duration> timeout;
  bool idempotent = true;
  bool flush = false;
  std::string read, write;  // names of records
  void describe(Binder& b);
  void check_missing(Binder& b) const;
};

struct KeyStore {  // of idempotency keys
  Duration ttl = milliseconds(86'400'000);
  int in_flight = 0;  // of kInFlight: conflict, race
  bool keeps_errors = true;
  void describe(Binder& b);
};

struct EndpointEffects {  // what an endpoint does to the world, and how big its messages are
  bool idempotent = true;
  std::optional<KeyStore> keys;
  std::optional<Bytes> request, response;
  void describe(Binder& b);
};

struct Endpoint {
  std::optional<Distribution> work;
  std::vector<Step> steps;
  EndpointEffects effects;
  void describe(Binder& b);
};

struct Queue {
  std::optional<std::int64_t> limit;  // none: unbounded
  Discipline discipline = Discipline::Fifo;
  std::int64_t lifo_above = 1;
  std::optional<CodelSettings> codel;
  std::optional<Distribution> timeout;
  void describe(Binder& b);
};

struct SlowStartOptions {
  Duration window{0};
  double aggression = 1;
  Share min_weight{0.1};
  void describe(Binder& b);
};

struct Balancer {
  Balancing kind = Balancing::RoundRobin;
  std::optional<std::int64_t> choice_count;
  std::optional<Duration> refresh;
  std::vector<double> weights;
  double bias = 1;
  std::optional<SlowStartOptions> slow_start;
  Duration default_rtt = milliseconds(30), decay = milliseconds(10'000);
  ZoneRouting zones = ZoneRouting::Off;
  std::int64_t min_zone_hosts = 6;
  Share panic_threshold{0.5};
  void describe(Binder& b);
};

struct WarmUp {
  Duration lasts{0};
  double factor = 1;
  void describe(Binder& b);
};

struct Cpu {  // of each instance
  Cores cores;
  std::optional<Cores> limit;
  Duration period = milliseconds(100);
  Scheduler scheduler = Scheduler::Fair;
  void describe(Binder& b);
};

struct Disk {  // of each instance
  Rate iops;
  std::optional<Bandwidth> bandwidth;
  std::optional<std::int64_t> queue;
  Distribution latency;
  void describe(Binder& b);
};

struct Memory {  // of each instance
  Bytes limit, idle, per_request;
  int when_full = 0;  // of kWhenFull: kill, refuse
  Duration restart = milliseconds(10'000);
  void describe(Binder& b);
};

struct Service {
  std::int64_t replicas = 1;
  std::optional<std::int64_t> threads;  // required; kUnbounded for "unbounded"
  Queue queue;
  DoorSettings door;
  Balancer balancer;
  std::optional<OutlierSettings> outlier_detection;
  std::vector<std::string> zones;
  std::optional<WarmUp> warm_up;
  Share contention{0};
  std::optional<Cpu> cpu;
  std::optional<Disk> disk;
  std::optional<Memory> memory;
  std::optional<Distribution> work;  // the one-endpoint shorthand
  std::vector<Step> steps;
  EndpointEffects effects;
  std::vector<Named<Endpoint>> endpoints;
  void describe(Binder& b);
  void check_machine(Binder& b) const;
  bool computes() const;  // has a step of cpu
};

struct PolicySet {
  std::vector<std::shared_ptr<PolicyConfig>> patterns;  // by policy_kinds(); null: absent
  std::vector<std::string> order;
  bool shared = false;
  Propagation propagation = Propagation::None;
  void describe(Binder& b);
};

struct Connections {
  ConnectionSpec::Kind kind = ConnectionSpec::Kind::Pooled;
  std::int64_t tls = 0;  // round trips
  Duration keep_alive = milliseconds(90'000);
  std::optional<std::int64_t> most_idle;
  void describe(Binder& b);
};

struct Dns {
  Distribution lookup;
  Duration ttl = milliseconds(30'000);
  Duration stale_for;
  Duration gives_up = milliseconds(5'000);
  void describe(Binder& b);
};

struct Link {
  std::optional<Bandwidth> bandwidth;
  std::optional<Connections> connections;
  std::optional<Dns> dns;
  std::optional<Distribution> latency;
  std::optional<Share> loss;
  std::optional<Duration> retransmit;
  std::optional<Duration> unreachable_after;
  std::optional<Distribution> cross_zone;
  void describe(Binder& b);
};

struct FaultEntry {
  Duration at;
  std::optional<Duration> lasts, every;
  std::shared_ptr<Fault> fault;
  void describe(Binder& b);
};

struct Autoscaler {
  std::shared_ptr<ControllerConfig> config;
  void describe(Binder& b);
};

struct Rollout {
  std::string service;
  Duration at;
  std::string name;  // for metrics; default: the service's
  std::shared_ptr<ControllerConfig> config;
  void describe(Binder& b);
};

struct Cache {
  std::optional<Duration> ttl;
  std::int64_t capacity = 0;  // 0: unbounded
  bool coalesce = false;
  Duration stale_while_revalidate{0}, stale_if_error{0};
  double stale_quality = 1;
  double early_refresh = 0;
  Share ttl_jitter;
  bool sliding = false;
  Eviction eviction = Eviction::Lru;
  void describe(Binder& b);
};

struct FlagRule {
  std::string service;
  Signal signal = Signal::Threads;
  Share above, margin{0.1};
  Duration period = milliseconds(5'000), dwell = milliseconds(30'000);
  void describe(Binder& b);
};

struct Flag {  // a feature that can be switched off
  bool on = true;
  std::optional<FlagRule> off_when;
  void describe(Binder& b);
};

struct LadderRung {
  std::string name;
  Share above;
  std::vector<std::string> off;
  double quality = 1;
  Duration cache_age{0};
  void describe(Binder& b);
};

struct LadderEntry {  // of degradation
  std::string service;
  Signal signal = Signal::Threads;
  Share margin{0.1};
  Duration period = milliseconds(5'000), dwell = milliseconds(30'000);
  std::vector<LadderRung> rungs;
  void describe(Binder& b);
};

struct Action {  // by hand
  Duration at;
  std::string flag, flush;
  bool on = true;
  void describe(Binder& b);
};

struct Slo {
  std::string client;
  int kind = 0;  // of kSloKinds
  Share target{0.999};
  Duration window = milliseconds(std::int64_t{30} * 86'400'000);
  std::optional<Duration> threshold;      // latency
  std::optional<Rate> rate;               // throughput
  Duration slice = milliseconds(10'000);  // throughput
  std::optional<std::string> history;
  void describe(Binder& b);
};

struct Variant {
  std::string title;
  std::vector<std::pair<std::string, std::string>> set;
  void describe(Binder& b);
};

enum class Comparison : std::uint8_t { Above, Below, AtLeast, AtMost, Equals };

struct Expectation {
  std::string metric;
  std::string variant;  // empty: base; "*": each
  std::optional<std::pair<Duration, Duration>> window;
  Comparison comparison = Comparison::Above;
  Bound bound;
  std::string why;  // for the reader of the verdict
  int line = 0;     // in the file
  void describe(Binder& b);
};

struct Note {
  Duration at;
  std::string text;
  void describe(Binder& b);
};

// What `faultline sweep` runs when no axis is given on the command line.
struct SweepTable {
  std::vector<std::pair<std::string, std::string>> axes;  // key, values as TOML
  std::vector<std::string> constraints, metrics;
  std::int64_t replications = 1;
  std::optional<std::int64_t> samples;
  void describe(Binder& b);
};

struct Scenario {
  std::int64_t version = 1;  // of the language
  std::string title, story;
  Duration duration = milliseconds(600'000);
  Duration warmup{0};
  std::int64_t seed = 1;
  std::vector<Named<Client>> clients;
  std::vector<Named<Service>> services;
  std::vector<Named<PolicySet>> policies;
  Link network;  // the default for every link
  std::vector<Named<Link>> links;
  std::vector<Named<Cache>> caches;
  std::vector<Named<Flag>> flags;
  std::vector<Named<LadderEntry>> ladders;
  std::vector<Action> actions;
  std::vector<FaultEntry> faults;
  std::vector<Named<Autoscaler>> autoscalers;
  std::vector<Rollout> rollouts;
  std::vector<Named<Slo>> slos;
  std::vector<Named<Variant>> variants;
  std::vector<Expectation> expectations;
  std::vector<Note> notes;
  std::optional<SweepTable> sweep;
  void describe(Binder& b);
};

template <class T>
const T* find(const std::vector<Named<T>>& all, std::string_view name) {
  for (const auto& entry : all) {
    if (entry.name == name) return &entry.value;
  }
  return nullptr;
}

}  // namespace faultline
