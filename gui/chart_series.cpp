#include "gui/chart_series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gui/words.hpp"

namespace faultline::gui {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kBusiestServices = 4;
constexpr double kFull = 1.04;  // 100 %, and air above it for the line

ChartContent titled(std::string title) {
  ChartContent content;
  content.title = std::move(title);
  return content;
}

template <class T>
const T* series_of(const std::vector<Named<T>>& all, const std::string& name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Named<T>& one) { return one.name == name; });
  return found == all.end() ? nullptr : &found->value;
}

const VersionSeries* version_of(const RunResult& result, const Subject& subject) {
  const auto* service = series_of(result.service_series, subject.name);
  if (service == nullptr || subject.version.empty()) return nullptr;
  return series_of(service->versions, subject.version);
}

const InstanceSeries* instance_of(const RunResult& result, const Subject& subject) {
  const auto* service = series_of(result.service_series, subject.name);
  if (service == nullptr || subject.instance.empty()) return nullptr;
  return series_of(service->each_instance, subject.instance);
}

// "timeout 12 034, refused 87": the commonest first.
std::string causes(const std::array<std::uint64_t, kErrors>& errors) {
  std::vector<std::size_t> order;
  for (std::size_t i = 1; i < kErrors; ++i) {
    if (errors[i] > 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return errors[a] > errors[b]; });
  std::string text;
  for (const std::size_t i : order) {
    if (!text.empty()) text += ", ";
    text += spaced(kErrorNames[i]) + " " + grouped(errors[i]);
  }
  return text;
}

}  // namespace

Curve curve_of(std::string name, Meaning meaning, Unit unit, const RunResult& result,
               const std::vector<double>& values) {
  Curve made;
  made.name = std::move(name);
  made.meaning = meaning;
  made.unit = unit;
  made.step_s = result.step_s;
  const double scale = unit == Unit::PerSecond ? 1 / result.step_s : 1;
  made.samples.reserve(values.size());
  for (std::size_t bin = 0; bin < values.size(); ++bin) {
    const double middle = (static_cast<double>(bin) + 0.5) * result.step_s;
    // A bin that the run didn't reach says nothing; nor does a latency of nobody.
    const bool reached = static_cast<double>(bin) * result.step_s < result.reached_s;
    const bool known = std::isfinite(values[bin]) && (unit != Unit::Seconds || values[bin] > 0);
    made.samples.push_back({middle, reached && known ? values[bin] * scale : kNone});
  }
  return made;
}

std::vector<Subject> subjects_of(const RunResult& result) {
  std::vector<Subject> all;
  for (const auto& one : result.client_series) all.push_back({Subject::Kind::Client, one.name});
  for (const auto& one : result.service_series) {
    all.push_back({Subject::Kind::Service, one.name});
    for (const auto& version : one.value.versions)
      all.push_back({Subject::Kind::Service, one.name, version.name});
    for (const auto& instance : one.value.each_instance)
      all.push_back({Subject::Kind::Service, one.name, "", instance.name});
  }
  return all;
}

ChartContent latency_of(const RunResult& result, const Subject& subject) {
  ChartContent content = titled("Latency");
  content.logarithmic = true;
  const auto add = [&](const auto* series) {
    if (series == nullptr) return;
    content.curves.push_back(curve_of("p99", Meaning::Tail, Unit::Seconds, result, series->p99_s));
    content.curves.push_back(
        curve_of("p50", Meaning::Typical, Unit::Seconds, result, series->p50_s));
  };
  if (subject.kind == Subject::Kind::Client) {
    content.aside = "of requests answered";
    add(series_of(result.client_series, subject.name));
  } else {
    content.aside = "from arrival to reply";
    if (subject.whole()) add(series_of(result.service_series, subject.name));
    add(version_of(result, subject));
    add(instance_of(result, subject));
  }
  return content;
}

