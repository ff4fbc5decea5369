#include "lab/scenario/calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "lab/scenario/override.hpp"
#include "lab/scenario/suggest.hpp"

namespace faultline {
namespace {

template <class T>
std::vector<std::string> names_of(const std::vector<Named<T>>& all) {
  std::vector<std::string> names;
  for (const auto& entry : all) names.push_back(entry.name);
  return names;
}

std::string node_name(const std::string& service, const std::string& endpoint) {
  return endpoint.empty() ? service : service + "/" + endpoint;
}

struct Call {
  std::string to;  // node
  const Reference* where = nullptr;
};

class Walk {
 public:
  Walk(const Document& document, Reading& reading) : document_(document), reading_(reading) {}

  CallGraph run() {
    std::map<std::string, std::vector<const Reference*>, std::less<>> fallbacks;  // by policy
    for (const Reference& r : reading_.references) {
      if (r.what != Refers::Endpoint || !r.path.starts_with("policy.")) continue;
      const auto path = parse_path(r.path);
      if (path) fallbacks[(*path)[1]].push_back(&r);
      if (!resolve_call(reading_.scenario, r.name)) add("", "", r);  // for its complaint
    }
    for (const Reference& r : reading_.references) {
      const auto path = parse_path(r.path);
      if (!path || path->size() < 3) continue;
      const std::string caller = (*path)[1];
      const bool service = (*path)[0] == "service";
      if (!service && (*path)[0] != "client") continue;
      const bool named = service && path->size() > 4 && (*path)[2] == "endpoint";
      const std::string node = service ? node_name(caller, named ? (*path)[3] : std::string()) : "";
      if (r.what == Refers::Endpoint) add(caller, node, r);
      if (r.what != Refers::Policy) continue;
      if (const auto found = fallbacks.find(r.name); found != fallbacks.end()) {
        for (const Reference* target : found->second) add(caller, node, *target);
      }
    }
    for (const auto& [node, calls] : calls_) visit(node);
    return std::move(graph_);
  }

 private:
  void report(const Reference& r, std::string code, std::string message, std::string hint) {
    Diagnostic d = document_.at(r.where, std::move(code), std::move(message), std::move(hint));
    d.path = r.path;
    reading_.diagnostics.push_back(std::move(d));
  }

  void add(const std::string& caller, const std::string& node, const Reference& r) {
    const auto target = resolve_call(reading_.scenario, r.name);
    if (!target) {
      const bool ambiguous = target.error().message.find("endpoints") != std::string::npos;
      report(r, ambiguous ? "E402" : "E401", target.error().message, target.error().hint);
      return;
    }
    if (caller.empty()) return;
    std::string edge = caller + "->" + target->service;
    if (seen_.insert(edge).second) graph_.edges.push_back(std::move(edge));
    if (!node.empty()) calls_[node].push_back({node_name(target->service, target->endpoint), &r});
  }

  // Depth first without recursion: scenarios may be deep.
  void visit(const std::string& start) {
    if (done_[start]) return;
    struct Open {
      std::string node;
      std::size_t next = 0;
    };
    std::vector<Open> path{{start}};
    done_[start] = true;
    while (!path.empty()) {
      const auto calls = calls_.find(path.back().node);
      if (calls == calls_.end() || path.back().next == calls->second.size()) {
        path.pop_back();
        continue;
      }
      const Call& call = calls->second[path.back().next++];
      const auto again =
          std::find_if(path.begin(), path.end(), [&](const Open& o) { return o.node == call.to; });
      if (again != path.end()) {
        std::string circle;
        for (auto o = again; o != path.end(); ++o) circle += o->node + " -> ";
        report(*call.where, "E403", fmt::format("calls go round: {}{}", circle, call.to), "");
      } else if (!done_[call.to]) {
        done_[call.to] = true;
        path.push_back({call.to});
      }
    }
  }

  const Document& document_;
  Reading& reading_;
  CallGraph graph_;
  std::set<std::string> seen_;  // the edges again
  std::map<std::string, std::vector<Call>, std::less<>> calls_;
  std::map<std::string, bool, std::less<>> done_;
};

}  // namespace

Quantity<CallTarget> resolve_call(const Scenario& scenario, std::string_view name) {
  const auto fail = [](std::string message, std::string hint) {
    return tl::make_unexpected(QuantityError{std::move(message), std::move(hint), 0});
  };
  const std::size_t slash = name.find('/');
  const std::string service(name.substr(0, slash));
  const Service* found = find(scenario.services, service);
  if (found == nullptr) {
    const std::vector<std::string> known = names_of(scenario.services);
    std::string hint = did_you_mean(service, std::span<const std::string>(known));
    if (hint.empty() && !known.empty()) hint = fmt::format("there is {}", fmt::join(known, ", "));
    return fail(fmt::format("there is no service {}", toml_quoted(service)), std::move(hint));
  }
  const std::vector<std::string> endpoints = names_of(found->endpoints);
  if (slash == std::string_view::npos) {
    if (endpoints.size() > 1) {
      return fail(fmt::format("{} has several endpoints", service),
                  fmt::format("one of {}/{}", service,
                              fmt::join(endpoints, fmt::format(", {}/", service))));
    }
    return CallTarget{service, endpoints.empty() ? "" : endpoints.front()};
  }
  const std::string endpoint(name.substr(slash + 1));
  if (find(found->endpoints, endpoint) != nullptr) return CallTarget{service, endpoint};
  if (endpoints.empty())
    return fail(fmt::format("{} is written without names for what it does", service),
                fmt::format("call it {}", toml_quoted(service)));
  std::string hint = did_you_mean(endpoint, std::span<const std::string>(endpoints));
  if (hint.empty()) hint = fmt::format("there is {}", fmt::join(endpoints, ", "));
  return fail(fmt::format("{} has no endpoint {}", service, toml_quoted(endpoint)),
              std::move(hint));
}

CallGraph call_graph(const Document& document, Reading& reading) {
  return Walk(document, reading).run();
}

}  // namespace faultline
