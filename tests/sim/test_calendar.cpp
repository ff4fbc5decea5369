// The queue and its timer lanes against one plain priority queue: whatever is scheduled, armed and
// called off, the order must be the same; and in steady state nothing is allocated.
#include <cstdlib>
#include <map>
#include <new>
#include <queue>
#include <vector>

#include "sim/calendar.hpp"
#include "sim/random.hpp"
#include "tests/support/catch.hpp"

namespace {
std::size_t allocations = 0;
}  // namespace

// For this whole test program.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
void operator delete(void* p, const std::nothrow_t&) noexcept {
  std::free(p);
}
void operator delete(void* p) noexcept {
  std::free(p);
}
void operator delete(void* p, std::size_t) noexcept {
  std::free(p);
}

using namespace faultline;

namespace {

struct Later {
  bool operator()(const Event& a, const Event& b) const {
    return a.time != b.time ? a.time > b.time : a.order > b.order;
  }
};

}  // namespace

TEST_CASE("the radix heap pops in the order of a priority queue", "[calendar]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Draws draws(seed);
    RadixHeap heap;
    std::priority_queue<Event, std::vector<Event>, Later> oracle;
    std::int64_t now = 0;
    std::uint64_t sequence = 0;
    std::vector<std::uint64_t> kept_back;  // orders of events that come later, as lanes' heads do
    for (int round = 0; round < 3000; ++round) {
      for (auto n = draws.below(4); n > 0; --n) {
        // Ties, near and far.
        const auto reach = std::uint64_t{1} << draws.below(40);
        const Instant time{now + static_cast<std::int64_t>(draws.below(reach))};
        std::uint64_t order = Event::pack(++sequence, 1, 7);
        if (draws.below(8) == 0) {
          kept_back.push_back(order);
          continue;
        }
        if (!kept_back.empty() && draws.below(8) == 0) {
          order = kept_back.back();
          kept_back.pop_back();
        }
        heap.push({time, order});
        oracle.push({time, order});
      }
      const std::int64_t end = now + static_cast<std::int64_t>(draws.below(1 << 20));
      Event event;
      auto budget = draws.below(5);
      while (budget > 0 && heap.pop_until({end}, event)) {
        --budget;
        REQUIRE_FALSE(oracle.empty());
        REQUIRE(event.order == oracle.top().order);
        now = event.time.ns;
        oracle.pop();
      }
      if (budget == 0) continue;
      REQUIRE((oracle.empty() || oracle.top().time.ns > end));
      now = end;  // as the calendar's clock does
    }
    REQUIRE(heap.size() == oracle.size());
  }
}

TEST_CASE("a run that many events join is dealt out and keeps its order", "[calendar]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Draws draws(seed);
    RadixHeap heap;
    std::priority_queue<Event, std::vector<Event>, Later> oracle;
    std::uint64_t sequence = 0;
    const auto push = [&](std::int64_t time) {
      const Event event{Instant{time}, Event::pack(++sequence, 1, 7)};
      heap.push(event);
      oracle.push(event);
    };
    // Three far away make a wide run; what the first of them leads to comes before the others, in
    // the end much of it at one instant.
    const std::int64_t far = std::int64_t{1} << 40;
    for (std::int64_t n = 0; n < 3; ++n) push(far + n * (far / 3));
    for (int round = 0; !oracle.empty(); ++round) {
      Event event;
      REQUIRE(heap.pop_until(Instant::max(), event));
      REQUIRE(event.order == oracle.top().order);
      oracle.pop();
      if (round >= 400) continue;
      for (auto n = draws.below(round < 200 ? 4 : 2); n > 0; --n)
        push(event.time.ns + static_cast<std::int64_t>(draws.below(round < 200 ? 1 << 30 : 3)));
    }
    REQUIRE(heap.size() == 0);
  }
}

