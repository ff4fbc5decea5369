#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>

#include "tests/conformance/runners.hpp"
#include "tests/conformance/small_run.hpp"

namespace faultline::conformance {
namespace {

struct Event {
  double at;
  std::string type;
  double argument;
};

// A world in which the first attempt meets the first event and the second one the second: whoever
// comes early enough finds trouble, whoever comes later an answer.
std::string world(const std::vector<Event>& events) {
  const auto service = [](const char* link, const std::string& steps) {
    return fmt::format("{}[service.s]\nthreads = \"unbounded\"\nsteps = [{}]\n", link, steps);
  };
  const auto trouble = [](const char* callee, double from, double until, const std::string& more) {
    return fmt::format(
        "[[fault]]\nkind = \"errors\"\nservice = \"{}\"\nshare = \"100%\"\nat = \"{}us\"\n"
        "for = \"{}us\"\n{}",
        callee, from * 1000, (until - from) * 1000, more);
  };
  const auto behind = [](double work) {
    return fmt::format("[service.behind]\nthreads = \"unbounded\"\nwork = \"{}ms\"\n", work);
  };
  if (events.empty()) return service("", "{ work = \"10min\" }");
  const Event& first = events[0];
  if (events.size() == 1 && first.type == "ok")
    return service("", fmt::format("{{ work = \"{}ms\" }}", first.at));
  const std::string then_behind =
      fmt::format("{{ work = \"{}ms\" }}, {{ call = \"behind\" }}", first.at);
  if (events.size() == 1 && first.type == "fatal")
    return service("", then_behind) + behind(1) + trouble("behind", 0, 1e6, "");
  if (events.size() != 2 || events[1].type != "ok") throw NotModelled{};
  const double answered = events[1].at;
  if (first.type == "nonfatal" && answered >= 2 * first.at) {
    return service("", then_behind) + behind(answered - 2 * first.at) +
           trouble("behind", 0, first.at + 1, "");
  }
  // A pushback comes with the failure that it is about: half of the time to get there, half to get
  // back. Told to stay away, the only attempt there is has ended, and nobody is left to answer.
  if (first.type != "pushback" || first.argument < 0) throw NotModelled{};
  const double work = answered - (first.at + first.argument) - first.at;
  if (work < 0) throw NotModelled{};
  return service(fmt::format("[network]\nlatency = \"{}us\"\n", first.at * 500).c_str(),
                 fmt::format("{{ work = \"{}ms\" }}", work)) +
         trouble("s", 0, first.at, fmt::format("retry_after = \"{}ms\"\n", first.argument));
}

toml::table hedging(const Fields& input) {
  input.only({"max_attempts", "hedging_delay_ms", "deadline_ms", "events"});
  std::vector<Event> events;
  for (const toml::node& node : input.list("events")) {
    const Fields e = fields_of(node);
    events.push_back({e.number("t_ms"), e.text("type"), e.number("arg_ms", 0)});
  }
  const bool fatal = !events.empty() && events[0].type == "fatal";
  const double deadline = input.number("deadline_ms");
  const auto result = small_run(
      fmt::format("duration = \"20s\"\n[policy.p]\nhedge = {{ after = \"{}ms\", max = {}, "
                  "nonfatal = [\"{}\"] }}\n{}[client.c]\ncalls = \"s\"\npolicy = \"p\"\n"
                  "gaps = \"1000h\"\nat_start = 1\n",
                  input.number("hedging_delay_ms"), input.whole("max_attempts") - 1,
                  fatal ? "shed" : "server_error",
                  deadline < 0 ? "" : fmt::format("deadline = \"{}ms\"\n", deadline)) +
          world(events),
      true);
  toml::array sends;
  toml::table answer;
  for (const std::string& line : result->trace) {
    if (line.find("c->s ") == std::string::npos) continue;
    const double now = std::round(std::strtod(line.c_str(), nullptr) * 1e9) / 1e6;
    const auto says = [&](const char* words) { return line.find(words) != std::string::npos; };
    if (says(" sets out for ")) sends.push_back(now);
    const char* outcome = says("is answered") ? "OK" : says("has failed") ? "FATAL" : nullptr;
    if (outcome == nullptr) continue;
    answer.insert("finish_ms", now);
    answer.insert("outcome", says(": deadline") ? "DEADLINE_EXCEEDED" : outcome);
  }
  answer.insert("sends_ms", std::move(sends));
  return answer;
}

}  // namespace

std::span<const Kind> hedge_kinds() {
  static constexpr std::array<Kind, 1> kKinds = {{{"grpc_hedging", hedging}}};
  return kKinds;
}

}  // namespace faultline::conformance
