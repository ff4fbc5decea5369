#pragma once
// What a result says about each box and line of the topology at one instant. Knows no widget.

#include <limits>
#include <string>
#include <vector>

#include "lab/run/result.hpp"

namespace faultline::gui {

inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

struct ServiceState {
  double instances = kUnknown, busy = kUnknown;  // threads
  double utilization = kUnknown;                 // 0 … 1
  double queue = kUnknown, rate = kUnknown;      // waiting; arrivals per second
  double failed_share = kUnknown;
};
ServiceState state_of(const ServiceSeries& series, double step_s, double t);

// What a client offers, and the share of its requests that fail.
struct ClientState {
  double rate = kUnknown, failed_share = kUnknown;
};
ClientState state_of(const ClientSeries& series, double step_s, double t);

struct LineState {
  double rate = kUnknown;  // attempts per second
  double failed_share = kUnknown;
};
LineState state_of(const EdgeSeries& series, double step_s, double t);

// A state that something has gone into, as moments tell it ("breaker closed → open (caller 2)"):
// the last word of each teller. What is back where it began is not told.
struct Badge {
  std::string text;  // "breaker open", "breaker 2 open, 1 half-open"
  bool alarming = false;
};
std::vector<Badge> badges_at(const RunResult& result, const std::string& subject, double t);

// The faults that are active at t on a service or a link, as sentences.
std::vector<std::string> faults_at(const RunResult& result, const std::string& subject, double t);

// Services and clients in the order in which they broke (lab/evidence): each once.
struct BrokeAt {
  std::string who, what;
  double t_s = 0;
};
std::vector<BrokeAt> broke_in_order(const RunResult& result);

}  // namespace faultline::gui
