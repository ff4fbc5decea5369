// faultline: the command line. Results on stdout, all else on stderr; exit codes as contract §2.

#include <CLI/CLI.hpp>
#include <charconv>
#include <csignal>
#include <cstdio>

#include "cli/commands.hpp"

using namespace faultline::cli;

namespace {

// The first Ctrl-C ends the run early and keeps what there is; a second one ends the program.
extern "C" void on_interrupt(int) {
  interrupted = true;
  std::signal(SIGINT, SIG_DFL);
}

// CLI11 takes "x" apart only halfway, and a number that is too large for the largest there is.
std::string whole_number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem == std::errc{} && end == text.data() + text.size() && value >= 0) return {};
  return "\"" + text + "\" is not a whole number from 0 to 9223372036854775807";
}

// A word where a command is due.
std::string unknown_command(const CLI::App& app, int argc, char** argv) {
  std::string known;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (argc > 1 && command->get_name() == argv[1]) return {};
    known += (known.empty() ? "" : ", ") + command->get_name();
  }
  if (argc < 2) return "a command is due: " + known;
  if (argv[1][0] == '-') return {};
  return "there is no command \"" + std::string(argv[1]) + "\"; there are " + known;
}

// What a sweep is over, in every command that plans one.
void add_plan_options(CLI::App* command, SweepCommand& sweep) {
  command
      ->add_option("--axis", sweep.axes,
                   "A key and its values: 8,16,32 or range(10ms, 50ms, 5) or log(8, 512, 7); the "
                   "key `variant` takes variants (may be repeated)")
      ->type_name("KEY=V1,V2,…")
      ->allow_extra_args(false);
  command
      ->add_option("--where", sweep.where,
                   "Only the points for which this holds: KEY < KEY or a value; also <=, >, >=, "
                   "==, != (may be repeated)")
      ->type_name("A<B")
      ->allow_extra_args(false);
  command
      ->add_option("--samples", sweep.samples,
                   "A Latin hypercube of so many points instead of every combination")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--replications", sweep.replications, "Runs of each point")
      ->check(CLI::Range(1, 1'000'000));
  command
      ->add_option("--metric", sweep.metrics,
                   "What is kept of each run, e.g. client.*.success_rate (may be repeated)")
      ->allow_extra_args(false);
  command->add_option("--variant", sweep.variant, "The variant of the file to run");
  command->add_option("--set", sweep.set, "Set a key in every point (may be repeated)")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command->add_option("--duration", sweep.duration, "Instead of the scenario's duration");
}

