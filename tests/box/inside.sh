# Runs inside the booted container, as root; see boot.sh. Each check prints a line; the first
# that fails ends it with the journal.
set -euo pipefail

unit=canhtin.service
config=/etc/canhtin/canhtin.toml
mail=/box/web/mail

failed() {
    printf 'FAILED: %s\n' "$*"
    systemctl status "$unit" --no-pager -l || true
    journalctl -b -u "$unit" --no-pager | tail -60
    exit 1
}
ok() { printf 'ok: %s\n' "$*"; }
# until SECONDS WHAT COMMAND…: polls what another process does.
eventually() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || failed "$what did not come about"
        sleep 0.1
    done
    ok "$what"
}
property() { systemctl show "$unit" -p "$1" --value; }
status() { ct status --json; }
rules() { status | sed 's/.*"rules_version":"\([^"]*\)".*/\1/'; }
ct() { runuser -u canhtin -- canhtin --config "$config" "$@"; }
sent_ids() { cat $mail/*.eml | tr -d '\r' | sed -n 's/^Message-ID: *//Ip' | sort; }
restarted() { [ "$(property NRestarts)" -gt "$1" ] && [ "$(property SubState)" = running ]; }
# Of the officers; admins get others, at hours of their own.
officers() { grep -l '^To:.*truc@' $mail/*.eml 2>/dev/null | wc -l; }
mails() { [ "$(officers)" -ge "$1" ]; }
# Whether a mail to the admins holds the words.
admin_told() {
    local eml
    for eml in $(grep -l '^To:.*quan-tri@' $mail/*.eml); do
        ! grep -q -- "$1" "${eml%.eml}.html" || return 0
    done
    return 1
}
logged() { journalctl -b -u "$unit" -o cat --no-pager | grep -- "$1"; }

# The README's own lines, word for word.
sudo() { "$@"; }
cd /box/canhtin
lines=$(sed -n '/^## Install it as a service/,/^## /p' README.md |
    awk '/^```/ { if (++fence == 2) exit; next } fence == 1')
[ "$(wc -l <<<"$lines")" -eq 5 ] || failed 'README.md no longer installs in five lines'
eval "$lines"
ok 'installed by the five lines of README.md'

said=$(systemd-analyze verify "/etc/systemd/system/$unit" 2>&1 | grep -F canhtin || true)
[ -z "$said" ] || failed "systemd-analyze verify: $said"
ok 'systemd-analyze verify says nothing about the unit'

# The shipped configuration, led to the servers here.
ip link set lo up
/box/servers /box/web &
servers=$!
eventually 10 'the web and the inbox listen' test -e /box/web/smtp-port
cp /box/web/sources.toml /etc/canhtin/sources.toml
sed -i 's|^allow_networks.*|allow_networks = ["127.0.0.0/8"]|; s|^gap = .*|gap = "10ms"|
    s|^group_wait = .*|group_wait = "1s"|; /^quiet = /d; s|^transport = .*|transport = "smtp"|
    s|^host = .*|host = "127.0.0.1"|; s|^tls = .*|tls = "none"|
    s|^# \(listen = .*\)|\1|
    s|^port = .*|port = '"$(cat /box/web/smtp-port)"'|' "$config"
sed -i -e '/^# \[fetch.resolve\]/{r /box/web/resolve.toml' -e 'd}' "$config"
drop=/etc/systemd/system/$unit.d
mkdir -p "$drop"
# The unit denies loopback by default. The times are shortened so that the test is; a watchdog
# below 10 s would be shorter than two turns of an idle schedule.
printf '[Service]\nIPAddressAllow=127.0.0.1\nWatchdogSec=12s\nRestartSec=1s\n' >"$drop/box.conf"
systemctl daemon-reload
runuser -u canhtin -- canhtin --config "$config" check >/tmp/check 2>&1 ||
    failed "check: $(cat /tmp/check)"
ok 'the account of the service can read its files; that it cannot see the password is a warning'
install -d -m 700 /etc/credstore
(umask 077 && echo 'mật khẩu' >/etc/credstore/canhtin.smtp-password)
# As docs/OPERATIONS.md has it.
systemd-run -q --pipe --wait -p User=canhtin -p LoadCredential=smtp-password:canhtin.smtp-password \
    canhtin --config "$config" mail test quan-tri@example.vn >/tmp/trial 2>&1 ||
    failed "mail test: $(cat /tmp/trial)"
[ "$(find $mail -name '*.eml' | wc -l)" = 1 ] || failed 'no test mail arrived'
ok 'a test mail leaves with the password of the service'

# READY only when it can work: a folder lies where the ledger belongs.
mkdir -p /var/lib/canhtin/ledger.sqlite
systemctl start --no-block "$unit"
tried() { [ "$(property NRestarts)" -ge 1 ]; }
eventually 20 'a start that cannot work is tried again' tried
! logged 'watching' || failed 'it watches without a ledger'
[ -z "$(property StatusText)" ] || failed 'it was READY without a ledger'
systemctl stop "$unit"
rmdir /var/lib/canhtin/ledger.sqlite
systemctl reset-failed "$unit" 2>/dev/null || true

systemctl enable -q "$unit"
systemctl start "$unit" || failed 'start'
[[ "$(property StatusText)" == *sources* ]] || failed "no status text: $(property StatusText)"
ok "READY: $(property StatusText)"
eventually 30 'six mails arrive' mails 6

# The sandbox, while it does its whole job.
pid=$(property MainPID)
field() { awk -v key="$1:" '$1 == key { print $2 }' "/proc/$pid/status"; }
[ "$(field NoNewPrivs)" = 1 ] || failed 'NoNewPrivs'
[ "$(field Seccomp)" = 2 ] || failed 'Seccomp'
for set in CapInh CapPrm CapEff CapBnd CapAmb; do
    [ "$(field $set)" = 0000000000000000 ] || failed "$set is not empty"
done
[ "$(field Uid)" = "$(id -u canhtin)" ] || failed 'not the account of its own'
[ "$(stat -c '%a %U' /var/lib/canhtin)" = '700 canhtin' ] || failed 'the state directory is open'
within() { nsenter -t "$pid" -m -- "$@" 2>/dev/null; }
within touch /var/lib/canhtin/probe || failed 'the state directory cannot be written'
within rm /var/lib/canhtin/probe
for place in /etc /usr /var/log /root /home; do
    ! within touch "$place/probe" || failed "$place can be written"
done
! within test -e /dev/kmsg || failed 'devices are there'
[ "$(readlink "/proc/$pid/ns/user")" != "$(readlink /proc/1/ns/user)" ] || failed 'PrivateUsers'
ok 'account, capabilities, seccomp, read-only system, private devices and users hold'
systemd-analyze security --offline=yes --threshold=15 "/etc/systemd/system/$unit" >/tmp/security 2>&1 ||
    failed "exposed: $(tail -1 /tmp/security)"
ok "offline: $(tail -1 /tmp/security | tr -cd '[:print:]')"
systemd-analyze security --threshold=15 "$unit" >/tmp/security 2>&1 ||
    failed "exposed: $(tail -1 /tmp/security)"
ok "running: $(tail -1 /tmp/security | tr -cd '[:print:]')"
exec 3<>/dev/tcp/127.0.0.1/9464
printf 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
metrics=$(cat <&3)
exec 3<&-
grep -q '^canhtin_mails_sent ' <<<"$metrics" || failed "no metrics: $metrics"
ok 'metrics on loopback'

# The stores, looked over and copied beside the running service.
ct store backup >/tmp/backup 2>&1 || failed "backup: $(cat /tmp/backup)"
backup=$(find /var/lib/canhtin/backups -name 'ledger-*.sqlite' | sort | tail -1)
[ "$(stat -c '%a %U' "$backup")" = '600 canhtin' ] || failed "a backup of $(stat -c '%a %U' "$backup")"
ct store verify --audit >/tmp/verify 2>&1 || failed "verify: $(cat /tmp/verify)"
ok 'backed up by the account of the service, readable by nobody else; every record is sound'

# An edited list comes into force, a broken rule file does not.
before=$(rules)
echo 'mũi tiêm thử nghiệm' >>/etc/canhtin/keywords/lists/vac-xin.txt
systemctl reload "$unit"
differs() { [ "$(rules)" != "$before" ]; }
eventually 20 'a reload takes the edited list' differs
before=$(rules)
echo 'mũi tiêm thử nghiệm khác' >>/etc/canhtin/keywords/lists/vac-xin.txt
eventually 20 'a saved list is taken without being asked for' differs
before=$(rules)
file=/etc/canhtin/keywords/rumours/vac-xin.toml
cp "$file" /tmp/good.toml
sed -i '0,/@vac-xin/s//@vac-xinn/' "$file"
systemctl reload "$unit"
eventually 20 'a broken rule file is refused in the journal' logged 'vac-xinn'
[ "$(rules)" = "$before" ] || failed 'a broken file came into force'
# It exits with 1 where there is a problem.
shown() { { status || true; } | grep 'vac-xinn'; }
eventually 5 'status shows the problem' shown
[ "$(rules)" = "$before" ] || failed 'a broken file came into force'
ok 'the last good rules stay in force'
eventually 60 'the admin is told by mail of the line that is wrong' admin_told 'vac-xinn'
cp /tmp/good.toml "$file"
mended() { [ "$(status | grep -c 'vac-xinn')" = 0 ]; }
eventually 20 'the mended file is taken, the problem is gone' mended

# A store that cannot be written: reading stops, and goes on by itself.
! logged 'the disk takes nothing' || failed 'the disk counted as full within the sandbox'
chmod 500 /var/lib/canhtin
eventually 60 'a store that takes nothing is noticed' logged 'the disk takes nothing'
chmod 700 /var/lib/canhtin
eventually 60 'it is noticed that it takes again' logged 'the disk takes writing again'

# Killed, with the seen memory gone and the web changed: what is new is mailed, nothing twice.
known=$(officers)
kill -HUP "$servers"
restarts=$(property NRestarts)
systemctl kill --kill-whom=main -s KILL "$unit"
mv /var/lib/canhtin/seen /var/lib/canhtin/seen.gone
eventually 20 'SIGKILL: it is started again' restarted "$restarts"
eventually 30 'what is new since is mailed' mails $((known + 1))
[ -z "$(sent_ids | uniq -d)" ] || failed "mailed twice: $(sent_ids | uniq -d)"
ok "no mail twice among $(sent_ids | wc -l)"

restarts=$(property NRestarts)
kill -STOP "$(property MainPID)"
eventually 30 'the watchdog ends a stopped process, it is started again' restarted "$restarts"
journalctl -b -u "$unit" -o cat --no-pager | grep -i 'watchdog' >/dev/null || failed 'no word of the watchdog'

# The journal: fields, and no address.
fields=$(journalctl -b -u "$unit" -o json --no-pager)
grep -q '"CANHTIN_SOURCE"' <<<"$fields" || failed 'the journal has no field CANHTIN_SOURCE'
grep -q '"PRIORITY":"4"' <<<"$fields" || failed 'warnings have no priority of their own'
! grep -qE '(truc|vhtt|canhtin|quan-tri)@' <<<"$fields" || failed 'a mail address stands in the journal'
ok 'the journal has structured fields and no mail address'

began=$(date +%s%N)
systemctl stop "$unit"
took=$((($(date +%s%N) - began) / 1000000))
[ "$took" -lt 25000 ] || failed "stopping took $took ms"
[ "$(property Result)" = success ] || failed "it ended with $(property Result)"
ok "it stops in $took ms, with success"

# A lost ledger: the backup is put in its place; without one, somebody must decide.
ledger=/var/lib/canhtin/ledger.sqlite
lose() {
    rm -f $ledger-wal $ledger-shm
    head -c 65536 /dev/urandom >$ledger
}
lose
systemctl start "$unit" || failed 'no start with a damaged ledger and a backup'
[ -n "$(find /var/lib/canhtin -maxdepth 1 -name 'ledger.broken-*')" ] || failed 'nothing was set aside'
ct store verify >/tmp/verify 2>&1 || failed "verify: $(cat /tmp/verify)"
ok 'a damaged ledger is set aside, its backup takes its place'
systemctl stop "$unit"
lose
rm -r /var/lib/canhtin/backups
! systemctl start "$unit" 2>/dev/null || failed 'it began anew without being told to'
[ "$(property ExecMainStatus)" = 3 ] || failed "it ended with $(property ExecMainStatus)"
[ "$(property ActiveState)" = failed ] || failed "it is $(property ActiveState): will start again"
ct store begin-anew >/tmp/anew 2>&1 || failed "begin-anew: $(cat /tmp/anew)"
systemctl start "$unit" || failed 'no start after begin-anew'
ok 'without a backup it waits for somebody to decide'
systemctl stop "$unit"
printf 'boot test: all held\n'
