#include "lab/scenario/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lab/scenario/calls.hpp"
#include "lab/scenario/metric.hpp"
#include "lab/scenario/override.hpp"
#include "lab/scenario/quantity.hpp"
#include "lab/scenario/suggest.hpp"

namespace faultline {
namespace {

using Path = std::vector<std::string>;

constexpr std::array<std::string_view, 5> kComparisons = {"above", "below", "at_least", "at_most",
                                                          "equals"};

class Checker {
 public:
  Checker(const Document& document, Reading& reading, const std::string& variant)
      : document_(document), reading_(reading), scenario_(reading.scenario), variant_(variant) {}

  void run() {
    if (scenario_.clients.empty())
      report({}, "E409", "nobody asks anything: there is no client", "add a [client.NAME]");
    edges_ = call_graph(document_, reading_).edges;
    // Copied, because what is found is added beside them.
    const std::vector<Reference> references = reading_.references;
    for (const Reference& r : references) check_reference(r);
    for (std::size_t i = 0; i < scenario_.expectations.size(); ++i) check_bound(i);
    check_rollout_names();
    check_cohorts();
    check_histories();
    check_users();
    // A duration from outside shortens the run on purpose; one that couldn't be read says nothing.
    if (locate(document_.root, {"duration"}).setting < 0 && !wrong("duration")) check_times();
    check_size();
  }

 private:
  void report(const Path& path, std::string code, std::string message, std::string hint = {}) {
    report(locate(document_.root, path), join_path(path), std::move(code), std::move(message),
           std::move(hint));
  }
  void report(const Position& where, std::string path, std::string code, std::string message,
              std::string hint) {
    Diagnostic d = document_.at(where, std::move(code), std::move(message), std::move(hint));
    d.path = std::move(path);
    reading_.diagnostics.push_back(std::move(d));
  }

  bool wrong(std::string_view path) const {
    return std::any_of(reading_.diagnostics.begin(), reading_.diagnostics.end(),
                       [&](const Diagnostic& d) { return d.path == path; });
  }

  bool is_judged(const Expectation& e) const {
    return e.variant == "*" || e.variant == variant_ || (e.variant.empty() && variant_ == "base");
  }

  // --- names

  template <class T>
  static Path names_of(const std::vector<Named<T>>& all) {
    Path names;
    for (const auto& entry : all) names.push_back(entry.name);
    return names;
  }

  Path zones() const {
    Path names;
    for (const auto& service : scenario_.services)
      names.insert(names.end(), service.value.zones.begin(), service.value.zones.end());
    return names;
  }

  void must_be_one_of(const Reference& r, const Path& known, std::string_view what,
                      std::string code = "E401") {
    if (std::find(known.begin(), known.end(), r.name) != known.end()) return;
    std::string hint = did_you_mean(r.name, std::span<const std::string>(known));
    if (hint.empty())
      hint = known.empty() ? fmt::format("there is no {} at all", what)
                           : fmt::format("there is {}", fmt::join(known, ", "));
    report(r.where, r.path, std::move(code),
           fmt::format("there is no {} {}", what, toml_quoted(r.name)), std::move(hint));
  }

  void check_reference(const Reference& r) {
    // The gates of a rollout compare with versions, not variants.
    if (r.what == Refers::Variant && r.path.starts_with("rollout.")) return;
    switch (r.what) {
      case Refers::Client:
        return must_be_one_of(r, names_of(scenario_.clients), "client");
      case Refers::Service:
        return must_be_one_of(r, names_of(scenario_.services), "service");
      case Refers::Policy:
        return must_be_one_of(r, names_of(scenario_.policies), "policy");
      case Refers::Zone:
        return must_be_one_of(r, zones(), "zone");
      case Refers::Cache:
        return must_be_one_of(r, names_of(scenario_.caches), "cache");
      case Refers::Link:
        return must_be_one_of(r, edges_, "link", "E404");
      case Refers::Variant: {
        if (r.name == "*" && r.path.ends_with(".variant")) return;
        Path known = names_of(scenario_.variants);
        known.insert(known.begin(), "base");
        return must_be_one_of(r, known, "variant");
      }
      case Refers::Metric:
        return check_metric(r);
      case Refers::Endpoint:  // call_graph() has
      case Refers::Instance:
      case Refers::Nothing:
        return;
    }
  }

  // --- expectations

