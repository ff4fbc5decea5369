// The limit of W2: load balancer -> frontend 4x16 threads -> service 4x16 -> db 2x32, Poisson
// arrivals of 1000 requests/s, a thread held while its call is out, 1 s timeout per call, round
// robin from each caller. Work is Exp(3 ms), Exp(5 ms) and Exp(15 ms), so a request takes 23.0 ms
// and 23 are in flight. Hard-coded for this one chain, with the engine's queue and a lane of
// timers; nothing is recorded but the sum of latencies. Expiry is modelled in full: who gives up
// frees its thread and fails its own caller, while the callee goes on working for nobody.
//
// A request is 4 events: its arrival and three ends of work (plus a sentinel for the lane, rarely).
//
// Usage: limit_w2 [requests = 5000000] [seed = 1] [scale = 1] [timeout_s = 1]
//
// The scale multiplies the arrival rate and the threads.

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bench/fast_rng.hpp"
#include "bench/lane.hpp"
#include "bench/queues.hpp"

namespace {

using namespace faultline::bench;

constexpr std::uint32_t tiers = 3;
constexpr std::array<std::uint32_t, tiers> first_instance = {0, 4, 8};
constexpr std::array<std::uint32_t, tiers> replicas = {4, 4, 2};
constexpr std::array<std::uint32_t, tiers> threads = {16, 16, 32};
constexpr std::array<double, tiers> mean_work_ns = {3e6, 5e6, 15e6};
constexpr std::uint32_t nobody = 0xffff'ffff;

// A replica: its free threads, the requests that wait for one, and whom its next call goes to.
struct Instance {
  std::uint32_t free_threads = 0;
  std::uint32_t queue_head = nobody;
  std::uint32_t queue_tail = nobody;
  std::uint32_t next_target = 0;
};

// 24 bytes. A request is a chain of up to three calls of which only the deepest does something, so
// one record and one pending event serve all three.
struct Request {
  std::uint64_t start;
  std::uint32_t next;  // in a queue, or in the list of free records
  std::array<std::uint8_t, tiers> instance;
  std::uint8_t tier;  // of the deepest call
  std::uint8_t open;  // bit t: somebody waits for the answer of the call to tier t
};

class Chain {
 public:
  Chain(std::uint64_t seed, std::uint32_t scale, std::uint64_t timeout_ns)
      : engine_(seed), mean_gap_ns_(1e6 / scale), lane_(timeout_ns) {
    for (std::uint32_t tier = 0; tier < tiers; ++tier)
      for (std::uint32_t i = 0; i < replicas[tier]; ++i)
        instances_[first_instance[tier] + i].free_threads = threads[tier] * scale;
  }

  // Not inlined, because g++ takes less care of what only main() runs.
  [[gnu::noinline]] void run(std::uint64_t requests) {
    push_after(0, draw(mean_gap_ns_), arrival);
    while (ok_ + failed_ < requests) {
      const Event event = queue_.pop();
      ++events_;
      const auto id = static_cast<std::uint32_t>(event.what);
      if (id < sentinel) [[likely]]
        finish_work(event.time, id);
      else if (id == arrival)
        arrive(event.time);
      else
        expire(event.time);
    }
  }

  std::uint64_t events() const { return events_; }
  std::uint64_t failed() const { return failed_; }
  double mean_latency_s() const {
    return static_cast<double>(latency_sum_ns_) / static_cast<double>(ok_) / 1e9;
  }

 private:
  static constexpr std::uint32_t arrival = 0xffff'ffff;
  static constexpr std::uint32_t sentinel = 0xffff'fffe;

  std::uint64_t draw(double mean_ns) {
    // By way of a signed integer: that conversion is one instruction.
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(exponential_(engine_) * mean_ns));
  }

  void push_after(std::uint64_t now, std::uint64_t delay, std::uint32_t id) {
    queue_.push({now + delay, id});
  }

  void arrive(std::uint64_t now) {
    push_after(now, draw(mean_gap_ns_), arrival);
    std::uint32_t id = free_records_;
    if (id == nobody) [[unlikely]]
      id = new_record();
    else
      free_records_ = requests_[id].next;
    Request& request = requests_[id];
    request.start = now;
    request.open = 0;
    call<0>(now, id, request, balancer_);
  }

  [[gnu::noinline]] std::uint32_t new_record() {
    const auto id = static_cast<std::uint32_t>(requests_.size());
    requests_.emplace_back();
    lane_.reserve(static_cast<std::uint32_t>(requests_.capacity()) * tiers);
    return id;
  }

  template <std::uint32_t tier>
  void call(std::uint64_t now, std::uint32_t id, Request& request, std::uint32_t& rotation) {
    const std::uint32_t target = first_instance[tier] + rotation;
    rotation = (rotation + 1) % replicas[tier];
    request.tier = tier;
    request.instance[tier] = static_cast<std::uint8_t>(target);
    request.open = static_cast<std::uint8_t>(request.open | (1u << tier));
    lane_.arm(id * tiers + tier, now);
    if (!sentinel_pending_) [[unlikely]]
      set_sentinel();
    Instance& instance = instances_[target];
    if (instance.free_threads > 0) [[likely]] {
      --instance.free_threads;
      push_after(now, draw(mean_work_ns[tier]), id);
    } else {
      enqueue(instance, id);
    }
  }

