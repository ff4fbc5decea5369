#pragma once
// The world: what happens to its rows and rooms (world_state.hpp). A value without globals: a
// hundred may live in one process, a thread each.
//
// The handlers stand, file by file, in the order in which a request meets them:
//   arriving.cpp   a client wants something
//   identity.cpp   which user it is for
//   calling.cpp    a call walks its policies inward, and its outcome walks them outward
//   ending.cpp     it is answered, given up or abandoned
//   resending.cpp  … or it is sent again, by a retry or a hedge
//   network.cpp    an instance is chosen; messages travel
//   wire.cpp       what else a connection and a link can do
//   balancing.cpp  the choice where more is asked for than a plain balancer
//   serving.cpp    at the door, in the queue; the answer is sent
//   doors.cpp      limits and shedding at the door
//   queueing.cpp   queues of other orders than the plain ones
//   working.cpp    a thread is held, the steps are done
//   plain.cpp      all of this at once, for the many of which nothing special is to be said
//   repeating.cpp  what is done twice, and who notices
//   caching.cpp    a step that looks something up
//   machines.cpp   processors, disks and memory
//   degrading.cpp  what is left out, and what is done instead
//   weather.cpp    faults begin and end
//   flagging.cpp   which version of a behaviour a call meets
//   steering.cpp   controllers look and act; instances come and go
//   telling.cpp    a request's story, for whoever asked for it
// docs/life-of-a-request.md walks one through.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/system/world_state.hpp"

namespace faultline {

class World : private WorldState {
 public:
  World(const WorldSpec& spec, std::uint64_t seed, const Measuring& measuring);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Lets everything happen that is due before `end`, or about `budget` events of it. Answers
  // whether `end` was reached.
  bool run_until(Instant end, std::uint64_t budget);

  Instant now() const { return calendar_.now(); }
  std::uint64_t events() const { return context_.event; }
  std::uint64_t fingerprint() const { return fingerprint_.value(); }
  const WorldSpec& spec() const { return spec_; }
  // Checks that nothing was lost: requests, attempts, permits.
  Ledger ledger() const;

  std::vector<ClientStatistics>& clients() { return client_stats_; }
  std::vector<ServiceStatistics>& services() { return service_stats_; }
  std::vector<EdgeStatistics>& edges() { return edge_stats_; }
  const std::vector<CacheState>& caches() const { return caches_; }
  const std::vector<Instance>& instances() const { return instances_; }
  const ServiceState& service(std::uint32_t i) const { return services_[i]; }
  double disk_busy_s(std::uint32_t service) const;  // up to now
  const ControllerState& controller(std::uint32_t i) const { return controllers_[i]; }
  const std::vector<Fact>& facts() const { return facts_; }
  // The steps of the traced requests, and as lines; who was watched.
  const std::vector<TraceStep>& steps() const { return trace_; }
  std::vector<std::string> trace() const;
  std::optional<RequestWatch>& watch() { return watch_; }

 private:
  using WorldState::trace;
  void handle(const Calendar::Happening& what);

  // What is marked noinline is rarely done, and would stand in the way of what every request does.
  // arriving.cpp
  void open_clients();
  void on_arrival(std::uint32_t client);
  [[gnu::noinline]] void on_backlog(std::uint32_t client);
  [[gnu::noinline]] void on_user_ready(std::uint32_t user);
  void schedule_arrival(std::uint32_t client, ClientState& state);
  Instant next_arrival(ClientState& state);
  void request(std::uint32_t client, std::uint64_t lineage, std::uint32_t user);
  [[gnu::noinline]] bool introduce(std::uint64_t lineage, std::uint32_t client);
  void request_ended(Call& call, const Route& route, Outcome outcome);
  [[gnu::noinline]] void think(std::uint32_t user, const ClientState& state, Duration took);

  // identity.cpp
  [[gnu::noinline]] void identify(CallId id, std::uint32_t client);
  [[gnu::noinline]] void inherit(CallId child, CallId parent);

