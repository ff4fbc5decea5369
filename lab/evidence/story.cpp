// A traced request in sentences: how it ended, where its time went, what was tried in vain.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lab/evidence/judge.hpp"
#include "lab/evidence/waterfall.hpp"

namespace faultline {
namespace {

constexpr double kWorthSaying = 0.02;  // of the latency
constexpr std::size_t kMostPlaces = 4, kMostTries = 4, kMostCalls = 5, kMostFaults = 3;

std::string took(double seconds) {
  return format_value(seconds, "seconds");
}

std::string clock(double seconds) {
  const auto minutes = static_cast<std::int64_t>(seconds / 60);
  return fmt::format("{}:{:06.3f}", minutes, seconds - static_cast<double>(minutes) * 60);
}

std::string words(Error error) {
  std::string text(name(error));
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::string place(const Passed& passed) {
  switch (passed.spent) {
    case Spent::Caller:
      return "at " + passed.where + ", waiting to send it or to send it again";
    case Spent::Travel:
      return "on the way between " + passed.where.substr(0, passed.where.find("->")) + " and " +
             passed.where.substr(passed.where.find("->") + 2);
    case Spent::Queue:
      return "in the queue of " + passed.where;
    default:
      return "with work of " + passed.where;
  }
}

std::string ending(const CallSpan& call) {
  const double seconds = call.end_s - call.due_s;
  if (!call.ended) return fmt::format("still had no answer {} later", took(seconds));
  if (call.error == Error::None) return "had its answer after " + took(seconds);
  return fmt::format("had failed after {}: {}", took(seconds), words(call.error));
}

std::string where_it_went(const Waterfall& request) {
  const double all = request.calls[0].end_s - request.calls[0].due_s;
  std::string text;
  std::size_t said = 0;
  for (const Passed& one : request.passed) {
    const double share = all > 0 ? one.seconds / all : 0;
    if (share < kWorthSaying || said == kMostPlaces) break;
    text += said++ == 0 ? "Of this time " : ", ";
    text += fmt::format("{} ({:.0f} %) went by {}", took(one.seconds), share * 100, place(one));
  }
  return text.empty() ? text : text + ".";
}

std::string ordinal(std::size_t n) {
  constexpr std::array<std::string_view, 6> kWords = {"first",  "second", "third",
                                                      "fourth", "fifth",  "sixth"};
  return n < kWords.size() ? std::string(kWords[n]) : fmt::format("{}th", n + 1);
}

std::string fate(const CallSpan& call, const AttemptSpan& one) {
  const std::string after = took(one.end_s - one.sent_s);
  if (!one.sent) return "was not sent (" + words(one.error) + ")";
  if (one.given_up) return fmt::format("was given up after {} ({})", after, words(one.error));
  if (one.turned_away) return "was turned away at the door (" + words(one.error) + ")";
  if (one.answered) return "was answered after " + after;
  if (one.error == Error::None) return call.ended ? "had no answer" : "is still under way";
  if (one.error == Error::Cancelled) return "was no longer waited for after " + after;
  return fmt::format("failed after {} ({})", after, words(one.error));
}

std::string tries(const CallSpan& call) {
  const std::size_t n = call.attempts.size();
  std::string text = n == 1
                         ? fmt::format("{} asked {} once: the attempt ", call.caller, call.callee)
                         : fmt::format("{} asked {} {} times: ", call.caller, call.callee, n);
  const std::string one_fate = n > 1 ? fate(call, call.attempts[0]) : "";
  const bool alike = n > 1 && std::all_of(call.attempts.begin(), call.attempts.end(),
                                          [&](const auto& a) { return fate(call, a) == one_fate; });
  if (alike) return text + "each " + one_fate + ".";
  for (std::size_t k = 0; k < n; ++k) {
    if (k == kMostTries - 1 && n > kMostTries) {
      text += fmt::format(", and {} more", n - k - 1);
      k = n - 1;
      text += fmt::format("; the last {}", fate(call, call.attempts[k]));
      break;
    }
    if (n > 1) text += fmt::format("{}the {} ", k == 0 ? "" : ", ", ordinal(k));
    text += fate(call, call.attempts[k]);
  }
  return text + ".";
}

// Retries, and calls that went wrong further in.
bool is_worth_saying(const CallSpan& call, bool is_first) {
  if (call.attempts.size() > 1) return true;
  return call.attempts.size() == 1 && !call.attempts[0].answered && (!is_first || call.ended);
}

}  // namespace

std::vector<std::string> story_of(const Waterfall& request, const std::vector<Moment>& timeline) {
  std::vector<std::string> story;
  if (request.calls.empty()) return story;
  const CallSpan& first = request.calls[0];
  story.push_back(fmt::format("At {} {} wanted {}, and {}.", clock(first.due_s), first.caller,
                              first.callee, ending(first)));
  if (const std::string where = where_it_went(request); !where.empty()) story.push_back(where);

  std::vector<std::pair<std::string, std::size_t>> sentences;  // and how often each is to be said
  std::size_t untold = 0;
  for (const CallSpan& call : request.calls) {
    if (!is_worth_saying(call, &call == &first)) continue;
    std::string sentence = tries(call);
    const auto said = std::find_if(sentences.begin(), sentences.end(),
                                   [&](const auto& one) { return one.first == sentence; });
    if (said != sentences.end())
      ++said->second;
    else if (sentences.size() < kMostCalls)
      sentences.emplace_back(std::move(sentence), 1);
    else
      ++untold;
  }
  for (const auto& [sentence, times] : sentences)
    story.push_back(times == 1 ? sentence
                               : fmt::format("{} That happened {} times.", sentence, times));
  if (untold > 0) story.push_back(fmt::format("{} more calls did not go smoothly.", untold));

  std::vector<std::pair<std::string, double>> wasted;
  for (const CallSpan& call : request.calls) {
    for (const AttemptSpan& one : call.attempts) {
      for (const Piece& piece : one.pieces) {
        if (piece.spent != Spent::Unwanted) continue;
        const auto found = std::find_if(wasted.begin(), wasted.end(),
                                        [&](const auto& w) { return w.first == call.callee; });
        const double seconds = piece.to_s - piece.from_s;
        if (found == wasted.end()) {
          wasted.emplace_back(call.callee, seconds);
        } else {
          found->second += seconds;
        }
      }
    }
  }
  for (const auto& [service, seconds] : wasted)
    story.push_back(fmt::format("{} held a thread for {} after nobody waited any more.", service,
                                took(seconds)));

  std::vector<const Moment*> active;
  for (const Moment& moment : timeline) {
    if (moment.t_s > first.end_s) break;
    if (moment.kind == "fault") active.push_back(&moment);
    if (moment.kind != "fault_end" || moment.t_s > first.due_s) continue;
    const auto over = std::find_if(active.begin(), active.end(), [&](const Moment* one) {
      return one->subject == moment.subject;
    });
    if (over != active.end()) active.erase(over);
  }
  for (std::size_t i = 0; i < std::min(active.size(), kMostFaults); ++i)
    story.push_back("In force at the time: " + active[i]->what + ".");
  return story;
}

}  // namespace faultline
