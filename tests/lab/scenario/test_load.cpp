// Reading whole files: what comes out of them, variants and settings.

#include <fstream>

#include "lab/scenario/load.hpp"
#include "tests/support/catch.hpp"

namespace faultline {
namespace {

const std::string kExample =
    std::string(FAULTLINE_SOURCE_DIR) + "/tests/golden/contract_example.toml";

LoadedScenario example(std::string_view variant = {}, const Settings& settings = {}) {
  auto loaded = load_scenario(kExample, variant, settings);
  if (!loaded) FAIL(render(loaded.error()));
  return std::move(*loaded);
}

std::string complaint(const Settings& settings, std::string_view variant = {}) {
  const auto loaded = load_scenario(kExample, variant, settings);
  REQUIRE_FALSE(loaded);
  return render(loaded.error());
}

bool says(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
  return true;
}

const std::string kSmall =
    "faultline = 1\n"
    "[client.web]\ncalls = \"db\"\nrate = \"10/s\"\n"
    "[service.db]\nthreads = 4\nwork = \"5ms\"\n";

LoadedScenario small(const std::string& more, std::string_view variant = {},
                     const Settings& settings = {}) {
  auto loaded = load_text(kSmall + more, "small.toml", variant, settings);
  if (!loaded) FAIL(render(loaded.error()));
  return std::move(*loaded);
}

}  // namespace

TEST_CASE("the contract's example is read in full", "[scenario]") {
  const LoadedScenario loaded = example();
  const Scenario& s = loaded.scenario;
  CHECK(loaded.variant == "base");
  CHECK(s.title == "Cascade failure");
  CHECK(s.duration == milliseconds(600'000));
  CHECK(s.warmup == milliseconds(60'000));
  CHECK(s.seed == 7);
  REQUIRE(s.clients.size() == 3);
  CHECK(s.clients[0].name == "shoppers");  // the order of the file
  CHECK(s.clients[0].value.rate->per_second == 400);
  REQUIRE(s.clients[0].value.shape.size() == 4);
  CHECK(s.clients[0].value.shape[2].factor == 2.25);
  CHECK(s.clients[1].value.users == 200);
  CHECK(s.clients[2].value.gaps->text() == "gamma(2.5ms, cv=0.5)");
  const Service* gateway = find(s.services, "gateway");
  REQUIRE(gateway != nullptr);
  CHECK(gateway->replicas == 3);
  CHECK(gateway->queue.limit == 256);
  REQUIRE(gateway->endpoints.size() == 1);
  const auto& steps = gateway->endpoints[0].value.steps;
  REQUIRE(steps.size() == 3);
  REQUIRE(steps[2].parallel.size() == 2);
  CHECK(steps[2].parallel[1].call == "reviews");
  CHECK(steps[2].need == 1);
  const PolicySet* internal = find(s.policies, "internal");
  REQUIRE(internal != nullptr);
  // All that the contract's example names: fallback, deadline, retry, hedge, breaker, rate_limit,
  // timeout, bulkhead.
  CHECK(std::count(internal->patterns.begin(), internal->patterns.end(), nullptr) ==
        std::ssize(internal->patterns) - 8);
  REQUIRE(s.links.size() == 1);
  CHECK(s.links[0].value.loss->value == 0.001);
  REQUIRE(s.faults.size() == 1);
  CHECK(s.faults[0].fault->service() == "db");
  CHECK(s.faults[0].lasts == milliseconds(120'000));
  CHECK(s.slos[0].value.window.seconds() == 30 * 86400.0);
  REQUIRE(s.expectations.size() == 1);
  CHECK(s.expectations[0].bound.text == "99%");
  CHECK(s.expectations[0].line > 0);
  CHECK(s.notes[0].at == milliseconds(180'000));
}

TEST_CASE("a variant sets keys; false removes a pattern", "[scenario]") {
  const LoadedScenario bare = example("bare");
  CHECK(bare.variant_title == "No protection");
  REQUIRE(bare.settings.size() == 2);
  CHECK(bare.settings[0].first == "policy.internal.breaker");
  CHECK(bare.settings[0].second == "false");
  int patterns = 0;
  for (const auto& p : find(bare.scenario.policies, "internal")->patterns) patterns += p ? 1 : 0;
  CHECK(patterns == 7);
  says(complaint({}, "bear"), "variants are base, bare");
}

TEST_CASE("settings from outside edit the file as if written so", "[scenario]") {
  const LoadedScenario s =
      example("", {{"service.db.threads", "16"},
                   {"client.shoppers.rate", "600/s"},
                   {"link.\"gateway->orders\".latency", "\"5ms\""},
                   {"link.\"orders->db\".latency", "exp(1ms)"},
                   {"fault.0.factor", "2.5"},
                   {"service.db.work", "4ms"},
                   {"network.latency", "1ms"},
                   {"client.shoppers.shape.1.1", "3"},
                   {"seed", "99"},
                   {"autoscaler.db", "{kind = \"hpa\", max = 4, target = \"80%\"}"},
                   {"note.1", "{ at = \"4min\", text = \"added\" }"}});
  CHECK(find(s.scenario.services, "db")->threads == 16);
  CHECK(s.scenario.clients[0].value.rate->per_second == 600);
  CHECK(s.scenario.clients[0].value.shape[1].factor == 3);
  CHECK(find(s.scenario.links, "gateway->orders")->latency->text() == "5ms");
  CHECK(find(s.scenario.links, "orders->db")->latency->text() == "exp(1ms)");
  CHECK(find(s.scenario.services, "db")->work->text() == "4ms");
  CHECK(s.scenario.network.latency->text() == "1ms");
  CHECK(s.scenario.seed == 99);
  CHECK(s.scenario.autoscalers.size() == 1);
  CHECK(s.scenario.notes.size() == 2);
  CHECK(s.settings[1] == std::pair<std::string, std::string>("client.shoppers.rate", "\"600/s\""));
  // What is reported can be given again, with the same result.
  CHECK(example("", s.settings).settings == s.settings);
}

TEST_CASE("settings go inside what is written in short", "[scenario]") {
  const LoadedScenario s =
      small("[policy.p]\ntimeout = \"1s\"\nretry = { attempts = 3, budget = \"20%\" }\n", "",
            {{"policy.p.retry.budget.ttl", "5s"},
             {"policy.p.timeout.after", "2s"},
             {"policy.p.breaker.window", "50"}});
  const PolicySet* p = find(s.scenario.policies, "p");
  int patterns = 0;
  for (const auto& pattern : p->patterns) {
    patterns += pattern ? 1 : 0;
    if (pattern && pattern->try_timeout()) CHECK(*pattern->try_timeout() == milliseconds(2000));
  }
  CHECK(patterns == 3);
  const LoadedScenario one =
      small("[service.b]\nthreads = 1\n[service.b.endpoint.only]\nsteps = [{ work = \"5ms\" }]\n",
            "", {{"service.b.work", "7ms"}});
  CHECK(find(one.scenario.services, "b")->endpoints[0].value.steps[0].work->text() == "7ms");
}

TEST_CASE("settings that can't be are refused", "[scenario]") {
  says(complaint({{"service.dbs.threads", "4"}}), "did you mean \"db\"?");
  says(complaint({{"service.db.thread", "4"}}), "did you mean \"threads\"?");
  says(complaint({{"servce.db.threads", "4"}}), "did you mean \"service\"?");
  says(complaint({{"fault.1.factor", "4"}}), "there is no fault.1");
  says(complaint({{"fault.first.factor", "4"}}), "should be a number");
  says(complaint({{"service.db.threads", "many"}}), "--set: error[E301]");
  says(complaint({{"service.db.threads", "0"}}), "at least 1");
  says(complaint({{"client.shoppers.rate", "600"}}), "write \"600/s\"");
  says(complaint({{"policy.internal.breaker.min_calls", "200"}}),
       "   | policy.internal.breaker.min_calls=200\n   | ^");
  says(complaint({{"link.\"db->orders\".latency", "1ms"}}), "there is no link \"db->orders\"");
  says(complaint({{"link.gateway->orders.latency", "1ms"}}), "in quotes");
  says(complaint({{"title", "\"open"}}), "not TOML");
  says(complaint({{"title", ""}}), "set to nothing");
  says(complaint({{"faultline", "1"}}), "can't be set");
  CHECK_FALSE(split_setting("no equals sign"));
  CHECK(split_setting("link.\"a=b\".x = \"1=2\"")->second == "\"1=2\"");
}

TEST_CASE("a shorter duration from outside doesn't forbid what comes later", "[scenario]") {
  CHECK(example("", {{"duration", "2min"}}).scenario.duration == milliseconds(120'000));
}

TEST_CASE("variants with equal settings know of each other", "[scenario]") {
  const std::string more =
      "[variant.a]\nset = { \"service.db.threads\" = 8 }\n"
      "[variant.b]\ntitle = \"B\"\n[variant.b.set]\nservice.db.threads = 8\n"
      "[variant.c]\nset = { service.db.threads = 4 }\n";
  CHECK(small(more, "a").also_called == std::vector<std::string>{"b"});
  CHECK(small(more, "c").also_called == std::vector<std::string>{"base"});
  CHECK(find(small(more, "b").scenario.services, "db")->threads == 8);
}

TEST_CASE("expectations are checked for the variant that they are about", "[scenario]") {
  const std::string more =
      "[variant.scaled.set]\n"
      "autoscaler.db = { kind = \"hpa\", max = 4, target = \"80%\" }\n"
      "[[expect]]\nmetric = \"autoscaler.db.instances_mean\"\nvariant = \"scaled\"\nabove = 1\n";
  CHECK(small(more).scenario.autoscalers.empty());
  CHECK(small(more, "scaled").scenario.autoscalers.size() == 1);
}

TEST_CASE("texts may be in several languages", "[scenario]") {
  const LoadedScenario table =
      small("[[note]]\nat = \"1s\"\ntext = { en = \"look\", fr = \"voyez\" }\n");
  CHECK(table.scenario.notes[0].text == "look");
  REQUIRE(table.translations.size() == 2);
  CHECK(table.translations[1].path == "note.0.text");
  CHECK(table.translations[1].language == "fr");
  const auto head = load_text(
      "faultline = 1\nstory.en = \"A\"\nstory.fr = \"B\"\ntitle = \"T\"\n\"title.fr\" = \"U\"\n" +
          kSmall.substr(kSmall.find('[')),
      "x.toml");
  REQUIRE(head);
  CHECK(head->scenario.story == "A");
  CHECK(head->scenario.title == "T");
  CHECK(head->translations.size() == 3);
}

TEST_CASE("an author's own keys are left alone", "[scenario]") {
  small("x-owner = \"me\"\n[x-notes]\nanything = 1\n[service.x-not-a-service]\nfoo = 1\n");
}

}  // namespace faultline
