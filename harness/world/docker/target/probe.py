"""The probe target in its container, driven through its control channel."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from harness.errors import FabricBroken
from harness.probe import target
from harness.probe.setup import TargetSetup
from harness.world.docker.bastion.sshd import STATE
from harness.world.docker.engine import containers
from harness.world.docker.engine.attachment import Attachment
from harness.world.fabric import TargetConnection

_PROGRAM = "/usr/local/lib/tunspec/target.py"
_PID = "/run/tunspec-target.pid"
_TIMEOUT = 10.0


class ProbeTarget:
    """Runs ``harness/probe/target.py`` on ``port`` of the target's container; see there for what it does."""

    def __init__(self, client: Any, node: containers.Node, port: int, log: Callable[[str], None]) -> None:  # noqa: ANN401 -- the docker SDK has no types
        self.node = node
        self.port = port
        self._client = client
        self._log = log
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._before: tuple[TargetConnection, ...] = ()
        self._awake = True
        self._setup = TargetSetup()
        source = Path(target.__file__).read_text(encoding="utf-8")
        containers.put(client, node.container, {_PROGRAM: (source, 0o644)})
        self.start()

    def start(self) -> None:
        """Start the program; it is listening when this returns. Raises FabricBroken."""
        command = f"echo $$ >{_PID}; exec python3 {_PROGRAM} --host 0.0.0.0 --port {self.port}"
        self._control = Attachment(self._client, self.node.container, ["sh", "-c", command], self._log)
        self._control.send(f"{json.dumps(self._setup.document())}\n")
        ready = self._control.line(_TIMEOUT)
        if "ready" not in ready:
            raise FabricBroken(f"the probe target did not start: {ready[:200]}")
        self._awake = True

    def begin(self, setup: TargetSetup) -> None:
        """End and forget every connection, and listen, to serve by ``setup``. Raises FabricBroken."""
        self._setup = setup
        self._ask("reset", setup=setup.document())
        self._before = ()

    def listen(self, *, on: bool) -> None:
        """Listen, or make the kernel refuse. Raises FabricBroken."""
        self._ask("listen", on=on)

    def listens(self) -> bool:
        """Tell whether anything listens on the port. Raises FabricBroken."""
        return bool(self.node.shell.run(f"ss -Htln 'sport = :{self.port}'"))

    def connections(self) -> tuple[TargetConnection, ...]:
        """Return the connections since :meth:`begin`; while the program sleeps, as they were before."""
        if not self._awake:
            return self._before
        now = self._ask("connections")["connections"]
        return (*self._before, *(TargetConnection(**each) for each in now))

    def freeze(self) -> None:
        """Stop the process (SIGSTOP). Raises FabricBroken."""
        self._before, earlier = self.connections(), self._before
        self._earlier, self._awake = earlier, False
        self.node.shell.run(f"kill -STOP $(cat {_PID})")

    def thaw(self) -> None:
        """Let the process go on. Raises FabricBroken."""
        self.node.shell.run(f"kill -CONT $(cat {_PID})")
        self._before, self._awake = self._earlier, True

    def kill(self) -> None:
        """Kill the process; its sockets are closed when this returns. Raises FabricBroken."""
        self._before = tuple(replace(each, open=False) for each in self.connections())
        self._awake = False
        self.node.shell.run(f"kill -KILL $(cat {_PID})")
        deadline = time.monotonic() + _TIMEOUT
        while not self.is_gone():
            if time.monotonic() > deadline:
                raise FabricBroken("the probe target was killed and still runs")
        self._control.close()

    def state(self) -> str:
        """Return the state of the process as in proc(5), empty when it is gone. Raises FabricBroken."""
        return "".join(self.node.shell.run(f"{STATE} /proc/$(cat {_PID})/status 2>/dev/null || true"))

    def is_gone(self) -> bool:
        """Tell whether the process has ended. Raises FabricBroken."""
        return self.state() in {"", "Z"}

    def process_id(self) -> str:
        """Return the id of the process in its container. Raises FabricBroken."""
        return "".join(self.node.shell.run(f"cat {_PID}"))

    def close(self) -> None:
        """Let go of the program and its container; a second call does nothing."""
        self._control.close()
        self.node.shell.close()

    def _ask(self, do: str, **arguments: object) -> dict[str, Any]:
        with self._lock:
            request = {"id": next(self._numbers), "do": do, **arguments}
            self._control.send(f"{json.dumps(request)}\n")
            reply = json.loads(self._control.line(_TIMEOUT))
        if reply.get("id") != request["id"] or "ok" not in reply:
            raise FabricBroken(f"the probe target answered {do} with {reply}")
        found: dict[str, Any] = reply["ok"]
        return found
