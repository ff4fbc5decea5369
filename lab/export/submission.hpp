#pragma once
// How a sweep is handed to others: a Slurm array job, an Indexed Job of Kubernetes. Texts only; who
// submits them is another matter.

#include <cstdint>
#include <string>
#include <vector>

namespace faultline {

struct Submission {
  std::string program;                 // path of faultline
  std::vector<std::string> arguments;  // sweep FILE --axis … -o OUT, without --shard and --resume
  std::string folder;                  // where it is run, absolute
  std::string name;                    // of the job
  std::int64_t shards = 1;
  unsigned jobs = 0;         // threads of each; 0: what the engine grants
  std::string image, claim;  // of Kubernetes
};

// Each task does `--shard auto`; all resume, so that a task which is run again goes on.
std::string slurm_script(const Submission& submission);
// An Indexed Job of batch/v1, in YAML: one pod for each shard, the folder on a volume that all
// share.
std::string kubernetes_manifest(const Submission& submission);

// A word for a shell: quoted if it needs to be.
std::string shell_word(const std::string& word);

}  // namespace faultline
