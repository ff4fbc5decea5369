// Which requests are kept to be looked at, of many that ended alike and of few that did not.
#include "models/system/request_watch.hpp"

#include <algorithm>
#include <vector>

#include "tests/support/catch.hpp"

using namespace faultline;

namespace {

constexpr Instant kBegin = Instant{};

Outcome with(Error error) {
  return error == Error::None ? Outcome::answered(1) : Outcome::failed(error);
}

Instant at(std::int64_t ms) {
  return kBegin + milliseconds(ms);
}

RequestWatch watch_of(std::size_t keep, std::int64_t from = 0, std::int64_t to = 1'000'000) {
  Watch watch;
  watch.from = at(from);
  watch.to = at(to);
  watch.keep = keep;
  return RequestWatch(watch);
}

// Requests that begin together, each number its own.
class Requests {
 public:
  explicit Requests(RequestWatch& watch) : watch_(watch) {}
  void one(std::int64_t took_ms, Error error) {
    watch_.begun(next_, next_, 0, kBegin);
    watch_.ended(next_++, at(took_ms), with(error));
  }

 private:
  RequestWatch& watch_;
  std::uint64_t next_ = 0;
};

std::ptrdiff_t count(const std::vector<WatchedRequest>& among, Error error) {
  return std::count_if(among.begin(), among.end(),
                       [&](const WatchedRequest& one) { return one.error == error; });
}

bool slowest_first(const std::vector<WatchedRequest>& among) {
  return std::is_sorted(among.begin(), among.end(), [](const auto& a, const auto& b) {
    return a.took != b.took ? b.took < a.took : a.number < b.number;
  });
}

}  // namespace

TEST_CASE("a rare failure is kept, however quick, among many that ended otherwise", "[watch]") {
  RequestWatch watch = watch_of(5);
  Requests requests(watch);
  requests.one(1, Error::RateLimited);
  for (int i = 0; i < 100; ++i) requests.one(1000 + i, Error::Timeout);
  requests.one(2, Error::Crash);
  CHECK(watch.failures() == 102);
  REQUIRE(watch.failed().size() == 5);
  CHECK(count(watch.failed(), Error::RateLimited) == 1);
  CHECK(count(watch.failed(), Error::Crash) == 1);
  CHECK(count(watch.failed(), Error::Timeout) == 3);
  CHECK(slowest_first(watch.failed()));
  // Of those that ended alike, the slowest.
  CHECK(watch.failed()[0].took == milliseconds(1099));
  CHECK(watch.failed()[2].took == milliseconds(1097));
}

TEST_CASE("causes share the places that there are, and each keeps its slowest", "[watch]") {
  RequestWatch watch = watch_of(6);
  Requests requests(watch);
  for (int i = 0; i < 50; ++i) {
    requests.one(5000 + i, Error::Timeout);
    requests.one(100 + i, Error::Refused);
    requests.one(10 + i, Error::BreakerOpen);
  }
  REQUIRE(watch.failed().size() == 6);
  for (const auto& [error, slowest] :
       {std::pair(Error::Timeout, 5049), std::pair(Error::Refused, 149),
        std::pair(Error::BreakerOpen, 59)}) {
    CHECK(count(watch.failed(), error) == 2);
    const auto first = std::find_if(watch.failed().begin(), watch.failed().end(),
                                    [&](const auto& one) { return one.error == error; });
    REQUIRE(first != watch.failed().end());
    CHECK(first->took == milliseconds(slowest));
  }
  CHECK(slowest_first(watch.failed()));
}

TEST_CASE("answers and failures are kept apart; of answers the slowest", "[watch]") {
  RequestWatch watch = watch_of(3);
  Requests requests(watch);
  for (int i = 1; i <= 20; ++i) requests.one(i, Error::None);
  requests.one(500, Error::Deadline);
  CHECK(watch.answers() == 20);
  CHECK(watch.failures() == 1);
  REQUIRE(watch.answered().size() == 3);
  CHECK(watch.answered()[0].took == milliseconds(20));
  CHECK(watch.answered()[2].took == milliseconds(18));
  REQUIRE(watch.failed().size() == 1);
  CHECK(watch.failed()[0].ended);
}

TEST_CASE("what never ends is a failure without a cause, beside those that have one", "[watch]") {
  RequestWatch watch = watch_of(4);
  Requests requests(watch);
  for (int i = 0; i < 10; ++i) requests.one(9000 + i, Error::Timeout);
  watch.begun(100, 100, 0, at(9990));
  watch.close(at(10'000));
  CHECK(watch.failures() == 11);
  REQUIRE(watch.failed().size() == 4);
  CHECK(count(watch.failed(), Error::None) == 1);
  CHECK_FALSE(watch.failed().back().ended);
  CHECK(watch.failed().back().took == milliseconds(10));
}

TEST_CASE("only what ends in the stretch counts, and only of the client asked for", "[watch]") {
  Watch of_one;
  of_one.client = 1;
  of_one.from = at(100);
  of_one.to = at(200);
  RequestWatch watch(of_one);
  const auto request = [&](std::uint64_t number, std::uint32_t client, std::int64_t end_ms) {
    watch.begun(number, number, client, kBegin);
    watch.ended(number, at(end_ms), with(Error::Timeout));
  };
  request(1, 1, 99);
  request(2, 1, 100);
  request(3, 0, 150);
  request(4, 1, 199);
  request(5, 1, 200);
  REQUIRE(watch.failures() == 2);
  CHECK(watch.failed()[0].number == 4);
  CHECK(watch.failed()[1].number == 2);
}
