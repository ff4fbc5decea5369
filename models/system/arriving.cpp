// A client wants something. Open clients ask whether or not earlier requests were answered; closed
// ones are users who think, ask and wait. Arrivals come from a stream that bears the client's name.

#include "models/system/world.hpp"

#include <algorithm>
#include <boost/random/exponential_distribution.hpp>
#include <numeric>

namespace faultline {
namespace {

constexpr std::uint64_t kArrivalStream = 0x61727269;
constexpr std::uint64_t kThinking = 0x7468696e;
// The least that a user's cycle takes when neither the answer nor thinking takes any time.
constexpr Duration kMoment = milliseconds(1);

// The integral of the shape from 0 to t, in seconds, and its inverse. A shape is linear between
// points, flat outside; so the expected number of arrivals by t is rate × area(t).
struct ShapeArea {
  const std::vector<ShapePoint>& points;

  // The instant at which the area reaches `area`; Instant::max() if never.
  Instant reach(double area) const {
    if (points.empty()) return at({}, area);
    double sum = points[0].at.seconds() * points[0].factor;
    if (area < sum) return at({}, area / points[0].factor);
    for (std::size_t i = 1; i < points.size(); ++i) {
      const ShapePoint& a = points[i - 1];
      const ShapePoint& b = points[i];
      const double length = (b.at - a.at).seconds();
      const double piece = length * (a.factor + b.factor) / 2;
      if (area < sum + piece) return at(a.at, within(a.factor, b.factor, length, area - sum));
      sum += piece;
    }
    const double last = points.back().factor;
    if (last <= 0) return Instant::max();
    return at(points.back().at, (area - sum) / last);
  }

 private:
  static Instant at(Instant from, double seconds) {
    return seconds < 9e9 ? from + from_seconds(seconds) : Instant::max();
  }
  // Where a factor that goes linearly from f to g over `length` has covered `area`: the root of
  // f·x + (g − f)·x²/(2·length) = area, in the form that is stable when f and g are close.
  static double within(double f, double g, double length, double area) {
    const double slope = (g - f) / length;
    const double root = f * f + 2 * slope * area;
    const double speed = f + std::sqrt(root > 0 ? root : 0);
    return speed > 0 ? 2 * area / speed : length;
  }
};

}  // namespace

void World::open_clients() {
  // By name, so that what is due at the same instant happens in the same order wherever the tables
  // stand in the file.
  std::vector<std::uint32_t> order(spec_.clients.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return spec_.clients[a].name < spec_.clients[b].name;
  });
  for (const std::uint32_t i : order) {
    const ClientSpec& client = spec_.clients[i];
    clients_[i].gaps = Draws(derive(clients_[i].key, kArrivalStream));
    // An event like any other, so that whoever looks at the world at its beginning sees it empty.
    if (client.at_start > 0) calendar_.schedule({}, kBacklog, i);
    if (client.kind != ClientSpec::Kind::Closed) {
      clients_[i].upcoming = client.starts;
      clients_[i].upcoming = next_arrival(clients_[i]);
      schedule_arrival(i, clients_[i]);
      continue;
    }
    clients_[i].first_user = static_cast<std::uint32_t>(users_.size());
    for (std::uint32_t u = 0; u < client.users; ++u) {
      users_.push_back({i, u, 0});
      const auto id = static_cast<std::uint32_t>(users_.size() - 1);
      // Everybody thinks first, so that users don't come in step.
      Draws draws(derive(derive(clients_[i].key, kThinking), derive(u, std::uint64_t{0})));
      calendar_.schedule(client.starts + client.think.sample(draws), kUserReady, id);
    }
  }
}

// When the arrival after the one at `upcoming` is due; Instant::max() if there is none any more.
Instant World::next_arrival(ClientState& state) {
  const ClientSpec& client = *state.spec;
  if (client.kind == ClientSpec::Kind::Renewal) {
    const Duration gap = client.gaps.sample(state.gaps);
    return gap < Instant::max() - state.upcoming ? state.upcoming + gap : Instant::max();
  }
  state.unit += client.evenly ? 1.0 : boost::random::exponential_distribution<double>()(state.gaps);
  const Instant at = ShapeArea{client.shape}.reach(state.unit / client.rate);
  return at == Instant::max() ? at : at + (client.starts - Instant{});
}

