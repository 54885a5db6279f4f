"""A Unix domain socket on the last bastion that leads to the probe target, by socat(1)."""

from __future__ import annotations

from harness.address import Address
from harness.world.docker.engine.shell import Shell

PATH = "/run/tunspec/target.sock"
_PID = "/run/tunspec/target-socket.pid"
_LIMIT = 10
_FOR_EVER = 86_400  # seconds for which socat passes on one direction when the other has ended


def serve(shell: Shell, target: Address) -> None:
    """Listen at :data:`PATH` for everyone, unless it is done already; both directions end by themselves.

    Raises FabricBroken.
    """
    listen, onward = f"UNIX-LISTEN:{PATH},fork,mode=0666,unlink-early", f"TCP4:{target.host}:{target.port}"
    shell.run(
        f"kill -0 $(cat {_PID} 2>/dev/null) 2>/dev/null && exit 0\n"
        f"mkdir -p {PATH.rpartition('/')[0]}\n"
        f"setsid socat -t {_FOR_EVER} {listen} {onward} >/proc/1/fd/1 2>&1 </dev/null &\n"
        f"echo $! >{_PID}\n"
        f"for _ in $(seq {_LIMIT * 50}); do [ -S {PATH} ] && exit 0; sleep 0.02; done\n"
        f"echo socat does not listen at {PATH}; exit 1"
    )