ChartContent traffic_of(const RunResult& result, const Subject& subject) {
  ChartContent content = titled("Traffic");
  const auto add = [&](const char* first, const auto& offered, const auto& served) {
    content.curves.push_back(curve_of(first, Meaning::Offered, Unit::PerSecond, result, offered));
    content.curves.push_back(curve_of("served", Meaning::Served, Unit::PerSecond, result, served));
  };
  if (subject.kind == Subject::Kind::Client) {
    const auto* series = series_of(result.client_series, subject.name);
    if (series != nullptr) add("offered", series->offered, series->ok);
  } else if (subject.whole()) {
    const auto* series = series_of(result.service_series, subject.name);
    if (series != nullptr) add("arriving", series->arrivals, series->ok);
  } else {
    // What arrives is counted for the whole service; of a part, what it has dealt with.
    const auto add_part = [&](const auto* part) {
      if (part == nullptr) return;
      std::vector<double> all = part->ok;
      for (std::size_t bin = 0; bin < all.size(); ++bin) all[bin] += part->failed[bin];
      add("dealt with", all, part->ok);
    };
    add_part(version_of(result, subject));
    add_part(instance_of(result, subject));
  }
  return content;
}

ChartContent errors_of(const RunResult& result, const Subject& subject) {
  ChartContent content = titled("Errors");
  const auto add = [&](const auto* series, const auto* figures) {
    if (series == nullptr) return;
    content.curves.push_back(
        curve_of("failed", Meaning::Failed, Unit::PerSecond, result, series->failed));
    if (figures == nullptr) return;
    const std::string why = causes(figures->errors);
    if (!why.empty()) content.aside = (result.warmup_s > 0 ? "after warm-up: " : "") + why;
  };
  if (subject.kind == Subject::Kind::Client) {
    add(series_of(result.client_series, subject.name), series_of(result.clients, subject.name));
  } else if (const auto* instance = instance_of(result, subject)) {
    add(instance, static_cast<const ServiceFigures*>(nullptr));
  } else if (const auto* version = version_of(result, subject)) {
    const auto* whole = series_of(result.services, subject.name);
    add(version,
        whole == nullptr ? nullptr : series_of(whole->parts, "version." + subject.version));
  } else if (subject.whole()) {
    add(series_of(result.service_series, subject.name), series_of(result.services, subject.name));
  }
  return content;
}

