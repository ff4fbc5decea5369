#include "lab/study/campaign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <thread>

#include "lab/scenario/load.hpp"
#include "sim/assert.hpp"

namespace faultline {
namespace {

// The questions that one scenario answers.
struct Group {
  std::vector<std::size_t> questions;
  double units = 0;  // observed, of each run
  double warmup = 0;
  int runs = 0;

  double events(const Experiment& e) const { return (units + warmup) * e.events_per_unit * runs; }
};

struct Task {
  const Group* group;
  int run;
  double events;
};

double warmup_of(const Experiment& e, double units) {
  return e.horizon_units > 0 ? e.warmup_units : std::max(e.warmup_units, 0.05 * units);
}

class Campaign {
 public:
  Campaign(const std::vector<Question>& questions, const Effort& effort)
      : questions_(questions), effort_(effort), measured_(questions.size()) {}

  std::vector<std::vector<Measured>> run() {
    plan();
    std::vector<Task> tasks;
    for (const Group& group : groups_) {
      for (int i = 0; i < group.runs; ++i)
        tasks.push_back({&group, i, group.events(first(group)) / group.runs});
    }
    // The longest first, so that no thread is left with one at the end.
    std::stable_sort(tasks.begin(), tasks.end(),
                     [](const Task& a, const Task& b) { return a.events > b.events; });
    double all = 0, done = 0;
    for (const Task& task : tasks) all += task.events;
    std::atomic<std::size_t> next{0};
    std::mutex telling;
    const auto work = [&] {
      for (std::size_t i = next++; i < tasks.size() && !stopped(); i = next++) {
        perform(*tasks[i].group, tasks[i].run);
        const std::lock_guard lock(telling);
        done += tasks[i].events;
        if (effort_.progress) effort_.progress(done / all);
      }
    };
    const unsigned wanted =
        effort_.threads > 0 ? effort_.threads : std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < wanted; ++i) threads.emplace_back(work);
    work();
    for (std::thread& thread : threads) thread.join();
    if (stopped()) measured_.assign(questions_.size(), {});
    return std::move(measured_);
  }

 private:
  const Experiment& first(const Group& g) const { return questions_[g.questions[0]].experiment; }
  bool stopped() const { return effort_.stop != nullptr && effort_.stop->load(); }

  void plan() {
    std::map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < questions_.size(); ++i) {
      const Experiment& e = questions_[i].experiment;
      // Arithmetic shares nothing.
      const std::string key = e.compute ? fmt::format("compute {}", i) : e.key();
      const auto [at, made] = known.try_emplace(key, groups_.size());
      if (made) groups_.emplace_back();
      Group& g = groups_[at->second];
      g.questions.push_back(i);
      g.runs = e.replications > 0 ? e.replications : effort_.runs;
      const double units = e.horizon_units > 0
                               ? e.horizon_units - e.warmup_units
                               : questions_[i].wanted_samples / effort_.runs / e.samples_per_unit;
      g.units = std::max(g.units, units);
    }
    for (Group& g : groups_) {
      for (std::size_t i : g.questions) {
        measured_[i].resize(static_cast<std::size_t>(g.runs));
        // Several questions may know different costs of the same run.
        g.warmup = std::max(g.warmup, warmup_of(questions_[i].experiment, g.units));
      }
    }
    cut(affordable());
  }

  // The most events a group may have so that all together stay within the budget.
  double affordable() const {
    double low = 0, high = effort_.budget;
    for (int i = 0; i < 60; ++i) {
      const double middle = (low + high) / 2;
      double sum = 0;
      for (const Group& g : groups_) sum += std::min(g.events(first(g)), middle);
      (sum > effort_.budget ? high : low) = middle;
    }
    return high;
  }

  void cut(double most) {
    for (Group& g : groups_) {
      const Experiment& e = first(g);
      if (e.horizon_units > 0 || e.compute || g.events(e) <= most) continue;
      const double units = most / e.events_per_unit / g.runs;
      double least = 0;
      for (std::size_t i : g.questions)
        least = std::max(least, questions_[i].experiment.warmup_units);
      g.warmup = std::max(least, 0.05 * units);
      // However short of time: the warm-up is never cut, nor is less observed than that.
      g.units = std::max(units - g.warmup, least);
    }
  }

  void perform(const Group& group, int run) {
    const Experiment& e = first(group);
    const std::uint64_t seed = effort_.first_seed + static_cast<std::uint64_t>(run);
    const auto slot = [&](std::size_t question) -> Measured& {
      return measured_[question][static_cast<std::size_t>(run)];
    };
    if (e.compute) {
      const double draws = std::ceil(questions_[group.questions[0]].wanted_samples / group.runs);
      slot(group.questions[0]) = {e.compute(seed, static_cast<std::uint64_t>(draws)), draws, true};
      return;
    }
    const auto loaded = load_text(e.text(group.warmup, group.units), "experiment");
    FL_ASSERT(loaded.has_value(), "an experiment's scenario is not valid");
    const Looks looks{e.watched, from_seconds(e.look_every_units * e.unit_s), e.until};
    const auto seen = observe(loaded->scenario, seed, looks, effort_.stop);
    if (!seen) return;
    for (std::size_t i : group.questions) {
      const Experiment& asked = questions_[i].experiment;
      slot(i) = {asked.value(*seen), asked.replications > 0 ? 1 : asked.samples(*seen),
                 seen->ledger.balanced};
    }
  }

  const std::vector<Question>& questions_;
  const Effort& effort_;
  std::vector<Group> groups_;
  std::vector<std::vector<Measured>> measured_;
};

}  // namespace

std::vector<std::vector<Measured>> measure_all(const std::vector<Question>& questions,
                                               const Effort& effort) {
  return Campaign(questions, effort).run();
}

}  // namespace faultline
