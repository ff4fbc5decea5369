// The codes of all diagnostics, for `faultline explain CODE`.

#include <array>

#include "lab/scenario/diagnostic.hpp"

namespace faultline {

std::span<const DiagnosticCode> diagnostic_codes() {
  static constexpr auto kCodes = std::to_array<DiagnosticCode>({
      {"E101", "the text is not TOML",
       "A scenario is a TOML file (https://toml.io). The parser stops at the first place that is "
       "not TOML, so this error comes alone. Usual causes: a missing quote or bracket, the same "
       "key or table twice, a dimension without quotes (`timeout = 500ms` must be "
       "`timeout = \"500ms\"`), or a translation beside a plain text (write "
       "`story = { en = \"…\", fr = \"…\" }`)."},
      {"E102", "the file can't be read",
       "It doesn't exist, isn't a regular file, or may not be read by you. `-` is standard "
       "input."},
      {"E103", "the file is too large",
       "A scenario has at most 10 MB: it is written by people for people. Measured values belong "
       "in a file of their own, used as `empirical(\"file.csv\")`."},
      {"E104", "the text is not UTF-8",
       "TOML files are UTF-8. Save the file in that encoding (without a UTF-16 mark at the "
       "beginning)."},
      {"E105", "a newer scenario language",
       "`faultline = N` names the version of the language. This file needs a newer Faultline; "
       "nothing else in it was looked at."},
      {"E201", "an unknown key or table",
       "Keys are never ignored, because a mistyped one would silently leave the default in force. "
       "Notes of your own go under keys that begin with `x-`."},
      {"E202", "an unknown word", "This key takes one of a few words; the message lists them."},
      {"E203", "an unknown kind",
       "`kind` (or `strategy`) chooses what the table describes, and so which other keys it may "
       "have. `faultline explain KIND` lists the keys of one."},
      {"E204", "a malformed name",
       "Names begin with a letter and go on with letters, digits, `_` and `-`. Links are named "
       "`\"caller->callee\"`, in quotes."},
      {"E205", "a reserved name",
       "The scenario as written is the variant `base`; no variant may be called so."},
      {"E301", "the wrong type of value",
       "For example text where a number is due, or a single `[fault]` where `[[fault]]` adds one "
       "to a list."},
      {"E302", "a bare number where a dimension is due",
       "Times, rates, shares, sizes and CPU are written with their unit, in quotes: `\"50ms\"`, "
       "`\"400/s\"`, `\"5%\"`, `\"64MiB\"`, `\"500m\"`. Counts and factors are bare numbers."},
      {"E303", "a malformed quantity",
       "Times: ns us ms s min h d, compound from large to small (`\"1h30min\"`). Rates: "
       "`\"1.2k/s\"`. Shares: `\"99.9%\"`. Distributions: `\"exp(8ms)\"`, "
       "`\"lognormal(3ms, cv=0.5)\"`."},
      {"E304", "a value out of range",
       "The message says the limit. Values are never clamped to fit."},
      {"E305", "a required key is missing", "The table means nothing without it."},
      {"E306", "settings that don't fit together",
       "Each value is possible by itself, but not together with the others of its table."},
      {"E401", "a name that doesn't exist",
       "A client, service, endpoint, policy, cache or variant is referred to, but the scenario has "
       "none of that name."},
      {"E402", "a service with several endpoints",
       "A service alone can be called only if it has exactly one endpoint; else write "
       "`service/endpoint`."},
      {"E403", "calls that go round in a circle",
       "An endpoint that calls itself, directly or through others, would never answer."},
      {"E404", "a link that nobody uses",
       "A link exists where a client or service calls a service: `\"caller->callee\"`."},
      {"E405", "a malformed metric",
       "`<client|service|edge|slo|rollout|autoscaler>.<name>[.endpoint.<e>|.version.<v>].<field>`, "
       "with the names of edges in quotes: `edge.\"orders->db\".amplification`."},
      {"E406", "a bound without the metric's unit",
       "Rates of success and utilizations are shares (`\"99%\"`), latencies and recovery are times "
       "(`\"200ms\"`), counts and factors are bare numbers."},
      {"E407", "a time outside the run",
       "The run lasts for `duration`; what lies after its end would never happen."},
      {"E408", "too large to run",
       "The scenario asks for more requests or instances than a simulation can carry out; the "
       "message says how many, and the limit."},
      {"E409", "nobody asks anything", "A scenario needs at least one `[client.NAME]`."},
      {"E410", "a malformed history",
       "What came before the run is written as a time and the share of good requests in it: "
       "`history = \"29d at 99.95%\"`."},
      {"E411", "time would stand still",
       "Something repeats without any time passing, so the run would never reach its end."},
      {"E412", "too many variants", "A file has at most 200: each is read and checked with it."},
      {"E413", "users where there are none",
       "A limit per user and a fair queue tell users apart: some client needs a `population`, or "
       "there would be one user."},
      {"E501", "a malformed setting",
       "A setting is `KEY=VALUE`: a dotted key (`link.\"a->b\".latency`, `fault.0.factor`) and a "
       "TOML value. On the command line a word that isn't TOML, such as `600/s`, is taken as "
       "text."},
      {"E502", "a setting for something that doesn't exist",
       "Settings change what the scenario has. They add a client, service, policy or cache only as "
       "a whole table (`\"cache.new\" = { ttl = \"1s\" }`)."},
      {"E503", "a setting inside something that holds no keys",
       "The key goes on below a plain value, or a list is addressed by something else than a "
       "number (counted from 0)."},
      {"E504", "an unknown variant", "The message lists the variants of the scenario."},
      {"E505", "a setting that may not be changed",
       "`faultline` (the version) and `variant` itself can't be set by a variant or from outside."},
      {"E506", "a sweep that can't be run",
       "An axis needs values, a grid needs points, and there is a limit to how many. The message "
       "says which; `faultline sweep plan` shows what would be run."},
  });
  return kCodes;
}

}  // namespace faultline
