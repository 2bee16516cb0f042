#!/usr/bin/env bash
# Runs every fuzz target, or those named, two at a time, and counts the executions.
#
#   fuzz/run.sh [SECONDS [TARGET…]]
#
# With SEED set the inputs are drawn in the same order each time, as far as the time reaches.
#
# Instrumented by flags that any toolchain takes, so that neither cargo-fuzz nor a nightly is
# needed; a C++ compiler is (for libFuzzer). What breaks a target is left in fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-60}
[ $# -gt 0 ] && shift
if ! command -v c++ >/dev/null; then
    echo 'skipped: needs a C++ compiler'
    exit 0
fi

targets=("$@")
[ $# -gt 0 ] || for file in fuzz_targets/*.rs; do targets+=("$(basename "$file" .rs)"); done

host=$(rustc -vV | sed -n 's/^host: //p')
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target} CARGO_INCREMENTAL=0
export CARGO_PROFILE_DEV_OPT_LEVEL=2 CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_LTO=off
# As cargo-fuzz does: edge counters and comparisons; assertions and overflow checks on.
flags='--cfg fuzzing -Cdebug-assertions -Coverflow-checks -Cpasses=sancov-module'
for option in level=4 inline-8bit-counters pc-table trace-compares; do
    flags+=" -Cllvm-args=-sanitizer-coverage-$option"
done
RUSTFLAGS="$flags" cargo build --locked --quiet --target "$host" "${targets[@]/#/--bin=}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p artifacts

# Our own fixtures of the same kind are seeds too.
seeds() {
    local fixtures=../tests/fixtures
    case $1 in
        feed) echo "$fixtures/feeds" ;;
        page) echo "$fixtures/pages" ;;
        article) echo "$fixtures/newspapers" ;;
        sitemap | telegram | json) echo "$fixtures/kinds" ;;
        text | scan) echo "$fixtures/claims" ;;
    esac
    [ -d "corpus/$1" ] && echo "corpus/$1"
    true
}

fuzz() {
    local found=$work/$1 log=$work/$1.log
    mkdir -p "$found"
    # shellcheck disable=SC2046 # Folders without spaces.
    if "$CARGO_TARGET_DIR/$host/debug/$1" -max_total_time="$seconds" -timeout=60 \
        -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 -seed="${SEED:-0}" \
        -artifact_prefix="artifacts/$1-" "$found" $(seeds "$1") >"$log" 2>&1; then
        printf '%-10s %10s executions, slowest unit %s s, %s MB\n' "$1" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
            "$(sed -n 's/^stat::slowest_unit_time_sec: *//p' "$log")" \
            "$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")"
    else
        printf '%-10s FAILED\n' "$1"
        grep -a -A 12 -m 1 -E 'panicked|ERROR' "$log" || tail -n 20 "$log"
        touch "$work/failed"
    fi
}

for target in "${targets[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
    fuzz "$target" &
done
wait
[ ! -e "$work/failed" ]
