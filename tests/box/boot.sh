#!/usr/bin/env bash
# Boots a real systemd (Debian 12 in a container) and runs the service in it, installed by the
# lines of README.md, against a web and a mail server on the container's own loopback.
#
#   tests/box/boot.sh CANHTIN SERVERS
#
# CANHTIN is the binary, SERVERS the example `box-servers`. What is checked stands in inside.sh.
# Needs root, systemd-nspawn and mmdebstrap, and a Debian mirror the first time; says
# `skipped: needs …` and succeeds where they are missing.
# BOX_BASE: where the root file system is kept [default: $TMPDIR/canhtin-box/base].
set -euo pipefail

canhtin=$(realpath "$1")
servers=$(realpath "$2")
project=$(realpath "$(dirname "$0")/../..")
base=${BOX_BASE:-${TMPDIR:-/tmp}/canhtin-box/base}

skip() {
    printf 'boot test skipped: needs %s\n' "$*"
    exit 0
}

[ "$(id -u)" = 0 ] || skip root
for tool in systemd-nspawn mmdebstrap; do
    command -v "$tool" >/dev/null || skip "$tool"
done

if [ ! -e "$base/.ok" ]; then
    rm -rf "$base"
    mkdir -p "$(dirname "$base")"
    sources=(/etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list)
    present=()
    for file in "${sources[@]}"; do [ ! -e "$file" ] || present+=("$file"); done
    mmdebstrap --quiet --variant=minbase \
        --include=systemd,systemd-sysv,dbus,ca-certificates,iproute2,procps \
        bookworm "$base" "${present[@]}" || skip 'a Debian mirror'
    : >"$base/etc/machine-id"
    systemctl --root="$base" mask -q systemd-logind.service apt-daily.timer \
        apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer e2scrub_all.timer \
        console-getty.service systemd-remount-fs.service
    touch "$base/.ok"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/canhtin-boot.XXXXXX")
root=$work/root
name=canhtin-boot-$$
cleanup() {
    umount -R "$root" 2>/dev/null || true
    for hierarchy in systemd unified; do
        group=/sys/fs/cgroup/$hierarchy/$name
        [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
    done
    rm -rf "$work"
}
trap cleanup EXIT

mkdir -p "$work"/{upper,overlay,root,out}
mount -t overlay overlay \
    -o "lowerdir=$base,upperdir=$work/upper,workdir=$work/overlay" "$root" || skip overlayfs

# The project as README.md expects it: the folder, built.
mkdir -p "$root/box/canhtin/target/release"
cp -r "$project"/{README.md,config,keywords,deploy} "$root/box/canhtin/"
cp "$canhtin" "$root/box/canhtin/target/release/canhtin"
cp "$servers" "$root/box/servers"
cp "$project/tests/box/inside.sh" "$root/box/"
cat >"$root/etc/systemd/system/box.service" <<'UNIT'
[Unit]
After=multi-user.target
[Service]
Type=exec
ExecStart=/bin/bash -c 'bash /box/inside.sh >/box/out/log 2>&1 </dev/null; echo $? >/box/out/code; systemctl --no-block poweroff'
UNIT
cat >"$root/etc/systemd/system/box.target" <<'UNIT'
[Unit]
Requires=multi-user.target
Wants=box.service
After=multi-user.target
UNIT

# Control groups of its own; on a host of the unified hierarchy nspawn makes them itself.
(
    for hierarchy in systemd unified; do
        group=/sys/fs/cgroup/$hierarchy
        [ -d "$group" ] || continue
        mkdir -p "$group/$name"
        echo "$BASHPID" >"$group/$name/cgroup.procs"
    done
    exec timeout --foreground 420 systemd-nspawn -q -D "$root" -M "$name" --register=no \
        --keep-unit --private-network --console=pipe --link-journal=no \
        --bind="$work/out:/box/out" --boot -- systemd.unit=box.target
) >"$work/out/console" 2>&1 </dev/null || true

if [ ! -e "$work/out/log" ]; then
    cat "$work/out/console"
    skip 'a kernel that lets containers boot'
fi
cat "$work/out/log"
exit "$(cat "$work/out/code" 2>/dev/null || echo 1)"
