// Rows that are recycled.
#include <set>
#include <vector>

#include "sim/random.hpp"
#include "sim/slab.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;

namespace {

struct Row {
  std::uint64_t value = 11;
  std::uint32_t other = 22;
};

}  // namespace

TEST_CASE("a slab hands out each row once, in its default state or as it is asked for", "[slab]") {
  Slab<Row> slab;
  std::set<std::uint32_t> used;
  Draws draws(1);
  for (int i = 0; i < 50'000; ++i) {
    if (used.empty() || draws.below(5) < 3) {
      const bool made = draws.below(2) == 0;
      const std::uint32_t id = made ? slab.acquire([](std::uint32_t own) {
        return Row{own + 1, 33};
      })
                                    : slab.acquire();
      REQUIRE(used.insert(id).second);
      REQUIRE(slab[id].value == (made ? id + 1 : 11));
      REQUIRE(slab[id].other == (made ? 33 : 22));
      slab[id] = {id, id};
    } else {
      auto victim = used.lower_bound(static_cast<std::uint32_t>(draws.below(20'000)));
      if (victim == used.end()) victim = used.begin();
      REQUIRE(slab[*victim].value == *victim);
      slab.release(*victim);
      used.erase(victim);
    }
    REQUIRE(slab.live() == used.size());
  }
  std::vector<std::uint32_t> seen;
  slab.each([&](std::uint32_t id, const Row& row) {
    seen.push_back(id);
    CHECK(row.value == id);
  });
  CHECK(seen == std::vector<std::uint32_t>(used.begin(), used.end()));
}

TEST_CASE("rows stay where they are, and memory follows the most alive", "[slab]") {
  Slab<Row> slab;
  const Row* first = &slab[slab.acquire()];
  std::vector<std::uint32_t> ids;
  for (int i = 0; i < 100'000; ++i) ids.push_back(slab.acquire());
  CHECK(&slab[0] == first);
  for (std::uint32_t id : ids) slab.release(id);
  for (int i = 0; i < 100'000; ++i) CHECK(slab.acquire() <= 102'400);
}
