#include "gui/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "lab/evidence/judge.hpp"

namespace faultline::gui {
namespace {

// Three significant digits, without trailing zeros: 1.24, 12.4, 124, 1240.
std::string number(double value) {
  const double size = std::abs(value);
  const int digits = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  std::string text = fmt::format("{:.{}f}", value, digits);
  if (digits > 0) {
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

// Shares near 100 % need their nines; the rest doesn't.
std::string share(double value) {
  const double percent = value * 100;
  const double missing = std::abs(100 - percent);
  if (missing > 0 && missing < 1) return fmt::format("{:.6g} %", percent);
  return number(percent) + " %";
}

std::string seconds(double value) {
  if (value == 0) return "0 s";
  const double size = std::abs(value);
  if (size < 1e-3) return number(value * 1e6) + " µs";
  if (size < 1) return number(value * 1e3) + " ms";
  if (size < 120) return number(value) + " s";
  return clock_text(value) + (size < 3600 ? " min" : " h");
}

std::string comparison(const std::string& op) {
  if (op == "at_least") return "at least";
  if (op == "at_most") return "at most";
  if (op == "equals") return "";
  return op;
}

}  // namespace

std::string clock_text(double all_seconds) {
  const double rounded = std::round(std::max(all_seconds, 0.0) * 10) / 10;
  const auto whole = static_cast<std::int64_t>(rounded);
  const auto tenth = static_cast<int>(std::lround((rounded - static_cast<double>(whole)) * 10));
  const std::int64_t hours = whole / 3600, minutes = whole / 60 % 60, rest = whole % 60;
  std::string text = hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, rest)
                               : fmt::format("{}:{:02}", minutes, rest);
  if (tenth > 0) text += fmt::format(".{}", tenth);
  return text;
}

std::string grouped(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), "\u202f");
  }
  return text;
}

std::string spaced(std::string_view identifier) {
  std::string text(identifier);
  std::replace(text.begin(), text.end(), '_', ' ');
  if (text.starts_with("latency s")) text = "latency" + text.substr(9);
  if (text.starts_with("wait s")) text = "wait" + text.substr(6);
  std::replace(text.begin(), text.end(), '.', ' ');
  if (text.ends_with(" per s")) text.resize(text.size() - 6);
  if (text.ends_with(" s")) text.resize(text.size() - 2);
  if (text == "recovered") text = "time to recover";
  return text;
}

std::string value_text(double value, Unit unit) {
  if (std::isnan(value)) return "–";
  const bool large = std::abs(value) >= 1000;
  const std::string plain = large ? number(value / 1000) + "k" : number(value);
  switch (unit) {
    case Unit::Seconds:
      return seconds(value);
    case Unit::Share:
      return share(value);
    case Unit::PerSecond:
      return plain + "/s";
    case Unit::Factor:
      return plain + "×";
    case Unit::Count:
      return plain;
  }
  return plain;
}

std::string fingerprint_text(std::uint64_t fingerprint) {
  return fmt::format("{:016x}", fingerprint);
}

std::string metric_words(const std::string& metric) {
  const auto first = metric.find('.');
  if (first == std::string::npos) return spaced(metric);
  std::string rest = metric.substr(first + 1);
  if (rest.starts_with('"')) {
    if (const auto close = rest.find('"', 1); close != std::string::npos) {
      return rest.substr(1, close - 1) + ":" +
             spaced(close + 2 <= rest.size() ? " " + rest.substr(close + 2) : "");
    }
  }
  const auto second = rest.find('.');
  if (second == std::string::npos) return spaced(rest);
  return rest.substr(0, second) + ": " + spaced(rest.substr(second + 1));
}

std::string sentence(const Judgement& judgement) {
  std::string text = metric_words(judgement.metric);
  if (judgement.windowed) {
    text += fmt::format(" from {} to {}", clock_text(judgement.window_from_s),
                        clock_text(judgement.window_to_s));
  }
  const std::string relation = comparison(judgement.op);
  return fmt::format("{} is {}, expected {}{}{}", text,
                     format_value(judgement.observed, judgement.unit), relation,
                     relation.empty() ? "" : " ", format_value(judgement.bound, judgement.unit));
}

