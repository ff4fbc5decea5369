#pragma once
// Runs scenarios beside the window, one at a time (worker.hpp). A runner that throws is reported
// like a mistaken file.

#include <QObject>
#include <functional>
#include <memory>
#include <string>

#include "gui/worker.hpp"
#include "lab/run/result.hpp"
#include "lab/scenario/diagnostic.hpp"
#include "lab/scenario/override.hpp"

namespace faultline::gui {

struct RunRequest {
  std::string file, variant = "base";
  Settings settings;  // on top of the variant
};

// A result and the scenario it came from, or what is wrong with the file.
struct RunOutcome {
  RunRequest request;
  std::shared_ptr<const Scenario> scenario;
  std::shared_ptr<const RunResult> result;
  Diagnostics diagnostics;
  std::string text;  // of the file, where it could be read
};

// Does a whole run; looks at `stop` every few milliseconds.
using Runner =
    std::function<RunOutcome(const RunRequest&, const std::atomic<bool>& stop, const Progress&)>;

// What a runner throws becomes a diagnostic.
RunOutcome run_safely(const Runner& runner, const RunRequest& request,
                      const std::atomic<bool>& stop, const Progress& progress);

class RunController : public QObject {
  Q_OBJECT
 public:
  explicit RunController(Runner runner, QObject* parent = nullptr);

  void start(RunRequest request);
  void stop() { worker_.stop(); }  // the run ends early, with what it has
  bool running() const { return worker_.running(); }
  const Runner& runner() const { return runner_; }

 Q_SIGNALS:
  void started();
  void progressed(double share);
  void finished(std::shared_ptr<const RunOutcome> outcome);

 private:
  Runner runner_;
  Worker worker_;
};

}  // namespace faultline::gui
