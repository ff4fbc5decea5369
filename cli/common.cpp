#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string_view>

#include "cli/commands.hpp"

namespace faultline::cli {

std::atomic<bool> interrupted{false};

int report(const Diagnostics& diagnostics) {
  fmt::print(stderr, "{}", render(diagnostics, isatty(STDERR_FILENO) != 0));
  for (const Diagnostic& d : diagnostics) {
    if (d.code == "E102" || d.code == "E103") return kRuntime;  // the file couldn't be read
  }
  return kUsage;
}

Settings settings_from(const std::vector<std::string>& set, const std::string& duration,
                       Diagnostics& wrong) {
  Settings settings;
  for (const std::string& text : set) {
    auto setting = split_setting(text);
    if (setting) {
      settings.push_back(std::move(*setting));
    } else {
      wrong.push_back(setting.error());
    }
  }
  if (!duration.empty()) settings.emplace_back("duration", "\"" + duration + "\"");
  return settings;
}

bool write_output(const std::string& path, const std::string& text) {
  return write_output(path, [&](const Sink& out) { out(text); });
}

bool write_output(const std::string& path, const std::function<void(const Sink&)>& write) {
  const bool to_stdout = path == "-";
  std::FILE* file = to_stdout ? stdout : std::fopen(path.c_str(), "wb");
  bool good = file != nullptr;
  int why = errno;
  const auto note = [&](bool done) {
    if (good && !done) why = errno;
    good = good && done;
  };
  if (file != nullptr) {
    write([&](std::string_view piece) {
      if (good) note(std::fwrite(piece.data(), 1, piece.size(), file) == piece.size());
    });
    note(std::fflush(file) == 0);
    if (!to_stdout) note(std::fclose(file) == 0);
  }
  if (!good)
    fmt::print(stderr, "faultline: cannot write {}: {}\n", to_stdout ? "standard output" : path,
               std::strerror(why));
  return good;
}

}  // namespace faultline::cli
