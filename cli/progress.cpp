#include "cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace faultline::cli {

ProgressLine::ProgressLine(bool wanted) : on_(wanted && isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
  if (shown_) fmt::print(stderr, "\r\x1b[K");
}

void ProgressLine::show(const std::string& text) {
  if (!on_ || text == last_) return;
  last_ = text;
  shown_ = true;
  fmt::print(stderr, "\r{}\x1b[K", text);
  std::fflush(stderr);
}

void ProgressLine::show(double share) {
  show(fmt::format("{:3} % ", static_cast<int>(share * 100)));
}

}  // namespace faultline::cli
