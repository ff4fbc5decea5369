// A request's story in sentences, for `faultline run --trace-request`. Nobody else pays for it.

#include <array>

#include "models/system/world.hpp"

namespace faultline {
namespace {

// What an error means to whoever reads the story for the first time.
std::string_view meaning(Error e) {
  static constexpr std::array<std::string_view, kErrors> kMeanings = {
      "",
      "no answer in time",
      "the time for the whole call is over",
      "the queue was full",
      "nobody was there",
      "the network did not deliver it",
      "the server died or the connection broke",
      "a rate limit said no",
      "the server sheds load",
      "the caller's circuit breaker is open",
      "too many of the caller's own are under way",
      "the server answered with an error",
      "the server found fault with the request",
      "the answer was wrong",
      "nobody wants it any more"};
  return kMeanings[static_cast<std::size_t>(e)];
}

std::string told(Outcome outcome) {
  std::string text = fmt::format("{} ({})", name(outcome.error), meaning(outcome.error));
  if (outcome.retry_after_s() > 0)
    text += fmt::format(", \"come again in {:g} s\"", static_cast<double>(outcome.retry_after_s()));
  if (outcome.retry_after_s() < 0) text += ", \"don't come again\"";
  return text;
}

}  // namespace

// What the headers of the answer say: X-RateLimit-Limit, -Remaining and -Reset, and Retry-After.
void World::tell_quota(const Call& call, const Admission& answer, const Quota& quota) {
  std::string text = fmt::format("{} of {} left", quota.remaining, quota.limit);
  if (quota.reset.ns > 0) text += fmt::format(", all of them in {:.3f} s", quota.reset.seconds());
  trace(call, "{} the rate limit: {}",
        !answer.allowed       ? "is over"
        : answer.delay.ns > 0 ? "waits its turn at"
                              : "is within",
        text);
}

void World::tell_resend(const Call& call, Outcome outcome, Duration pause) {
  // Beside a hedge, only one of the attempts is over.
  const TraceKind kind = call.live > 0 ? TraceKind::Aside : TraceKind::Again;
  trace(call, {kind, 0, outcome.error}, "try {} failed: {}; sent again in {:.3f} ms", call.tries,
        told(outcome), pause.seconds() * 1e3);
}

void World::tell_absorbed(const Call& call, const Attempt& attempt, const After& answer) {
  std::string_view then = "another attempt may still answer";
  if (answer.verdict == After::Verdict::Rearm)
    then = answer.delay.ns > 0 ? "the next is sent when it was told" : "the next is sent at once";
  if (answer.verdict == After::Verdict::NoMore) then = "no more are sent";
  trace(call, {TraceKind::Failed, attempt.number}, "attempt {} failed; {}", attempt.number + 1,
        then);
}

void World::tell_verdict(const Call& call, Outcome outcome, const After& answer) {
  if (answer.verdict == After::Verdict::Replace) {
    if (answer.outcome.ok())
      trace(call, "falls back to something lesser (quality {:g}) instead of {}",
            static_cast<double>(answer.outcome.quality()), name(outcome.error));
    return;
  }
  static constexpr std::array<std::string_view, 6> kWhy = {
      "",
      "this error is not worth another try",
      "it is not idempotent and may have been done",
      "it was the last try it has",
      "the retry budget is spent",
      "it was told not to come again"};
  if (answer.not_again != NotAgain::NotAsked)
    trace(call, "is not sent again: {}", kWhy[static_cast<std::size_t>(answer.not_again)]);
}

void World::tell_end(const Call& call, Outcome outcome) {
  const double took = (now() - call.due).seconds() * 1e3;
  const Told ended{TraceKind::Ended, 0, outcome.error};
  if (!outcome.ok())
    return trace(call, ended, "has failed after {:.3f} ms: {}", took, told(outcome));
  const double quality = static_cast<double>(outcome.quality());
  trace(call, ended, "is answered after {:.3f} ms{}", took,
        quality < 1 ? fmt::format(", with quality {:g}", quality) : "");
}

void WorldState::add_to_story(const Call& call, const Told& told, std::string sentence) {
  TraceStep step{calendar_.now(), call.due, told, call.lineage, 0, 0, routes_[call.route].edge, {}};
  step.sentence = std::move(sentence);
  // Once nobody wants it, whoever made it may be gone; its first step has told who that was.
  if (!call.wanted) {
    trace_.push_back(std::move(step));
    return;
  }
  if (call.errand) {
    const Errand& errand = errands_[calls_.id_of(call)];
    if (errand.what == Errand::What::Instead) step.parent = calls_[errand.other].lineage;
  } else if (call.parent != kNone) {
    step.parent = calls_[attempts_[call.parent].call].lineage;
    step.parent_attempt = attempts_[call.parent].number;
  }
  trace_.push_back(std::move(step));
}

std::vector<std::string> World::trace() const {
  std::vector<std::string> lines;
  for (const TraceStep& step : trace_) {
    const std::string who =
        measuring_.trace_all ? fmt::format("{:016x} ", step.call) : std::string();
    lines.push_back(fmt::format("{}{:>12.6f} s  {}  {}", who, step.at.seconds(),
                                spec_.edges[step.edge].name, step.sentence));
  }
  return lines;
}

}  // namespace faultline
