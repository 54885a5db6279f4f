"""Debian's sshd in a bastion's container: its configuration, and how it is started, stopped and looked at.

The scripted server and dropbear (``scripted`` and ``dropbear`` beside this) are handled in the same way: all but the
configuration and the log is theirs too.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from harness.errors import FabricBroken
from harness.world.docker.bastion import pam, sshlog
from harness.world.docker.engine.shell import Shell
from harness.world.docker.releases import DEFAULT, Release
from harness.world.fabric import BastionSetup
from harness.world.host_keys import certificate, type_of

CONFIG = "/etc/ssh/tunspec_config"
PID_FILE = f"{CONFIG}.pid"
HOME = "/etc/ssh/home"
"""The home of every user; only dropbear looks for one."""
_KEYS = "/etc/ssh/keys"
_BANNER = "/etc/ssh/tunspec_banner"
_LIMIT = 15

# Every process of a server: the listener, and two for each session of sshd, or one of the others. From 9.8 on those of
# a session are sshd-session, and from 10.0 on the one without rights, before the login, is sshd-auth.
_SSHDS = r"""
sshds() {
    for process in /proc/[0-9]*; do
        read -r name 2>/dev/null <"$process/comm" || continue
        case "$name" in sshd | sshd-session | sshd-auth | scripted* | dropbear) printf '%s ' "${process#/proc/}" ;; esac
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

_LISTENER = f"$(cat {PID_FILE} 2>/dev/null)"


class LogReader(Protocol):
    """Reads a server's log, line by line."""

    def read(self, text: str) -> tuple[sshlog.Seen, ...]:
        """Return what one line tells; a line that tells nothing is a ``log``."""

    def logged_in(self, processes: sshlog.Processes) -> int:
        """Return how many of the server's running processes serve somebody who is logged in."""


@dataclass(frozen=True)
class Server:
    """A program that serves a setup on a port.

    ``command`` starts it, and ``complaint`` is the command that prints why it does not start. ``render`` and
    ``render_once`` return path to content and mode of the files that it needs, the latter of those that it changes.
    ``reader`` makes what reads its log from the start.
    """

    command: str
    complaint: str
    render: Callable[[BastionSetup, int], pam.Files]
    render_once: Callable[[BastionSetup], pam.Files]
    reader: Callable[[], LogReader] = sshlog.LogReader


def render(setup: BastionSetup, port: int, release: Release = DEFAULT) -> dict[str, tuple[str, int]]:
    """Return path to content and mode of every file that makes sshd serve ``setup`` on ``port``.

    Our own choice of a keyword is left out where the policy has it: of one given twice sshd takes the first
    (sshd_config(5)), but of MaxStartups the last.
    """
    keys = host_key_files(setup)
    chosen = {keyword.lower() for keyword in setup.policy}
    lines = [f"{keyword} {value}" for keyword, value in setup.policy.items()]
    lines += [f"AuthenticationMethods {setup.methods}"] if setup.methods else []
    lines += [f"HostKey {path}" for path in keys]
    lines += [f"HostCertificate {path}" for path in host_certificate_files(setup)]
    lines += [] if setup.banner is None else [f"Banner {_BANNER}"]
    ours = [
        f"Port {port}",
        f"PidFile {PID_FILE}",
        f'AllowUsers "{setup.user}"',
        f"AuthorizedKeysFile {_KEYS}/%u",
        *pam.keywords(setup),
        "UseDNS no",
        "LogLevel DEBUG1",
        "MaxStartups 500",
        "StrictModes no",
        *release.more,
    ]
    lines += [line for line in ours if line.split()[0].lower() not in chosen]
    lines = [release.line(*line.split(" ", 1)) for line in lines]
    files = {**keys, **host_certificate_files(setup)}
    if setup.banner is not None:
        files[_BANNER] = (setup.banner, 0o644)
    files[CONFIG] = ("\n".join([*lines, ""]), 0o644)
    return {**files, **authorized_keys(setup)}


def server(release: Release) -> Server:
    """Return sshd of ``release``."""
    command = f"/usr/sbin/sshd -D -e -f {CONFIG}"
    return Server(command, f"/usr/sbin/sshd -t -f {CONFIG}", partial(render, release=release), pam.render)


def authorized_keys_file(user: str) -> str:
    """Return the path of the authorized keys of ``user``."""
    return f"{_KEYS}/{user}"


def authorized_keys(setup: BastionSetup) -> pam.Files:
    """Return path to content and mode of the authorized keys of ``setup``."""
    return {authorized_keys_file(setup.user): ("".join(f"{key}\n" for key in setup.authorized_keys), 0o644)}


