#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "tests/conformance/runners.hpp"
#include "tests/conformance/small_run.hpp"

namespace faultline::conformance {
namespace {

// The story of one request, read back from its trace ("0.300000 s  c->s  gives up on attempt …").
class Story {
 public:
  toml::array attempts;

  void hear(const std::string& line) {
    const double now = std::round(std::strtod(line.c_str(), nullptr) * 1e9) / 1e6;
    const auto says = [&](const char* words) { return line.find(words) != std::string::npos; };
    if (says(" sets out for ")) begun_ = now;
    if (says("gives up on attempt")) end(now, "PER_TRY_TIMEOUT");
    if (says("is answered")) end(now, "SUCCESS");
    if (says("gives up: deadline")) {
      // Between two attempts it is the next that doesn't get its turn.
      if (!begun_) begun_ = std::min(next_, now);
      end(now, "OVERALL_TIMEOUT");
    }
    if (const auto at = line.find("sent again in "); at != std::string::npos)
      next_ = now + std::strtod(line.c_str() + at + 14, nullptr);
  }

 private:
  void end(double now, const char* result) {
    attempts.push_back(
        toml::table{{"start_ms", begun_.value_or(now)}, {"end_ms", now}, {"result", result}});
    begun_.reset();
  }
  std::optional<double> begun_;
  double next_ = 0;
};

toml::table budget(const Fields& input) {
  input.only({"overall_ms", "per_try_ms", "attempt_duration_ms", "num_retries", "backoff_ms"});
  const auto result = small_run(
      fmt::format("duration = \"10min\"\n[policy.p]\ndeadline = \"{}ms\"\ntimeout = \"{}ms\"\n"
                  "retry = {{ attempts = {}, backoff = \"{}ms\", factor = 1 }}\n"
                  "[client.c]\ncalls = \"s\"\npolicy = \"p\"\ngaps = \"1000h\"\n"
                  "at_start = 1\n[service.s]\nthreads = \"unbounded\"\nwork = \"{}ms\"\n",
                  input.number("overall_ms"), input.number("per_try_ms"),
                  input.whole("num_retries") + 1, input.number("backoff_ms"),
                  input.number("attempt_duration_ms")),
      true);
  Story story;
  for (const std::string& line : result->trace) story.hear(line);
  return toml::table{{"attempts", std::move(story.attempts)}};
}

}  // namespace

std::span<const Kind> timeout_kinds() {
  static constexpr std::array<Kind, 1> kKinds = {{{"timeout_budget", budget}}};
  return kKinds;
}

}  // namespace faultline::conformance