// The one after it is drawn at once, long before it is needed: so nothing waits for the drawing.
void World::schedule_arrival(std::uint32_t i, ClientState& state) {
  if (state.upcoming >= state.spec->stops) return;
  calendar_.schedule(state.upcoming, kArrival, i);
  state.upcoming = next_arrival(state);
}

void World::on_arrival(std::uint32_t i) {
  ClientState& client = clients_[i];
  schedule_arrival(i, client);
  std::uint32_t more = client.spec->batch;
  do request(i, derive(client.key, client.requests), kNone);
  while (--more > 0);
}

void World::on_backlog(std::uint32_t i) {
  const ClientSpec& client = spec_.clients[i];
  for (std::uint32_t n = 0; n < client.at_start; ++n)
    request(i, derive(clients_[i].key, clients_[i].requests), kNone);
}

void World::on_user_ready(std::uint32_t id) {
  User& user = users_[id];
  const ClientSpec& client = spec_.clients[user.client];
  if (now() >= client.stops) return;
  const std::uint64_t lineage =
      derive(derive(clients_[user.client].key, std::uint64_t{1} << 32 | user.number), user.cycle++);
  request(user.client, lineage, id);
}

void World::request(std::uint32_t i, std::uint64_t lineage, std::uint32_t user) {
  ClientState& state = clients_[i];
  const ClientSpec& client = *state.spec;
  const std::uint64_t sender = user == kNone ? state.requests : users_[user].number;
  const std::uint32_t caller =
      state.first_caller +
      static_cast<std::uint32_t>(client.instances == 1 ? 0 : sender % client.instances);
  ++state.requests;

  state.stats->due(now());
  ++requests_;
  const Route& route = *state.route;
  const NewCall wanted{.lineage = lineage,
                       .due = now(),
                       .caller = caller,
                       .route = client.route,
                       .prev = user,
                       .priority = client.priority};
  const bool told = is_listened_to_ && introduce(lineage, i);
  if (route.plain_calls && !told) [[likely]]
    return begin_plainly(wanted, route);
  const CallId id = rows_.acquire();
  Call& call = calls_[id] = wanted.as_call();
  call.traced = told;
  if (told) trace(call, "client {} wants something", client.name);
  if (has_users_) identify(id, i);
  begin_call(id);
}

// To whoever asked for it. Answers whether its story is to be told.
bool World::introduce(std::uint64_t lineage, std::uint32_t client) {
  const std::uint64_t number = requests_ - 1;
  if (watch_) watch_->begun(lineage, number, client, now());
  return number == measuring_.traced_request || measuring_.trace_all;
}

void World::request_ended(Call& call, const Route& route, Outcome outcome) {
  const ClientState& state = *route.asker;
  const ClientSpec& client = *state.spec;
  const Duration took = now() - call.due;
  fingerprint_.add(call.lineage ^ static_cast<std::uint64_t>(outcome.error));

  if (watch_) watch_->ended(call.lineage, now(), outcome);
  outcome.ok() ? ++ledger_.ok : ++ledger_.failed;
  const bool in_time = took <= client.deadline;
  state.stats->ended({call.lineage, call.due, now(), outcome, in_time});
  if (const std::uint32_t user = call.prev; user != kNone) think(user, state, took);
}

// Until the next time.
void World::think(std::uint32_t user, const ClientState& state, Duration took) {
  Draws draws(
      derive(derive(state.key, kThinking), derive(users_[user].number, users_[user].cycle)));
  Duration pause = state.spec->think.sample(draws);
  // Asked, refused and asked again in no time at all: the clock would stand still for ever.
  if (pause.ns == 0 && took.ns == 0) pause = kMoment;
  calendar_.schedule(now() + pause, kUserReady, user);
}

}  // namespace faultline
