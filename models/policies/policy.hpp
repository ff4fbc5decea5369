#pragma once
// A resilience policy decides; the pipeline (models/system/calling.cpp) acts. A policy sees only
// what a real one sees: its own call, its own past. It answers small values:
//
//   before(view)   as the attempt goes inward:  Proceed | Refuse(why) | Wait
//   after(view, o) as the outcome comes outward: Accept | Replace(o) | SendAgain(delay) | Absorb …
//   on_timer(view) when the timer it asked for fires: Ignore | GiveUp(why) | SendAnother | GoOn
//
// After a Proceed exactly one `after` follows; after a Wait either `before` again (with
// `waited`), or `leave`.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/vocabulary/describe.hpp"
#include "models/vocabulary/identity.hpp"
#include "models/vocabulary/outcome.hpp"
#include "models/vocabulary/rows.hpp"
#include "sim/calendar.hpp"
#include "sim/random.hpp"

namespace faultline {

struct CallView {
  Instant now;
  Instant born;               // when this attempt came into being
  Instant asked;              // the same; of a hedge, when the first it was sent besides did
  std::uint64_t lineage = 0;  // of the call
  AttemptId attempt = kNone;  // kNone: the call itself, between attempts
  std::uint16_t number = 0;   // of the attempt within its call, hedges counted
  std::uint16_t tries = 0;    // sent so far, hedges not counted
  std::uint8_t live = 0;      // attempts of the call still wanted, this one included
  std::uint8_t hedges = 0;    // sent besides the running try
  std::uint8_t priority = 0;  // 0 (P0) … 3 (P3)
  std::uint8_t tier = 0;      // calls made instead of it so far
  Identity who;               // nobody, unless some client has a population
  bool idempotent = true;
  bool waited = false;  // has been sent for after a Wait
  bool final = false;   // an outer layer has given up: only account for it

  // A draw of its own for `purpose`: adding a policy changes nobody else's.
  Draws draws(std::uint64_t purpose) const {
    return Draws(derive(derive(lineage, purpose), std::uint64_t{0x706f6c} + number));
  }
};

struct Before {
  enum class Verdict : std::uint8_t { Proceed, Refuse, Wait };
  Verdict verdict = Verdict::Proceed;
  Error why = Error::None;
  float retry_after_s = 0;  // with Refuse, as in Outcome
  Timing timing = Timing::Constant;
  Duration timer{-1};  // < 0: none. With Wait: when to go on at the latest.
};

// Why a policy that sends again did not, for whoever reads the call's story.
enum class NotAgain : std::uint8_t { NotAsked, Permanent, Unsafe, Spent, Budget, Pushback };

struct After {
  // Absorb: another attempt may still answer. Rearm: the same, and the layer's timer starts anew
  // with `delay`. NoMore: absorbed, and the layer sends nothing any more. CallInstead: the next of
  // the policy's tiers; what becomes of it comes to `after` again.
  enum class Verdict : std::uint8_t {
    Accept,
    Replace,
    SendAgain,
    CallInstead,
    Absorb,  // and what comes after it: the outcome goes no further
    Rearm,
    NoMore
  };
  Verdict verdict = Verdict::Accept;
  NotAgain not_again = NotAgain::NotAsked;  // with Accept
  AttemptId wake = kNone;                   // an attempt that waited here and may now go on
  Outcome outcome{};
  Duration delay{};  // before it is sent again, or before `wake` goes on
};

struct OnTimer {
  enum class Verdict : std::uint8_t { Ignore, GiveUp, SendAnother, GoOn };
  Verdict verdict = Verdict::Ignore;
  Error why = Error::None;
  float retry_after_s = 0;  // with GiveUp, as in Outcome
  Duration again{-1};       // rearm, if ≥ 0
};

enum class BreakerState : std::uint8_t { Closed, Open, HalfOpen };

class Policy {
 public:
  virtual ~Policy() = default;
  virtual Before before(const CallView&) { return {}; }
  virtual After after(const CallView&, Outcome) { return {}; }
  virtual OnTimer on_timer(const CallView&) { return {}; }
  // An attempt that waited here gave up. Answers who may go on in its place.
  virtual AttemptId leave(const CallView&) { return kNone; }
  // The state of a breaker, for whoever watches; others have none.
  virtual std::optional<BreakerState> breaker_state() const { return std::nullopt; }
  // Permits now held, for the ledger at the end of a run.
  virtual std::int64_t permits_held() const { return 0; }
};

// What to answer when a call has failed: the answer of another call, or of nobody.
struct FallbackTier {
  std::string call, policy;  // service/endpoint; empty: nobody is asked
  double quality = 0.5;
  void describe(Binder&);
};

// Times for the parts of a try on the wire; Duration::max(): none.
struct PhaseTimeouts {
  Duration connect = Duration::max();  // looking the name up and connecting
  Duration tls = Duration::max();
  Duration header = Duration::max();  // from the request sent to the beginning of its answer
  Duration read = Duration::max();    // between two pieces of it
};

// A policy's options, and the maker of its state for one (caller, callee).
class PolicyConfig {
 public:
  virtual ~PolicyConfig() = default;
  virtual void describe(Binder&) = 0;
  virtual std::unique_ptr<Policy> make() const = 0;
  virtual std::unique_ptr<PolicyConfig> clone() const = 0;
  // Whether the policy may send an attempt of its own accord (retry, hedge).
  virtual bool resends() const { return false; }
  // Whether all instances of the caller share its state, whatever the policy's `scope`.
  virtual bool shares_state() const { return false; }
  // Whether it tells users apart, so that somebody must have some; and the tiers it names.
  virtual bool needs_users() const { return false; }
  virtual std::vector<std::string> tiers() const { return {}; }
  // The time after which a try is given up, if this policy sets one; what a server is told when
  // deadlines are propagated.
  virtual std::optional<Duration> try_timeout() const { return std::nullopt; }
  // Of a policy that does nothing but set this timer for each attempt that passes: its `before` and
  // `after` need not be asked.
  virtual std::optional<Duration> only_alarm() const { return std::nullopt; }
  virtual std::optional<Duration> call_deadline() const { return std::nullopt; }
  // What it calls instead, in order.
  virtual std::span<const FallbackTier> fallback_tiers() const { return {}; }
  virtual std::optional<PhaseTimeouts> phases() const { return std::nullopt; }
  // Whether there is nothing else to it.
  virtual bool only_phases() const { return false; }
};

// clone() written once.
template <class Derived>
class PolicyConfigOf : public PolicyConfig {
 public:
  std::unique_ptr<PolicyConfig> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }
};

// Every policy, in the canonical order, outermost first.
std::span<const Kind<PolicyConfig>> policy_kinds();

}  // namespace faultline
