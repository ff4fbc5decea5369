#pragma once
// A thread beside the window's that does one task at a time. A new task cancels the one before,
// whose result is never seen. Results arrive as signals in the window's thread.

#include <QObject>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace faultline::gui {

using Progress = std::function<void(double share)>;

class Worker : public QObject {
  Q_OBJECT
 public:
  using Result = std::shared_ptr<const void>;
  // Looks at `stop` every few milliseconds; may throw nothing.
  using Task = std::function<Result(const std::atomic<bool>& stop, const Progress&)>;

  explicit Worker(QObject* parent = nullptr);
  ~Worker() override;

  void start(Task task);
  void stop();  // the task ends early, with what it has
  bool running() const { return running_; }

 Q_SIGNALS:
  void started();
  void progressed(double share);  // at most some fifteen times a second
  void finished(std::shared_ptr<const void> result);

 private:
  struct Job {
    Task task;
    std::uint64_t number = 0;
    std::shared_ptr<std::atomic<bool>> stop;
  };
  void work(std::stop_token ended);
  void perform(const Job& job);

  bool running_ = false;
  std::uint64_t newest_ = 0;
  std::shared_ptr<std::atomic<bool>> stop_;

  std::mutex mutex_;
  std::condition_variable_any wanted_;
  std::optional<Job> next_;  // guarded by mutex_
  std::jthread thread_;      // last: it uses all of the above
};

}  // namespace faultline::gui
