#pragma once
// Running a scenario of a few lines. Whatever a test is about, the ledger must balance.

#include <optional>
#include <string>
#include <string_view>

#include "lab/run/run.hpp"
#include "lab/scenario/load.hpp"
#include "tests/support/catch.hpp"

namespace faultline {

using Result = std::shared_ptr<const RunResult>;

inline Result run_text(const std::string& text, std::optional<std::uint64_t> traced = {}) {
  const auto loaded = load_text("faultline = 1\n" + text, "test.toml");
  INFO(text);
  if (!loaded) {
    INFO(render(loaded.error()));
    REQUIRE(loaded);
  }
  RunOptions options;
  options.trace_request = traced;
  Result result = run(loaded->scenario, options);
  REQUIRE(result->ledger.balanced);
  return result;
}

// The errors that reading `text` gives; empty if it can be read.
inline std::string refusal(const std::string& text) {
  const auto loaded = load_text("faultline = 1\n" + text, "test.toml");
  return loaded ? std::string{} : render(loaded.error());
}

template <class T>
const T& named(const std::vector<Named<T>>& all, std::string_view name) {
  for (const auto& entry : all) {
    if (entry.name == name) return entry.value;
  }
  FAIL("nothing is named " << name);
  return all.front().value;
}

inline const ClientFigures& client(const Result& r, std::string_view name = "c") {
  return named(r->clients, name);
}
inline const ServiceFigures& service(const Result& r, std::string_view name = "s") {
  return named(r->services, name);
}
inline const EdgeFigures& edge(const Result& r, std::string_view name = "c->s") {
  return named(r->edges, name);
}
inline std::uint64_t errors(const ClientFigures& c, Error e) {
  return c.errors[static_cast<std::size_t>(e)];
}

// The instants (seconds) at which something of a kind was told, with a word in it.
inline std::vector<double> moments(const Result& r, std::string_view kind,
                                   std::string_view word = "") {
  std::vector<double> at;
  for (const Moment& m : r->timeline) {
    if (m.kind == kind && m.what.find(word) != std::string::npos) at.push_back(m.t_s);
  }
  return at;
}

// Whether the traced request's story has a line with both.
inline bool traced(const Result& r, std::string_view when, std::string_view what) {
  for (const std::string& line : r->trace) {
    if (line.find(when) != std::string::npos && line.find(what) != std::string::npos) return true;
  }
  return false;
}

// A client that asks `n` times at the start, and never again.
inline std::string once(std::string_view name, std::string_view calls, int n = 1,
                        std::string_view more = "") {
  return "[client." + std::string(name) + "]\ncalls = \"" + std::string(calls) +
         "\"\ngaps = \"1000h\"\nat_start = " + std::to_string(n) + "\n" + std::string(more) + "\n";
}
// A client that asks once, so many milliseconds after the start.
inline std::string once_at(std::string_view name, std::string_view calls, int ms,
                           std::string_view more = "") {
  return "[client." + std::string(name) + "]\ncalls = \"" + std::string(calls) + "\"\ngaps = \"" +
         std::to_string(ms) + "ms\"\nstops = \"" + std::to_string(ms + 1) + "ms\"\n" +
         std::string(more) + "\n";
}
// A service with one step of constant work.
inline std::string works(std::string_view name, std::string_view threads, std::string_view work,
                         std::string_view more = "") {
  return "[service." + std::string(name) + "]\nthreads = " + std::string(threads) + "\nwork = \"" +
         std::string(work) + "\"\n" + std::string(more) + "\n";
}

}  // namespace faultline
