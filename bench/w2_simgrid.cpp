// W2 in SimGrid: load balancer -> frontend 4x16 -> service 4x16 -> db 2x32 threads, 1000
// requests/s, a thread held while its call is out, 1 s timeout per call, round robin from each
// caller. Work exp(3 ms), exp(5 ms), exp(15 ms). Each thread is an actor that waits on its
// replica's semaphore; a caller waits for its answer by acquire_timeout on a semaphore of the call.
// No network model, so nothing is paid for messages. This was SimGrid's quickest idiom of those
// tried. Usage: w2_simgrid [requests = 200000] [seed = 1]

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <simgrid/s4u.hpp>
#include <vector>

#include "bench/fast_rng.hpp"

namespace {

namespace sg4 = simgrid::s4u;

constexpr double timeout_s = 1;
constexpr double mean_gap_s = 1e-3;
constexpr std::array<std::size_t, 3> replicas = {4, 4, 2};
constexpr std::array<int, 3> threads = {16, 16, 32};
constexpr std::array<double, 3> mean_work_s = {3e-3, 5e-3, 15e-3};
// Enough that no request ever waits for one of the client's actors: 23 in flight on average.
constexpr int client_actors = 128;

struct Call {
  sg4::SemaphorePtr answered = sg4::Semaphore::create(0);
  bool ok = false;
  bool abandoned = false;  // nobody waits any more: the callee puts it back
};

struct Instance {
  std::deque<Call*> queue;
  sg4::SemaphorePtr work = sg4::Semaphore::create(0);
  std::size_t rotation = 0;
};

class Chain {
 public:
  Chain(std::uint64_t requests, std::uint64_t seed) : engine_(seed), requests_(requests) {
    for (std::size_t tier = 0; tier < 3; ++tier) tiers_[tier].resize(replicas[tier]);
  }

  void start(sg4::Host* host) {
    for (std::size_t tier = 0; tier < 3; ++tier)
      for (Instance& instance : tiers_[tier])
        for (int i = 0; i < threads[tier]; ++i)
          sg4::Actor::create("thread", host, [&, tier] { serve(tier, instance); })->daemonize();
    for (int i = 0; i < client_actors; ++i)
      sg4::Actor::create("client", host, [&] { make_requests(); })->daemonize();
    sg4::Actor::create("arrivals", host, [&] { arrivals(); });
  }

  std::uint64_t failed() const { return failed_; }
  double mean_latency_s() const { return latency_sum_s_ / static_cast<double>(ok_); }

 private:
  double draw(double mean) { return exponential_(engine_) * mean; }

  Call* take_call() {
    if (free_calls_.empty()) {
      calls_.push_back(std::make_unique<Call>());
      return calls_.back().get();
    }
    Call* call = free_calls_.back();
    free_calls_.pop_back();
    return call;
  }

  bool call(std::size_t tier, std::size_t& rotation) {
    Instance& target = tiers_[tier][rotation];
    rotation = (rotation + 1) % replicas[tier];
    Call* call = take_call();
    target.queue.push_back(call);
    target.work->release();
    if (call->answered->acquire_timeout(timeout_s)) {
      call->abandoned = true;
      return false;
    }
    const bool ok = call->ok;
    free_calls_.push_back(call);
    return ok;
  }

  [[noreturn]] void serve(std::size_t tier, Instance& instance) {
    for (;;) {
      instance.work->acquire();
      Call* mine = instance.queue.front();
      instance.queue.pop_front();
      sg4::this_actor::sleep_for(draw(mean_work_s[tier]));
      mine->ok = tier == 2 || call(tier + 1, instance.rotation);
      if (mine->abandoned) {
        mine->abandoned = false;
        free_calls_.push_back(mine);
      } else {
        mine->answered->release();
      }
    }
  }

  [[noreturn]] void make_requests() {
    for (;;) {
      due_->acquire();
      const double start = due_times_.front();
      due_times_.pop_front();
      if (call(0, balancer_)) {
        ++ok_;
        latency_sum_s_ += sg4::Engine::get_clock() - start;
      } else {
        ++failed_;
      }
      if (ok_ + failed_ == requests_) all_answered_->release();
    }
  }

  void arrivals() {
    for (std::uint64_t i = 0; i < requests_; ++i) {
      sg4::this_actor::sleep_for(draw(mean_gap_s));
      due_times_.push_back(sg4::Engine::get_clock());
      due_->release();
    }
    all_answered_->acquire();
  }

  faultline::bench::Xoshiro engine_;
  faultline::bench::ExponentialZiggurat exponential_;
  std::uint64_t requests_;
  std::array<std::vector<Instance>, 3> tiers_;
  std::size_t balancer_ = 0;
  std::deque<double> due_times_;
  sg4::SemaphorePtr due_ = sg4::Semaphore::create(0);
  sg4::SemaphorePtr all_answered_ = sg4::Semaphore::create(0);
  std::vector<std::unique_ptr<Call>> calls_;
  std::vector<Call*> free_calls_;
  std::uint64_t ok_ = 0;
  std::uint64_t failed_ = 0;
  double latency_sum_s_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  sg4::Engine engine(&argc, argv);
  const std::uint64_t requests = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  auto* zone = sg4::create_full_zone("zone");
  auto* host = zone->create_host("host", 1e9)->seal();
  zone->seal();
  Chain chain(requests, seed);
  chain.start(host);
  const auto start = std::chrono::steady_clock::now();
  engine.run();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  std::printf(
      "{\"name\": \"w2_simgrid\", \"requests_per_s\": %.0f, \"mean_latency\": %.6f, "
      "\"requests\": %llu, \"failed\": %llu, \"wall_s\": %.6f}\n",
      static_cast<double>(requests) / wall.count(), chain.mean_latency_s(),
      static_cast<unsigned long long>(requests), static_cast<unsigned long long>(chain.failed()),
      wall.count());
}
