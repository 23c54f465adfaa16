#!/usr/bin/env bash
# Seawall's one script. `./do help` lists what it does; each command installs what it needs, if it may.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() { printf 'do: %s\n' "$*" >&2; exit 1; }

help() {
  cat <<'END'
usage: ./do COMMAND [ARGUMENT...]

  run [--once]        build, then run the look-up service with sample lists, and print three curl lines; until Ctrl-C
  demo                build, then fingerprint real photographs, list some, find altered copies of them in a folder
  test [--sanitize]   build and run every test; --sanitize: again under ASan+UBSan and TSan
  build [PRESET]      build (release unless named); leaves the program at build/seawall
  wheel               build the Python package for this machine into build/
  bench [--json]      measure against the peers; goals and ratios
  eval [--video]      robustness: recall per edit with confidence intervals, false matches
  fuzz [SECONDS]      every fuzzer for SECONDS each (60 unless said), one a processor
  lint                clang-format, clang-tidy, headers that stand alone, module graph
  fmt                 reformat the sources
  setup [WHAT...]     only install packages: build run test bench fuzz lint, web (hashing in the console); build and test unless said
END
}

# --- packages -------------------------------------------------------------------------------------
# wanted WHAT...: the package names in tools/packages/WHAT, comments dropped.
wanted() { for list in "$@"; do sed 's/#.*//' "tools/packages/$list"; done | awk 'NF {print $1}' | sort -u; }

missing() {
  local have
  have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | awk '$1 == "installed" {print $2}' | sort -u)
  comm -23 <(wanted "$@") <(printf '%s\n' "$have")
}

setup() {
  command -v dpkg-query >/dev/null || die "this script installs Debian packages; on another system install the like of: $(wanted "$@" | xargs)"
  local packages as_root=()
  packages=$(missing "$@")
  [ -n "$packages" ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=(sudo); else
      die "these packages are missing and installing them needs root. Type:
  sudo apt-get install --no-install-recommends $(xargs <<<"$packages")"
    fi
  fi
  say "installing $(wc -l <<<"$packages") packages: $(xargs <<<"$packages")"
  "${as_root[@]}" apt-get update -qq
  # shellcheck disable=SC2086  # one word a package
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
}

# --- build ----------------------------------------------------------------------------------------
# compile PRESET [TARGET...]
compile() {
  local preset=$1; shift
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null
  cmake --build --preset "$preset" -j "$(nproc)" ${1:+--target "$@"}
}

# The console is built with npm, before the program that it is put into. Without npm or network: a program without console.
console() {
  command -v npm >/dev/null || (setup console) || true
  say "building the web console"
  tools/console build || say "going on without it: the program has the console that is in web/dist, or none"
}

build() {
  local preset=${1:-release}
  setup build test
  console
  say "building ($preset)"
  compile "$preset" programs
  for program in seawall media_worker video_worker; do
    if [ -x "build/$preset/bin/$program" ]; then ln -sfn "$preset/bin/$program" "build/$program"; fi
  done
}

check() {
  case ${1:-} in
    --sanitize)
      for preset in asan tsan; do
        setup build test
        say "tests under $preset"
        compile "$preset"
        ctest --preset "$preset" -j "$(nproc)"
      done ;;
    "")
      build release
      say "building the tests"
      compile release
      say "tests"
      ctest --preset release -j "$(nproc)" ;;
    *) die "test takes --sanitize or nothing" ;;
  esac
}

# one_fuzzer NAME SECONDS: runs it, its output in a log; says what it did. Fails when it found something.
one_fuzzer() {
  local name=$1 seconds=$2 status=0
  mkdir -p "build/fuzz/found/$name"
  "build/fuzz/bin/$name" -max_total_time="$seconds" -rss_limit_mb=4096 -timeout=20 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/found/$name-" "build/fuzz/found/$name" "fuzz/corpus/$name" \
    2>"build/fuzz/$name.log" || status=1
  say "$name: $(awk '/stat::number_of_executed_units/ {n = $2} /stat::average_exec_per_sec/ {r = $2}
    END {print n + 0 " executions, " r + 0 " /s"}' "build/fuzz/$name.log")"
  [ $status = 0 ] || tail -40 "build/fuzz/$name.log" >&2
  return $status
}

# As many side by side as there are processors: each uses one.
fuzz() {
  local seconds=${1:-60} failed=0 running=()
  setup build fuzz
  say "building the fuzzers"
  compile fuzz fuzzers
  say "every fuzzer for $seconds s, $(nproc) at a time"
  for source in fuzz/*_fuzz.cpp; do
    while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n || true; done
    one_fuzzer "$(basename "$source" .cpp)" "$seconds" &
    running+=($!)
  done
  for fuzzer in "${running[@]}"; do wait "$fuzzer" || failed=1; done
  return $failed
}

sources() { git ls-files '*.h' '*.cpp' '*.c'; }

lint() {
  setup build test lint
  say "module graph"; python3 tools/arch/check.py .
  say "clang-format"; sources | xargs clang-format-16 --dry-run --Werror
  say "headers stand alone"; cmake --preset debug >/dev/null; cmake --build --preset headers -j "$(nproc)"
  say "clang-tidy"
  git ls-files 'src/*.cpp' | grep -v -e _test.cpp | xargs -P "$(nproc)" -n 4 clang-tidy-16 -p build/debug --quiet
}

fmt() { setup build lint; sources | xargs clang-format-16 -i; }

bench() {
  setup build bench
  say "building the benchmarks"
  compile bench
  exec bench/run "$@"
}

wheel() {
  setup build
  say "building the library and the decoder"
  compile release seawall_shared media_worker
  say "build/$(python3 -B python/build_wheel.py build/release build)"
}

eval_robustness() { build release; compile release seawall_eval seawall_video_eval; exec tools/eval "$@"; }
run() { setup run; build release; exec tools/service_demo "$@"; }
demo() { build release; exec tools/scan_demo "$@"; }

case ${1:-help} in
  setup) shift; [ $# -gt 0 ] || set -- build test; setup "$@" ;;
  build) shift; build "$@" ;;
  test) shift; check "$@" ;;
  run) shift; run "$@" ;;
  demo) shift; demo "$@" ;;
  bench) shift; bench "$@" ;;
  eval) shift; eval_robustness "$@" ;;
  fuzz) shift; fuzz "$@" ;;
  wheel) wheel ;;
  lint) lint ;;
  fmt) fmt ;;
  help|-h|--help) help ;;
  *) help >&2; die "unknown command: $1" ;;
esac
