#pragma once
// A line on standard error that is written over and over, when that is a terminal.

#include <string>

namespace faultline::cli {

class ProgressLine {
 public:
  explicit ProgressLine(bool wanted = true);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const std::string& text);
  void show(double share);  // in percent

 private:
  bool on_, shown_ = false;
  std::string last_;
};

}  // namespace faultline::cli
