// Reads distributions: a recursive descent over NAME(first, key=number, …).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "lab/scenario/decimal.hpp"
#include "lab/scenario/empirical.hpp"
#include "lab/scenario/quantity.hpp"
#include "lab/scenario/suggest.hpp"

namespace faultline {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 12> known_names{
    "exp",     "uniform", "normal",         "lognormal", "gamma",   "erlang",
    "weibull", "pareto",  "bounded_pareto", "hyperexp",  "mixture", "empirical"};

// What a named argument may be. Bounds keep moments and samples within a double.
struct Bound {
  double low;
  bool low_allowed;
  double high;
  std::string_view words;
};
struct Argument {
  std::string_view key;
  Bound bound;
};
struct Form {
  std::string_view name;
  std::span<const Argument> arguments;
};

constexpr std::array<Argument, 1> normal_arguments{
    {{"cv", {0, true, 0.99, "from 0 to 0.99: a normal redrawn below 0 can't vary more"}}}};
constexpr std::array<Argument, 1> cv_arguments{{{"cv", {0, true, 1000, "from 0 to 1000"}}}};
constexpr std::array<Argument, 1> hyperexp_arguments{
    {{"cv", {1, true, 1000, "from 1 to 1000: below 1, use gamma or erlang"}}}};
constexpr std::array<Argument, 1> erlang_arguments{
    {{"k", {1, true, 1e6, "a whole number from 1 to 1000000"}}}};
constexpr std::array<Argument, 1> weibull_arguments{
    {{"shape", {0.05, true, 1000, "from 0.05 to 1000"}}}};
constexpr std::array<Argument, 1> pareto_arguments{
    {{"alpha", {1, false, 1000, "above 1 (the mean is infinite otherwise), up to 1000"}}}};
constexpr std::array<Argument, 2> bounded_pareto_arguments{
    {{"alpha", {0, false, 1000, "above 0, up to 1000"}},
     {"ratio", {1, false, 1e12, "above 1 (it is max/min), up to 1e12"}}}};

constexpr std::array<Form, 9> forms{{{"exp", {}},
                                     {"normal", normal_arguments},
                                     {"lognormal", cv_arguments},
                                     {"gamma", cv_arguments},
                                     {"erlang", erlang_arguments},
                                     {"weibull", weibull_arguments},
                                     {"pareto", pareto_arguments},
                                     {"bounded_pareto", bounded_pareto_arguments},
                                     {"hyperexp", hyperexp_arguments}}};

Distribution make(std::string_view name, double mean_s, double first, double second) {
  if (name == "exp") return Distribution::exponential(mean_s);
  if (name == "normal") return Distribution::normal(mean_s, first);
  if (name == "lognormal") return Distribution::lognormal(mean_s, first);
  if (name == "gamma") return Distribution::gamma(mean_s, first);
  if (name == "erlang") return Distribution::erlang(mean_s, static_cast<int>(first));
  if (name == "weibull") return Distribution::weibull(mean_s, first);
  if (name == "pareto") return Distribution::pareto(mean_s, first);
  if (name == "bounded_pareto") return Distribution::bounded_pareto(mean_s, first, second);
  return Distribution::hyperexp(mean_s, first);
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class Reader {
 public:
  Reader(std::string_view text, const std::filesystem::path& directory)
      : text_(text), directory_(directory) {}

  Quantity<Distribution> whole() {
    Quantity<Distribution> result = distribution(0);
    if (result && at_ != text_.size())
      return mistake(fmt::format("\"{}\" after the end of a distribution", text_.substr(at_)), "",
                     at_);
    return result;
  }

 private:
  Quantity<Distribution> distribution(int depth) {
    if (depth > 8) return mistake("mixtures nested too deeply", "", at_);
    if (at_ >= text_.size() || !is_letter(text_[at_])) return constant();
    const std::size_t start = at_;
    while (at_ < text_.size() &&
           (is_letter(text_[at_]) || (text_[at_] >= '0' && text_[at_] <= '9')))
      ++at_;
    const std::string_view name = text_.substr(start, at_ - start);
    if (std::find(known_names.begin(), known_names.end(), name) == known_names.end())
      return unknown(name, start);
    if (!take('(')) return mistake(fmt::format("\"(\" is due after {}", name), "", at_);
    if (name == "uniform") return uniform();
    if (name == "mixture") return mixture(depth);
    if (name == "empirical") return empirical();
    const Form& form =
        *std::find_if(forms.begin(), forms.end(), [&](const Form& f) { return f.name == name; });
    return with_mean(form);
  }

  static Quantity<Distribution> unknown(std::string_view name, std::size_t offset) {
    std::string hint = did_you_mean(name, Names(known_names));
    if (name == "exponential" || name == "poisson") hint = "did you mean \"exp\"?";
    if (name == "hyperexponential") hint = "did you mean \"hyperexp\"?";
    if (name == "const" || name == "constant" || name == "fixed" || name == "deterministic")
      hint = "a constant is written as it is: \"5ms\"";
    if (hint.empty()) hint = fmt::format("known are {}", fmt::join(known_names, ", "));
    return mistake(fmt::format("unknown distribution \"{}\"", name), std::move(hint), offset);
  }

  Quantity<Distribution> constant() {
    const Quantity<Duration> value = whole_duration();
    if (!value) return tl::make_unexpected(value.error());
    return Distribution::constant(*value);
  }

  Quantity<Duration> whole_duration() {
    const std::size_t start = at_;
    const Quantity<Span> span = read_span(text_, at_);
    if (!span) return tl::make_unexpected(span.error());
    if (!span->exact)
      return mistake("finer than a nanosecond", "time counts in whole nanoseconds", start);
    return span->whole;
  }

  Quantity<Distribution> uniform() {
    skip_spaces();
    const std::size_t start = at_;
    const Quantity<Duration> low = whole_duration();
    if (!low) return tl::make_unexpected(low.error());
    if (!take(','))
      return mistake("uniform takes two durations", "as in \"uniform(1ms, 3ms)\"", at_);
    skip_spaces();
    const Quantity<Duration> high = whole_duration();
    if (!high) return tl::make_unexpected(high.error());
    if (*high < *low) return mistake("the lower bound is above the upper", "", start);
    if (auto error = close("uniform")) return tl::make_unexpected(*error);
    return Distribution::uniform(*low, *high);
  }

  // NAME(mean, key=number, …), the keys in any order.
  Quantity<Distribution> with_mean(const Form& form) {
    skip_spaces();
    const std::size_t start = at_;
    if (peek() == ')')
      return mistake(fmt::format("{} takes a mean", form.name), example(form), at_);
    const Quantity<Span> mean = read_span(text_, at_);
    if (!mean) return tl::make_unexpected(mean.error());
    if (!(mean->ns > 0))
      return mistake("the mean must be above 0", "no time at all is \"0s\"", start);
    std::array<std::optional<double>, 2> values;
    while (take(',')) {
      if (auto error = argument(form, values)) return tl::make_unexpected(*error);
    }
    if (auto error = close(form.name)) return tl::make_unexpected(*error);
    for (std::size_t i = 0; i < form.arguments.size(); ++i)
      if (!values[i])
        return mistake(fmt::format("{} needs {}", form.name, form.arguments[i].key), example(form),
                       at_ - 1);
    return make(form.name, mean->ns / 1e9, values[0].value_or(0), values[1].value_or(0));
  }

  std::optional<QuantityError> argument(const Form& form,
                                        std::array<std::optional<double>, 2>& values) {
    skip_spaces();
    const std::size_t start = at_;
    while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
    const std::string_view key = text_.substr(start, at_ - start);
    std::vector<std::string_view> keys;
    for (const Argument& a : form.arguments) keys.push_back(a.key);
    const auto found = std::find(keys.begin(), keys.end(), key);
    if (found == keys.end()) {
      if (form.arguments.empty())
        return QuantityError{fmt::format("{} takes its mean only", form.name), example(form),
                             start};
      if (key.empty())
        return QuantityError{"an argument after the mean has a name", example(form), start};
      std::string hint = did_you_mean(key, Names(keys));
      return QuantityError{fmt::format("unknown argument \"{}\" of {}", key, form.name),
                           hint.empty() ? example(form) : hint, start};
    }
    const auto index = static_cast<std::size_t>(found - keys.begin());
    if (!take('='))
      return QuantityError{fmt::format("\"=\" is due after {}", key), example(form), at_};
    skip_spaces();
    const std::size_t number_at = at_;
    const Quantity<Decimal> number = read_decimal(text_, at_, key);
    if (!number) return number.error();
    if (values[index]) return QuantityError{fmt::format("{} is given twice", key), "", start};
    const double value = number->value();
    const Bound& bound = form.arguments[index].bound;
    const bool inside =
        (value > bound.low || (bound.low_allowed && value == bound.low)) && value <= bound.high;
    if (!inside || (key == "k" && value != std::floor(value)))
      return QuantityError{fmt::format("{} must be {}", key, bound.words), "", number_at};
    values[index] = value;
    return std::nullopt;
  }

  Quantity<Distribution> mixture(int depth) {
    std::vector<std::pair<double, Distribution>> parts;
    const std::size_t start = at_;
    double total = 0;
    do {
      skip_spaces();
      const std::size_t weight_at = at_;
      const Quantity<Decimal> weight = read_decimal(text_, at_, "a weight");
      if (!weight) return tl::make_unexpected(weight.error());
      const double value = weight->value();
      if (!(value > 0 && value <= 1))
        return mistake("a weight must be above 0, up to 1", "", weight_at);
      if (!take(':'))
        return mistake("\":\" is due after a weight",
                       "as in \"mixture(0.9: "
                       "exp(5ms), 0.1: exp(15ms))\"",
                       at_);
      skip_spaces();
      Quantity<Distribution> part = distribution(depth + 1);
      if (!part) return part;
      total += value;
      parts.emplace_back(value, std::move(*part));
    } while (take(','));
    if (auto error = close("mixture")) return tl::make_unexpected(*error);
    if (std::abs(total - 1) > 1e-9)
      return mistake(fmt::format("the weights add up to {:.6g}, not to 1", total), "", start);
    return Distribution::mixture(std::move(parts));
  }

  Quantity<Distribution> empirical() {
    skip_spaces();
    const std::size_t start = at_;
    const char quote = peek();
    const std::size_t end =
        quote == '"' || quote == '\'' ? text_.find(quote, at_ + 1) : std::string_view::npos;
    if (end == std::string_view::npos)
      return mistake(
          "empirical takes the name of a file in "
          "quotes",
          "as in empirical(\"waits.csv\")", at_);
    const std::string file(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    if (auto error = close("empirical")) return tl::make_unexpected(*error);
    if (file.empty()) return mistake("the name of the file is empty", "", start);
    Quantity<std::vector<Duration>> values = read_empirical(directory_ / file, start);
    if (!values) return tl::make_unexpected(values.error());
    return Distribution::empirical(std::move(*values), file);
  }

  static std::string example(const Form& form) {
    std::string text = fmt::format("as in \"{}(5ms", form.name);
    for (const Argument& a : form.arguments)
      text += fmt::format(", {}={}", a.key,
                          a.key == "ratio"                   ? "1000"
                          : a.key == "k" || a.bound.low >= 1 ? "2"
                                                             : "0.5");
    return text + ")\"";
  }

  std::optional<QuantityError> close(std::string_view name) {
    if (take(')')) return std::nullopt;
    if (at_ >= text_.size())
      return QuantityError{fmt::format("\")\" is missing at the end of {}", name), "", at_};
    return QuantityError{fmt::format("\"{}\" where {} should go on "
                                     "with \",\" or end with \")\"",
                                     text_.substr(at_), name),
                         "", at_};
  }

  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  // Moves past `mark`, which may stand after spaces;
  // stays put when it isn't there.
  bool take(char mark) {
    std::size_t next = at_;
    while (next < text_.size() && text_[next] == ' ') ++next;
    if (next >= text_.size() || text_[next] != mark) return false;
    at_ = next + 1;
    return true;
  }

  std::string_view text_;
  const std::filesystem::path& directory_;
  std::size_t at_ = 0;
};

}  // namespace

Quantity<Distribution> parse_distribution(std::string_view text,
                                          const std::filesystem::path& directory) {
  return Reader(text, directory).whole();
}

}  // namespace faultline
