// faultline gui: executes the desktop program beside this one, so that this one needs no Qt.

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/commands.hpp"

namespace faultline::cli {

int gui_command(const std::vector<std::string>& arguments) {
  std::error_code problem;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", problem);
  const std::string program = (self.parent_path() / "faultline-gui").string();
  std::vector<char*> words = {const_cast<char*>(program.c_str())};
  for (const std::string& a : arguments) words.push_back(const_cast<char*>(a.c_str()));
  words.push_back(nullptr);
  execv(program.c_str(), words.data());
  fmt::print(stderr, "faultline: cannot start the desktop program {}: {}\n", program,
             std::strerror(errno));
  return kRuntime;
}

}  // namespace faultline::cli
