#include "models/system/processor.hpp"

#include <algorithm>
#include <cmath>

#include "sim/assert.hpp"

namespace faultline {
namespace {

constexpr double kHardlyAnything = 0.5;  // ns of CPU time that may be missing for want of precision

Duration rounded_up(double ns) {
  if (!(ns < 9e18)) return Duration{std::int64_t{9'000'000'000'000'000'000}};
  const auto whole = static_cast<std::int64_t>(ns);
  return Duration{whole + (static_cast<double>(whole) < ns ? 1 : 0)};
}

}  // namespace

Duration ProcessorSpec::quota() const {
  const double ns = limit * static_cast<double>(period.ns);
  return Duration{std::max<std::int64_t>(1'000'000, static_cast<std::int64_t>(ns + 0.5))};
}

Processor::Processor(const ProcessorSpec& spec) : spec_(spec) {
  if (spec_.limit > 0) budget_ns_ = static_cast<double>(spec_.quota().ns);
}

double Processor::used() const {
  return std::min(static_cast<double>(jobs_.size()) + stress_, spec_.cores);
}

double Processor::capacity() const {
  const auto n = static_cast<double>(jobs_.size());
  return n + stress_ <= spec_.cores ? n : spec_.cores * n / (n + stress_);
}

double Processor::rate_of_all() const {
  const auto n = static_cast<double>(jobs_.size());
  return n + stress_ <= spec_.cores ? 1 : spec_.cores / (n + stress_);
}

double Processor::speed_at(std::size_t rank) const {
  return std::clamp(capacity() - static_cast<double>(rank), 0.0, 1.0);
}

bool Processor::later(const Job& a, const Job& b) const {
  switch (spec_.scheduler) {
    case Scheduler::Lifo:
      return a.number < b.number;
    case Scheduler::Priority:
      if (a.priority != b.priority) return a.priority > b.priority;
      return a.number > b.number;
    case Scheduler::Fair:
    case Scheduler::Srpt:
      break;
  }
  if (a.key != b.key) return a.key > b.key;
  return a.number > b.number;
}

double Processor::left(const Job& job) const {
  return spec_.scheduler == Scheduler::Fair ? job.key - attained_ns_ : job.key;
}

bool Processor::finished(const Job& job) const {
  return left(job) <= kHardlyAnything;
}

// Lets the time pass until `now`, during which nothing changes but whose quota it is.
void Processor::advance(Instant now) {
  const auto passed = static_cast<double>((now - now_).ns);
  const bool stood_still = throttled_;
  if (passed > 0 && !stood_still) {
    if (spec_.scheduler == Scheduler::Fair) {
      if (!jobs_.empty()) attained_ns_ += passed * rate_of_all();
    } else {
      for (std::size_t rank = 0; rank < jobs_.size(); ++rank) {
        const double speed = speed_at(rank);
        if (speed <= 0) break;
        jobs_[jobs_.size() - 1 - rank].key -= passed * speed;
      }
    }
  }
  if (spec_.limit > 0) refill(now);
  now_ = now;
}

// The quota: what was used of it since `now_`, and what periods that have begun brought.
void Processor::refill(Instant now) {
  const std::int64_t periods = (now - period_began_).ns / spec_.period.ns;
  Instant since = now_;
  if (periods > 0) {
    period_began_ += spec_.period * periods;
    budget_ns_ = static_cast<double>(spec_.quota().ns);
    since = std::max(since, period_began_);
    throttled_ = false;
  }
  if (throttled_) return;
  budget_ns_ -= static_cast<double>((now - since).ns) * used();
  if (budget_ns_ <= kHardlyAnything && used() > 0) throttled_ = true;
}

void Processor::add(Instant now, std::uint32_t job, Duration work, std::uint8_t priority) {
  advance(now);
  if (jobs_.empty()) attained_ns_ = 0;
  const auto ns = static_cast<double>(work.ns);
  const bool fair = spec_.scheduler == Scheduler::Fair;
  const Job row{fair ? attained_ns_ + ns : ns, ns, ++numbered_, now, job, priority};
  const auto behind = [this](const Job& a, const Job& b) { return later(a, b); };
  if (fair) {
    jobs_.push_back(row);
    std::push_heap(jobs_.begin(), jobs_.end(), behind);
  } else {
    jobs_.insert(std::upper_bound(jobs_.begin(), jobs_.end(), row, behind), row);
  }
}

bool Processor::remove(Instant now, std::uint32_t job) {
  advance(now);
  const auto at =
      std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& j) { return j.job == job; });
  if (at == jobs_.end()) return false;
  jobs_.erase(at);
  if (spec_.scheduler == Scheduler::Fair) {
    std::make_heap(jobs_.begin(), jobs_.end(),
                   [this](const Job& a, const Job& b) { return later(a, b); });
  }
  return true;
}

void Processor::stress(Instant now, double threads) {
  advance(now);
  stress_ = threads;
}

std::optional<Processor::Done> Processor::take_done(Instant now) {
  advance(now);
  if (jobs_.empty()) return std::nullopt;
  const bool fair = spec_.scheduler == Scheduler::Fair;
  const Job first = fair ? jobs_.front() : jobs_.back();
  Job done = first;
  if (finished(first)) {
    if (fair) {
      std::pop_heap(jobs_.begin(), jobs_.end(),
                    [this](const Job& a, const Job& b) { return later(a, b); });
    }
    jobs_.pop_back();
  } else {
    // On several cores one that runs may be done before the first in order.
    if (fair) return std::nullopt;
    std::size_t at = jobs_.size();
    while (at > 0 && !finished(jobs_[at - 1])) --at;
    if (at == 0) return std::nullopt;
    done = jobs_[at - 1];
    jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(at - 1));
  }
  const auto took = static_cast<double>((now - done.since).ns);
  return Done{done.job, done.work_ns > 0 ? took / done.work_ns : 1};
}

std::optional<Instant> Processor::next() const {
  if (throttled_) return period_began_ + spec_.period;
  if (jobs_.empty() && (spec_.limit <= 0 || stress_ <= 0)) return std::nullopt;
  double soonest = 9.2e18;  // ns from now
  if (spec_.scheduler == Scheduler::Fair) {
    if (!jobs_.empty()) soonest = left(jobs_.front()) / rate_of_all();
  } else {
    for (std::size_t rank = 0; rank < jobs_.size(); ++rank) {
      const double speed = speed_at(rank);
      if (speed <= 0) break;
      soonest = std::min(soonest, left(jobs_[jobs_.size() - 1 - rank]) / speed);
    }
  }
  if (spec_.limit > 0) {
    const double use = used();
    const auto period = static_cast<double>(spec_.period.ns);
    const auto quota = static_cast<double>(spec_.quota().ns);
    const auto rest = static_cast<double>((period_began_ + spec_.period - now_).ns);
    if (use * rest > budget_ns_) {
      soonest = std::min(soonest, budget_ns_ / use);
    } else if (use * period > quota) {
      soonest = std::min(soonest, rest + quota / use);
    }
  }
  if (soonest >= 9e18) return std::nullopt;
  return now_ + rounded_up(std::max(0.0, soonest));
}

std::int64_t Processor::use() const {
  return throttled_ ? 0 : static_cast<std::int64_t>(used() * 1e6 + 0.5);
}

}  // namespace faultline