def host_key_files(setup: BastionSetup) -> pam.Files:
    """Return path to content and mode of the host keys of ``setup``."""
    return {f"/etc/ssh/tunspec_{type_of(key)}_key": (key.private, 0o600) for key in setup.host_keys}


def host_certificate_files(setup: BastionSetup) -> pam.Files:
    """Return path to content and mode of the certificates of the host keys of ``setup``, where it shows any."""
    if setup.certificates is None:
        return {}
    return {
        f"/etc/ssh/tunspec_{type_of(key)}_key-cert.pub": (f"{certificate(key, setup.certificates)}\n", 0o644)
        for key in setup.host_keys
    }


_NEW_USER = r"""
printf '%s:x:%d:100::{home}:/usr/sbin/nologin\n' {user} $((2000 + $(wc -l </etc/passwd))) >>/etc/passwd &&
printf '%s:*:::::::\n' {user} >>/etc/shadow"""
"""As useradd(8) does, which takes names of 32 characters at most (passwd(5), shadow(5))."""


def add_user(setup: BastionSetup) -> str:
    """Return the script that makes the user, with its password, with an empty one, or with none that matches."""
    user = shlex.quote(setup.user)
    make = f"id -u {user} >/dev/null 2>&1 || {{ {_NEW_USER.format(user=user, home=HOME)}; }} || exit 1\n"
    if setup.anyone:
        return f"{make}usermod -p '' {user}"
    if setup.password is None:
        return f"{make}usermod -p '*' {user}"
    return f"{make}printf '%s\\n' {shlex.quote(f'{setup.user}:{setup.password}')} | chpasswd -c SHA256 -s 5000"


def stop_all() -> str:
    """Return the script that kills the listener and every session; it prints their process ids."""
    return f"{_SSHDS}\nall=$(sshds); kill -STOP $all 2>/dev/null; kill -KILL $all 2>/dev/null; gone $all && echo $all"


def stop_listener() -> str:
    """Return the script that kills the listener and leaves the sessions; it prints its process id."""
    return f"{_SSHDS}\nold={_LISTENER}; kill -KILL $old && gone $old && echo $old"


def listener() -> str:
    """Return the script that prints the process id of the listener, or nothing where it is gone."""
    return f'{_SSHDS}\nold={_LISTENER}; for pid in $(sshds); do [ "$pid" != "$old" ] || echo $pid; done'


def end_sessions() -> str:
    """Return the script that kills every session and leaves the listener; it prints their process ids."""
    return (
        f"{_SSHDS}\nlistener={_LISTENER}; all=''\n"
        'for pid in $(sshds); do [ "$pid" = "$listener" ] || all="$all $pid"; done\n'
        "kill -KILL $all 2>/dev/null; gone $all && echo $all"
    )


def signal_all(signal: str) -> str:
    """Return the script that sends ``signal`` to every sshd, and to what one may have forked meanwhile.

    One that ends while it is signalled is none of its concern; :func:`states` tells what came of it.
    """
    send = f"kill -{signal} $(sshds) 2>/dev/null"
    return f"{_SSHDS}\n{send}\n{send}\ntrue"


def states() -> str:
    """Return the script that prints ``pid state`` of every sshd, the state as in proc(5)."""
    return f"{_SSHDS}\nfor pid in $(sshds); do echo $pid $({STATE} /proc/$pid/status); done"


def start(shell: Shell, port: int, server: Server) -> int:
    """Start ``server``, wait until it listens, and return its process id. Raises FabricBroken with what it says."""
    status, printed = shell.ask(
        f"rm -f {PID_FILE}\n"
        f"setsid {server.command} >/proc/1/fd/1 2>&1 </dev/null &\n"
        "pid=$!\n"
        f"for _ in $(seq {_LIMIT * 50}); do\n"
        f'    [ -s {PID_FILE} ] && [ -n "$(ss -Hltn "sport = :{port}")" ] && echo $pid && exit 0\n'
        "    kill -0 $pid 2>/dev/null || break\n"
        "    sleep 0.02\n"
        "done\n"
        f"{server.complaint}; exit 1"
    )
    if status != 0:
        raise FabricBroken(f"the bastion does not serve this setup; is its policy right? {' / '.join(printed[-5:])}")
    return int(printed[-1])


def processes(shell: Shell) -> sshlog.Processes:
    """Return the server's processes."""
    look = "name=$(cat /proc/$pid/comm) && title=$(tr '\\0' ' ' </proc/$pid/cmdline) && echo $pid $name \"$title\""
    printed = shell.run(f"{_SSHDS}\nfor pid in $(sshds); do {{ {look}; }} 2>/dev/null; done; true")
    return {pid: (name, title) for pid, name, title in (line.split(" ", 2) for line in printed)}
