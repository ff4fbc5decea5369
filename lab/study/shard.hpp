#pragma once
// A sweep divided among machines that share nothing but a folder: shard i of n does every n-th run.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace faultline {

struct Shard {
  std::int64_t number = 1, of = 1;
  bool whole = true;  // no shard was asked for
  bool has(std::int64_t run) const { return run % of == number - 1; }
};

// "3/8"; "auto" or "auto/8" asks the environment: a Slurm array task, an Indexed Job's pod of
// Kubernetes (whose number of pods comes from FAULTLINE_SHARDS, or after the slash), a rank of MPI
// (Open MPI, PMI) or of srun. An error is a sentence.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
tl::expected<Shard, std::string> parse_shard(std::string_view text, const Environment& environment);

// That of this process.
std::optional<std::string> process_environment(const std::string& name);

}  // namespace faultline
