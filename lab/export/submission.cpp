#include "lab/export/submission.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace faultline {
namespace {

// JSON's strings are YAML's, too.
std::string yaml(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// A label of DNS: lower case, digits and dashes, at most 63 long.
std::string label(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool good = (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9');
    if (good)
      out += low;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  out = out.substr(0, 40);
  while (!out.empty() && out.back() == '-') out.pop_back();
  return "faultline-" + (out.empty() ? "sweep" : out);
}

}  // namespace

std::string shell_word(const std::string& word) {
  if (!word.empty() &&
      word.find_first_not_of(
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:%,+") ==
          std::string::npos)
    return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string slurm_script(const Submission& s) {
  std::string command = shell_word(s.program);
  for (const std::string& a : s.arguments) command += " " + shell_word(a);
  return fmt::format(
      "#!/bin/bash\n"
      "#SBATCH --job-name={}\n"
      "#SBATCH --array=1-{}\n"
      "#SBATCH --cpus-per-task={}\n"
      "#SBATCH --requeue\n"
      "#SBATCH --output={}.shard-%a.log\n"
      "cd {} || exit 3\n"
      "export FAULTLINE_SHARDS={}\n"
      "exec {} --shard auto --resume --quiet --jobs \"${{SLURM_CPUS_PER_TASK:-1}}\"\n",
      label(s.name), s.shards, s.jobs > 0 ? s.jobs : 1, s.name, shell_word(s.folder), s.shards,
      command);
}

std::string kubernetes_manifest(const Submission& s) {
  std::string arguments;
  for (const std::string& a : s.arguments) arguments += fmt::format("            - {}\n", yaml(a));
  for (const std::string& a :
       {std::string("--shard"), fmt::format("auto/{}", s.shards), std::string("--resume"),
        std::string("--quiet"), std::string("--jobs"), std::to_string(s.jobs > 0 ? s.jobs : 1)})
    arguments += fmt::format("            - {}\n", yaml(a));
  return fmt::format(
      "apiVersion: batch/v1\n"
      "kind: Job\n"
      "metadata:\n"
      "  name: {0}\n"
      "  labels:\n"
      "    app.kubernetes.io/name: faultline\n"
      "spec:\n"
      "  completionMode: Indexed\n"
      "  completions: {1}\n"
      "  parallelism: {1}\n"
      "  backoffLimit: {2}\n"
      "  template:\n"
      "    metadata:\n"
      "      labels:\n"
      "        app.kubernetes.io/name: faultline\n"
      "    spec:\n"
      "      restartPolicy: Never\n"
      "      containers:\n"
      "        - name: faultline\n"
      "          image: {3}\n"
      "          workingDir: {4}\n"
      "          command:\n"
      "            - {8}\n"
      "          args:\n{5}"
      "          resources:\n"
      "            requests:\n"
      "              cpu: {6}\n"
      "          volumeMounts:\n"
      "            - name: work\n"
      "              mountPath: {4}\n"
      "      volumes:\n"
      "        - name: work\n"
      "          persistentVolumeClaim:\n"
      "            claimName: {7}\n",
      label(s.name), s.shards, 6 * s.shards, yaml(s.image), yaml("/work"), arguments,
      yaml(std::to_string(s.jobs > 0 ? s.jobs : 1)), yaml(s.claim), yaml("faultline"));
}

}  // namespace faultline
