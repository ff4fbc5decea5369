#pragma once
// What a run is asked to write down.

#include <cstdint>
#include <optional>
#include <vector>

#include "models/system/request_watch.hpp"
#include "models/system/statistics.hpp"
#include "sim/time.hpp"

namespace faultline {

// What is recorded; has no influence on what happens.
struct Measuring {
  Instant warmup;
  Duration step = milliseconds(1000);  // of series
  std::size_t bins = 3600;
  struct Stretch {
    std::uint32_t whose;
    Instant begin, end;
  };
  std::vector<Stretch> clients;   // everything
  std::vector<Stretch> services;  // arrivals
  std::vector<Stretch> edges;     // what is sent again
  struct Slo {
    std::uint32_t client;
    SloRule rule;
  };
  std::vector<Slo> slos;
  bool log_requests = false;
  bool instances = false;                            // what each instance answers is counted, too
  std::uint64_t traced_request = ~std::uint64_t{0};  // its number among all, from 0
  std::optional<Watch> watch;                        // costs nothing where nobody watches
  bool trace_all = false;  // every request, each line headed by its call's lineage (for tests)
};

}  // namespace faultline
