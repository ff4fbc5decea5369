#pragma once
// A run that nobody ran: ten minutes of a shop, one fault, with figures that are easy to check.

#include <cmath>
#include <limits>
#include <memory>

#include "gui/run_controller.hpp"

namespace faultline::gui {

inline RunResult synthetic_result(const std::string& variant = "base", int bins = 600) {
  RunResult r;
  r.scenario = "A synthetic shop";
  r.variant = variant;
  r.seed = 7;
  r.duration_s = r.reached_s = bins;
  r.warmup_s = 60;
  r.fingerprint = variant == "base" ? 0x1234 : 0x5678;
  r.ledger.balanced = true;
  ClientSeries client;
  ServiceSeries service;
  SloFigures slo;
  slo.client = "shoppers";
  slo.target = 0.999;
  slo.total = 60'000;
  slo.good = 58'000;
  slo.availability = 0.9667;
  slo.budget_left = -32.3;
  slo.budget = 60;
  slo.covered_s = bins - 60;
  for (int i = 0; i < bins; ++i) {
    const bool bad = i >= 180 && i < 300;
    client.offered.push_back(100);
    client.ok.push_back(bad ? 40 : 100);
    client.failed.push_back(bad ? 60 : 0);
    client.p50_s.push_back(i == 200 ? 0 : 0.010);  // nobody was answered in bin 200
    client.p99_s.push_back(i == 200 ? 0 : bad ? 2.0 : 0.050);
    service.arrivals.push_back(100);
    service.ok.push_back(bad ? 40 : 100);
    service.failed.push_back(bad ? 60 : 0);
    service.utilization.push_back(bad ? 1 : 0.5);
    service.queue.push_back(bad ? 128 : 0);
    service.instances.push_back(4);
    service.busy.push_back(bad ? 64 : 32);
    slo.budget_left_series.push_back(bad ? 0.5 : 1);
    slo.burn_rate_series.push_back(bad ? 600 : 0);
    slo.good_series.push_back(i < 60 ? 0 : client.ok.back());
    slo.bad_series.push_back(bad ? 60 : 0);
  }
  r.client_series = {{"shoppers", client}};
  r.service_series = {{"gateway", service}, {"db", service}};
  EdgeSeries edge;
  edge.calls = edge.attempts = client.offered;
  edge.failed = client.failed;
  r.edge_series = {{"shoppers->gateway", edge}, {"gateway->db", edge}};
  ClientFigures figures;
  figures.errors[static_cast<std::size_t>(Error::Timeout)] = 7200;
  r.clients = {{"shoppers", figures}};
  r.slos = {{"checkout", slo}};
  Judgement j;
  j.metric = "client.shoppers.success_rate";
  j.op = "above";
  j.unit = "share";
  j.bound = 0.99;
  j.observed = 0.4;
  j.windowed = true;
  j.window_from_s = 180;
  j.window_to_s = 300;
  j.verdict = variant == "base" ? Verdict::Fail : Verdict::Pass;
  r.expectations = {j};
  r.timeline = {{180, "fault", "db", "db slower ×20"},
                {182, "breaker", "gateway->db", "breaker closed → open (caller 0)"},
                {300, "fault_end", "db", "db slower ×20 – over"}};
  return r;
}

inline std::shared_ptr<const Scenario> synthetic_scenario() {
  auto scenario = std::make_shared<Scenario>();
  scenario->title = "A synthetic shop";
  scenario->story = "A *story*.";
  scenario->notes = {{milliseconds(180'000), "The database slows down."},
                     {milliseconds(300'000), "It is over."}};
  scenario->variants = {{"calm", {.title = "Nothing happens", .set = {}}}};
  return scenario;
}

}  // namespace faultline::gui
