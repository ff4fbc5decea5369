// Single requests in a result: the slowest and the failed of a stretch, the steps of one.

#include "lab/run/recorder.hpp"

namespace faultline {

void Recorder::write_requests(RunResult& r) const {
  r.trace = world_.trace();
  for (const TraceStep& step : world_.steps()) {
    const std::string& edge = world_.spec().edges[step.edge].name;
    const auto arrow = edge.find("->");
    TracePoint point;
    point.t_s = step.at.seconds();
    point.due_s = step.due.seconds();
    point.waited_s = step.told.waited.seconds();
    point.call = step.call;
    point.parent = step.parent;
    point.attempt = step.told.attempt;
    point.parent_attempt = step.parent_attempt;
    point.instance = step.told.instance;
    point.kind = step.told.kind;
    point.error = step.told.error;
    point.caller = edge.substr(0, arrow);
    point.callee = arrow == std::string::npos ? "" : edge.substr(arrow + 2);
    point.sentence = step.sentence;
    r.steps.push_back(std::move(point));
  }
  if (!world_.watch()) return;
  RequestWatch& watch = *world_.watch();
  watch.close(world_.now());
  const auto named = [&](const std::vector<WatchedRequest>& all) {
    std::vector<WatchedFigures> out;
    for (const WatchedRequest& one : all)
      out.push_back({one.number, world_.spec().clients[one.client].name, one.due.seconds(),
                     one.took.seconds(), one.error, one.ended, one.degraded});
    return out;
  };
  r.watched.answers = watch.answers();
  r.watched.failures = watch.failures();
  r.watched.slowest = named(watch.answered());
  r.watched.failed = named(watch.failed());
}

}  // namespace faultline