ChartContent saturation_of(const RunResult& result, const Subject& subject) {
  ChartContent content = titled("Saturation");
  content.left_top = kFull;
  if (subject.kind == Subject::Kind::Service) {
    const auto add = [&](const auto* series) {
      if (series == nullptr) return;
      content.curves.push_back(
          curve_of("threads busy", Meaning::Busy, Unit::Share, result, series->utilization));
      content.curves.push_back(
          curve_of("queue", Meaning::Queue, Unit::Count, result, series->queue));
      content.curves.back().right_axis = true;
    };
    if (!subject.version.empty()) content.aside = "of the whole service";
    if (subject.instance.empty()) add(series_of(result.service_series, subject.name));
    add(instance_of(result, subject));
    return content;
  }
  std::vector<std::pair<double, const Named<ServiceSeries>*>> busiest;
  for (const auto& one : result.service_series) {
    const auto& values = one.value.utilization;
    double sum = 0;
    for (const double value : values) sum += std::isfinite(value) ? value : 0;
    if (sum > 0) busiest.emplace_back(sum, &one);
  }
  std::stable_sort(busiest.begin(), busiest.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  constexpr Meaning kLooks[kBusiestServices] = {Meaning::Busy, Meaning::Typical, Meaning::Queue,
                                                Meaning::Offered};
  content.aside = "threads busy";
  for (std::size_t i = 0; i < std::min(busiest.size(), kBusiestServices); ++i) {
    content.curves.push_back(curve_of(busiest[i].second->name, kLooks[i], Unit::Share, result,
                                      busiest[i].second->value.utilization));
  }
  return content;
}

void add_ghost(ChartContent& content, ChartContent of_ghost) {
  for (Curve& curve : of_ghost.curves) {
    curve.ghost = true;
    content.curves.push_back(std::move(curve));
  }
  content.aside = "thin: before the change";
}

ChartContent budget_of(const RunResult& result, const SloFigures& slo) {
  ChartContent content = titled("Budget");
  content.left_top = kFull;
  content.curves.push_back(
      curve_of("left", Meaning::Left, Unit::Share, result, slo.budget_left_series));
  content.curves.push_back(
      curve_of("burn", Meaning::Burn, Unit::Factor, result, slo.burn_rate_series));
  content.curves.back().right_axis = true;
  return content;
}

double value_at(const Curve& curve, double t) {
  if (curve.samples.empty() || t < 0) return kNone;
  const double end = static_cast<double>(curve.samples.size()) * curve.step_s;
  if (t > end) return kNone;
  const auto bin = static_cast<std::size_t>(t / curve.step_s);
  return curve.samples[std::min(bin, curve.samples.size() - 1)].y;
}

namespace {

// The samples seen between two instants, and one more on either side.
std::span<const Sample> seen(const Curve& curve, double from, double to) {
  const auto begin = curve.samples.begin();
  const auto end = curve.samples.end();
  auto first = std::lower_bound(begin, end, from, [](auto& s, double t) { return s.t < t; });
  auto last = std::upper_bound(begin, end, to, [](double t, auto& s) { return t < s.t; });
  if (first != begin) --first;
  if (last != end) ++last;
  if (first >= last) return {};
  return {first, last};
}

// Of the samples of one pixel, the smallest and the largest, in order of time.
void keep_extremes(std::span<const Sample> column, std::vector<Sample>& kept) {
  const auto [low, high] = std::minmax_element(
      column.begin(), column.end(), [](const Sample& a, const Sample& b) { return a.y < b.y; });
  const auto first = std::min(low, high);
  const auto second = std::max(low, high);
  kept.push_back(*first);
  if (second != first) kept.push_back(*second);
}

std::vector<Sample> thinned(std::span<const Sample> samples, double from, double to, int pixels) {
  if (samples.size() <= 2 * static_cast<std::size_t>(std::max(pixels, 1)) || !(to > from)) {
    return {samples.begin(), samples.end()};
  }
  const auto column_of = [&](const Sample& s) {
    return static_cast<long>(std::floor((s.t - from) / (to - from) * pixels));
  };
  std::vector<Sample> kept;
  for (std::size_t begin = 0; begin < samples.size();) {
    std::size_t end = begin + 1;
    while (end < samples.size() && column_of(samples[end]) == column_of(samples[begin])) ++end;
    keep_extremes(samples.subspan(begin, end - begin), kept);
    begin = end;
  }
  return kept;
}

}  // namespace

std::vector<std::vector<Sample>> pieces(const Curve& curve, double from, double to, int pixels) {
  const auto all = seen(curve, from, to);
  std::vector<std::vector<Sample>> found;
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    while (end < all.size() && !std::isnan(all[end].y)) ++end;
    if (end > begin) found.push_back(thinned(all.subspan(begin, end - begin), from, to, pixels));
    begin = end + 1;
  }
  // A value alone is drawn as long as its bin.
  for (auto& piece : found) {
    if (piece.size() > 1) continue;
    const Sample alone = piece.front();
    piece = {{alone.t - curve.step_s / 2, alone.y}, {alone.t + curve.step_s / 2, alone.y}};
  }
  return found;
}

std::optional<Extent> extent(const Curve& curve, double from, double to) {
  std::optional<Extent> found;
  for (const Sample& sample : seen(curve, from, to)) {
    if (std::isnan(sample.y)) continue;
    if (!found) found = Extent{sample.y, sample.y};
    found->low = std::min(found->low, sample.y);
    found->high = std::max(found->high, sample.y);
  }
  return found;
}

std::vector<FaultSpan> fault_spans(const RunResult& result) {
  std::vector<FaultSpan> spans;
  std::vector<std::pair<const Moment*, std::size_t>> active;
  for (const Moment& moment : result.timeline) {
    if (moment.kind == "fault") {
      active.emplace_back(&moment, spans.size());
      spans.push_back({moment.t_s, result.duration_s, moment.what, moment.subject});
    } else if (moment.kind == "fault_end") {
      const auto ended = std::find_if(active.begin(), active.end(), [&](const auto& one) {
        return one.first->subject == moment.subject;
      });
      if (ended == active.end()) continue;
      spans[ended->second].to = moment.t_s;
      active.erase(ended);
    }
  }
  return spans;
}

}  // namespace faultline::gui
