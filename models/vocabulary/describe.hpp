#pragma once
// One description of every setting. A struct of options has `void describe(Binder&)`, which names
// each field once with its range and a sentence; its initial value is the default. From that alone
// come reading with diagnostics, the reference, the JSON Schema, `faultline explain`, and the
// desktop's forms: each is a Binder.

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/distribution.hpp"
#include "sim/time.hpp"

namespace faultline {

struct Share {
  double value = 0;
};  // 0 … 1, written "5%"
struct Rate {
  double per_second = 0;
};  // written "400/s"
struct Bytes {
  std::int64_t value = 0;
};  // written "64MiB"
struct ByteRate {
  double per_second = 0;
};  // bytes, written "10MB/s"
struct Cores {
  double value = 0;
};  // written "500m" or "2"

// A stretch of history: so many calls, or so long.
struct Window {
  std::int64_t count = 100;
  Duration time{0};
  bool time_based() const { return time.ns > 0; }
};

// How long before a second attempt: a time, or a quantile of the caller's own latencies ("p95").
struct Patience {
  Duration time{0};
  double quantile = 0;  // 0: `time` holds
};

// How many of a set: all, a number, or a share (rounded up).
struct Portion {
  std::optional<std::int64_t> count;
  std::optional<double> share;
  std::int64_t of(std::int64_t all) const {
    if (count) return *count < all ? *count : all;
    if (!share) return all;
    const double exact = *share * static_cast<double>(all);
    const auto whole = static_cast<std::int64_t>(exact);
    return whole + (static_cast<double>(whole) < exact ? 1 : 0);
  }
};

// What a name refers to, so that the checks can tell whether it exists.
enum class Refers : std::uint8_t {
  Nothing,
  Client,
  Service,
  Endpoint,
  Policy,
  Link,
  Cache,
  Metric,
  Variant,
  Instance,
  Zone
};

struct Field {
  std::string_view key;
  std::string_view help;  // one sentence
  double min =
      -std::numeric_limits<double>::infinity();  // in the field's unit (s, /s, share 0 … 1)
  double max = std::numeric_limits<double>::infinity();
  bool required = false;
  bool above_min = false;          // min itself is not allowed
  std::string_view fallback = {};  // text for the default where the value doesn't show it
  bool unbounded = false;          // a count that may be "unbounded": stored as kUnbounded
  Refers refers = Refers::Nothing;
};

inline constexpr std::int64_t kUnbounded = std::numeric_limits<std::int64_t>::max();

// What a metric is compared with: a number in the metric's own unit (as text until the metric is
// known), or so many times the same metric of another variant.
struct Bound {
  std::string text;  // "99%", "200ms", "0", "inf"; empty: the variant holds
  double times = 1;
  std::string of;
};

// A value under a name, in the order of the file.
template <class T>
struct Named {
  std::string name;
  T value;
};

// A kind on a shelf: its name, its sentence, and how to make one with default options.
template <class Interface>
struct Kind {
  std::string_view name;
  std::string_view summary;
  std::unique_ptr<Interface> (*make)();
};

// A named set of other defaults for a struct of options (`like = "guide"`); where a real system
// means something else by the pattern, `apply` also chooses that behaviour.
template <class T>
struct Dialect {
  std::string_view name;
  std::string_view help;  // one sentence; the defaults it changes are listed by themselves
  void (*apply)(T&);
};
// A dialect without its effect.
struct DialectName {
  std::string_view name, help;
};

class Binder {
 public:
  virtual ~Binder() = default;

  // In a table: `like = "NAME"` applies a dialect before the keys that are described after it.
  // Answers whether the key was given.
  template <class T>
  bool like(std::span<const Dialect<std::type_identity_t<T>>> dialects, T& target) {
    std::vector<DialectName> names;
    for (const auto& d : dialects) names.push_back({d.name, d.help});
    const std::size_t chosen = pick_dialect(
        {.key = "like", .help = "Takes the defaults and the ways of another system."}, names);
    if (chosen >= dialects.size()) return given("like");
    dialects[chosen].apply(target);
    return true;
  }

  template <class T>
  void field(const Field& f, T& target) {
    value(f, target);
  }
  template <class T>
  void field(const Field& f, std::optional<T>& target) {
    if (!present(f)) {
      if (off(f)) target.reset();
      return;
    }
    if (target) preset();
    T inner = target.value_or(T{});
    value(f, inner);
    target = std::move(inner);
  }
  template <class E>
  void choice(const Field& f, E& target, std::span<const std::string_view> names) {
    target = static_cast<E>(pick(f, static_cast<std::size_t>(target), names));
  }
  // A list of names out of `names`.
  template <class E>
  void choices(const Field& f, std::vector<E>& target, std::span<const std::string_view> names) {
    const std::size_t n = begin_list(f);
    for (std::size_t i = 0; i < n; ++i) {
      begin_item(i);
      target.push_back(static_cast<E>(pick({.key = "", .help = f.help}, 0, names)));
      end_item();
    }
    end_list();
  }

