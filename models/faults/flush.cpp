// flush: a cache loses everything at once, as when it is restarted or its keys change with a
// deployment. What follows is a cold start: every key is a miss, once.

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class Flush final : public FaultOf<Flush> {
 public:
  void describe(Binder& b) override {
    b.field({.key = "cache",
             .help = "The cache that is emptied.",
             .required = true,
             .refers = Refers::Cache},
            cache_);
    if (b.given("for")) b.reject("for", "means nothing here: a flush takes no time");
  }
  std::optional<Duration> lasts(std::optional<Duration>) const override { return Duration{0}; }
  std::string sentence() const override { return cache_ + " is flushed"; }
};

}  // namespace

std::unique_ptr<Fault> make_flush() {
  return std::make_unique<Flush>();
}

}  // namespace faultline
