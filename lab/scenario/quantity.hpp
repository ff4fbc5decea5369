#pragma once
// The dimensions of a scenario file, read from their text and written back: "1h30min", "1.2k/s",
// "99.9%", "64MiB", "500m", "lognormal(3ms, cv=0.5)". Reading is strict: the whole text must be the
// quantity, without spaces, sign or exponent; nothing is rounded or clamped to fit. An error says
// what is wrong, where (offset in bytes), and how to write it, when that can be guessed.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/distribution.hpp"
#include "sim/time.hpp"

namespace faultline {

struct QuantityError {
  std::string message;     // "unknown unit of time \"m\""
  std::string hint;        // "minutes are \"min\"", or empty
  std::size_t offset = 0;  // of the mistake in the text, in bytes
};

template <class T>
using Quantity = tl::expected<T, QuantityError>;

// Whole nanoseconds, 0 to 285 years. Units ns us µs ms s min h d; compound from large to small.
Quantity<Duration> parse_duration(std::string_view text);

// Per second, finite, ≥ 0: a number, k or M or neither, "/", and one of ms s min h d.
Quantity<double> parse_rate(std::string_view text);

// "5%" is 0.05. At least 0; whether it may exceed 1 is for the caller to say.
Quantity<double> parse_share(std::string_view text);

// Whole bytes, below 2^63. Units B kB MB GB TB and KiB MiB GiB TiB.
Quantity<std::int64_t> parse_size(std::string_view text);

// Whole bytes a second: a size, and "/s".
Quantity<std::int64_t> parse_bandwidth(std::string_view text);

// Cores: "500m" is 0.5, "2" is 2.
Quantity<double> parse_cpu(std::string_view text);

// Any distribution of contract.md §1.3. The files of empirical("…") are looked up in `directory`;
// their form is described in empirical.hpp.
Quantity<Distribution> parse_distribution(std::string_view text,
                                          const std::filesystem::path& directory = {});

// For people: the largest unit that leaves at least 1, up to 4 significant digits ("1.5h",
// "3.142ms").
std::string format_duration(Duration d);
std::string format_rate(double per_second);   // "400/s", "1.2k/s", "30/min"
std::string format_share(double share);       // "99.95%", up to 6 significant digits
std::string format_size(std::int64_t bytes);  // "64MiB", up to 4 significant digits

}  // namespace faultline
