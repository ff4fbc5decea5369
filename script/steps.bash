# What the scripts share: where things are, how they speak, and how they build.
# To be sourced. Everything is said on stderr, so that stdout belongs to the program that is run.

project_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build_root=$project_root/build
build_jobs=${FAULTLINE_BUILD_JOBS:-$(nproc)}

# ccache insists on a home to write to; an account without one gets a cache beside the build.
if [ ! -w "${HOME:-/nonexistent}" ]; then export CCACHE_DIR=$build_root/ccache; fi

say() { printf '%s\n' "$*" >&2; }

# took SECONDS_AT_START: how long that was, for a reader.
took() {
  local seconds=$((SECONDS - $1))
  if ((seconds < 120)); then echo "$seconds s"; else echo "$(((seconds + 30) / 60)) min"; fi
}

start_log() { mkdir -p "$(dirname "$1")" && : >"$1"; }

show_tail() {
  tail -n 40 "$1" | sed 's/^/  | /' >&2
  say "The whole log: ${1#"$project_root"/}"
}

# configure PRESET: quiet when all is well.
configure() {
  local preset=$1 log=$build_root/configure.log
  [ "$preset" = release ] || log=$build_root/configure-$preset.log
  start_log "$log"
  if ! (cd "$project_root" && cmake --preset "$preset") >"$log" 2>&1; then
    say "CMake could not configure the $preset build:"
    show_tail "$log"
    return 3
  fi
}

# build PRESET [TARGET…]: one status line on a terminal, a few words otherwise; on failure, what
# the compiler said.
build() {
  local preset=$1 folder=$build_root/$1 started=$SECONDS steps
  shift
  steps=$(ninja -C "$folder" -n "$@" 2>/dev/null | sed -n 's/^\[[0-9]*\/\([0-9]*\)\].*/\1/p' |
    tail -n 1)
  if [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; then
    NINJA_STATUS="Building the $preset preset [%f/%t] " \
      ninja -C "$folder" -j "$build_jobs" "$@" >&2 || return 3
  else
    build_plainly "$folder" "${steps:-0}" "$@" || return 3
  fi
  if [ "${steps:-0}" -gt 0 ]; then say "Built in $(took "$started")."; fi
}

# A source takes some seven seconds on one core of an ordinary machine.
build_plainly() {
  local folder=$1 steps=$2 log=$1/build.log line percent shown=0
  shift 2
  local minutes=$(((steps * 7 / build_jobs + 59) / 60))
  start_log "$log"
  if ((steps > 0)); then
    printf 'Building %s (first time about %d min) …' "$(basename "$folder")" "$minutes" >&2
  fi
  ninja -C "$folder" -j "$build_jobs" "$@" 2>&1 | while IFS= read -r line; do
    printf '%s\n' "$line" >>"$log"
    if [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] && ((steps > 0)); then
      percent=$((100 * BASH_REMATCH[1] / BASH_REMATCH[2] / 10 * 10))
      if ((percent > shown)); then printf ' %d %%' "$percent" >&2; shown=$percent; fi
    fi
  done
  local status=${PIPESTATUS[0]}
  if ((steps > 0)); then printf '\n' >&2; fi
  if ((status != 0)); then
    say "The build failed:"
    # Leave out ninja's progress and the command lines: what remains is the compiler's own words.
    grep -vE '^\[[0-9]+/[0-9]+\]|^: && |^/usr/bin/(ccache|c\+\+|cmake)|^ninja: Entering' "$log" >&2
    say "The whole log: ${log#"$project_root"/}"
    return 3
  fi
}