void add_sweep(CLI::App& app, SweepCommand& sweep, int& exit_code) {
  auto* command = app.add_subcommand(
      "sweep", "Every combination of settings × replications: results in CSV and SQLite, effects");
  command->add_option("FILE", sweep.file, "The scenario, perhaps with a [sweep] table");
  add_plan_options(command, sweep);
  command->add_option("--jobs", sweep.jobs, "Threads; 0: one a core")->check(CLI::Range(0, 1024));
  command->add_option("-o,--out", sweep.out, "Writes OUT.csv and OUT.sqlite");
  command->add_flag("--resume", sweep.resume, "Go on with what is there");
  command->add_flag("--force", sweep.force, "Overwrite what is there");
  command
      ->add_option("--shard", sweep.shard,
                   "Only shard i of n; auto asks Slurm, Kubernetes or MPI which this is")
      ->type_name("i/n|auto");
  command->add_flag("--quiet", sweep.quiet, "Say nothing unless something is wrong");
  command->require_subcommand(0, 1);
  command->callback([&, command] {
    if (command->get_subcommands().empty()) exit_code = sweep_command(sweep);
  });

  auto* plan = command->add_subcommand("plan", "What would be run");
  plan->add_option("FILE", sweep.file, "The scenario")->required();
  add_plan_options(plan, sweep);
  plan->callback([&] { exit_code = sweep_plan_command(sweep); });

  auto* status = command->add_subcommand("status", "How far a sweep is: exit 0 done, 4 not yet");
  status->add_option("OUT", sweep.out, "As given to -o")->required();
  status->callback([&] { exit_code = sweep_status_command(sweep.out); });

  auto* submit = command->add_subcommand(
      "submit", "Run all shards: here, as a Slurm array, or as an Indexed Job of Kubernetes");
  submit->add_option("FILE", sweep.file, "The scenario")->required();
  add_plan_options(submit, sweep);
  submit->add_option("--engine", sweep.engine, "local, slurm or kubernetes")
      ->check(CLI::IsMember({"local", "slurm", "kubernetes"}))
      ->capture_default_str();
  submit->add_option("--shards", sweep.shards, "How many; 0: one a core")
      ->check(CLI::Range(0, 100'000));
  submit->add_option("-o,--out", sweep.out, "In a folder that all machines see")->required();
  submit->add_option("--jobs", sweep.jobs, "Threads of each shard; 0: one")
      ->check(CLI::Range(0, 1024));
  submit->add_flag("--wait", sweep.wait, "Of slurm: wait for all, and merge");
  submit->add_flag("--force", sweep.force, "Overwrite results that are there");
  submit->add_flag("--quiet", sweep.quiet, "Say nothing unless something is wrong");
  submit->add_flag("--dry-run", sweep.dry_run, "Print what would be submitted, and do nothing");
  submit->add_option("--image", sweep.image, "Of kubernetes: an image with faultline in it")
      ->capture_default_str();
  submit->add_option("--claim", sweep.claim, "Of kubernetes: the volume claim with the folder")
      ->capture_default_str();
  submit->callback([&] { exit_code = sweep_submit_command(sweep); });

  auto* merge =
      command->add_subcommand("merge", "The results from all shards: exit 4 if a run is missing");
  merge->add_option("OUT", sweep.out, "As given to -o")->required();
  merge->add_flag("--force", sweep.force, "Overwrite results that are there");
  merge->add_flag("--quiet", sweep.quiet, "Say nothing unless something is wrong");
  merge->callback([&] { exit_code = sweep_merge_command(sweep); });
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a write that fails, and is reported as such
  CLI::App app{"Faultline: see how a distributed system fails, and what would have saved it."};
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("faultline 0.1.0"));
  int exit_code = kPass;

  RunCommand run;
  auto* run_app =
      app.add_subcommand("run", "Run a scenario once: verdict, summary, what broke first");
  run_app->add_option("FILE", run.file, "The scenario; - is standard input")->required();
  run_app->add_option("--variant", run.variant, "The variant of the file to run");
  run_app->add_option("--seed", run.seed, "Instead of the scenario's seed")->check(whole_number);
  run_app->add_option("--set", run.set, "Set a key, e.g. service.db.threads=16 (may be repeated)")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  run_app->add_option("--duration", run.duration, "Instead of the scenario's duration");
  run_app->add_option("--json", run.json, "Write the result as JSON; - is standard output")
      ->type_name("FILE");
  run_app->add_option("--csv", run.csv, "Write the result as CSV files into this folder")
      ->type_name("DIR");
  run_app
      ->add_option("--trace-request", run.trace_request,
                   "Tell the story of the N-th request (from 0)")
      ->check(whole_number)
      ->type_name("N");
  run_app->add_flag("--quiet", run.quiet, "Print only the fingerprint");
  run_app->callback([&] { exit_code = run_command(run); });

  CheckCommand check;
  auto* check_app = app.add_subcommand(
      "check", "Judge the expectations of scenarios: exit 0 hold, 1 fail, 4 inconclusive");
  check_app->add_option("FILE", check.files, "Scenarios")->required();
  check_app
      ->add_option("--replications", check.replications,
                   "Runs with successive seeds, judged by their confidence interval")
      ->check(CLI::Range(1, 100000));
  check_app->add_option("--junit", check.junit, "Write the verdicts as JUnit XML")
      ->type_name("FILE");
  check_app->add_option("--markdown", check.markdown, "Write the verdicts as a Markdown table")
      ->type_name("FILE");
  check_app->callback([&] { exit_code = check_command(check); });

  CompareCommand compare;
  auto* compare_app = app.add_subcommand(
      "compare", "Variants from the same seeds: differences, their intervals, request by request");
  compare_app->add_option("FILE", compare.file, "The scenario; - is standard input")->required();
  compare_app
      ->add_option("--variants", compare.variants,
                   "The variants, the first being what the others are compared with; base and all "
                   "if none is named")
      ->type_name("A,B,…")
      ->allow_extra_args(false);
  compare_app
      ->add_option("--replications", compare.replications, "Runs of each, with successive seeds")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  compare_app
      ->add_option("--until-ci", compare.until_ci,
                   "More replications, until every interval is within ± this share (5%)")
      ->type_name("SHARE");
  compare_app->add_option("--most", compare.most, "Of --until-ci: no more replications than this")
      ->check(CLI::Range(2, 100000))
      ->capture_default_str();
  compare_app
      ->add_option("--metric", compare.metrics,
                   "What is compared, e.g. service.db.wait_s.p99 (may be repeated)")
      ->allow_extra_args(false);
  compare_app->add_option("--seed", compare.seed, "Of the first replication")->check(whole_number);
  compare_app->add_option("--set", compare.set, "Set a key in every variant (may be repeated)")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  compare_app->add_option("--duration", compare.duration, "Instead of the scenario's duration");
  compare_app->add_option("--jobs", compare.jobs, "Threads; 0: one a core")
      ->check(CLI::Range(0, 1024));
  compare_app->add_option("--json", compare.json, "Write the comparison as JSON")
      ->type_name("FILE");
  compare_app->add_option("--csv", compare.csv, "Write it as CSV")->type_name("FILE");
  compare_app->add_option("--markdown", compare.markdown, "Write it as Markdown")
      ->type_name("FILE");
  compare_app->callback([&] { exit_code = compare_command(compare); });

  SweepCommand sweep;
  add_sweep(app, sweep, exit_code);

  std::string word;
  auto* explain_app = app.add_subcommand(
      "explain", "Explain a diagnostic's code, a policy, a fault, a table or a metric");
  explain_app->add_option("WORD", word, "E201, retry, slow, service, recovered_s, …")->required();
  explain_app->callback([&] { exit_code = explain_command(word); });

  VerifyCommand verify;
  auto* verify_app = app.add_subcommand(
      "verify", "Hold the simulator against exact theory, or against rows of exact values");
  verify_app
      ->add_option("--effort", verify.effort,
                   "quick (default): within 2 minutes on two cores; full: longer, sharper")
      ->check(CLI::IsMember({"quick", "full"}));
  auto* rows_option = verify_app->add_option(
      "--rows", verify.rows, "Rows of exact values (tests/published/exact.toml) instead");
  rows_option->type_name("FILE");
  verify_app->add_option("--family", verify.family, "Of --rows: only the rows of this family")
      ->needs(rows_option);
  verify_app->add_option("--budget", verify.budget, "Events to spend instead")->group("");
  verify_app->callback([&] { exit_code = verify_command(verify); });

  std::vector<std::string> gui_arguments;
  auto* gui_app = app.add_subcommand("gui", "Open the desktop program");
  gui_app->add_option("FILE", gui_arguments, "A scenario to open");
  gui_app->callback([&] { exit_code = gui_command(gui_arguments); });

  if (const std::string problem = unknown_command(app, argc, argv); !problem.empty()) {
    std::fprintf(stderr, "faultline: %s\nfaultline --help tells what they do.\n", problem.c_str());
    return kUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e) == 0 ? kPass : kUsage;
    std::fprintf(stderr, "faultline: %s\nfaultline %s--help tells what there is.\n", e.what(),
                 app.get_subcommands().empty()
                     ? ""
                     : (app.get_subcommands().front()->get_name() + " ").c_str());
    return kUsage;
  }
  return exit_code;
}