  // calling.cpp
  void begin_call(CallId id);
  void send_try(CallId id, unsigned layer);
  AttemptId new_attempt(CallId id);
  void walk_in(AttemptId id, unsigned layer);
  [[gnu::noinline]] void ask_policies(AttemptId id, unsigned layer);
  void set_alarm(AttemptId id, Attempt& attempt, Call& call, unsigned layer, Duration after,
                 Timing timing);
  void walk_out(CallId id, AttemptId attempt, unsigned layer, Outcome outcome);
  [[gnu::noinline]] void tell_policies(CallId id, AttemptId attempt, unsigned layer,
                                       Outcome outcome);
  void unwind(AttemptId id, unsigned floor, Error why);
  void detach(AttemptId id);
  void detach(AttemptId id, Attempt& attempt, Call& call, const Route& route);
  [[gnu::noinline]] void let_go(AttemptId id, Attempt& attempt, Call& call, const Route& route);
  void cancel_others(Call& call, AttemptId kept) {
    if (call.live > 1) cancel_all_but(call, kept);
  }
  [[gnu::noinline]] void cancel_all_but(Call& call, AttemptId kept);
  void abandon_call(CallId id);
  void end_call(CallId id, Outcome outcome) {
    Call& call = calls_[id];
    end_call(id, call, routes_[call.route], outcome);
  }
  void end_call(CallId id, Call& call, const Route& route, Outcome outcome);
  [[gnu::noinline]] void on_attempt_timer(AttemptId id, std::uint32_t tag, TimerId timer);
  [[gnu::noinline]] void on_call_timer(CallId id, std::uint32_t tag, TimerId timer);
  AttemptId waiter_at(const Call& call, unsigned layer) const;
  bool waits_outside(const Call& call, const Attempt& attempt) const;
  void give_up_call(CallId id, unsigned layer, Error why);
  void wake(AttemptId id, unsigned layer, Duration delay);
  void on_reply_delivered(AttemptId id);
  void answer_arrived(AttemptId id, Attempt& attempt);
  [[gnu::noinline]] void fail_at_caller(AttemptId id, Attempt& attempt, Error why);
  CallView view(CallId id, const Call& call, AttemptId attempt) const;
  void note_breaker(const Call& call, Policy& policy, std::optional<BreakerState> was);
  Instant expiry(const Attempt& attempt, const Call& call, const Route& route) const {
    return route.tells_deadline ? told_deadline(attempt, call, route) : Instant::max();
  }
  [[gnu::noinline]] Instant told_deadline(const Attempt& attempt, const Call& call,
                                          const Route& route) const;

  // resending.cpp
  void absorb(CallId id, AttemptId attempt, unsigned layer, const After& answer);
  void send_another(CallId id, unsigned layer, const OnTimer& answer);
  void send_branch_again(AttemptId id, unsigned layer, Outcome outcome, Duration pause);
  void note_origin(CallId id, const Attempt& parent);
  void count_resent(AttemptId id);
  Instant first_asked(const Call& call) const;

  // telling.cpp
  void tell_quota(const Call& call, const Admission& answer, const Quota& quota);
  void tell_resend(const Call& call, Outcome outcome, Duration pause);
  void tell_absorbed(const Call& call, const Attempt& attempt, const After& answer);
  void tell_verdict(const Call& call, Outcome outcome, const After& answer);
  void tell_end(const Call& call, Outcome outcome);

  // repeating.cpp
  void prepare(Route& route);
  bool may_begin(AttemptId id);
  void inherit_operation(CallId id, const Attempt& parent);
  void note_operation(AttemptId id);
  void operation_ended(AttemptId id, Outcome outcome);
  void operation_dropped(AttemptId id);

  // wire.cpp
  void set_out(AttemptId id);
  void begin_request(AttemptId id);
  void on_wire_timer(AttemptId id, std::uint32_t tag);
  void keep_connection(AttemptId id, Outcome outcome);
  void forget_connections(InstanceId id);
  bool connection_waits(AttemptId id, Target& target, Duration& until);
  Duration round_trip(AttemptId id, std::uint64_t purpose) const;
  bool resolve(AttemptId id, Target& target, Duration& until);
  void travel_oddly(AttemptId id, bool back);
  bool is_cut(AttemptId id, const LinkState& link, bool back) const;
  bool passes(const LinkSpec& spec, LinkState& link, Draws& draws, Duration& delay);
  Duration send_time(const Attempt& attempt, LinkState& link, bool back);
  void duplicate(AttemptId id, Duration delay);
  void send_piece(AttemptId id);
  void piece_arrived(AttemptId id, bool last);

