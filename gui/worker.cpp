#include "gui/worker.hpp"

#include <chrono>

namespace faultline::gui {

Worker::Worker(QObject* parent)
    : QObject(parent), thread_([this](std::stop_token ended) { work(ended); }) {}

Worker::~Worker() {
  stop();
  thread_.request_stop();
  thread_.join();
}

void Worker::start(Task task) {
  stop();
  stop_ = std::make_shared<std::atomic<bool>>(false);
  {
    const std::lock_guard lock(mutex_);
    next_ = Job{std::move(task), ++newest_, stop_};
  }
  wanted_.notify_one();
  running_ = true;
  Q_EMIT started();
}

void Worker::stop() {
  if (stop_) stop_->store(true);
}

void Worker::work(std::stop_token ended) {
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

void Worker::perform(const Job& job) {
  using Clock = std::chrono::steady_clock;
  auto spoken = Clock::now();
  const auto progress = [&](double share) {
    if (Clock::now() - spoken < std::chrono::milliseconds(66)) return;
    spoken = Clock::now();
    QMetaObject::invokeMethod(this, [this, share, number = job.number] {
      if (number == newest_ && running_) Q_EMIT progressed(share);
    });
  };
  const Result result = job.task(*job.stop, progress);
  QMetaObject::invokeMethod(this, [this, number = job.number, result] {
    if (number != newest_) return;
    running_ = false;
    Q_EMIT finished(result);
  });
}

}  // namespace faultline::gui
