#include "gui/topology_state.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "gui/chart_series.hpp"
#include "gui/words.hpp"
#include "lab/evidence/causal_order.hpp"

namespace faultline::gui {
namespace {

double in_bin(const std::vector<double>& values, double step_s, double t) {
  if (values.empty() || t < 0) return kUnknown;
  const auto bin = static_cast<std::size_t>(t / step_s);
  return values[std::min(bin, values.size() - 1)];
}

double share_of(double part, double rest) {
  return part + rest > 0 ? part / (part + rest) : kUnknown;
}

// "breaker closed → open (caller 2)": from where, whereto, who says so.
struct Change {
  std::string before, after, teller;
};

std::optional<Change> change_in(const std::string& what) {
  static const std::string kArrow = " → ";
  const std::size_t arrow = what.find(kArrow);
  if (arrow == std::string::npos) return std::nullopt;
  const std::size_t word = what.rfind(' ', arrow - 1);
  const std::size_t after = arrow + kArrow.size();
  const std::size_t end = std::min(what.find(' ', after), what.size());
  return Change{what.substr(word == std::string::npos ? 0 : word + 1, arrow - word - 1),
                what.substr(after, end - after), what.substr(end)};
}

}  // namespace

ServiceState state_of(const ServiceSeries& series, double step_s, double t) {
  ServiceState state;
  state.instances = in_bin(series.instances, step_s, t);
  state.busy = in_bin(series.busy, step_s, t);
  state.utilization = in_bin(series.utilization, step_s, t);
  state.queue = in_bin(series.queue, step_s, t);
  state.rate = in_bin(series.arrivals, step_s, t) / step_s;
  state.failed_share = share_of(in_bin(series.failed, step_s, t), in_bin(series.ok, step_s, t));
  return state;
}

ClientState state_of(const ClientSeries& series, double step_s, double t) {
  return {in_bin(series.offered, step_s, t) / step_s,
          share_of(in_bin(series.failed, step_s, t), in_bin(series.ok, step_s, t))};
}

LineState state_of(const EdgeSeries& series, double step_s, double t) {
  const double attempts = in_bin(series.attempts, step_s, t);
  const double failed = in_bin(series.failed, step_s, t);
  return {attempts / step_s, attempts > 0 ? std::min(1.0, failed / attempts) : kUnknown};
}

std::vector<Badge> badges_at(const RunResult& result, const std::string& subject, double t) {
  struct Told {
    std::string first, last;
  };
  std::map<std::string, std::map<std::string, Told>> by_kind;  // then by who tells
  for (const Moment& moment : result.timeline) {
    if (moment.t_s > t) break;
    if (moment.subject != subject) continue;
    const auto change = change_in(moment.what);
    if (!change) continue;
    Told& told = by_kind[moment.kind][change->teller];
    if (told.first.empty()) told.first = change->before;
    told.last = change->after;
  }
  std::vector<Badge> badges;
  for (const auto& [kind, tellers] : by_kind) {
    std::map<std::string, int> words;
    for (const auto& [teller, told] : tellers) {
      if (told.last != told.first) ++words[told.last];
    }
    if (words.empty()) continue;
    Badge badge{spaced(kind), false};
    bool first = true;
    for (const auto& [word, number] : words) {
      badge.text += first ? " " : ", ";
      if (tellers.size() > 1) badge.text += std::to_string(number) + " ";
      badge.text += word;
      badge.alarming = badge.alarming || word == "open" || kind == "alert";
      first = false;
    }
    badges.push_back(std::move(badge));
  }
  return badges;
}

std::vector<std::string> faults_at(const RunResult& result, const std::string& subject, double t) {
  std::vector<std::string> active;
  for (const FaultSpan& span : fault_spans(result)) {
    if (span.subject == subject && span.from <= t && t < span.to) active.push_back(span.what);
  }
  return active;
}

std::vector<BrokeAt> broke_in_order(const RunResult& result) {
  std::vector<BrokeAt> order;
  for (const Break& one : causal_order(result)) {
    const auto known = [&](const BrokeAt& broke) { return broke.who == one.who; };
    if (std::none_of(order.begin(), order.end(), known)) {
      order.push_back({one.who, one.what, one.t_s});
    }
  }
  return order;
}

}  // namespace faultline::gui
