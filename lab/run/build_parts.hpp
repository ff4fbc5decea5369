#pragma once
// Internal to build.cpp: parts of a world that refer to little else.

#include "lab/scenario/scenario.hpp"
#include "models/system/spec.hpp"

namespace faultline {

// The tiers of a policy's fallback; none if it has none.
std::span<const FallbackTier> tiers_of(const Scenario& scenario, std::string_view policy);
bool calls_instead(const Scenario& scenario, std::string_view policy);
// Whether the step reads or writes a record; if so, `s` says which.
bool is_about_record(const Step& step, WorldSpec& spec, StepSpec& s);
EndpointSpec endpoint_spec(const std::string& name, const EndpointEffects& effects);
// The shorthand is an endpoint without a name.
std::vector<Named<Endpoint>> endpoints_of(const Named<Service>& named);
StepSpec work_step(const Distribution& work, std::uint64_t key);
StepSpec gate_of(const Scenario& scenario, const Step& step);
bool has_ladder(const Scenario& scenario, const std::string& service);
// Nothing if a plain balancer does what is asked for.
std::optional<BalancerSpec> balancer_of(const Service& service);
// Where a link says something, its word holds.
void apply(const Link& link, LinkSpec& spec);
void add_machine(const Service& service, ServiceSpec& spec);
// Ladders, rules of flags, actions. Services, caches and flags are there already.
void add_degradation(const Scenario& scenario, WorldSpec& spec);

}  // namespace faultline
