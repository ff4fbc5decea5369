#include "gui/run_controller.hpp"

#include <exception>

namespace faultline::gui {

RunOutcome run_safely(const Runner& runner, const RunRequest& request,
                      const std::atomic<bool>& stop, const Progress& progress) {
  RunOutcome outcome;
  try {
    outcome = runner(request, stop, progress);
  } catch (const std::exception& problem) {
    Diagnostic diagnostic;
    diagnostic.file = request.file;
    diagnostic.message = problem.what();
    outcome.diagnostics.push_back(diagnostic);
  }
  outcome.request = request;
  return outcome;
}

RunController::RunController(Runner runner, QObject* parent)
    : QObject(parent), runner_(std::move(runner)) {
  connect(&worker_, &Worker::started, this, &RunController::started);
  connect(&worker_, &Worker::progressed, this, &RunController::progressed);
  connect(&worker_, &Worker::finished, this, [this](const Worker::Result& result) {
    Q_EMIT finished(std::static_pointer_cast<const RunOutcome>(result));
  });
}

void RunController::start(RunRequest request) {
  worker_.start([runner = runner_, request = std::move(request)](const std::atomic<bool>& stop,
                                                                 const Progress& progress) {
    return std::make_shared<const RunOutcome>(run_safely(runner, request, stop, progress));
  });
}

}  // namespace faultline::gui
