#include "lab/evidence/evaluate.hpp"

#include <algorithm>
#include <map>

#include "lab/evidence/judge.hpp"

namespace faultline {

std::shared_ptr<const RunResult> evaluate(const LoadedScenario& loaded, const RunOptions& options,
                                          const Settings& outside) {
  RunOptions own = options;
  own.variant = loaded.variant;
  own.file = loaded.file;
  const auto first = run(loaded.scenario, own);
  std::map<std::string, std::shared_ptr<const RunResult>> others;
  const auto result_of = [&](const std::string& variant) -> const RunResult* {
    if (variant == loaded.variant) return first.get();
    auto& result = others[variant];
    if (!result && !first->partial) {
      const auto reference = load_text(loaded.text, loaded.file, variant, outside);
      if (!reference) return nullptr;
      RunOptions quiet = options;
      quiet.progress = nullptr;
      quiet.trace_request.reset();
      quiet.variant = variant;
      result = run(reference->scenario, quiet);
    }
    return result.get();
  };
  auto judged = std::make_shared<RunResult>(*first);
  for (const Expectation& e : loaded.scenario.expectations) {
    if (!concerns(e, loaded.variant)) continue;
    judged->expectations.push_back(judge(e, *first, result_of));
    const Judgement& j = judged->expectations.back();
    judged->timeline.push_back({j.window_to_s, "expectation", j.metric,
                                j.verdict == Verdict::Pass   ? "holds"
                                : j.verdict == Verdict::Fail ? "fails"
                                                             : "inconclusive"});
  }
  std::stable_sort(judged->timeline.begin(), judged->timeline.end(),
                   [](const Moment& a, const Moment& b) { return a.t_s < b.t_s; });
  return judged;
}

}  // namespace faultline