  // network.cpp
  void dispatch(AttemptId id, Attempt& attempt, Call& call, const Route& route);
  InstanceId choose(Target& target, const Call& call, const Attempt& attempt);
  [[gnu::noinline]] InstanceId least_loaded(const Target& target,
                                            const std::vector<InstanceId>& among,
                                            std::uint64_t key) const;
  [[gnu::noinline]] InstanceId better_of_two(const Target& target,
                                             const std::vector<InstanceId>& among,
                                             std::uint64_t key) const;
  [[gnu::noinline]] void travel(AttemptId id, bool back);
  [[gnu::noinline]] void park(AttemptId id, std::uint32_t link, bool back, bool for_good);
  [[gnu::noinline]] void unpark(AttemptId id, Attempt& attempt);
  void deliver_parked(std::uint32_t link, bool back);
  void set_conditions(std::uint32_t link, LinkConditions conditions);
  bool is_plain(std::uint32_t link) const;

  // balancing.cpp
  friend class Chooser;
  std::unique_ptr<BalancerState> make_balancer(std::uint32_t service, std::uint64_t key);
  OutlierDetector* outliers_of(Target& target, const Call& call);
  [[gnu::noinline]] InstanceId choose_with_care(Target& target, const Call& call,
                                                const Attempt& attempt,
                                                const std::vector<InstanceId>& among);
  PeakEwma& round_trip(Target& target, InstanceId id);
  [[gnu::noinline]] void note_sent(AttemptId id, const Call& call);
  [[gnu::noinline]] void note_done(AttemptId id, const Call& call);
  [[gnu::noinline]] void note_result(const Attempt& attempt, const Call& call, Error error);
  void tell_outliers(Target& target, const Call& call);
  std::uint32_t zone_of(const Instance& instance) const;
  [[gnu::noinline]] Duration zone_delay(const LinkSpec& link, const Attempt& attempt,
                                        const Call& call, Draws& draws) const;
  Duration since_ready(const Instance& instance) const;
  double warm_up_factor(const Instance& instance) const;

  // serving.cpp
  void on_delivered(AttemptId id);
  void arrive(AttemptId id, Attempt& attempt, const Call& call, const Route& route);
  void enter(AttemptId id, Attempt& attempt, const Call& call, const Route& route);
  [[gnu::noinline]] void enqueue(InstanceId instance, AttemptId id);
  AttemptId take_next(Instance& instance);
  void leave_queue(Instance& instance, AttemptId id);
  void waited_too_long(AttemptId id);
  void serve_next(InstanceId instance) {
    if (instances_[instance].queued > 0 && !instances_[instance].serving) serve_queue(instance);
  }
  [[gnu::noinline]] void serve_queue(InstanceId instance);
  void start_job(AttemptId id, Attempt& attempt, const Call& call, const Route& route);
  [[gnu::noinline]] void work_done_otherwise(AttemptId id, Attempt& attempt);
  void run_steps(AttemptId id, Attempt& attempt, const Call& call, const Route& route);
  void begin_calls(AttemptId id, const StepSpec& step);
  bool takes_chance(const StepSpec& step, const Attempt& attempt, const Call& call) const {
    return step.chance >= 1 || draws_chance(step, attempt, call);
  }
  [[gnu::noinline]] bool draws_chance(const StepSpec& step, const Attempt& attempt,
                                      const Call& call) const;
  CallId begin_leg(AttemptId id, std::uint32_t route);
  void leg_ended(AttemptId id, Outcome outcome);
  void settle_step(AttemptId id);
  void settle_step(AttemptId id, Attempt& attempt, const Call& call, const Route& route,
                   const StepSpec& step);
  bool is_decided(const Attempt& attempt, const StepSpec& step) const;
  void finish_job(AttemptId id, Attempt& attempt, const Call& call, const Route& route,
                  Outcome outcome);
  void free_thread(const Attempt& attempt, Instance& instance);
  void reply(AttemptId id, Attempt& attempt, const Route& route, Outcome outcome);
  // `retry_after_s` as in Outcome.
  [[gnu::noinline]] void refuse(AttemptId id, Error why, float retry_after_s = 0);
  void cancel_job(AttemptId id);
  void crash_job(AttemptId id);
  void abandon_calls(AttemptId id);
  void release_attempt(AttemptId id) { release_attempt(id, attempts_[id]); }
  void release_attempt(AttemptId id, Attempt& attempt);
  void count_answer(const Attempt& attempt, const Call& call, Outcome outcome) {
    count_answer(attempt, call, instances_[attempt.instance], handling(attempt, call), outcome);
  }
  void count_answer(const Attempt& attempt, const Call& call, const Instance& instance,
                    HandlingStatistics& stats, Outcome outcome);
  [[gnu::noinline]] void meter(const Attempt& attempt, const Call& call, Outcome outcome);
  Duration work_of(const StepSpec& step, const Attempt& attempt, const Call& call) const;
  [[gnu::noinline]] bool fails_at_once(const Attempt& attempt, const Call& call,
                                       Outcome& how) const;
  [[gnu::noinline]] Duration slowed(Duration work, const Attempt& attempt, const Call& call) const;
  HandlingStatistics& handling(const Attempt& attempt, const Call& call) {
    return handling(attempt, call, routes_[call.route], instances_[attempt.instance]);
  }
  HandlingStatistics& handling(const Attempt& attempt, const Call& call, const Route& route,
                               const Instance& instance) {
    if (instance.flagged) [[unlikely]]
      return route.served->handling[flagged_version(attempt, call)][route.endpoint];
    return instance.handling[route.endpoint];
  }

