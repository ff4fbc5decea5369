#pragma once
// Who calls whom: the graph that a scenario's names describe, and the mistakes that only the graph
// shows.

#include <string>
#include <string_view>
#include <vector>

#include "lab/scenario/document.hpp"
#include "lab/scenario/quantity.hpp"
#include "lab/scenario/reader.hpp"

namespace faultline {

struct CallTarget {
  std::string service, endpoint;  // endpoint empty: the unnamed one of the shorthand
};

// "service/endpoint", or "service" where that is enough. An error has a message and a hint.
Quantity<CallTarget> resolve_call(const Scenario& scenario, std::string_view name);

struct CallGraph {
  std::vector<std::string> edges;  // "caller->callee", each once, in the order of the text
};

// Reports calls that lead nowhere or round in a circle.
CallGraph call_graph(const Document& document, Reading& reading);

}  // namespace faultline
