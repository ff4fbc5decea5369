// errors: a share of a service's jobs fails at once, before any work, with an error of its own.

#include <fmt/format.h>

#include <span>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class Errors final : public FaultOf<Errors> {
 public:
  void describe(Binder& b) override {
    describe_service(b);
    b.field(
        {.key = "share", .help = "Share of jobs that fail.", .min = 0, .max = 1, .required = true},
        share_);
    int which = static_cast<int>(error_) - 1;
    b.choice({.key = "error", .help = "The error they answer with."}, which,
             std::span(kErrorNames).subspan(1));
    error_ = static_cast<Error>(which + 1);
    b.field({.key = "retry_after",
             .help = "When to come again, as the answer says (Retry-After).",
             .min = 0,
             .fallback = "not said"},
            retry_after_);
    b.field({.key = "stay_away",
             .help = "The answer says not to come again (gRPC's negative pushback)."},
            stay_away_);
    if (retry_after_ && stay_away_) b.reject("stay_away", "contradicts retry_after");
  }
  void contribute(InstanceConditions& c, std::uint64_t key) const override {
    const double told = retry_after_ ? retry_after_->seconds() : stay_away_ ? -1.0 : 0.0;
    c.errors.push_back({share_.value, error_, static_cast<float>(told), key});
  }
  std::string sentence() const override {
    return fmt::format("{} answers {:g} % with {}", service_, share_.value * 100, name(error_));
  }

 private:
  Share share_;
  Error error_ = Error::ServerError;
  std::optional<Duration> retry_after_;
  bool stay_away_ = false;
};

}  // namespace

std::unique_ptr<Fault> make_errors() {
  return std::make_unique<Errors>();
}

}  // namespace faultline
