#pragma once
// UTF-8, as everything but the window has it, for the window.

#include <QString>
#include <string_view>

namespace faultline::gui {

inline QString qt(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

}  // namespace faultline::gui
