// CPU limits, as the kernel holds to them.

#include <array>

#include "models/system/processor.hpp"
#include "tests/conformance/runners.hpp"

namespace faultline::conformance {
namespace {

toml::table quota(const Fields& input) {
  input.only({"limit_millicores"});
  ProcessorSpec spec;
  spec.cores = 64;
  spec.limit = input.number("limit_millicores") / 1000;
  return toml::table{{"quota_us", spec.quota().ns / 1000}, {"period_us", spec.period.ns / 1000}};
}

// A job of so many equal threads, on as many cores, from the beginning of a period to its end.
toml::table throttle(const Fields& input) {
  input.only({"cpu_ms", "limit_millicores", "threads", "period_ms"});
  const std::int64_t threads = input.whole("threads");
  if (threads < 1) throw BadVector{"`threads` is less than 1"};
  ProcessorSpec spec;
  spec.cores = static_cast<double>(threads);
  spec.limit = input.number("limit_millicores") / 1000;
  spec.period = input.milliseconds_of("period_ms");
  Processor processor(spec);
  const Duration each{input.milliseconds_of("cpu_ms").ns / threads};
  for (std::int64_t i = 0; i < threads; ++i)
    processor.add(Instant{}, static_cast<std::uint32_t>(i), each, 0);
  Instant now;
  Duration stood_still{0};
  while (!processor.empty()) {
    const Instant then = processor.next().value();
    if (processor.throttled()) stood_still += then - now;
    now = then;
    while (processor.take_done(now)) {
    }
  }
  return toml::table{{"wall_ms", now.seconds() * 1e3},
                     {"throttled_ms", stood_still.seconds() * 1e3}};
}

}  // namespace

std::span<const Kind> resource_kinds() {
  static constexpr std::array<Kind, 2> kKinds = {{
      {"cfs_quota", quota},
      {"cfs_throttle", throttle},
  }};
  return kKinds;
}

}  // namespace faultline::conformance
