#!/bin/sh
# Ten thousand feeds on two hundred loopback hosts, three in ten of them dead, against the same
# living ones alone: how punctual the living are read, and what it costs.
#
#   cargo build --release --example fleet-web --bin canhtin && benches/fleet.sh [SECONDS [RUN…]]
#
# RUN: alone, beside, idle. One run after the other; PORT tells apart those made at one time.
set -eu
seconds=${1:-600}
[ $# -gt 0 ] && shift
bin=${CARGO_TARGET_DIR:-target}/release
port=${PORT:-18080}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One run: name, hosts, dead hosts.
run() {
    dir=$work/$1
    mkdir -p "$dir/keywords/rumours"
    printf '[[rule]]\nid = "thu"\ntitle = "Thử"\nseverity = "low"\nmatch = "vắc xin vô sinh"\n' \
        > "$dir/keywords/rumours/thu.toml"
    cat > "$dir/canhtin.toml" <<TOML
keywords = "keywords"
sources = ["sources.toml"]
[office]
name = "Phòng thử"
[store]
dir = "var"
[fetch]
contact = "thu@example.vn"
allow_networks = ["127.0.0.0/8"]
[mail]
from = "Canh tin <canhtin@example.vn>"
transport = "dir"
dir = "mail"
[[receiver]]
name = "truc-ban"
to = ["truc@example.vn"]
[[route]]
receiver = "truc-ban"
TOML
    mkfifo "$dir/hold"
    "$bin/examples/fleet-web" "$port" "$2" "$3" "$dir" < "$dir/hold" &
    web=$!
    exec 3> "$dir/hold"
    while ! [ -s "$dir/sources.toml" ]; do sleep 0.2; done
    sleep 1
    CANHTIN_LOG=error "$bin/canhtin" --config "$dir/canhtin.toml" run &
    daemon=$!
    before=$((seconds * 2 / 3))
    sleep "$before"
    cpu() { awk '{ print $14 + $15 }' "/proc/$daemon/stat"; }
    ticks=$(cpu)
    sleep $((seconds - before))
    used=$(( ($(cpu) - ticks) * 1000 / $(getconf CLK_TCK) / (seconds - before) ))
    grep -E 'VmHWM|VmRSS' "/proc/$daemon/status" | tr '\n' ' '
    echo "· CPU in the last third: $used ms a second"
    "$bin/canhtin" --config "$dir/canhtin.toml" status --json > "$dir/status.json" || true
    python3 -c "
import json
status = json.load(open('$dir/status.json'))
print('$1', status['punctuality'])"
    kill -TERM "$daemon"
    wait "$daemon" || true
    exec 3>&-
    wait "$web"
    du -sh "$dir/var" | cut -f1
}

for name in ${*:-alone beside idle}; do
    case $name in
        alone) run alone 140 0 ;;
        beside) run beside 200 60 ;;
        idle) run idle 200 0 ;;
    esac
done
