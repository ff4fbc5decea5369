// Axes, points, shards and effects by themselves.
#include <map>
#include <set>

#include "lab/study/effects.hpp"
#include "lab/study/sweep_points.hpp"
#include "tests/support/catch.hpp"

namespace faultline {
namespace {

std::vector<std::string> values(const std::string& axis) {
  const auto parsed = parse_axis(axis);
  REQUIRE(parsed);
  return parsed->values;
}

Environment with(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

}  // namespace

TEST_CASE("axes are lists, ranges and factors", "[study][US4]") {
  using Values = std::vector<std::string>;
  CHECK(values("a=1,2,3") == Values{"1", "2", "3"});
  CHECK(values("a=[1, \"5ms\"]") == Values{"1", "\"5ms\""});
  CHECK(values("a=lognormal(3ms, cv=0.5),exp(3ms)") ==
        Values{"lognormal(3ms, cv=0.5)", "exp(3ms)"});
  CHECK(values("a=range(1, 9, 3)") == Values{"1", "5", "9"});
  CHECK(values("a=range(1, 3, 9)") == Values{"1", "2", "3"});  // whole numbers, each once
  CHECK(values("a=range(10ms, 50ms, 3)") == Values{"10ms", "30ms", "50ms"});
  CHECK(values("a=log(10ms, 1s, 3)") == Values{"10ms", "100ms", "1s"});
  CHECK(values("a=log(8, 512, 4)") == Values{"8", "32", "128", "512"});
  CHECK(values("a=range(5%, 25%, 2)") == Values{"5%", "25%"});
  CHECK(values("a=range(100/s, 300/s, 3)") == Values{"100/s", "200/s", "300/s"});
  CHECK(values("link.\"a->b\".latency=1ms,2ms") == Values{"1ms", "2ms"});
}

TEST_CASE("constraints compare like with like", "[study][US4]") {
  const auto test = [](const char* text, const char* a, const char* b) {
    const auto constraint = parse_constraint(text);
    REQUIRE(constraint);
    return holds(*constraint, a, b);
  };
  CHECK(*test("x < y", "200ms", "1s"));
  CHECK_FALSE(*test("x >= y", "200ms", "1s"));
  CHECK(*test("x != y", "fifo", "\"lifo\""));
  CHECK_FALSE(test("x < y", "5", "1s"));
  CHECK(parse_constraint("link.\"a->b\".latency <= 5ms")->left == "link.\"a->b\".latency");
}

TEST_CASE("a Latin hypercube meets every slice of every axis once", "[study][US4]") {
  SweepPlan plan;
  plan.samples = 16;
  plan.axes = {*parse_axis("a=range(0.0, 16.0)"), *parse_axis("b=log(1.0, 65536.0)"),
               *parse_axis("c=u,v,w,x")};
  const auto points = points_of(plan);
  REQUIRE(points);
  std::set<int> a, b;
  std::map<std::string, int> c;
  for (const auto& point : *points) {
    a.insert(static_cast<int>(amount_of(point[0])->value));
    b.insert(static_cast<int>(std::log2(amount_of(point[1])->value)));
    ++c[point[2]];
  }
  CHECK(a.size() == 16);
  CHECK(b.size() == 16);
  CHECK(c == std::map<std::string, int>{{"u", 4}, {"v", 4}, {"w", 4}, {"x", 4}});
  CHECK(*points_of(plan) == *points);
}

TEST_CASE("--shard auto asks whoever started it", "[study][US4]") {
  const auto auto_in = [](std::map<std::string, std::string> variables,
                          const std::string& text = "auto") {
    const auto shard = parse_shard(text, with(std::move(variables)));
    return shard ? std::pair(shard->number, shard->of) : std::pair<std::int64_t, std::int64_t>();
  };
  using Pair = std::pair<std::int64_t, std::int64_t>;
  CHECK(auto_in({{"SLURM_ARRAY_TASK_ID", "3"},
                 {"SLURM_ARRAY_TASK_MIN", "1"},
                 {"SLURM_ARRAY_TASK_MAX", "8"}}) == Pair(3, 8));
  CHECK(auto_in({{"SLURM_ARRAY_TASK_ID", "0"},
                 {"SLURM_ARRAY_TASK_MIN", "0"},
                 {"SLURM_ARRAY_TASK_MAX", "7"}}) == Pair(1, 8));
  CHECK(auto_in({{"SLURM_ARRAY_TASK_ID", "10"},
                 {"SLURM_ARRAY_TASK_MIN", "0"},
                 {"SLURM_ARRAY_TASK_MAX", "30"},
                 {"SLURM_ARRAY_TASK_STEP", "10"}}) == Pair(2, 4));
  // Submitted again alone.
  CHECK(auto_in({{"SLURM_ARRAY_TASK_ID", "3"},
                 {"SLURM_ARRAY_TASK_MIN", "3"},
                 {"SLURM_ARRAY_TASK_MAX", "3"},
                 {"FAULTLINE_SHARDS", "8"}}) == Pair(3, 8));
  CHECK(auto_in({{"JOB_COMPLETION_INDEX", "0"}}, "auto/4") == Pair(1, 4));
  CHECK(auto_in({{"JOB_COMPLETION_INDEX", "3"}, {"FAULTLINE_SHARDS", "4"}}) == Pair(4, 4));
  CHECK(auto_in({{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}}) == Pair(2, 2));
  CHECK(auto_in({{"PMI_RANK", "0"}, {"PMI_SIZE", "5"}}) == Pair(1, 5));
  CHECK(auto_in({{"SLURM_PROCID", "4"}, {"SLURM_NTASKS", "5"}}) == Pair(5, 5));
  CHECK(auto_in({}) == Pair(0, 0));
  CHECK(auto_in({}, "2/3") == Pair(2, 3));
  CHECK(auto_in({}, "0/3") == Pair(0, 0));
  CHECK(auto_in({}, "three") == Pair(0, 0));
}

TEST_CASE("every run belongs to one shard", "[study][US4]") {
  for (std::int64_t run = 0; run < 100; ++run) {
    int times = 0;
    for (std::int64_t i = 1; i <= 7; ++i) times += Shard{i, 7, false}.has(run);
    CHECK(times == 1);
  }
}

TEST_CASE("least squares find the effects that were put in", "[study][US4]") {
  // y = 10 + 3a − 2b + ab + 5 [word = v] + what the seed shifts, exactly.
  Merged m;
  m.plan.axes = {*parse_axis("a=0,10"), *parse_axis("b=1,2,3"), *parse_axis("word=u,v")};
  m.plan.replications = 2;
  m.plan.metrics = {"y"};
  m.plan.points = *points_of(m.plan);
  for (std::size_t p = 0; p < m.plan.points.size(); ++p) {
    for (std::int64_t r = 0; r < 2; ++r) {
      const double a = amount_of(m.plan.points[p][0])->value / 5 - 1;
      const double b = amount_of(m.plan.points[p][1])->value - 2;
      const double v = m.plan.points[p][2] == "v" ? 1 : -1;
      const double y = 10 + 3 * a - 2 * b + a * b + 2.5 * v + 7 * static_cast<double>(r);
      m.runs.push_back({static_cast<std::int64_t>(p), r, r, "", "", {y}});
    }
  }
  const Effects e = effects_of(m, 0);
  CHECK(e.explained == Approx(1));
  CHECK(e.mean == Approx(13.5));
  const auto size = [](const std::vector<Effect>& effects, const std::string& name) {
    for (const Effect& x : effects) {
      if (x.name == name) return x.size;
    }
    FAIL("no effect " << name);
    return 0.0;
  };
  CHECK(size(e.main, "a") == Approx(6));
  CHECK(size(e.main, "b") == Approx(-4));
  CHECK(size(e.main, "word = v") == Approx(2.5));
  CHECK(size(e.main, "word = u") == Approx(-2.5));
  CHECK(size(e.interactions, "a × b") == Approx(2));
  CHECK(std::abs(size(e.interactions, "a × word = u")) < 1e-9);
  CHECK(e.main.front().clear());
  CHECK(e.axes[1].levels[0].mean.mean == Approx(15.5));
}

TEST_CASE("results of another version are refused, and it is said which", "[study][US4]") {
  const std::string path = std::string(FAULTLINE_BINARY_DIR) + "/store-test.part";
  SweepPlan plan;
  plan.version = "0.0.1";
  plan.scenario = "A shop";
  plan.axes = {*parse_axis("a=1,2")};
  plan.points = *points_of(plan);
  const PlanIdentity older = identity_of(plan);
  plan.version = "0.0.2";
  const PlanIdentity newer = identity_of(plan);
  {
    auto store = SweepStore::open(path, older, SweepStore::Way::Force);
    REQUIRE(store);
    store->add({{0, 0, 1, "f00", "", {0.5, -0.0}}, {1, 0, 1, "", "E306: no", {}}});
    // Two at a time would double what one of them does.
    const auto second = SweepStore::open(path, older, SweepStore::Way::Resume);
    REQUIRE_FALSE(second);
    CHECK(second.error().kind == StoreProblem::Kind::Busy);
  }
  const auto other = SweepStore::open(path, newer, SweepStore::Way::Resume);
  REQUIRE_FALSE(other);
  CHECK(other.error().message.find("of version 0.0.1, and this is 0.0.2") != std::string::npos);
  CHECK(SweepStore::open(path, older, SweepStore::Way::Fresh).error().kind ==
        StoreProblem::Kind::Exists);
  const auto again = SweepStore::open(path, older, SweepStore::Way::Resume);
  REQUIRE(again);
  CHECK(again->done(plan) == std::vector<char>{1, 1});
  std::vector<SweepRun> runs;
  again->each([&](const SweepRun& r) { runs.push_back(r); });
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].values == std::vector<double>{0.5, -0.0});
  CHECK(runs[1].problem == "E306: no");
  const auto told = plan_of(again->identity());
  REQUIRE(told);
  CHECK(told->points == plan.points);
  CHECK(told->axes[0].key == "a");
}

TEST_CASE("an estimate is Student's", "[study]") {
  const std::vector<double> x = {1, 2, 3, 4};
  const Estimate e = estimate(x);
  CHECK(e.mean == 2.5);
  CHECK(e.half_width == Approx(3.182446 * std::sqrt(5.0 / 3 / 4)).epsilon(1e-6));  // t(3), 97.5 %
  const std::vector<double> same = {0.1, 0.1, 0.1};
  CHECK(estimate(same).half_width == 0);
  CHECK_FALSE(estimate(std::vector<double>{1}).has_interval);
}

}  // namespace faultline
