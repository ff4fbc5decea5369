// The cores of an instance by themselves: shared, interrupted, limited.

#include "models/system/processor.hpp"

#include "tests/support/catch.hpp"

using namespace faultline;

namespace {

Instant at(double ms) {
  return Instant{} + from_seconds(ms / 1e3);
}

// When each job is done, in ms, by its number.
std::vector<double> run_out(Processor& processor, std::size_t jobs) {
  std::vector<double> done(jobs, -1);
  Instant now;
  while (const auto next = processor.next()) {
    now = *next;
    while (const auto finished = processor.take_done(now))
      done[finished->job] = now.seconds() * 1e3;
    if (processor.empty()) break;
  }
  return done;
}

Processor with(double cores, Scheduler scheduler = Scheduler::Fair, double limit = 0) {
  return Processor(ProcessorSpec{cores, limit, milliseconds(100), scheduler});
}

}  // namespace

TEST_CASE("two on one core take twice as long, until one is done", "[GS4]") {
  Processor p = with(1);
  p.add(at(0), 0, milliseconds(10), 0);
  p.add(at(0), 1, milliseconds(30), 0);
  const auto done = run_out(p, 2);
  CHECK(done[0] == Approx(20));
  CHECK(done[1] == Approx(40));  // work is conserved
}

TEST_CASE("two on two cores do not feel each other, the third takes from both", "[GS4]") {
  Processor p = with(2);
  for (std::uint32_t i = 0; i < 2; ++i) p.add(at(0), i, milliseconds(30), 0);
  CHECK(p.use() == 2'000'000);
  p.add(at(10), 2, milliseconds(30), 0);
  // 20 ms left of two, 30 ms of the third: each at 2/3 for 30 ms, then the third alone for 10 ms.
  const auto done = run_out(p, 3);
  CHECK(done[0] == Approx(40));
  CHECK(done[1] == Approx(40));
  CHECK(done[2] == Approx(50));
}

TEST_CASE("half a core is half as fast", "[GS4]") {
  Processor p = with(0.5);
  p.add(at(0), 0, milliseconds(10), 0);
  CHECK(run_out(p, 1)[0] == Approx(20));
}

TEST_CASE("who interrupts whom is the scheduler's choice", "[GS4]") {
  const auto order = [](Scheduler scheduler) {
    Processor p = with(1, scheduler);
    p.add(at(0), 0, milliseconds(30), 2);
    p.add(at(10), 1, milliseconds(25), 1);
    p.add(at(12), 2, milliseconds(2), 3);
    return run_out(p, 3);
  };
  using V = std::vector<double>;
  CHECK(order(Scheduler::Lifo) == V{57, 37, 14});
  CHECK(order(Scheduler::Srpt) == V{32, 57, 14});  // 20 ms left at 10 ms: the second waits
  CHECK(order(Scheduler::Priority) == V{55, 35, 57});
}

TEST_CASE("strangers count like jobs of one's own", "[CE3]") {
  Processor p = with(2);
  p.stress(at(0), 3);
  CHECK(p.use() == 2'000'000);
  p.add(at(0), 0, milliseconds(10), 0);
  CHECK(run_out(p, 1)[0] == Approx(20));  // a fair share: 2 cores for 4
}

TEST_CASE("a quota that is spent stops everybody until the next period", "[GS4]") {
  Processor p = with(4, Scheduler::Fair, 1);
  for (std::uint32_t i = 0; i < 4; ++i) p.add(at(0), i, milliseconds(50), 0);
  CHECK(p.next() == at(25));  // 4 × 25 ms are the quota of 100 ms
  CHECK_FALSE(p.take_done(at(25)));
  CHECK(p.throttled());
  CHECK(p.use() == 0);
  CHECK(p.next() == at(100));
  const auto done = run_out(p, 4);
  CHECK(done[3] == Approx(125));
}

TEST_CASE("within the quota a limit is not felt", "[GS4]") {
  Processor p = with(1, Scheduler::Fair, 0.5);
  p.add(at(70), 0, milliseconds(40), 0);  // 30 ms of one period, 10 ms of the next
  CHECK(run_out(p, 1)[0] == Approx(110));
}

TEST_CASE("who is called off leaves the cores to the others", "[GS4]") {
  Processor p = with(1);
  p.add(at(0), 0, milliseconds(10), 0);
  p.add(at(0), 1, milliseconds(10), 0);
  CHECK(p.remove(at(10), 1));
  CHECK_FALSE(p.remove(at(10), 1));
  CHECK(run_out(p, 1)[0] == Approx(15));
}
