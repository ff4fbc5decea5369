// faultline sweep submit: all shards at once, on whatever there is.

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>

#include "cli/commands.hpp"
#include "lab/export/submission.hpp"
#include "lab/study/sweep.hpp"

namespace faultline::cli {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> arguments_of(const SweepCommand& o) {
  std::vector<std::string> words = {"sweep", o.file};
  const auto add = [&](const char* option, const std::string& value) {
    words.emplace_back(option);
    words.push_back(value);
  };
  for (const std::string& a : o.axes) add("--axis", a);
  for (const std::string& w : o.where) add("--where", w);
  for (const std::string& m : o.metrics) add("--metric", m);
  for (const std::string& s : o.set) add("--set", s);
  if (!o.variant.empty()) add("--variant", o.variant);
  if (!o.duration.empty()) add("--duration", o.duration);
  if (o.replications) add("--replications", std::to_string(*o.replications));
  if (o.samples) add("--samples", std::to_string(*o.samples));
  add("-o", SweepFiles(o.out).stem);
  return words;
}

// Runs a program and waits for it; its exit code, 3 if it could not be started.
int run_program(const std::vector<std::string>& words) {
  const pid_t child = start_program(words);
  return child < 0 ? static_cast<int>(kRuntime) : wait_for(child);
}

int submit_local(const SweepCommand& o, const Submission& s) {
  std::vector<pid_t> children;
  for (std::int64_t i = 1; i <= s.shards; ++i) {
    std::vector<std::string> words = {s.program};
    words.insert(words.end(), s.arguments.begin(), s.arguments.end());
    for (const std::string& w :
         {std::string("--shard"), fmt::format("{}/{}", i, s.shards), std::string("--resume"),
          std::string("--quiet"), std::string("--jobs"), std::to_string(s.jobs > 0 ? s.jobs : 1)})
      words.push_back(w);
    const pid_t child = start_program(words);
    if (child < 0) break;
    children.push_back(child);
  }
  int worst = std::ssize(children) == s.shards ? kPass : kRuntime;
  for (const pid_t child : children) worst = std::max(worst, wait_for(child));
  if (interrupted) return kInterrupted;
  if (worst != kPass && worst != kInconclusive) return worst;
  return sweep_merge_command(o);
}

int submit_slurm(const SweepCommand& o, const Submission& s) {
  const std::string script = slurm_script(s);
  if (o.dry_run) return write_output("-", script) ? kPass : kRuntime;
  const std::string path = SweepFiles(o.out).stem + ".sbatch";
  if (!write_output(path, script)) return kRuntime;
  std::vector<std::string> words = {"sbatch"};
  if (o.wait) words.emplace_back("--wait");
  words.push_back(path);
  const int code = run_program(words);
  if (o.wait) {
    const auto status = status_of(SweepFiles(o.out));
    if (status && status->complete()) return sweep_merge_command(o);
  }
  if (code != 0) {
    fmt::print(stderr, "faultline: sbatch ended with {}; {} is what it was given\n", code, path);
    return o.wait ? kInconclusive : kRuntime;
  }
  if (!o.wait)
    fmt::print(stderr,
               "faultline sweep status {0} tells how far it is; faultline sweep merge {0} "
               "writes the results\n",
               o.out);
  return kPass;
}

}  // namespace

pid_t start_program(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& w : words) arguments.push_back(const_cast<char*>(w.c_str()));
  arguments.push_back(nullptr);
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    execvp(arguments[0], arguments.data());
    fmt::print(stderr, "faultline: cannot start {}: {}\n", words[0], std::strerror(errno));
    std::fflush(stderr);
    _exit(127);
  }
  if (child < 0)
    fmt::print(stderr, "faultline: cannot start {}: {}\n", words[0], std::strerror(errno));
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status)) return kRuntime;
  return WEXITSTATUS(status) == 127 ? static_cast<int>(kRuntime) : WEXITSTATUS(status);
}

int sweep_submit_command(const SweepCommand& o) {
  Diagnostics wrong;
  const Settings settings = settings_from(o.set, o.duration, wrong);
  if (!wrong.empty()) return report(wrong);
  const auto plan = plan_sweep(request_of(o, settings));
  if (!plan) return report(plan.error());
  Submission s;
  std::error_code problem;
  s.program = fs::read_symlink("/proc/self/exe", problem).string();
  s.arguments = arguments_of(o);
  s.folder = fs::current_path(problem).string();
  s.name = SweepFiles(o.out).stem;
  s.jobs = o.jobs;
  s.shards =
      o.shards > 0 ? o.shards : std::max<std::int64_t>(1, std::thread::hardware_concurrency());
  if (s.shards > plan->runs()) {
    fmt::print(stderr, "faultline: {} shards are more than the {} runs there are\n", s.shards,
               plan->runs());
    return kUsage;
  }
  s.image = o.image;
  s.claim = o.claim;
  if (o.engine == "kubernetes") return write_output("-", kubernetes_manifest(s)) ? kPass : kRuntime;
  if (o.engine == "slurm") return submit_slurm(o, s);
  if (o.dry_run) {
    std::string text;
    for (std::int64_t i = 1; i <= s.shards; ++i) {
      text += shell_word(s.program);
      for (const std::string& a : s.arguments) text += " " + shell_word(a);
      text += fmt::format(" --shard {}/{} --resume\n", i, s.shards);
    }
    return write_output("-", text) ? kPass : kRuntime;
  }
  return submit_local(o, s);
}

}  // namespace faultline::cli
