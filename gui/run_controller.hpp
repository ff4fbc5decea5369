#pragma once
// Runs scenarios beside the window, one at a time: the only thread of the program. A new run
// cancels the one before, whose result is never seen. Results arrive as signals in the window's
// thread.

#include <QObject>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "lab/run/result.hpp"
#include "lab/scenario/diagnostic.hpp"

namespace faultline::gui {

struct RunRequest {
  std::string file, variant = "base";
};

// A result and the scenario it came from, or what is wrong with the file.
struct RunOutcome {
  RunRequest request;
  std::shared_ptr<const Scenario> scenario;
  std::shared_ptr<const RunResult> result;
  Diagnostics diagnostics;
  std::string text;  // of the file, where it could be read
};

using Progress = std::function<void(double share)>;
// Does a whole run; looks at `stop` every few milliseconds.
using Runner =
    std::function<RunOutcome(const RunRequest&, const std::atomic<bool>& stop, const Progress&)>;

class RunController : public QObject {
  Q_OBJECT
 public:
  explicit RunController(Runner runner, QObject* parent = nullptr);
  ~RunController() override;

  void start(RunRequest request);
  void stop();  // the run ends early, with what it has
  bool running() const { return running_; }

 Q_SIGNALS:
  void started();
  void progressed(double share);  // at most some fifteen times a second
  void finished(std::shared_ptr<const RunOutcome> outcome);

 private:
  struct Job {
    RunRequest request;
    std::uint64_t number = 0;
    std::shared_ptr<std::atomic<bool>> stop;
  };
  void work(std::stop_token ended);
  void perform(const Job& job);
  void deliver(std::uint64_t number, std::shared_ptr<const RunOutcome> outcome);

  Runner runner_;
  bool running_ = false;
  std::uint64_t newest_ = 0;
  std::shared_ptr<std::atomic<bool>> stop_;

  std::mutex mutex_;
  std::condition_variable_any wanted_;
  std::optional<Job> next_;  // guarded by mutex_
  std::jthread thread_;      // last: it uses all of the above
};

}  // namespace faultline::gui