  // plain.cpp
  bool has_plain_calls(const Route& route) const;
  bool has_plain_jobs(const Route& route) const;
  void on_work_done(AttemptId id);
  void go_on(AttemptId id);
  AttemptId advance(AttemptId id, CallRow& row, Instance& instance, bool at_work);
  void begin_plainly(const NewCall& wanted, const Route& route);
  AttemptId work_plainly(AttemptId id, CallRow& row, const StepSpec& step, Instance& instance,
                         bool at_work);
  AttemptId call_plainly(AttemptId id, CallRow& by, const Instance& at, const StepSpec& step);
  InstanceId choose_plainly(const CallRow& row, const Route& route);
  CallId set_out_plainly(const NewCall& wanted, const Route& route);
  AttemptId travel_plainly(CallId id, CallRow& row, const Route& route);
  AttemptId arrive_plainly(AttemptId id, CallRow& row, const Route& route, Instance& instance);
  void come_in_plainly(AttemptId id, CallRow& row, const Route& route, Instance& instance);
  void get_thread(Attempt& job);
  AttemptId answer_plainly(AttemptId id, CallRow& row, const Route& route, Instance& instance,
                           bool at_work);
  bool hand_thread_on(Instance& instance, bool at_work);
  [[gnu::noinline]] void took_no_time(AttemptId id, InstanceId at);

  // doors.cpp
  [[gnu::noinline]] bool knock(AttemptId id);
  [[gnu::noinline]] void let_in(AttemptId id);
  bool allows(AttemptId id);
  Duration reply_of(const LimitStore& store, const Attempt& attempt) const;
  void hold(AttemptId id, Duration wait);
  bool goes_inside(AttemptId id);
  bool spared(AttemptId id);
  double load_of(Instance& instance) const;
  [[gnu::noinline]] void learn_at_door(const Instance& instance, const Attempt& attempt,
                                       bool dropped);

  // queueing.cpp
  [[gnu::noinline]] Line& line_to_join(Instance& instance, const Attempt& attempt);
  AttemptId first_in_line(Instance& instance);
  [[gnu::noinline]] AttemptId take_fair(Instance& instance);
  [[gnu::noinline]] void leave_fair(Instance& instance, const Attempt& attempt);
  [[gnu::noinline]] AttemptId who_gives_way(AttemptId id);
  [[gnu::noinline]] void limit_wait(Instance& instance, AttemptId id);
  [[gnu::noinline]] AttemptId take_in_time(InstanceId id);

