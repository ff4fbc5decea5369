// The keys of links, and of what an endpoint does to the world.

#include <array>

#include "lab/scenario/scenario.hpp"

namespace faultline {
namespace {

constexpr std::array<std::string_view, 2> kInFlight = {"conflict", "race"};
constexpr std::array<std::string_view, 3> kConnections = {"fresh", "pooled", "shared"};

}  // namespace

void KeyStore::describe(Binder& b) {
  b.field({.key = "ttl", .help = "How long an answer is kept.", .min = 0, .above_min = true}, ttl);
  b.choice({.key = "in_flight",
            .help = "A second try while the first is under way: turned away (409), or let through "
                    "because the store only knows what is done."},
           in_flight, kInFlight);
  b.field({.key = "keeps_errors", .help = "An error is kept and answered again, too."},
          keeps_errors);
}

void EndpointEffects::describe(Binder& b) {
  b.field({.key = "idempotent",
           .help = "Whether doing it twice does no harm; if not, callers retry only what is safe, "
                   "and `duplicates` counts what was done twice."},
          idempotent);
  b.table({.key = "idempotency_keys",
           .help = "A store of answers by operation: every try bears the key of what the client "
                   "wanted, and is done once.",
           .fallback = "none"},
          keys);
  b.field({.key = "request_size",
           .help = "Of a request on a link with a bandwidth.",
           .min = 0,
           .fallback = "0B"},
          request);
  b.field({.key = "response_size",
           .help = "Of an answer on a link with a bandwidth.",
           .min = 0,
           .fallback = "0B"},
          response);
}

void Connections::describe(Binder& b) {
  b.shorthand("kind");
  b.choice({.key = "kind",
            .help = "A fresh one for each try; pooled: kept after an answer, one try at a time "
                    "(HTTP/1.1); shared: one that carries all (HTTP/2)."},
           kind, kConnections);
  b.field({.key = "tls",
           .help = "Round trips to agree on keys, after the one to connect.",
           .min = 0,
           .max = 10},
          tls);
  b.field({.key = "keep_alive", .help = "An idle one is closed after this.", .min = 0}, keep_alive);
  b.field({.key = "most_idle",
           .help = "Idle ones that a caller's instance keeps to each instance.",
           .min = 0,
           .max = 1e6,
           .fallback = "unbounded"},
          most_idle);
}

void Dns::describe(Binder& b) {
  b.field({.key = "lookup", .help = "What looking the name up takes."}, lookup);
  b.field({.key = "ttl", .help = "How long a caller's instance remembers the answer.", .min = 0},
          ttl);
  b.field({.key = "stale_for",
           .help = "So long an expired answer will do when the lookup fails.",
           .min = 0},
          stale_for);
  b.field({.key = "gives_up", .help = "A lookup that fails takes so long.", .min = 0}, gives_up);
}

void Link::describe(Binder& b) {
  b.field({.key = "latency", .help = "Of a message, one way; any distribution.", .fallback = "0s"},
          latency);
  b.field({.key = "bandwidth",
           .help = "Bytes a second each way; messages stand in line for it.",
           .min = 0,
           .above_min = true,
           .fallback = "unlimited"},
          bandwidth);
  b.table({.key = "connections",
           .help = "How callers get their connections.",
           .fallback = "always there, at no cost"},
          connections);
  b.table(
      {.key = "dns", .help = "Callers look the callee's name up.", .fallback = "known, at no cost"},
      dns);
  b.field({.key = "loss", .help = "Share of messages lost.", .min = 0, .max = 1, .fallback = "0%"},
          loss);
  b.field({.key = "retransmit",
           .help = "What a loss costs; 0s: the message is lost for good.",
           .min = 0,
           .fallback = "200ms"},
          retransmit);
  b.field({.key = "unreachable_after",
           .help = "A caller without a timeout learns after this that nothing gets through.",
           .min = 0,
           .above_min = true,
           .fallback = "127s"},
          unreachable_after);
  b.field({.key = "cross_zone",
           .help = "What a message between two zones takes besides, one way.",
           .fallback = "0s"},
          cross_zone);
}

}  // namespace faultline
