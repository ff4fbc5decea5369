#pragma once
// From a result to the curves of a chart: what to draw, in which unit, and how to thin it out to
// the pixels there are. Knows no widget.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lab/run/result.hpp"

namespace faultline::gui {

enum class Unit : std::uint8_t { Seconds, PerSecond, Share, Count, Factor };

// What a curve stands for; the theme gives each meaning one colour, dash and marker everywhere.
enum class Meaning : std::uint8_t {
  Typical,
  Tail,
  Offered,
  Served,
  Failed,
  Busy,
  Queue,
  Left,
  Burn,
  One,  // of several that are alike: variants, say
  Two,
  Three,
  Four,
  Five,
  Six
};

struct Sample {
  double t = 0, y = 0;  // y is NaN where there is nothing to say
};

struct Curve {
  std::string name;
  Meaning meaning = Meaning::Typical;
  Unit unit = Unit::Count;
  bool right_axis = false;
  bool ghost = false;           // of the run before the latest edit: behind, and without a value
  double step_s = 1;            // the bin that a sample stands for; t is its middle
  std::vector<Sample> samples;  // in order of time, evenly spaced
};

// Something that happened, marked in a chart.
struct ChartMark {
  double t = 0;
  std::string kind, what;
};

struct ChartContent {
  std::string title;
  std::string aside;  // a remark for the header; may be empty
  std::vector<Curve> curves;
  std::vector<ChartMark> marks;
  std::vector<std::pair<double, std::string>> levels;  // of the left axis, worth a line
  std::optional<double> left_top;                      // the left axis always reaches this far
  bool logarithmic = false;                            // the left axis; values are then above 0
};

// Whose golden signals are shown.
struct Subject {
  enum class Kind : std::uint8_t { Client, Service };
  Kind kind = Kind::Client;
  std::string name;
  std::string version = {}, instance = {};  // of a service, one of them; empty: all of it
  bool whole() const { return version.empty() && instance.empty(); }
  friend bool operator==(const Subject&, const Subject&) = default;
};

// Of the values of all bins. A rate is counted per bin and drawn per second.
Curve curve_of(std::string name, Meaning meaning, Unit unit, const RunResult& result,
               const std::vector<double>& values);

// Clients, then services, each with its versions and instances, in the order of the scenario.
std::vector<Subject> subjects_of(const RunResult& result);

// The four golden signals. Saturation of a client is that of the four busiest services; of a
// version, that of its whole service.
ChartContent latency_of(const RunResult& result, const Subject& subject);
ChartContent traffic_of(const RunResult& result, const Subject& subject);
ChartContent errors_of(const RunResult& result, const Subject& subject);
ChartContent saturation_of(const RunResult& result, const Subject& subject);
// The curves of another run behind those of this one.
void add_ghost(ChartContent& content, ChartContent of_ghost);
ChartContent budget_of(const RunResult& result, const SloFigures& slo);

// The value of the bin in which t lies (the last bin for t at the end); NaN outside.
double value_at(const Curve& curve, double t);

// The curve between two instants for so many pixels, with its neighbours on both sides, broken
// where there are no values. No more than two samples a pixel: its smallest and its largest.
std::vector<std::vector<Sample>> pieces(const Curve& curve, double from, double to, int pixels);

struct Extent {
  double low = 0, high = 0;
};
// Of what is seen between two instants; nothing if there is no value.
std::optional<Extent> extent(const Curve& curve, double from, double to);

// When a fault was active, from the timeline: a fault ends with the next fault_end of its subject.
struct FaultSpan {
  double from = 0, to = 0;
  std::string what;
  std::string subject;  // a service or a link
};
std::vector<FaultSpan> fault_spans(const RunResult& result);

}  // namespace faultline::gui
