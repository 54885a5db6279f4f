"""One bastion: its container, the server in it (sshd, dropbear or the scripted one), and what that says."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from harness.errors import FabricBroken, NotRun
from harness.timeline import Timeline
from harness.world import host_keys
from harness.world.delays import Delays
from harness.world.docker.bastion import dropbear, pam, scripted, sshd
from harness.world.docker.engine import containers
from harness.world.docker.engine.logs import LogFeed
from harness.world.docker.releases import Release
from harness.world.fabric import BastionSetup, HostKey, ServerEvent, timeline_kind

_FILES_ONLY = "passwd: files\ngroup: files\nshadow: files\nhosts: files\n"


class Bastion:
    """Serves one setup at a time on ``port``; ``has_pam`` where its image can hold a dialogue."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401 -- the docker SDK has no types
        node: containers.Node,
        port: int,
        release: Release,
        *,
        has_pam: bool,
    ) -> None:
        self.node = node
        self._release = release
        self.port = port
        self._has_pam = has_pam
        self._keys = host_keys.own(node.name)
        self.setup = BastionSetup(user="", host_keys=tuple(self._keys.values()))
        self._server = sshd.server(release)
        self._client = client
        self._passwords: dict[str, tuple[str | None, bool]] = {}
        self._reader = self._server.reader()
        self._events: list[ServerEvent] = []
        self._timeline: Timeline | None = None
        self._lock = threading.Lock()
        # Only /etc/hosts: the engine's resolver lets an unknown name wait for 20 s on an internal network.
        containers.put(client, node.container, {"/etc/nsswitch.conf": (_FILES_ONLY, 0o644)})
        self._feed = LogFeed(client, node.container, self._take)

    def begin(self, timeline: Timeline, setup: BastionSetup) -> None:
        """End what was, and serve ``setup``. Raises FabricBroken, and NotRun for what no server here can do."""
        self._server = self._server_for(setup)
        self.node.shell.run(f"{pam.FORGET}; {sshd.stop_all()}")
        self._sync()
        with self._lock:
            self._events.clear()
            self._reader = self._server.reader()
            self._timeline = timeline
        own = tuple(self._keys[key_type] for key_type in setup.key_types)
        self.setup = replace(setup, host_keys=setup.host_keys or own)
        if self._passwords.get(setup.user) != (setup.password, setup.anyone):
            self.node.shell.run(sshd.add_user(setup))
            self._passwords[setup.user] = (setup.password, setup.anyone)
        self._serve(self._server.render_once(self.setup))

    def end(self) -> None:
        """End every session. Raises FabricBroken."""
        self.node.shell.run(sshd.end_sessions())
        self._sync()
        with self._lock:
            self._timeline = None

    def start(self) -> int:
        """Start the server and return its process id. Raises FabricBroken."""
        return sshd.start(self.node.shell, self.port, self._server)

    def show(self, keys: tuple[HostKey, ...]) -> None:
        """Serve ``keys`` to new connections; sessions go on. Raises FabricBroken."""
        self.setup = replace(self.setup, host_keys=keys)
        self.node.shell.run(sshd.stop_listener())
        self._serve({})

    def shown(self) -> set[str]:
        """Return the public host keys that a new connection sees, as ``type base64``. Raises FabricBroken."""
        scan = f"ssh-keyscan -T 5 -t ed25519,ecdsa,rsa -p {self.port} 127.0.0.1 2>/dev/null"
        lines = self.node.shell.run(scan)
        return {line.partition(" ")[2] for line in lines if not line.startswith("#")}  # comments, from 9.8 on

    def authorize(self, keys: tuple[str, ...]) -> None:
        """Let the user in with these authorized keys and no others; sessions go on. Raises FabricBroken."""
        self.setup = replace(self.setup, authorized_keys=keys)
        containers.put(self._client, self.node.container, sshd.authorized_keys(self.setup))

    def authorized(self) -> tuple[str, ...]:
        """Return the authorized keys as they stand in the user's file. Raises FabricBroken."""
        return tuple(self.node.shell.run(f"cat {sshd.authorized_keys_file(self.setup.user)}"))

    def events(self) -> tuple[ServerEvent, ...]:
        """Return everything that the server said since :meth:`begin`. Raises FabricBroken."""
        self._sync()
        with self._lock:
            return tuple(self._events)

    def listens(self) -> bool:
        """Tell whether the listener runs and its port is open. Raises FabricBroken."""
        listener, *_ = (*self.node.shell.run(sshd.listener()), "")
        return bool(listener) and bool(self.node.shell.run(f"ss -Hltn 'sport = :{self.port}'"))

    def sessions(self) -> int:
        """Return how many authenticated connections there are now. Raises FabricBroken."""
        running = sshd.processes(self.node.shell)
        if self._server is dropbear.SERVER:  # only its log tells who is logged in
            self._sync()
        with self._lock:
            return self._reader.logged_in(running)

    def check(self) -> None:
        """See that the server listens and that none of its processes is stopped. Raises FabricBroken."""
        listens = self.node.shell.run(f"ss -Hltn 'sport = :{self.port}'")
        states = {line.split()[-1] for line in self.node.shell.run(sshd.states()) if line}
        if not listens or not states or "T" in states:
            seen = f"its processes are in state {', '.join(sorted(states))}" if states else "it has no process"
            raise FabricBroken(f"{self.node.name} does not serve, though nothing should have stopped it: {seen}")

    def close(self) -> None:
        """Let go of the container; a second call does nothing."""
        self._feed.close()
        self.node.shell.close()

    def _server_for(self, setup: BastionSetup) -> sshd.Server:
        if reason := self._release.why_not(setup):
            raise NotRun(reason)
        if setup.server == "dropbear":
            return dropbear.SERVER
        if setup.dialogue is None and _not_by_sshd(setup) is None:
            return sshd.server(self._release)
        if not self._has_pam:
            raise NotRun(f"{self.node.name} has neither PAM nor the scripted server; use the topology pam_totp")
        not_by_sshd = _not_by_sshd(setup)
        if not_by_sshd is None:
            return sshd.server(self._release)
        if reason := scripted.impossible(setup):
            raise NotRun(f"{not_by_sshd}; the scripted server does, but {reason}")
        return scripted.SERVER

    def _serve(self, more_files: pam.Files) -> None:
        self.node.shell.run("rm -f /etc/ssh/tunspec_*_key /etc/ssh/tunspec_*_key-cert.pub /etc/ssh/keys/*")
        files = {**more_files, **self._server.render(self.setup, self.port)}
        containers.put(self._client, self.node.container, files)
        self.start()

    def _sync(self) -> None:
        self._feed.sync(self._write_log)

    def _write_log(self, line: str) -> None:
        self.node.shell.run(f"echo {line} >/proc/1/fd/1")

    def _take(self, at: float, text: str) -> None:
        with self._lock:
            seen = self._reader.read(text)
            self._events.extend(ServerEvent(at, self.node.name, kind, detail) for kind, detail in seen)
            if self._timeline is not None:
                self._timeline.add("bastion", timeline_kind(*seen[0]), self.node.name, text, at=at)


def _not_by_sshd(setup: BastionSetup) -> str | None:
    if setup.keepalives != "failure":
        return "sshd answers each keep-alive with REQUEST_FAILURE"
    if setup.delays != Delays():
        return "sshd answers as soon as it can"
    if setup.password_expired:
        return "sshd never asks for a new password by SSH_MSG_USERAUTH_PASSWD_CHANGEREQ"
    if setup.compression == "required":
        return "sshd always offers to leave compression out"
    if any(setup.heading):
        return "sshd and PAM send the rounds without an instruction of their own"
    return None if setup.dialogue is None else pam.impossible(setup.dialogue)
