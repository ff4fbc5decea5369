#pragma once
// A fault contributes to the conditions of what it hits while it is active; it never undoes
// anything (models/vocabulary/conditions.hpp). One file per fault; the registry lists them.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "models/vocabulary/conditions.hpp"
#include "models/vocabulary/describe.hpp"

namespace faultline {

class Fault {
 public:
  virtual ~Fault() = default;
  virtual void describe(Binder&) = 0;
  virtual std::unique_ptr<Fault> clone() const = 0;

  // All but one are empty.
  const std::string& service() const { return service_; }
  const std::string& link() const { return link_; }
  const std::string& cache() const { return cache_; }
  const Portion& instances() const { return instances_; }
  const std::string& version() const { return version_; }
  const std::string& zone() const { return zone_; }

  // What its service must have for the fault to mean anything.
  enum class Needs : std::uint8_t { Nothing, Processor, Memory, Disk };
  virtual Needs needs() const { return Needs::Nothing; }

  // How long it lasts when the scenario says `for`; nothing: to the end.
  virtual std::optional<Duration> lasts(std::optional<Duration> given) const { return given; }
  virtual void contribute(InstanceConditions&, std::uint64_t /*key*/) const {}
  virtual void contribute(LinkConditions&) const {}
  // Whether it may stop a try before its request is sent.
  virtual bool stops_new() const { return false; }
  // "db ×20 slower"
  virtual std::string sentence() const = 0;

 protected:
  void describe_service(Binder& b);
  void describe_link(Binder& b);

  std::string service_, link_, cache_, version_, zone_;
  Portion instances_;
};

template <class Derived>
class FaultOf : public Fault {
 public:
  std::unique_ptr<Fault> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }
};

std::span<const Kind<Fault>> fault_kinds();

}  // namespace faultline
