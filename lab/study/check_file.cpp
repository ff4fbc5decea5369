#include "lab/study/check_file.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "lab/run/run.hpp"
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

}  // namespace

tl::expected<FileVerdict, Diagnostics> check_file(const std::string& file,
                                                  std::int64_t replications,
                                                  const std::atomic<bool>* stop) {
  const auto base = load_scenario(file);
  if (!base) return tl::unexpected(base.error());
  FileVerdict verdict{file, base->scenario.title, {}};

  std::vector<std::string> variants = {"base"};
  for (const auto& v : base->scenario.variants) variants.push_back(v.name);
  std::map<std::string, LoadedScenario> loaded;
  for (const std::string& v : variants) {
    auto one = load_text(base->text, base->file, v);
    if (!one) return tl::unexpected(one.error());
    loaded.emplace(v, std::move(*one));
  }
  // By expectation and variant: a judgement for each replication.
  std::map<std::pair<std::size_t, std::string>, std::vector<Judgement>> collected;
  for (std::int64_t n = 0; n < replications; ++n) {
    std::map<std::string, std::shared_ptr<const RunResult>> results;
    const auto result_of = [&](const std::string& variant) -> const RunResult* {
      const auto found = loaded.find(variant);
      if (found == loaded.end()) return nullptr;
      auto& result = results[variant];
      if (!result) {
        RunOptions options;
        options.seed = found->second.scenario.seed + n;
        options.variant = variant;
        options.stop = stop;
        result = run(found->second.scenario, options);
      }
      return result.get();
    };
    for (const std::string& variant : variants) {
      const auto& expectations = loaded.at(variant).scenario.expectations;
      for (std::size_t e = 0; e < expectations.size(); ++e) {
        if (!concerns(expectations[e], variant)) continue;
        collected[{e, variant}].push_back(judge(expectations[e], *result_of(variant), result_of));
      }
    }
  }
  for (const auto& [which, each] : collected)
    verdict.judgements.push_back(each.size() == 1 ? each.front() : combined(each));
  return verdict;
}

}  // namespace faultline
