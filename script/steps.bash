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

# build PRESET [TARGET…]: one status line on a terminal, a few words otherwise, nothing if nothing
# is to be done; on failure, what the compiler said.
build() {
  local preset=$1 folder=$build_root/$1 log=$build_root/$1/build.log started=$SECONDS status=0
  shift
  start_log "$log"
  (cd "$folder" && ninja -j "$build_jobs" "$@") 2>&1 </dev/null | tee "$log" |
    show_progress "$preset" || status=$?
  if ((status != 0)); then
    say "The build failed:"
    # Without ninja's progress and command lines: what remains is what the compiler said.
    grep -vE '^\[[0-9]+/[0-9]+\]|^: && |^(/usr/bin/)?(ccache|cmake) |^ninja: E' "$log" >&2
    say "The whole log: ${log#"$project_root"/}"
    return 3
  fi
  if grep -qE '^\[[1-9][0-9]*/' "$log"; then say "Built in $(took "$started")."; fi
}

# Reads ninja's "[12/345] Building …" lines. A source takes some four seconds on one core of an
# ordinary machine, and less when ccache has seen it before.
show_progress() {
  local preset=$1 line step steps percent shown=-1
  while IFS= read -r line; do
    [[ $line =~ ^\[([1-9][0-9]*)/([0-9]+)\] ]] || continue
    step=${BASH_REMATCH[1]} steps=${BASH_REMATCH[2]}
    if [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; then
      printf '\rBuilding %s: %d of %d\033[K' "$preset" "$step" "$steps" >&2
      shown=0
      continue
    fi
    if ((shown < 0)); then
      printf 'Building %s (first time about %d min) …' \
        "$preset" $(((steps * 4 / build_jobs + 59) / 60)) >&2
      shown=0
    fi
    percent=$((100 * step / steps / 10 * 10))
    if ((percent > shown)); then
      printf ' %d %%' "$percent" >&2
      shown=$percent
    fi
  done
  if ((shown >= 0)); then printf '\n' >&2; fi
}

# run_ctest PRESET [CTEST OPTION…]: runs the tests of a build and leaves `passed` and `failed`,
# in test cases, to the caller. A test program that isn't written with Catch2 or Qt Test counts
# as one case.
run_ctest() {
  local folder=$build_root/$1 report=$build_root/$1/tests.xml status=0
  shift
  rm -f "$report"
  (cd "$folder" && ctest --output-on-failure --no-tests=error --output-junit "$report" \
    --test-output-size-passed 100000000 --test-output-size-failed 100000000 "$@") >&2 || status=$?
  read -r passed failed < <(count_cases "$report")
  if ((status != 0 && failed == 0)); then failed=1; fi
}

# count_cases JUNIT_XML: "passed failed", from the summaries the test programs print.
count_cases() {
  [ -f "$1" ] || { echo "0 0"; return; }
  awk '
    function number_before(word, line) {  # "12 passed" -> 12
      return match(line, "[0-9]+ " word) ? substr(line, RSTART, RLENGTH) + 0 : 0
    }
    /<testcase / { ok = /status="run"/; cases = p = f = 0; skipped = /status="(notrun|disabled)"/ }
    /All tests passed \(/ && match($0, /[0-9]+ test case/) {
      p += substr($0, RSTART, RLENGTH) + 0; cases = 1
    }
    /test cases: / { p += number_before("passed", $0); f += number_before("failed", $0); cases = 1 }
    /Totals: [0-9]+ passed/ {
      p += number_before("passed", $0); f += number_before("failed", $0); cases = 1
    }
    /<\/testcase>/ {
      if (skipped) { p = 0; f = 1 }      # a test that could not be started
      else if (!cases) { p = ok; f = !ok }
      else if (!ok && f == 0) f = 1      # every case passed, and then it crashed
      passed += p; failed += f
    }
    END { print passed + 0, failed + 0 }' "$1"
}