  // caching.cpp
  [[gnu::noinline]] bool look_up(AttemptId id, const StepSpec& step);
  [[gnu::noinline]] void filled(AttemptId id, const StepSpec& step, Outcome outcome);
  bool fetches_early(const Attempt& attempt, const Call& call, const StepSpec& step,
                     const CacheEntry& entry) const;
  void refresh(const Attempt& attempt, const StepSpec& step, std::uint32_t key);
  void refreshed(const Errand& errand, Outcome outcome);
  void abandon_errands(InstanceId instance);
  void store(std::uint32_t cache, std::uint32_t key, float quality, std::uint64_t lineage);
  void leave_cache(AttemptId id);
  void wake_waiters(std::uint32_t cache, std::uint32_t key, Outcome outcome);
  std::uint32_t draw_key(const StepSpec& step, const Call& call) const;
  std::uint32_t draw_rank(std::uint32_t popularity, std::uint64_t key) const;
  // cache_entries.cpp
  void touch(std::uint32_t cache, std::uint32_t key);
  void keep(std::uint32_t cache, std::uint32_t key);
  void make_newest(CacheState& cache, std::uint32_t key);
  void evict_oldest(CacheState& cache);
  void evict_any(std::uint32_t cache);
  void flush(std::uint32_t cache);

  // degrading.cpp
  void start_degradation();
  void on_degradation(std::uint32_t id);
  double strain(std::uint32_t ladder);
  void climb(std::uint32_t ladder);
  void pass_gate(Attempt& attempt, const Call& call, const StepSpec& step);
  void call_instead(CallId id, unsigned layer, std::uint32_t tier);
  void errand_ended(CallId id, Outcome outcome);
  void drop_substitute(CallId id);
  void doom_if_required(Attempt& attempt);
  bool requires_more(const Attempt& attempt) const;

  // machines.cpp
  void equip(InstanceId id);
  void scrap(InstanceId id);
  Machine* machine_of(InstanceId id) const;
  void on_machine(InstanceId id, std::uint32_t tag, TimerId timer);
  bool other_step(AttemptId id, const StepSpec& step);
  bool compute(AttemptId id, const StepSpec& step);
  bool use_disk(AttemptId id, const StepSpec& step);
  void computed(AttemptId id);
  void leave_machine(AttemptId id);
  void settle_processor(InstanceId id);
  void settle_disk(InstanceId id);
  void rearm(Machine& machine, InstanceId id, std::uint32_t tag, std::optional<Instant> at);
  bool has_memory(AttemptId id);
  void run_out_of_memory(InstanceId id);
  void restart_machine(InstanceId id);
  void feel_weather(InstanceId id);

  // weather.cpp
  void schedule_faults();
  [[gnu::noinline]] void on_fault_boundary(std::uint32_t fault);
  void refresh_service(std::uint32_t service);
  void refresh_link(std::uint32_t link);
  InstanceConditions conditions_of(InstanceId id) const;
  bool hits(const FaultSpec& fault, const Instance& instance) const;
  void kill(InstanceId id);

  // flagging.cpp
  [[gnu::noinline]] std::uint32_t flagged_version(const Attempt& attempt, const Call& call) const;
  std::uint32_t version_met(const Attempt& attempt, const Call& call) const {
    const Instance& instance = instances_[attempt.instance];
    return instance.flagged ? flagged_version(attempt, call) : instance.version;
  }
  void turn_flag(std::uint32_t service, std::uint32_t version, const FlagShare& share);
  std::uint32_t caller_named(const std::string& name) const;

  // steering.cpp
  void start_controllers();
  [[gnu::noinline]] void on_controller_tick(std::uint32_t controller);
  ServiceView look(std::uint32_t controller);
  void act(std::uint32_t service, const Actions& actions, FactKind kind);
  void scale(std::uint32_t service, std::uint32_t version, std::int64_t wanted, Duration start_up);
  InstanceId new_instance(std::uint32_t service, std::uint32_t version);
  [[gnu::noinline]] void on_instance_ready(InstanceId id);
  void remove_instance(InstanceId id);
  void retire_if_idle(InstanceId id) {
    if (instances_[id].state == InstanceState::Draining && instances_[id].named == 0) retire(id);
  }
  void retire(InstanceId id);
  void forget_breakers(const Caller& caller);
  Caller make_caller(const CallerSpec& spec, std::uint32_t ordinal,
                     std::vector<std::vector<std::shared_ptr<Policy>>>& shared);

  [[gnu::noinline]] void do_afterwards();

  void tell(FactKind kind, std::string subject, std::string what);
};

}  // namespace faultline
