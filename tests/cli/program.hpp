#pragma once
// Runs the built program as a user would, through a shell.

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/catch.hpp"

namespace faultline::test {

struct Ran {
  int status = -1;
  std::string out, err;
};

inline std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A folder of this test run's own.
inline std::string scratch() {
  struct Folder {
    std::string path = fmt::format("{}/cli-tests-{}", FAULTLINE_BINARY_DIR, getpid());
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  };
  static const Folder folder;
  return folder.path;
}

inline std::string write_file(const std::string& name, const std::string& text) {
  const std::string path = scratch() + "/" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

// A shell command in which $F is the program; its output goes to files unless it says otherwise.
inline Ran shell(const std::string& command) {
  const std::string out = scratch() + "/out", err = scratch() + "/err";
  const std::string line = fmt::format("F={}/bin/faultline; {{ {}; }} >{} 2>{} </dev/null",
                                       FAULTLINE_BINARY_DIR, command, out, err);
  const int status = std::system(line.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), slurp(out), slurp(err)};
}

inline const std::string kScenario = R"toml(faultline = 1
title = "A shop"
duration = "20s"
warmup = "2s"
seed = 3
[client.shoppers]
calls = "shop/buy"
rate = "50/s"
policy = "p"
[service.shop]
threads = 8
cpu = "2"
[service.shop.endpoint.buy]
steps = [{ work = "exp(5ms)" }, { call = "db", policy = "p" }]
[service.db]
threads = 4
work = "exp(20ms)"
[policy.p]
timeout = "300ms"
retry = { attempts = 2, backoff = "10ms" }
[[fault]]
at = "5s"
for = "3s"
kind = "slow"
service = "db"
factor = 10
[slo.buying]
client = "shoppers"
target = "99%"
[variant.bare]
title = "No retries"
set = { "policy.p.retry" = false }
[[note]]
at = "5s"
text = "Look."
[[expect]]
metric = "client.shoppers.success_rate"
window = ["10s", "20s"]
above = "50%"
)toml";

}  // namespace faultline::test
