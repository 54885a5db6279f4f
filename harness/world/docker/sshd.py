"""Debian's sshd in a bastion's container: its configuration, and how it is started, stopped and looked at."""

from __future__ import annotations

import shlex

from harness.errors import FabricBroken
from harness.world.docker import pam
from harness.world.docker.shell import Shell
from harness.world.fabric import BastionSetup
from harness.world.host_keys import type_of

CONFIG = "/etc/ssh/tunspec_config"
_KEYS = "/etc/ssh/keys"
_LIMIT = 15

# Every process called sshd: the listener, and two for each session.
_SSHDS = r"""
sshds() {
    for process in /proc/[0-9]*; do
        read -r name 2>/dev/null <"$process/comm" && [ "$name" = sshd ] && printf '%s ' "${process#/proc/}"
    done
}
gone() {
    for _ in $(seq 400); do
        left=''
        for pid in "$@"; do
            grep -sq '^State:[[:space:]]*[^Z]' "/proc/$pid/status" && left="$left $pid"
        done
        [ -z "$left" ] && return 0
        sleep 0.01
    done
    echo "still running:$left"
    return 1
}
"""
STATE = r"sed -n 's/^State:[[:space:]]*\(.\).*/\1/p'"
"""The command that prints the state in a status file of proc(5)."""

_LISTENER = f"$(cat {CONFIG}.pid 2>/dev/null)"


def render(setup: BastionSetup, port: int) -> dict[str, tuple[str, int]]:
    """Return path to content and mode of every file that makes sshd serve ``setup`` on ``port``.

    The policy stands first: of a keyword given twice, sshd takes the first (sshd_config(5)).
    """
    keys = {f"/etc/ssh/tunspec_{type_of(key)}_key": key for key in setup.host_keys}
    lines = [f"{keyword} {value}" for keyword, value in setup.policy.items()]
    lines += [f"AuthenticationMethods {setup.methods}"] if setup.methods else []
    lines += [f"HostKey {path}" for path in keys]
    lines += [
        f"Port {port}",
        f"PidFile {CONFIG}.pid",
        f"AllowUsers {setup.user}",
        f"AuthorizedKeysFile {_KEYS}/%u",
        *pam.keywords(setup),
        "UseDNS no",
        "LogLevel DEBUG1",
        "MaxStartups 500",
        "StrictModes no",
    ]
    files = {path: (key.private, 0o600) for path, key in keys.items()}
    files[CONFIG] = ("\n".join([*lines, ""]), 0o644)
    files[f"{_KEYS}/{setup.user}"] = ("\n".join([*setup.authorized_keys, ""]), 0o644)
    return files


def add_user(setup: BastionSetup) -> str:
    """Return the script that makes the user, with its password or with none that matches."""
    user = shlex.quote(setup.user)
    make = f"id -u {user} >/dev/null 2>&1 || useradd --no-create-home --shell /usr/sbin/nologin {user} || exit 1\n"
    if setup.password is None:
        return f"{make}usermod -p '*' {user}"
    return f"{make}printf '%s\\n' {shlex.quote(f'{setup.user}:{setup.password}')} | chpasswd -c SHA256 -s 5000"


def stop_all() -> str:
    """Return the script that kills the listener and every session; it prints their process ids."""
    return f"{_SSHDS}\nall=$(sshds); kill -STOP $all 2>/dev/null; kill -KILL $all 2>/dev/null; gone $all && echo $all"


def stop_listener() -> str:
    """Return the script that ends the listener and leaves the sessions."""
    return f"{_SSHDS}\nold={_LISTENER}; kill -TERM $old && gone $old"


def end_sessions() -> str:
    """Return the script that kills every session and leaves the listener."""
    return (
        f"{_SSHDS}\nlistener={_LISTENER}; all=''\n"
        'for pid in $(sshds); do [ "$pid" = "$listener" ] || all="$all $pid"; done\n'
        "kill -KILL $all 2>/dev/null; gone $all"
    )


def signal_all(signal: str) -> str:
    """Return the script that sends ``signal`` to every sshd, and to what one may have forked meanwhile."""
    return f"{_SSHDS}\nkill -{signal} $(sshds) && kill -{signal} $(sshds)"


def states() -> str:
    """Return the script that prints ``pid state`` of every sshd, the state as in proc(5)."""
    return f"{_SSHDS}\nfor pid in $(sshds); do echo $pid $({STATE} /proc/$pid/status); done"


def start(shell: Shell, port: int) -> int:
    """Start sshd, wait until it listens, and return its process id. Raises FabricBroken with what it says."""
    status, printed = shell.ask(
        f"rm -f {CONFIG}.pid\n"
        f"setsid /usr/sbin/sshd -D -e -f {CONFIG} >/proc/1/fd/1 2>&1 </dev/null &\n"
        "pid=$!\n"
        f"for _ in $(seq {_LIMIT * 50}); do\n"
        f'    [ -s {CONFIG}.pid ] && [ -n "$(ss -Hltn "sport = :{port}")" ] && echo $pid && exit 0\n'
        "    kill -0 $pid 2>/dev/null || break\n"
        "    sleep 0.02\n"
        "done\n"
        f"/usr/sbin/sshd -t -f {CONFIG}; exit 1"
    )
    if status != 0:
        raise FabricBroken(f"sshd does not serve this setup; is its policy right? {' / '.join(printed[-5:])}")
    return int(printed[-1])


def count_sessions(shell: Shell) -> int:
    """Return how many authenticated connections there are: processes whose title is ``sshd: <user>``."""
    titles = shell.run(
        f"{_SSHDS}\nfor pid in $(sshds); do tr '\\0' ' ' </proc/$pid/cmdline 2>/dev/null; echo; done; true"
    )
    return sum(title.startswith("sshd: ") and "[" not in title for title in titles)