VerdictCount count(const std::vector<Judgement>& judgements) {
  VerdictCount counted;
  for (const Judgement& one : judgements) {
    counted.pass += one.verdict == Verdict::Pass;
    counted.fail += one.verdict == Verdict::Fail;
    counted.inconclusive += one.verdict == Verdict::Inconclusive;
  }
  return counted;
}

std::string headline(const RunResult& result) {
  const VerdictCount counted = count(result.expectations);
  if (!result.ledger.balanced) return "A fault of the simulator: the ledger does not balance";
  if (result.partial) return "Stopped at " + clock_text(result.reached_s) + ": nothing is judged";
  if (counted.all() == 0) return "Nothing was expected of this run";
  if (counted.fail > 0) {
    if (counted.all() == 1) return "The expectation fails";
    return fmt::format("{} of {} expectations {}", counted.fail, counted.all(),
                       counted.fail == 1 ? "fails" : "fail");
  }
  if (counted.inconclusive > 0) {
    return fmt::format("{} of {} expectations cannot be decided", counted.inconclusive,
                       counted.all());
  }
  if (counted.all() == 1) return "The expectation holds";
  if (counted.all() == 2) return "Both expectations hold";
  return fmt::format("All {} expectations hold", counted.all());
}

std::string budget_sentence(const SloFigures& slo) {
  const std::string kept =
      fmt::format("{} of {} were good: {}, target {}.", grouped(slo.good), grouped(slo.total),
                  share(slo.availability), share(slo.target));
  if (slo.budget_left <= 0) {
    return kept + fmt::format(" The error budget is spent, {} over.", share(-slo.budget_left));
  }
  return kept + fmt::format(" {} of the error budget is left.", share(slo.budget_left));
}

std::vector<double> value_ticks(double low, double high, int wanted) {
  if (!(high > low) || wanted < 1) return {};
  const double rough = (high - low) / wanted;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * 0.999) {
      step = factor * power;
      break;
    }
  }
  std::vector<double> ticks;
  for (auto n = static_cast<std::int64_t>(std::ceil(low / step - 1e-9));
       static_cast<double>(n) * step <= high + step * 1e-9; ++n) {
    ticks.push_back(static_cast<double>(n) * step);
  }
  return ticks;
}

std::vector<double> time_ticks(double from, double to, int wanted) {
  if (!(to > from) || wanted < 1) return {};
  constexpr std::array kSteps = {1.0,    2.0,    5.0,     10.0,    15.0,   30.0,
                                 60.0,   120.0,  300.0,   600.0,   900.0,  1800.0,
                                 3600.0, 7200.0, 21600.0, 43200.0, 86400.0};
  const double rough = (to - from) / wanted;
  if (rough < kSteps.front() / 2 || rough > kSteps.back()) return value_ticks(from, to, wanted);
  const double step = *std::lower_bound(kSteps.begin(), kSteps.end(), rough * 0.999);
  std::vector<double> ticks;
  for (double t = std::ceil(from / step - 1e-9) * step; t <= to + step * 1e-9; t += step) {
    ticks.push_back(t);
  }
  return ticks;
}

std::vector<double> decade_ticks(double low, double high, int wanted) {
  std::vector<double> all, powers;
  for (double power = std::pow(10, std::floor(std::log10(low) + 1e-9)); power <= high * 1.001;
       power *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double value = factor * power;
      if (value < low * 0.999 || value > high * 1.001) continue;
      all.push_back(value);
      if (factor == 1.0) powers.push_back(value);
    }
  }
  return static_cast<int>(all.size()) <= wanted ? all : powers;
}

double nice_top(double high) {
  if (!(high > 0)) return 1;
  const double power = std::pow(10, std::floor(std::log10(high)));
  for (const double factor : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0}) {
    if (high <= factor * power * 1.0001) return factor * power;
  }
  return 10 * power;
}

}  // namespace faultline::gui