  void check_metric(const Reference& r) {
    const auto path = parse_path(r.path);
    if (!path || path->size() != 3 || (*path)[0] != "expect") return;
    const auto& expectation = scenario_.expectations[std::stoul((*path)[1])];
    if (!is_judged(expectation)) return;
    const auto metric = parse_metric(r.name);
    if (!metric) {
      Position where = r.where;
      const auto offset = static_cast<int>(metric.error().offset);
      if (where.length == static_cast<int>(r.name.size()) + 2 && offset < where.length - 2) {
        where.column += offset + 1;
        where.length -= offset + 2;
      }
      return report(where, r.path, "E405", metric.error().message, metric.error().hint);
    }
    Reference named = r;
    named.name = metric->name;
    switch (metric->of) {
      case MetricOf::Client:
        return must_be_one_of(named, names_of(scenario_.clients), "client");
      case MetricOf::Service:
        must_be_one_of(named, names_of(scenario_.services), "service");
        return check_endpoint(named, *metric);
      case MetricOf::Edge:
        return must_be_one_of(named, edges_, "edge", "E404");
      case MetricOf::Slo:
        return must_be_one_of(named, names_of(scenario_.slos), "slo");
      case MetricOf::Rollout:
        return must_be_one_of(named, rollout_names(), "rollout");
      case MetricOf::Autoscaler:
        return must_be_one_of(named, names_of(scenario_.autoscalers), "autoscaler");
      case MetricOf::Cache:
        return must_be_one_of(named, names_of(scenario_.caches), "cache");
    }
  }

  void check_endpoint(Reference r, const Metric& metric) {
    const Service* service = find(scenario_.services, metric.name);
    if (service == nullptr || metric.endpoint.empty()) return;
    r.name = metric.endpoint;
    must_be_one_of(r, names_of(service->endpoints), "endpoint");
  }

  void check_bound(std::size_t i) {
    const Expectation& e = scenario_.expectations[i];
    if (!is_judged(e) || e.bound.text.empty()) return;
    const auto metric = parse_metric(e.metric);
    if (!metric) return;
    const auto bound = parse_bound(metric->unit, e.bound.text);
    if (bound) return;
    const std::string word(kComparisons[static_cast<std::size_t>(e.comparison)]);
    report({"expect", std::to_string(i), word}, "E406",
           fmt::format("{}: {}", metric->field, bound.error().message), bound.error().hint);
  }

  Path rollout_names() const {
    Path names;
    for (const Rollout& r : scenario_.rollouts)
      names.push_back(r.name.empty() ? r.service : r.name);
    return names;
  }

  void check_rollout_names() {
    const Path names = rollout_names();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const Path path{"rollout", std::to_string(i), "name"};
      if (!names[i].empty() && !is_name(names[i]))
        report(path, "E204", fmt::format("{} is no name", toml_quoted(names[i])));
      if (std::find(names.begin(), names.begin() + static_cast<long>(i), names[i]) !=
          names.begin() + static_cast<long>(i))
        report(path, "E306", fmt::format("two rollouts are called {}", names[i]),
               "give one of them a `name`");
    }
  }

  void check_cohorts() {
    for (std::size_t i = 0; i < scenario_.rollouts.size(); ++i) {
      const Rollout& rollout = scenario_.rollouts[i];
      if (!rollout.config) continue;
      for (const std::string& caller : rollout.config->callers()) {
        const std::string edge = caller + "->" + rollout.service;
        if (std::find(edges_.begin(), edges_.end(), edge) != edges_.end()) continue;
        report({"rollout", std::to_string(i), "steps"}, "E404",
               fmt::format("{} does not call {}", caller, rollout.service),
               "a cohort is a client or service that calls the service itself");
      }
    }
  }

  void check_histories() {
    for (const auto& [name, slo] : scenario_.slos) {
      if (!slo.history) continue;
      const auto history = parse_history(*slo.history);
      if (!history)
        report({"slo", name, "history"}, "E410", history.error().message, history.error().hint);
    }
  }

  // --- users

