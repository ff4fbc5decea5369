#include "cli/report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <iterator>

#include "lab/evidence/causal_order.hpp"
#include "lab/evidence/judge.hpp"
#include "lab/evidence/waterfall.hpp"
#include "lab/export/text.hpp"

namespace faultline::cli {
namespace {

constexpr std::size_t kWidth = 72;

std::string paint(std::string_view text, std::string_view code, bool colour) {
  return colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

std::string clock(double t_s) {
  const auto s = static_cast<long>(t_s);
  if (t_s < 60) return fmt::format("{:.3g} s", t_s);
  return s % 60 == 0 ? fmt::format("{} min", s / 60) : fmt::format("{}:{:02} min", s / 60, s % 60);
}

std::string seconds(double s) {
  if (s == 0) return "–";
  if (s < 1e-3) return fmt::format("{:.0f} µs", s * 1e6);
  if (s < 1) return fmt::format("{:.3g} ms", s * 1e3);
  return s < 1000 ? fmt::format("{:.3g} s", s) : fmt::format("{:.0f} s", s);
}

std::string count(std::uint64_t n) {
  if (n < 100'000) return fmt::format("{}", n);
  if (n < 10'000'000) return fmt::format("{:.1f} k", static_cast<double>(n) / 1e3);
  return fmt::format("{:.1f} M", static_cast<double>(n) / 1e6);
}

template <class Out>
void verdicts(Out out, const RunResult& r, bool colour) {
  if (r.expectations.empty()) return;
  std::size_t held = 0;
  for (const Judgement& j : r.expectations) held += j.verdict == Verdict::Pass;
  const bool all = held == r.expectations.size();
  fmt::format_to(out, "{}\n",
                 paint(fmt::format("{} of {} expectations hold", held, r.expectations.size()),
                       all ? "1;32" : "1;31", colour));
  constexpr std::array<std::string_view, 3> kMarks = {"✓", "✗", "?"};
  constexpr std::array<std::string_view, 3> kCodes = {"32", "31", "33"};
  for (const Judgement& j : r.expectations) {
    const auto v = static_cast<std::size_t>(j.verdict);
    std::string op = j.op;
    std::replace(op.begin(), op.end(), '_', ' ');
    const std::string window =
        j.windowed ? fmt::format(" in {}–{}", clock(j.window_from_s), clock(j.window_to_s)) : "";
    fmt::format_to(out, "  {} {}{}: {} (wanted {} {})\n", paint(kMarks[v], kCodes[v], colour),
                   j.metric, window, format_value(j.observed, j.unit), op,
                   format_value(j.bound, j.unit));
    if (!j.why.empty()) fmt::format_to(out, "      {}\n", j.why);
  }
  fmt::format_to(out, "\n");
}

template <class Out>
void clients(Out out, const RunResult& r) {
  fmt::format_to(out, "{} {} {} {} {} {} {} {}\n", fit("client", 16, false), fit("offered", 9),
                 fit("ok", 9), fit("failed", 9), fit("success", 9), fit("p50", 9), fit("p99", 9),
                 fit("max", 9));
  for (const auto& [name, c] : r.clients) {
    fmt::format_to(out, "{} {} {} {} {} {} {} {}\n", fit(name, 16, false), fit(count(c.offered), 9),
                   fit(count(c.ok), 9), fit(count(c.failed), 9),
                   fit(format_value(c.success_rate, "share"), 9), fit(seconds(c.latency.p50), 9),
                   fit(seconds(c.latency.p99), 9), fit(seconds(c.latency.max), 9));
    std::string errors;
    for (std::size_t e = 1; e < kErrors; ++e) {
      if (c.errors[e] > 0)
        errors +=
            fmt::format("{}{} {}", errors.empty() ? "" : ", ", kErrorNames[e], count(c.errors[e]));
    }
    if (!errors.empty()) fmt::format_to(out, "  errors: {}\n", errors);
  }
  fmt::format_to(out, "\n");
}

// Whose retries a service is busy with, where they are more than a twentieth of its load.
template <class Out>
void retry_load(Out out, const RunResult& r) {
  bool any = false;
  for (const auto& [name, s] : r.services) {
    if (s.retry_share < 0.05) continue;
    any = true;
    std::string born;
    for (const auto& [edge, share] : s.born_again) {
      if (share < 0.005) continue;
      born += fmt::format("{}{:.0f} % at {}", born.empty() ? "" : ", ", share * 100,
                          edge.substr(0, edge.find("->")));
    }
    fmt::format_to(out, "{:.0f} % of the load on {} are retries; born: {}\n", s.retry_share * 100,
                   name, born);
  }
  for (const auto& [name, s] : r.services) {
    if (s.duplicates == 0) continue;
    any = true;
    fmt::format_to(out, "{} did {} of {} operations once more than wanted\n", name,
                   count(s.duplicates), count(s.effects));
  }
  if (any) fmt::format_to(out, "\n");
}

template <class Out>
void services(Out out, const RunResult& r) {
  fmt::format_to(out, "{} {} {} {} {} {} {} {} {}\n", fit("service", 16, false), fit("arrivals", 9),
                 fit("success", 9), fit("threads", 9), fit("queue", 9), fit("wait p99", 9),
                 fit("p50", 9), fit("p99", 9), fit("wasted", 9));
  for (const auto& [name, s] : r.services) {
    fmt::format_to(out, "{} {} {} {} {} {} {} {} {}\n", fit(name, 16, false),
                   fit(count(s.arrivals), 9), fit(format_value(s.success_rate, "share"), 9),
                   fit(fmt::format("{:.0f} %", s.thread_utilization * 100), 9),
                   fit(fmt::format("{:.1f}", s.queue_length_mean), 9), fit(seconds(s.wait.p99), 9),
                   fit(seconds(s.latency.p50), 9), fit(seconds(s.latency.p99), 9),
                   fit(seconds(s.wasted_work_s), 9));
  }
  for (const auto& [name, e] : r.edges) {
    if (e.attempts == e.calls && e.breaker_opened == 0 && e.ejections == 0) continue;
    fmt::format_to(out, "  {}: {} calls, {} attempts (×{:.2f})", name, count(e.calls),
                   count(e.attempts), e.amplification);
    if (e.breaker_opened > 0) fmt::format_to(out, ", breaker opened {} times", e.breaker_opened);
    if (e.ejections > 0) fmt::format_to(out, ", instances ejected {} times", e.ejections);
    fmt::format_to(out, "\n");
  }
  for (const auto& [name, s] : r.slos) {
    fmt::format_to(out, "  SLO {}: {} of {} good ({}), budget left {:.1f} %, burn rate {:.3g}×\n",
                   name, count(s.good), count(s.total), format_value(s.availability, "share"),
                   s.budget_left * 100, s.burn_rate);
  }
  for (const auto& [name, f] : r.rollouts) {
    fmt::format_to(
        out, "  rollout {} to {}: {}, {} bad answers of {}\n", name, f.version,
        f.rolled_back ? fmt::format("rolled back after {}", clock(f.rollback_s)) : "kept",
        count(f.bad_answers), count(f.answers));
  }
  for (const auto& [name, c] : r.caches)
    fmt::format_to(out, "  cache {}: {:.1f} % hits, {} fetches, {} waited for another's\n", name,
                   c.hit_ratio * 100, count(c.counts.misses), count(c.counts.coalesced));
  fmt::format_to(out, "\n");
}

// A line under the sparklines that shows when a fault was active.
std::string fault_line(const RunResult& r) {
  std::vector<char> hit(kWidth, 0);
  std::vector<std::pair<std::string, double>> open;
  const double end = std::max(1e-9, r.reached_s);
  const auto mark = [&](double from, double to) {
    const auto a = static_cast<std::size_t>(from / end * kWidth),
               b = static_cast<std::size_t>(std::ceil(to / end * kWidth));
    for (std::size_t i = a; i < std::min(kWidth, std::max(b, a + 1)); ++i) hit[i] = 1;
  };
  for (const Moment& m : r.timeline) {
    if (m.kind == "fault") open.emplace_back(m.what, m.t_s);
    if (m.kind != "fault_end") continue;
    for (auto& [what, since] : open) {
      if (since < 0 || m.what != what + " – over") continue;
      mark(since, m.t_s);
      since = -1;
      break;
    }
  }
  for (const auto& [what, since] : open) {
    if (since >= 0) mark(since, end);
  }
  std::string line;
  for (char h : hit) line += h != 0 ? "▔" : " ";
  return std::find(hit.begin(), hit.end(), 1) == hit.end() ? "" : line;
}

template <class Out>
void signals(Out out, const RunResult& r, bool colour) {
  const std::string faults = fault_line(r);
  const auto line = [&](const std::string& who, std::string_view what,
                        const std::vector<double>& values, const std::string& most) {
    fmt::format_to(out, "{} {} {} {}\n", fit(who, 16, false), fit(std::string(what), 9, false),
                   sparkline(values, kWidth), most);
  };
  const auto peak = [](const std::vector<double>& v) {
    return v.empty() ? 0.0 : *std::max_element(v.begin(), v.end());
  };
  for (const auto& [name, c] : r.client_series) {
    line(name, "ok", c.ok, fmt::format("≤ {:.0f}/s", peak(c.ok) / r.step_s));
    if (peak(c.failed) > 0)
      line("", "failed", c.failed, fmt::format("≤ {:.0f}/s", peak(c.failed) / r.step_s));
    line("", "p99", c.p99_s, "≤ " + seconds(peak(c.p99_s)));
  }
  for (const auto& [name, s] : r.service_series) {
    line(name, "busy", s.utilization, fmt::format("≤ {:.0f} %", peak(s.utilization) * 100));
    if (peak(s.queue) >= 1) line("", "queue", s.queue, fmt::format("≤ {:.0f}", peak(s.queue)));
  }
  if (!faults.empty())
    fmt::format_to(out, "{} {}\n", fit("", 26, false), paint(faults, "31", colour));
  fmt::format_to(out, "{} 0{}\n\n", fit("", 26, false), fit(clock(r.reached_s), kWidth - 1));
}

template <class Out>
void story(Out out, const RunResult& r) {
  const auto breaks = causal_order(r);
  if (breaks.empty()) return;
  fmt::format_to(out, "What broke, in order:\n");
  const auto tell = [&](double t_s, std::string_view who, std::string_view what) {
    fmt::format_to(out, "  {}  {}: {}\n", fit(clock(t_s), 10), who, what);
  };
  // What was done to it stands before what came of it; of what is done again and again, the first.
  int done = 0;
  auto next = breaks.begin();
  for (const Moment& m : r.timeline) {
    if (m.kind != "fault" && m.kind != "rollout") continue;
    for (; next != breaks.end() && next->t_s < m.t_s; ++next)
      tell(next->t_s, next->who, next->what);
    if (next == breaks.end() || ++done > 6) break;
    tell(m.t_s, m.kind, m.what);
  }
  for (; next != breaks.end(); ++next) tell(next->t_s, next->who, next->what);
  fmt::format_to(out, "\n");
}

}  // namespace

std::string sparkline(const std::vector<double>& values, std::size_t width) {
  static constexpr std::array<std::string_view, 9> kLevels = {" ", "▁", "▂", "▃", "▄",
                                                              "▅", "▆", "▇", "█"};
  std::string out;
  if (values.empty()) return std::string(width, ' ');
  const double most = *std::max_element(values.begin(), values.end());
  for (std::size_t i = 0; i < width; ++i) {
    // Each column shows the most of its bins: a spike must not vanish.
    const std::size_t from = i * values.size() / width,
                      to = std::max(from + 1, (i + 1) * values.size() / width);
    double v = 0;
    for (std::size_t k = from; k < to && k < values.size(); ++k) v = std::max(v, values[k]);
    const double level = most > 0 ? v / most * 8 : 0;
    out +=
        kLevels[v > 0 ? std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(level))) : 0];
  }
  return out;
}

bool wants_colour() {
  const char* no = std::getenv("NO_COLOR");
  return (no == nullptr || *no == '\0') && isatty(STDOUT_FILENO) != 0;
}

std::string run_report(const RunResult& r, const Scenario& scenario, const std::string& repeat,
                       bool colour) {
  std::string text;
  auto out = std::back_inserter(text);
  fmt::format_to(out, "{}", paint(r.scenario.empty() ? r.file : r.scenario, "1", colour));
  if (r.variant != "base") {
    const Variant* v = find(scenario.variants, r.variant);
    fmt::format_to(out, " – {}{}", r.variant,
                   v != nullptr && !v->title.empty() ? ": " + v->title : "");
  }
  fmt::format_to(out, "\n\n");
  if (r.partial)
    fmt::format_to(out, "{}\n\n",
                   paint(fmt::format("Interrupted at {} of {}: what follows is partial.",
                                     clock(r.reached_s), clock(r.duration_s)),
                         "33", colour));
  verdicts(out, r, colour);
  clients(out, r);
  services(out, r);
  retry_load(out, r);
  signals(out, r, colour);
  story(out, r);
  for (const std::string& line : r.trace) fmt::format_to(out, "{}\n", line);
  if (!r.trace.empty()) {
    fmt::format_to(out, "\n");
    for (const std::string& line : story_of(waterfall_of(r.steps, r.reached_s), r.timeline))
      fmt::format_to(out, "{}\n", line);
    fmt::format_to(out, "\n");
  }
  fmt::format_to(out, "{} events in {:.2f} s ({:.1f} M/s), fingerprint {:016x}\n", count(r.events),
                 r.wall_s, static_cast<double>(r.events) / std::max(1e-9, r.wall_s) / 1e6,
                 r.fingerprint);
  fmt::format_to(out, "Again: {}\n", repeat);
  return text;
}

}  // namespace faultline::cli
