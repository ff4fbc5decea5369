#include "lab/study/shard.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>

namespace faultline {
namespace {

using Number = std::optional<std::int64_t>;

Number whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Asking {
  const Environment& environment;
  Number operator()(const std::string& name) const {
    const auto text = environment(name);
    return text ? whole(*text) : std::nullopt;
  }
};

tl::expected<Shard, std::string> checked(std::int64_t number, std::int64_t of,
                                         std::string_view from) {
  if (of >= 1 && number >= 1 && number <= of) return Shard{number, of, false};
  return tl::unexpected(
      fmt::format("{} says shard {} of {}, and there is no such", from, number, of));
}

tl::expected<Shard, std::string> ask(const Environment& environment, Number of) {
  const Asking number{environment};
  if (const auto id = number("SLURM_ARRAY_TASK_ID")) {
    const std::int64_t least = number("SLURM_ARRAY_TASK_MIN").value_or(1);
    const std::int64_t step =
        std::max<std::int64_t>(1, number("SLURM_ARRAY_TASK_STEP").value_or(1));
    const auto most = number("SLURM_ARRAY_TASK_MAX");
    // One task that is run again alone is still the same shard, if the script that is submitted
    // says of how many. Arrays count from 1, or from 0 where their least index says so.
    const Number all = of ? of : number("FAULTLINE_SHARDS");
    if (all) return checked(*id + (least == 0 ? 1 : 0), *all, "the Slurm array");
    return checked((*id - least) / step + 1, most ? (*most - least) / step + 1 : 0,
                   "the Slurm array");
  }
  if (const auto index = number("JOB_COMPLETION_INDEX")) {
    const Number all = of ? of : number("FAULTLINE_SHARDS");
    if (!all)
      return tl::unexpected(std::string(
          "JOB_COMPLETION_INDEX says which shard, but not of how many: write --shard auto/N or set "
          "FAULTLINE_SHARDS"));
    return checked(*index + 1, *all, "the Indexed Job");
  }
  const std::pair<const char*, const char*> ranks[] = {
      {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
      {"PMI_RANK", "PMI_SIZE"},
      {"SLURM_PROCID", "SLURM_NTASKS"}};
  for (const auto& [rank, size] : ranks) {
    const auto r = number(rank), n = number(size);
    if (r && (n || of)) return checked(*r + 1, of.value_or(n.value_or(0)), rank);
  }
  return tl::unexpected(std::string(
      "--shard auto finds neither a Slurm array, nor a Kubernetes Indexed Job, nor an MPI rank"));
}

}  // namespace

tl::expected<Shard, std::string> parse_shard(std::string_view text,
                                             const Environment& environment) {
  const std::size_t slash = text.find('/');
  const std::string_view first = text.substr(0, slash);
  Number of;
  if (slash != std::string_view::npos) {
    of = whole(text.substr(slash + 1));
    if (!of) return tl::unexpected(fmt::format("--shard is i/n or auto, not \"{}\"", text));
  }
  if (first == "auto") return ask(environment, of);
  const auto number = whole(first);
  if (!number || !of)
    return tl::unexpected(fmt::format("--shard is i/n or auto, not \"{}\"", text));
  return checked(*number, *of, "--shard");
}

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace faultline
