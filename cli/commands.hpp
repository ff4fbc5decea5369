#pragma once
// The commands, one file each. A command gets its parsed options and answers an exit code
// (contract §2).

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "lab/scenario/load.hpp"

namespace faultline::cli {

enum Exit : int {
  kPass = 0,
  kFailed = 1,
  kUsage = 2,
  kRuntime = 3,
  kInconclusive = 4,
  kInterrupted = 130
};

// Set by Ctrl-C: a run ends early and keeps what it has.
extern std::atomic<bool> interrupted;

struct RunCommand {
  std::string file, variant, json, csv, duration;
  std::optional<std::int64_t> seed;
  std::optional<std::uint64_t> trace_request;
  std::vector<std::string> set;
  bool quiet = false;
};
int run_command(const RunCommand& options);

struct CheckCommand {
  std::vector<std::string> files;
  std::string junit, markdown;
  std::int64_t replications = 1;
};
int check_command(const CheckCommand& options);

struct CompareCommand {
  std::string file, json, csv, markdown, duration, until_ci;
  std::vector<std::string> variants, metrics, set;
  std::optional<std::int64_t> seed;
  std::int64_t replications = 10, most = 1000;
  unsigned jobs = 0;
};
int compare_command(const CompareCommand& options);

int explain_command(const std::string& word);
struct VerifyCommand {
  std::string rows, family;
  std::string effort = "quick";
  double budget = 0;  // of events; 0: as the effort says
};
int verify_command(const VerifyCommand& options);

int gui_command(const std::vector<std::string>& arguments);

// Prints diagnostics to stderr; the exit code that goes with them.
int report(const Diagnostics& diagnostics);
// `--set KEY=VALUE` and `--duration` as settings.
Settings settings_from(const std::vector<std::string>& set, const std::string& duration,
                       Diagnostics& wrong);
// Writes a file, or standard output for "-"; false and a message on stderr if that fails.
bool write_output(const std::string& path, const std::string& text);

}  // namespace faultline::cli
