#include "lab/study/check_file.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "lab/run/run.hpp"
#include "lab/study/parallel.hpp"
#include "lab/study/statistics.hpp"

namespace faultline {
namespace {

Verdict judged(const std::string& op, const Estimate& gap) {
  // The gap is observed − bound; it is zero width if every replication gave the same.
  const double low = gap.low(), high = gap.high();
  const auto side = [&](bool all_in, bool all_out) {
    return all_in ? Verdict::Pass : all_out ? Verdict::Fail : Verdict::Inconclusive;
  };
  if (op == "above") return side(low > 0, high <= 0);
  if (op == "below") return side(high < 0, low >= 0);
  if (op == "at_least") return side(low >= 0, high < 0);
  if (op == "at_most") return side(high <= 0, low > 0);
  return side(low == 0 && high == 0, low > 0 || high < 0);
}

Judgement combined(const std::vector<Judgement>& each) {
  Judgement j = each.front();
  std::vector<double> observed, gaps;
  bool finite = true;
  for (const Judgement& one : each) {
    observed.push_back(one.observed);
    gaps.push_back(one.observed - one.bound);
    finite = finite && std::isfinite(one.observed) && std::isfinite(one.bound);
    if (one.verdict == Verdict::Inconclusive) return one;
  }
  if (!finite) {
    // No mean of infinities: all replications have to agree.
    for (const Judgement& one : each) {
      if (one.verdict != j.verdict) j.verdict = Verdict::Inconclusive;
    }
    j.detail = fmt::format("{} replications", each.size());
    return j;
  }
  const Estimate m = estimate(observed);
  j.observed = m.mean;
  j.verdict = judged(j.op, estimate(gaps));
  j.detail =
      fmt::format("± {} over {} replications", format_value(m.half_width, j.unit), each.size());
  return j;
}

using Key = std::pair<std::size_t, std::string>;  // expectation, variant
using Results = std::map<std::string, std::shared_ptr<const RunResult>>;

// The variants that expectations are about, or compare with.
std::vector<std::string> needed(const std::map<std::string, LoadedScenario>& loaded,
                                const std::vector<std::string>& variants) {
  std::vector<std::string> names;
  for (const std::string& v : variants) {
    bool wanted = false;
    for (const auto& [other, l] : loaded) {
      for (const Expectation& e : l.scenario.expectations)
        wanted = wanted || concerns(e, v) || e.bound.of == v;
    }
    if (wanted) names.push_back(v);
  }
  return names;
}

// Replications side by side, each with its variants one after the other; a single one with its
// variants side by side.
std::map<Key, std::vector<Judgement>> judge_variants(
    const std::map<std::string, LoadedScenario>& loaded, const std::vector<std::string>& variants,
    std::int64_t replications, const std::atomic<bool>* stop, std::atomic<bool>& balanced) {
  const std::vector<std::string> names = needed(loaded, variants);
  const auto run_one = [&](const std::string& variant, std::int64_t n) {
    RunOptions options;
    options.seed = loaded.at(variant).scenario.seed + n;
    options.variant = variant;
    options.stop = stop;
    auto result = run(loaded.at(variant).scenario, options);
    if (!result->ledger.balanced) balanced = false;
    return result;
  };
  std::vector<std::map<Key, Judgement>> each(static_cast<std::size_t>(replications));
  const auto judge_all = [&](std::size_t n, const Results& results) {
    const auto result_of = [&](const std::string& variant) -> const RunResult* {
      const auto found = results.find(variant);
      return found == results.end() ? nullptr : found->second.get();
    };
    for (const std::string& variant : names) {
      const auto& expectations = loaded.at(variant).scenario.expectations;
      for (std::size_t e = 0; e < expectations.size(); ++e) {
        if (concerns(expectations[e], variant))
          each[n][{e, variant}] = judge(expectations[e], *result_of(variant), result_of);
      }
    }
  };
  if (replications == 1) {
    std::vector<std::shared_ptr<const RunResult>> side_by_side(names.size());
    for_each_number(names.size(), 0,
                    [&](std::size_t i) { side_by_side[i] = run_one(names[i], 0); });
    Results results;
    for (std::size_t i = 0; i < names.size(); ++i) results[names[i]] = side_by_side[i];
    judge_all(0, results);
  } else {
    for_each_number(each.size(), 0, [&](std::size_t n) {
      Results results;
      for (const std::string& name : names)
        results[name] = run_one(name, static_cast<std::int64_t>(n));
      judge_all(n, results);
    });
  }
  std::map<Key, std::vector<Judgement>> all;
  for (auto& one : each) {
    for (auto& [key, judgement] : one) all[key].push_back(std::move(judgement));
  }
  return all;
}

}  // namespace

tl::expected<FileVerdict, Diagnostics> check_file(const std::string& file,
                                                  std::int64_t replications,
                                                  const std::atomic<bool>* stop) {
  const auto base = load_scenario(file);
  if (!base) return tl::unexpected(base.error());
  FileVerdict verdict{file, base->scenario.title, {}, true};

  std::vector<std::string> variants = {"base"};
  for (const auto& v : base->scenario.variants) variants.push_back(v.name);
  std::map<std::string, LoadedScenario> loaded;
  for (const std::string& v : variants) {
    auto one = load_text(base->text, base->file, v);
    if (!one) return tl::unexpected(one.error());
    loaded.emplace(v, std::move(*one));
  }
  // By expectation and variant: a judgement for each replication.
  std::atomic<bool> balanced{true};
  const auto collected = judge_variants(loaded, variants, replications, stop, balanced);
  verdict.balanced = balanced;
  for (const auto& [which, each] : collected)
    verdict.judgements.push_back(each.size() == 1 ? each.front() : combined(each));
  return verdict;
}

}  // namespace faultline
