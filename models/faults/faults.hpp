#pragma once
// The makers that the registry lists, one for each file of this shelf.

#include <memory>

#include "models/faults/fault.hpp"

namespace faultline {

std::unique_ptr<Fault> make_slow();
std::unique_ptr<Fault> make_crash();
std::unique_ptr<Fault> make_errors();
std::unique_ptr<Fault> make_latency();
std::unique_ptr<Fault> make_loss();
std::unique_ptr<Fault> make_partition();
std::unique_ptr<Fault> make_flush();
std::unique_ptr<Fault> make_cpu_stress();
std::unique_ptr<Fault> make_memory_stress();
std::unique_ptr<Fault> make_disk_latency();
std::unique_ptr<Fault> make_disk_errors();
std::unique_ptr<Fault> make_duplicate();
std::unique_ptr<Fault> make_corrupt();
std::unique_ptr<Fault> make_reset();
std::unique_ptr<Fault> make_refuse();
std::unique_ptr<Fault> make_black_hole();
std::unique_ptr<Fault> make_bandwidth();
std::unique_ptr<Fault> make_dns();

}  // namespace faultline
