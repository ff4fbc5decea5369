#pragma once
// The commands, one file each. A command gets its parsed options and answers an exit code
// (contract §2).

#include <sys/types.h>

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lab/export/json.hpp"
#include "lab/scenario/load.hpp"
#include "lab/study/sweep_plan.hpp"

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

struct SweepCommand {
  std::string file, variant, duration, out, shard;
  std::vector<std::string> axes, where, metrics, set;
  std::optional<std::int64_t> replications, samples;
  unsigned jobs = 0;
  bool resume = false, force = false, quiet = false;
  // Of submit.
  std::string engine = "local", image = "faultline:latest", claim = "faultline";
  std::int64_t shards = 0;
  bool dry_run = false, wait = false;
};
int sweep_command(const SweepCommand& options);
int sweep_plan_command(const SweepCommand& options);
int sweep_status_command(const std::string& out);
int sweep_merge_command(const SweepCommand& options);

int sweep_submit_command(const SweepCommand& options);
SweepRequest request_of(const SweepCommand& options, const Settings& settings);
// Another program, its words as given: its process, or −1 and a message. And its exit code.
pid_t start_program(const std::vector<std::string>& words);
int wait_for(pid_t child);

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
bool write_output(const std::string& path, const std::function<void(const Sink&)>& write);

}  // namespace faultline::cli