  template <class T>
  void table(const Field& f, T& target) {
    if (!begin_table(f)) return;
    target.describe(*this);
    end_table();
  }
  template <class T>
  void table(const Field& f, std::optional<T>& target) {
    if (!begin_table(f)) {
      if (off(f)) target.reset();
      return;
    }
    T inner = target.value_or(T{});
    inner.describe(*this);
    target = std::move(inner);
    end_table();
  }
  template <class T>
  void list(const Field& f, std::vector<T>& target) {
    if (given(f.key)) target.clear();
    const std::size_t n = begin_list(f);
    for (std::size_t i = 0; i < n; ++i) {
      T item{};
      begin_item(i);
      if constexpr (requires { item.describe(*this); }) {
        item.describe(*this);
      } else {
        value({.key = "", .help = f.help, .min = f.min, .max = f.max, .refers = f.refers}, item);
      }
      end_item();
      target.push_back(std::move(item));
    }
    end_list();
  }
  template <class T>
  void map(const Field& f, std::vector<Named<T>>& target) {
    for (std::string& entry : begin_map(f)) {
      T item{};
      begin_entry(entry);
      item.describe(*this);
      end_entry();
      target.push_back({std::move(entry), std::move(item)});
    }
    end_map();
  }
  // A table whose key `f` names a kind of a shelf; the rest of the table is that kind's options.
  template <class Interface>
  void kind(const Field& f, std::span<const Kind<Interface>> shelf,
            std::shared_ptr<Interface>& target) {
    std::vector<std::string_view> names;
    for (const auto& k : shelf) names.push_back(k.name);
    const std::size_t chosen = pick_kind(f, names);
    if (chosen >= shelf.size()) return;
    target = shelf[chosen].make();
    target->describe(*this);
  }

  // In a table: a plain value may stand for a table with only this key (`budget = "20%"`).
  virtual void shorthand(std::string_view /*key*/) {}
  // In a table: it may be written as a list of its fields' values in order (`["4min", 2.25]`).
  virtual void positional() {}
  // The fields read so far don't fit together.
  virtual void reject(std::string_view /*key*/, std::string_view /*why*/) {}
  // A key of the author's own table was given in the text.
  virtual bool given(std::string_view /*key*/) { return false; }
  // An object with its own describe(), made by `make` if the key is given and not `false`.
  template <class T, class Make>
  void optional_object(const Field& f, Make make, std::shared_ptr<T>& target) {
    if (!begin_table(f)) return;
    target = make();
    target->describe(*this);
    end_table();
  }

  // A stretch of time, ["5min", "10min"].
  virtual void span(const Field&, std::optional<std::pair<Duration, Duration>>&) = 0;
  // Answers whether the key was given.
  virtual bool bound(const Field&, Bound&) = 0;
  // Reads a bound's text as a time (seconds) or as a share; answers whether it is one.
  virtual bool amount(const Bound&, bool /*time*/, double& /*out*/) { return true; }
  // Text in the default language, with translations under keys beside it (story.fr).
  virtual void text(const Field& f, std::string& target) = 0;
  // The line of the table being read, 0 if it comes from no text.
  virtual int line() const { return 0; }
  // Free-form keys (variant.set, sweep axes): key as written, value as TOML text.
  virtual void settings(const Field&, std::vector<std::pair<std::string, std::string>>&) {}

  virtual bool present(const Field&) = 0;
  // The key was given as `false`: what a dialect has put there is left out.
  virtual bool off(const Field&) { return false; }
  // The optional value described next has a default, from a dialect.
  virtual void preset() {}
  virtual void value(const Field&, bool&) = 0;
  virtual void value(const Field&, std::int64_t&) = 0;
  virtual void value(const Field&, double&) = 0;
  virtual void value(const Field&, Share&) = 0;
  virtual void value(const Field&, Rate&) = 0;
  virtual void value(const Field&, Bytes&) = 0;
  virtual void value(const Field&, ByteRate&) = 0;
  virtual void value(const Field&, Cores&) = 0;
  virtual void value(const Field&, Duration&) = 0;
  virtual void value(const Field&, Distribution&) = 0;
  virtual void value(const Field&, std::string&) = 0;
  virtual void value(const Field&, Window&) = 0;
  virtual void value(const Field&, Patience&) = 0;
  virtual void value(const Field&, Portion&) = 0;

 protected:
  virtual std::size_t pick(const Field&, std::size_t current,
                           std::span<const std::string_view> names) = 0;
  virtual std::size_t pick_kind(const Field&, std::span<const std::string_view> names) = 0;
  // The index of the dialect asked for; the number of dialects if none.
  virtual std::size_t pick_dialect(const Field& f, std::span<const DialectName> dialects) {
    std::vector<std::string_view> names;
    for (const DialectName& d : dialects) names.push_back(d.name);
    return pick(f, names.size(), names);
  }
  virtual bool begin_table(const Field&) = 0;
  virtual void end_table() = 0;
  virtual std::size_t begin_list(const Field&) = 0;
  virtual void begin_item(std::size_t) = 0;
  virtual void end_item() = 0;
  virtual void end_list() = 0;
  virtual std::vector<std::string> begin_map(const Field&) = 0;
  virtual void begin_entry(const std::string&) = 0;
  virtual void end_entry() = 0;
  virtual void end_map() = 0;
};

}  // namespace faultline
