#include "models/theory/question.hpp"

#include <charconv>
#include <cstdlib>

namespace faultline::theory {

std::optional<double> Question::percentile(std::string_view prefix) const {
  if (!quantity.starts_with(prefix)) return std::nullopt;
  const std::string digits(quantity.substr(prefix.size()));
  char* end = nullptr;
  const double percent = std::strtod(digits.c_str(), &end);
  if (digits.empty() || *end != '\0' || percent <= 0.0 || percent >= 100.0) return std::nullopt;
  return percent / 100.0;
}

std::optional<int> Question::index(std::string_view prefix, std::string_view suffix) const {
  if (!quantity.starts_with(prefix) || !quantity.ends_with(suffix)) return std::nullopt;
  if (quantity.size() <= prefix.size() + suffix.size()) return std::nullopt;
  const std::string_view digits =
      quantity.substr(prefix.size(), quantity.size() - prefix.size() - suffix.size());
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<double> number_after(std::string_view words, std::string_view key) {
  const std::size_t at = words.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string rest(words.substr(at + key.size()));
  char* end = nullptr;
  const double value = std::strtod(rest.c_str(), &end);
  return end == rest.c_str() ? std::nullopt : std::optional<double>(value);
}

ServiceLaw law_in_words(const std::string& words, double mean) {
  const auto need = [&](std::string_view key) {
    const auto value = number_after(words, key);
    if (!value) throw Unanswerable{};
    return *value;
  };
  const auto starts = [&](std::string_view word) { return words.rfind(word, 0) == 0; };
  if (starts("deterministic")) return constant_law(mean);
  if (starts("uniform(0,")) return uniform_law(need("uniform(0,"));
  if (starts("lognormal(")) return lognormal_law(mean, need("cv="));
  if (starts("lognormal")) return lognormal_law(need("mean"), need("cv"));
  if (starts("H2(")) return hyperexponential_law(mean, need("cv2="));
  if (starts("weibull(")) return weibull_law(mean, need("k="));
  if (starts("bounded_pareto(")) return bounded_pareto_law(mean, need("alpha="), need("H/L="));
  if (starts("bimodal")) {
    return exponential_mixture_law(need("bimodal"), need("exp("), need("exp(mean"));
  }
  if (starts("exp")) return exponential_law(number_after(words, "mean").value_or(mean));
  throw Unanswerable{};
}

}  // namespace faultline::theory