TEST_CASE("lanes and single timers keep the order of one global queue", "[calendar]") {
  constexpr std::array<std::int64_t, 4> kDurations = {0, 5, 5'000, 1'000'000};
  for (std::uint64_t seed = 100; seed < 130; ++seed) {
    Draws draws(seed);
    Calendar calendar;
    // What is to come, by (time, sequence): its tag. Events bear theirs as id.
    std::map<std::pair<std::int64_t, std::uint64_t>, std::uint32_t> oracle;
    struct Armed {
      TimerId id;
      std::pair<std::int64_t, std::uint64_t> key;
    };
    std::map<std::uint32_t, Armed> armed;  // by tag
    std::uint32_t tag = 0;
    for (int round = 0; round < 4000; ++round) {
      const auto what = draws.below(10);
      if (what < 5) {
        const bool constant = what < 4;
        const std::int64_t after = constant ? kDurations[draws.below(kDurations.size())]
                                            : static_cast<std::int64_t>(draws.below(2'000'000));
        const TimerId id = calendar.arm({after}, constant ? Timing::Constant : Timing::Varying, 3,
                                        42, ++tag, kNone);
        const std::pair key{calendar.now().ns + after, calendar.scheduled()};
        oracle[key] = tag;
        armed[tag] = {id, key};
      } else if (what == 5) {
        const Instant at = calendar.now() + Duration{static_cast<std::int64_t>(draws.below(9'000))};
        calendar.schedule(at, 1, ++tag);
        oracle[{at.ns, calendar.scheduled()}] = tag;
      } else if (what < 8 && !armed.empty()) {
        auto victim = armed.lower_bound(static_cast<std::uint32_t>(draws.below(tag + 1)));
        if (victim == armed.end()) victim = armed.begin();
        calendar.cancel(victim->second.id);
        oracle.erase(victim->second.key);
        armed.erase(victim);
      } else {
        const Instant end =
            calendar.now() + Duration{static_cast<std::int64_t>(draws.below(300'000))};
        Calendar::Happening happening;
        for (auto budget = draws.below(6); budget > 0; --budget) {
          if (!calendar.next(end, happening)) {
            REQUIRE((oracle.empty() || oracle.begin()->first.first > end.ns));
            REQUIRE(calendar.now() == end);
            break;
          }
          // Never one that was called off: those are gone from the oracle.
          REQUIRE_FALSE(oracle.empty());
          REQUIRE(calendar.now().ns == oracle.begin()->first.first);
          REQUIRE((happening.timer == kNone ? happening.id : happening.tag) ==
                  oracle.begin()->second);
          armed.erase(oracle.begin()->second);
          oracle.erase(oracle.begin());
        }
      }
    }
    REQUIRE(calendar.timers_armed() == armed.size());
  }
}

TEST_CASE("more durations than lanes change nothing but speed", "[calendar]") {
  Calendar calendar;
  for (std::int64_t i = 200; i > 0; --i)
    calendar.arm({i}, Timing::Constant, 2, 0, static_cast<std::uint32_t>(i), kNone);
  Calendar::Happening happening;
  for (std::uint32_t i = 1; i <= 200; ++i) {
    REQUIRE(calendar.next({1000}, happening));
    CHECK(happening.tag == i);
    CHECK(calendar.now().ns == i);
  }
  CHECK_FALSE(calendar.next({1000}, happening));
}

TEST_CASE("an owner's timers form a list", "[calendar]") {
  Calendar calendar;
  TimerId chain = kNone;
  for (std::uint32_t tag : {1u, 2u, 3u})
    chain = calendar.arm({1000}, Timing::Constant, 2, 9, tag, chain);
  CHECK(calendar.tag(chain) == 3);
  CHECK(calendar.expiry(chain).ns == 1000);
  chain = calendar.cancel(chain);
  CHECK(calendar.tag(chain) == 2);
  CHECK(calendar.tag(calendar.next_of_owner(chain)) == 1);
  CHECK(calendar.timers_armed() == 2);
}

TEST_CASE("in steady state nothing is allocated", "[calendar][performance]") {
  Calendar calendar;
  std::vector<TimerId> timers(1000, kNone);
  for (std::uint32_t i = 0; i < 1000; ++i) calendar.schedule({i * 1000}, 1, i);
  Calendar::Happening happening;
  const auto turn = [&](int events) {
    for (int n = 0; n < events; ++n) {
      calendar.next(Instant::max(), happening);
      if (happening.timer != kNone) continue;
      TimerId& timer = timers[happening.id];
      if (timer != kNone) calendar.cancel(timer);
      timer = calendar.arm(milliseconds(500), Timing::Constant, 2, happening.id, 0, kNone);
      calendar.schedule(calendar.now() + milliseconds(1), 1, happening.id);
    }
  };
  turn(3'000'000);
  const std::size_t before = allocations;
  turn(1'000'000);
  CHECK(allocations - before < 10);  // a bucket that is used for the first time
}
