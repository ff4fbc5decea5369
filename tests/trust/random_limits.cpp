// Users, limits, queues and shedding. Their dice are their own, and worlds whose times are
// stretched have none of it: some of these rules have times that are nobody's setting.
#include "tests/trust/author.hpp"

namespace faultline::test {

void Author::population(bool closed) {
  if (options_.scalable || options_.steady) return;
  const std::string tiers =
      limits_.chance(0.5) ? ", tiers = [{ name = \"gold\", share = \"30%\", priority = \"P1\" }]"
                          : "";
  has_users_ = true;
  if (closed) return add("population = {{ skew = \"uniform\"{} }}\n", tiers);
  add("population = {{ users = {}, skew = \"{}\"{} }}\n", limits_.between(1, 200),
      limits_.pick<std::string>({"uniform", "zipf(0.8)", "zipf(1.5)"}), tiers);
}

std::string Author::rate_limit(bool caller) {
  const std::string kind =
      limits_.pick<std::string>({"token_bucket", "leaky_bucket", "gcra", "fixed_window",
                                 "sliding_log", "sliding_counter", "nginx", "envoy_local"});
  std::string text =
      fmt::format("{{ kind = \"{}\", rate = \"{}/min\"", kind, limits_.between(60, 6000));
  const bool windows = kind.ends_with("window") || kind.starts_with("sliding");
  if (!windows) text += fmt::format(", burst = {}", limits_.between(1, 20));
  if (windows || kind == "envoy_local")
    text += fmt::format(", window = \"{}ms\"", limits_.between(50, 2000));
  if (has_users_ && limits_.chance(0.5)) {
    text += ", per = \"user\"";
    if (limits_.chance(0.5)) text += ", total = \"50/s\"";
  }
  if (limits_.chance(0.2)) text += ", retry_after = false, answer = \"shed\"";
  if (caller && kind != "leaky_bucket" && kind != "nginx" && limits_.chance(0.4))
    text += fmt::format(
        ", store = {{ latency = \"exp(2ms)\", timeout = \"{}ms\", fail = \"{}\", "
        "errors = \"10%\", down_at = \"2s\", down_for = \"3s\" }}",
        limits_.between(1, 20), limits_.pick<std::string>({"open", "closed"}));
  return text + " }";
}

std::string Author::concurrency() {
  const std::string kind =
      limits_.pick<std::string>({"fixed", "aimd", "vegas", "gradient2", "envoy"});
  if (kind == "fixed") return fmt::format("{{ limit = {} }}", limits_.between(1, 20));
  return fmt::format("{{ kind = \"{}\"{}{} }}", kind, kind == "vegas" ? "" : ", min = 2",
                     kind == "aimd" ? ", timeout = \"50ms\"" : "");
}

std::string Author::queue() {
  std::string text =
      fmt::format("limit = {}, discipline = \"{}\"", limits_.pick<int>({0, 1, 5, 50}),
                  limits_.pick<std::string>({"fifo", "lifo", "priority", "adaptive_lifo",
                                             has_users_ ? "fair" : "adaptive_lifo"}));
  if (limits_.chance(0.6))
    text += fmt::format(", codel = {{ kind = \"{}\", target = \"{}ms\", interval = \"{}ms\" }}",
                        limits_.pick<std::string>({"linux", "folly", "facebook"}),
                        limits_.between(1, 10), limits_.between(10, 200));
  return text;
}

void Author::door(int i) {
  if (options_.scalable || options_.steady || !limits_.chance(0.4)) return;
  add("[service.s{}.door]\n", i);
  if (limits_.chance(0.5)) add("rate_limit = {}\n", rate_limit(false));
  if (limits_.chance(0.5)) add("concurrency = {}\n", concurrency());
  if (limits_.chance(0.5)) {
    const std::string by = limits_.pick<std::string>({"concurrency", "queue", "threads", "cpu"});
    const bool counted = by == "concurrency" || by == "queue";
    add("shed = {{ by = \"{}\"{}, P3 = \"20%\", P2 = \"50%\", P1 = \"80%\"{}{}{} }}\n", by,
        counted ? fmt::format(", full = {}", limits_.between(1, 30)) : ", period = \"300ms\"",
        limits_.chance(0.3) ? ", maintenance = \"95%\"" : "",
        limits_.chance(0.3) ? ", ramp = \"30%\"" : "",
        limits_.chance(0.4) ? ", answer = \"cached\", quality = 0.3" : "");
  }
  add("\n");
}

// Adds what a caller does about its own pace; answers the patterns' names.
std::vector<std::string> Author::own_pace() {
  std::vector<std::string> names;
  if (options_.scalable || options_.steady) return names;
  const auto has = [&](double share, const char* name) {
    if (limits_.chance(share)) names.emplace_back(name);
    return !names.empty() && names.back() == name;
  };
  if (has(0.2, "throttle"))
    add("throttle = {{ k = 1.{}, window = \"{}s\", by = \"{}\" }}\n", limits_.between(1, 9),
        limits_.between(1, 20), limits_.pick<std::string>({"all", "priority"}));
  if (has(0.2, "concurrency")) add("concurrency = {}\n", concurrency());
  if (has(0.25, "pool"))
    add("pool = {{ connections = {}, waiting = {}, wait = \"{}ms\", connect = \"{}ms\"{} }}\n",
        limits_.between(1, 6), limits_.between(0, 10), limits_.between(1, 500),
        limits_.between(0, 30), limits_.chance(0.5) ? ", idle = \"200ms\"" : "");
  return names;
}

}  // namespace faultline::test
