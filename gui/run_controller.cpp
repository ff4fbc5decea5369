#include "gui/run_controller.hpp"

#include <chrono>
#include <exception>

namespace faultline::gui {

RunController::RunController(Runner runner, QObject* parent)
    : QObject(parent),
      runner_(std::move(runner)),
      thread_([this](std::stop_token ended) { work(ended); }) {}

RunController::~RunController() {
  stop();
  thread_.request_stop();
  thread_.join();
}

void RunController::start(RunRequest request) {
  if (stop_) stop_->store(true);
  stop_ = std::make_shared<std::atomic<bool>>(false);
  {
    const std::lock_guard lock(mutex_);
    next_ = Job{std::move(request), ++newest_, stop_};
  }
  wanted_.notify_one();
  running_ = true;
  Q_EMIT started();
}

void RunController::stop() {
  if (stop_) stop_->store(true);
}

void RunController::work(std::stop_token ended) {
  for (;;) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      if (!wanted_.wait(lock, ended, [this] { return next_.has_value(); })) return;
      job = std::move(*next_);
      next_.reset();
    }
    perform(job);
  }
}

void RunController::perform(const Job& job) {
  using Clock = std::chrono::steady_clock;
  auto spoken = Clock::now();
  const auto progress = [&](double share) {
    if (Clock::now() - spoken < std::chrono::milliseconds(66)) return;
    spoken = Clock::now();
    QMetaObject::invokeMethod(this, [this, share, number = job.number] {
      if (number == newest_ && running_) Q_EMIT progressed(share);
    });
  };
  auto outcome = std::make_shared<RunOutcome>();
  try {
    *outcome = runner_(job.request, *job.stop, progress);
  } catch (const std::exception& problem) {
    Diagnostic diagnostic;
    diagnostic.file = job.request.file;
    diagnostic.message = problem.what();
    outcome->diagnostics.push_back(diagnostic);
  }
  outcome->request = job.request;
  QMetaObject::invokeMethod(this,
                            [this, number = job.number, outcome] { deliver(number, outcome); });
}

void RunController::deliver(std::uint64_t number, std::shared_ptr<const RunOutcome> outcome) {
  if (number != newest_) return;
  running_ = false;
  Q_EMIT finished(std::move(outcome));
}

}  // namespace faultline::gui