  // What tells users apart needs some, and a tier that somebody is of.
  void check_users() {
    Path tiers;
    bool users = false;
    for (const auto& [name, client] : scenario_.clients) {
      if (!client.population) continue;
      users = true;
      for (const TierEntry& tier : client.population->tiers) tiers.push_back(tier.name);
    }
    const auto check = [&](const Path& path, const Path& known) {
      if (!users)
        report(path, "E413", "users are told apart, and no client has any",
               "give a client a `population`");
      for (const std::string& tier : known) {
        if (std::find(tiers.begin(), tiers.end(), tier) != tiers.end()) continue;
        Path whole = path;
        whole.insert(whole.end(), {"tiers", tier});
        report(whole, "E401", fmt::format("no user is of a tier {}", toml_quoted(tier)),
               did_you_mean(tier, std::span<const std::string>(tiers)));
      }
    };
    for (const auto& [name, set] : scenario_.policies) {
      const auto kinds = policy_kinds();
      for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (set.patterns[i] && set.patterns[i]->needs_users())
          check({"policy", name, std::string(kinds[i].name)}, set.patterns[i]->tiers());
      }
    }
    for (const auto& [name, service] : scenario_.services) {
      if (service.queue.discipline == Discipline::Fair)
        check({"service", name, "queue", "discipline"}, {});
      if (service.door.rate_limit && service.door.rate_limit->per_user)
        check({"service", name, "door", "rate_limit"}, service.door.rate_limit->tier_names());
    }
  }

  // --- times

  void within_run(const Path& path, Duration at) {
    if (at <= scenario_.duration) return;
    report(path, "E407",
           fmt::format("{} is after the end of the run, which lasts {}", format_duration(at),
                       format_duration(scenario_.duration)));
  }

  void check_times() {
    for (std::size_t i = 0; i < scenario_.faults.size(); ++i)
      within_run({"fault", std::to_string(i), "at"}, scenario_.faults[i].at);
    for (std::size_t i = 0; i < scenario_.rollouts.size(); ++i)
      within_run({"rollout", std::to_string(i), "at"}, scenario_.rollouts[i].at);
    for (std::size_t i = 0; i < scenario_.notes.size(); ++i)
      within_run({"note", std::to_string(i), "at"}, scenario_.notes[i].at);
    for (const auto& [name, client] : scenario_.clients) {
      if (client.starts) within_run({"client", name, "starts"}, *client.starts);
    }
    for (std::size_t i = 0; i < scenario_.expectations.size(); ++i) {
      const Expectation& e = scenario_.expectations[i];
      if (!is_judged(e) || !e.window) continue;
      within_run({"expect", std::to_string(i), "window"}, e.window->second);
    }
  }

  // --- size

  void check_size() {
    double requests = 0;
    std::int64_t callers = 0, instances = 0;
    for (const auto& [name, client] : scenario_.clients) {
      const double more = requests_of(name, client);
      requests += more;
      if (more > kMostRequests || (requests > kMostRequests && requests - more <= kMostRequests)) {
        const char* key = client.rate ? "rate" : client.users ? "users" : "gaps";
        report({"client", name, key}, "E408",
               fmt::format("about {:.2g} requests in {} are more than a run can carry out",
                           requests, format_duration(scenario_.duration)),
               fmt::format("at most {:.0e} in all", kMostRequests));
      }
      callers += client.instances;
      if (callers > kMostInstances && callers - client.instances <= kMostInstances)
        too_many({"client", name, "instances"}, callers);
    }
    for (const auto& [name, service] : scenario_.services) {
      instances += service.replicas;
      if (instances > kMostInstances && instances - service.replicas <= kMostInstances)
        too_many({"service", name, "replicas"}, instances);
    }
  }

  void too_many(const Path& path, std::int64_t count) {
    report(path, "E408",
           fmt::format("{} instances in all are more than a run can carry out", count),
           fmt::format("at most {}", kMostInstances));
  }

  double requests_of(const std::string& name, const Client& client) {
    const double run = scenario_.duration.seconds();
    const auto batch = static_cast<double>(client.batch);
    if (client.rate) {
      double most = client.shape.empty() ? 1 : 0;
      for (const ShapeEntry& point : client.shape) most = std::max(most, point.factor);
      return client.rate->per_second * most * run * batch;
    }
    if (client.gaps) {
      if (client.gaps->mean() > 0) return run / client.gaps->mean() * batch;
      if (!wrong(fmt::format("client.{}.gaps", name)))
        report({"client", name, "gaps"}, "E411", "no time passes between arrivals",
               "the mean of gaps must be above 0s");
      return 0;
    }
    // How long an answer takes isn't known here; thinking alone bounds the pace.
    if (client.users && client.think.mean() > 0)
      return static_cast<double>(*client.users) * run / client.think.mean();
    return 0;
  }

  const Document& document_;
  Reading& reading_;
  const Scenario& scenario_;
  const std::string& variant_;
  Path edges_;
};

}  // namespace

void check(const Document& document, Reading& reading, const std::string& variant) {
  Checker(document, reading, variant).run();
}

}  // namespace faultline