  void enqueue(Instance& instance, std::uint32_t id) {
    requests_[id].next = nobody;
    if (instance.queue_head == nobody)
      instance.queue_head = id;
    else
      requests_[instance.queue_tail].next = id;
    instance.queue_tail = id;
  }

  // Gives a thread back, or hands it to whoever waits longest.
  void release(std::uint64_t now, std::uint32_t tier, Instance& instance) {
    if (instance.queue_head == nobody) [[likely]] {
      ++instance.free_threads;
      return;
    }
    const std::uint32_t id = instance.queue_head;
    instance.queue_head = requests_[id].next;
    push_after(now, draw(mean_work_ns[tier]), id);
  }

  void finish_work(std::uint64_t now, std::uint32_t id) {
    Request& request = requests_[id];
    const std::uint32_t tier = request.tier;
    if (tier == 0)
      call<1>(now, id, request, instances_[request.instance[0]].next_target);
    else if (tier == 1)
      call<2>(now, id, request, instances_[request.instance[1]].next_target);
    else
      answer(now, id, request);
  }

  // The db's answer travels up for as long as there is somebody to take it.
  void answer(std::uint64_t now, std::uint32_t id, Request& request) {
    if (request.open == 0b111) [[likely]] {
      for (std::uint32_t tier = tiers; tier-- > 0;) {
        release(now, tier, instances_[request.instance[tier]]);
        lane_.cancel(id * tiers + tier);
      }
      latency_sum_ns_ += now - request.start;
      ++ok_;
    } else {
      release(now, 2, instances_[request.instance[2]]);
      close_upwards(now, id, request, tiers);
    }
    request.next = free_records_;
    free_records_ = id;
  }

  // Closes the open calls directly above tier `below` and frees their callers' threads.
  // True if that reached the client.
  bool close_upwards(std::uint64_t now, std::uint32_t id, Request& request, std::uint32_t below) {
    for (std::uint32_t tier = below; tier-- > 0;) {
      if (!(request.open & (1u << tier))) return false;
      request.open = static_cast<std::uint8_t>(request.open & ~(1u << tier));
      lane_.cancel(id * tiers + tier);
      if (tier > 0) release(now, tier - 1, instances_[request.instance[tier - 1]]);
    }
    return true;
  }

  void set_sentinel() {
    sentinel_pending_ = true;
    queue_.push({lane_.next_due(), sentinel});
  }

  // The sentinel fired. The first timer may have been cancelled meanwhile; then it looks again when
  // the new first one is due.
  [[gnu::noinline]] void expire(std::uint64_t now) {
    sentinel_pending_ = false;
    while (!lane_.empty() && lane_.next_due() <= now) {
      const std::uint32_t timer = lane_.front();
      if (close_upwards(now, timer / tiers, requests_[timer / tiers], timer % tiers + 1)) ++failed_;
    }
    if (!lane_.empty()) set_sentinel();
  }

  EngineQueue queue_;
  Xoshiro engine_;
  double mean_gap_ns_;
  std::uint32_t balancer_ = 0;
  std::uint32_t free_records_ = nobody;
  bool sentinel_pending_ = false;
  std::array<Instance, 10> instances_;
  std::vector<Request> requests_;
  Lane lane_;
  std::uint64_t latency_sum_ns_ = 0;
  std::uint64_t ok_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t events_ = 0;
  ExponentialZiggurat exponential_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t requests = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 5'000'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  const auto scale = static_cast<std::uint32_t>(argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 1);
  const double timeout_s = argc > 4 ? std::strtod(argv[4], nullptr) : 1;
  if (requests == 0 || scale == 0 || !(timeout_s > 0)) {
    std::fputs("usage: limit_w2 [requests] [seed] [scale] [timeout_s]\n", stderr);
    return 2;
  }

  Chain chain(seed, scale, static_cast<std::uint64_t>(timeout_s * 1e9));
  const auto start = std::chrono::steady_clock::now();
  chain.run(requests);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  std::printf(
      "{\"name\": \"limit_w2\", \"requests_per_s\": %.0f, \"mean_latency\": %.6f, "
      "\"events_per_s\": %.0f, \"events\": %llu, \"requests\": %llu, \"failed\": %llu, "
      "\"wall_s\": %.6f}\n",
      static_cast<double>(requests) / wall.count(), chain.mean_latency_s(),
      static_cast<double>(chain.events()) / wall.count(),
      static_cast<unsigned long long>(chain.events()), static_cast<unsigned long long>(requests),
      static_cast<unsigned long long>(chain.failed()), wall.count());
}
