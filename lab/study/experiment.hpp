#pragma once
// From a question of queueing theory (family, inputs, quantity; the vocabulary of
// models/theory/catalogue.hpp) to a scenario that asks the simulator the same, and how to read its
// answer. One time unit of the question is 10 ms of the scenario, unless its inputs are in seconds.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/study/observation.hpp"
#include "models/theory/inputs.hpp"

namespace faultline {

using Measure = std::function<double(const Observation&)>;

struct Experiment {
  std::string scenario;  // TOML, but for duration, warm-up and seed
  Measure value;         // the answer, in the question's unit
  Measure samples;       // how many of the question's samples it rests on
  double unit_s = 0.01;  // a time unit, in seconds

  double samples_per_unit = 1;  // expected, for choosing the length
  double events_per_unit = 2;   // what it costs
  double warmup_units = 100;
  double spread = 1;         // times as many samples as others, because they vary together so long
  double horizon_units = 0;  // > 0: runs exactly that long from the start; no warm-up but this one
  int replications = 0;      // > 0: so many independent runs, one sample each
  std::string watched;       // service whose instances are looked at
  double look_every_units = 0;
  Until until{};  // asked at every look
  // Instead of all that: the model's own arithmetic, given how many draws it may take.
  std::function<double(std::uint64_t seed, std::uint64_t draws)> compute{};

  // The scenario with its times, given in time units.
  std::string text(double warmup, double observed) const;
  // Two questions with the same key are answered by the same run.
  std::string key() const;
};

// Reads inputs strictly: what is missing, unexpected or left unread makes the question not
// understood, so that nothing is ever guessed.
class Asked {
 public:
  Asked(const theory::Inputs& inputs, std::string_view quantity)
      : inputs_(inputs), quantity_(quantity) {}

  bool understood() const;
  bool has(std::string_view name) const { return inputs_.has(name); }

  double positive(std::string_view name);  // > 0
  double number(std::string_view name);    // ≥ 0
  double share(std::string_view name);     // 0 … 1
  int whole(std::string_view name, int at_least = 1);
  std::string text(std::string_view name);
  bool flag(std::string_view name);
  std::vector<double> list(std::string_view name);  // of numbers ≥ 0
  theory::Inputs::Table table(std::string_view name);
  // The input must be exactly this; `if_any` ones may also be absent.
  void must_be(std::string_view name, std::string_view text);
  void must_be(std::string_view name, double value);
  void if_any(std::string_view name, std::string_view text);
  void if_any(std::string_view name, double value);  // up to rounding
  void read(std::string_view name) { seen_.emplace_back(name); }
  void reject() { wrong_ = true; }
  bool text_is(std::string_view name, std::string_view text) const {
    return inputs_.text(name) == std::string(text);
  }

  std::string_view quantity() const { return quantity_; }
  bool asks(std::string_view name) const { return quantity_ == name; }
  // For "wait_p99" with "wait_p": 0.99.
  std::optional<double> percentile(std::string_view prefix) const;
  // For "class2_mean_wait" with ("class", "_mean_wait"): 2.
  std::optional<int> index(std::string_view prefix, std::string_view suffix) const;

 private:
  const theory::Inputs& inputs_;
  std::string_view quantity_;
  std::vector<std::string> seen_;
  bool wrong_ = false;
};

// Nothing when the model has no such family, or cannot do what the inputs say (a rate beyond what
// the language allows, say).
std::optional<Experiment> experiment_for(std::string_view family, const theory::Inputs& inputs,
                                         std::string_view quantity);

// --- What the families are written with (experiment_*.cpp) --------------------------------------

struct ExperimentFamily {
  std::string_view name;
  std::optional<Experiment> (*make)(Asked&);
};
const std::vector<ExperimentFamily>& queue_experiments();
const std::vector<ExperimentFamily>& sharing_experiments();
const std::vector<ExperimentFamily>& overload_experiments();
const std::vector<ExperimentFamily>& network_experiments();
const std::vector<ExperimentFamily>& fan_out_experiments();
const std::vector<ExperimentFamily>& policy_experiments();
const std::vector<ExperimentFamily>& retrial_experiments();
const std::vector<ExperimentFamily>& operation_experiments();
const std::vector<ExperimentFamily>& limit_experiments();

namespace toml {  // values as a scenario writes them
std::string time(double units, double unit_s = 0.01);
std::string rate(double per_unit, double unit_s = 0.01);
std::string exp(double mean_units, double unit_s = 0.01);
std::string share(double value);
// "lognormal(cv=2)", "exponential mean 1", "bimodal 0.99 exp(1) + 0.01 exp(mean 50)", …; nothing
// for words it doesn't know.
std::optional<std::string> law(std::string_view words, double mean = 1);
}  // namespace toml

namespace measure {
using Pick = std::function<Histogram(const Observation&)>;
Measure mean(Pick pick, double unit_s = 0.01);
Measure quantile(Pick pick, double share, double unit_s = 0.01);
Pick wait_at(std::string service);
Pick latency_at(std::string service);
Pick client_latency();
Measure completed(std::string service);
Measure arrivals(std::string service);
Measure answered();  // the first client's requests that have ended
// Completed per time unit.
Measure throughput(std::string service, double unit_s = 0.01);
Measure client_throughput(double unit_s = 0.01);  // good answers per time unit
Measure failed_share();
}  // namespace measure

}  // namespace faultline
