// The series of a service's single instances. What they answer is counted as it happens; how busy
// they are is looked at ten times in each bin.

#include <algorithm>
#include <limits>

#include "lab/run/recorder.hpp"

namespace faultline {
namespace {

constexpr std::uint32_t kMostInstances = 256;  // of all services together, as the run begins

}  // namespace

bool shows_instances(const WorldSpec& spec) {
  std::uint64_t all = 0;
  for (const ServiceSpec& service : spec.services) all += service.replicas;
  return all <= kMostInstances;
}

void Recorder::look_at_instances() {
  for (const Instance& instance : world_.instances()) {
    if (instance.state == InstanceState::Starting || instance.state == InstanceState::Gone ||
        instance.ordinal >= InstanceMeter::kMost)
      continue;
    std::vector<InstanceLooks>& looks = instance_looks_[instance.service];
    looks.resize(std::max<std::size_t>(looks.size(), instance.ordinal + 1));
    InstanceLooks& one = looks[instance.ordinal];
    ++one.looks;
    one.busy += instance.busy;
    one.queued += instance.queued;
    one.threads += instance.spec->threads;
  }
}

void Recorder::sample_instances(std::size_t service) {
  constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  std::vector<InstanceLooks>& looks = instance_looks_[service];
  std::vector<InstanceMeter>& meters = world_.services()[service].instances;
  looks.resize(std::max(looks.size(), meters.size()));
  meters.resize(looks.size());
  ServiceSeries& whole = services_[service].value;
  const std::size_t bin = whole.ok.size() - 1;
  for (std::size_t i = 0; i < looks.size(); ++i) {
    if (i >= whole.each_instance.size()) {
      whole.each_instance.push_back({services_[service].name + "/" + std::to_string(i), {}});
      InstanceSeries& made = whole.each_instance.back().value;
      for (auto* values :
           {&made.ok, &made.failed, &made.p50_s, &made.p99_s, &made.utilization, &made.queue})
        values->assign(bin, kNothing);
    }
    InstanceSeries& out = whole.each_instance[i].value;
    InstanceMeter& meter = meters[i];
    const bool was_there = looks[i].looks > 0 || meter.ok + meter.failed > 0;
    out.ok.push_back(was_there ? static_cast<double>(meter.ok) : kNothing);
    out.failed.push_back(was_there ? static_cast<double>(meter.failed) : kNothing);
    out.p50_s.push_back(was_there ? meter.latency.quantile(0.5) : kNothing);
    out.p99_s.push_back(was_there ? meter.latency.quantile(0.99) : kNothing);
    out.utilization.push_back(looks[i].looks > 0 ? looks[i].busy / looks[i].threads : kNothing);
    out.queue.push_back(looks[i].looks > 0 ? looks[i].queued / looks[i].looks : kNothing);
    meter.ok = meter.failed = 0;
    meter.latency.clear();
    looks[i] = {};
  }
}

}  // namespace faultline
