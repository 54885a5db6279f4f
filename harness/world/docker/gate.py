"""The packet filter and the sockets of one container on a link's way: counts, silences, refuses, resets."""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import FabricBroken
from harness.world.docker.shell import Shell

_COUNT_EACH_CONNECTION_ONCE = (
    "-m hashlimit --hashlimit-name attempts --hashlimit-mode srcip,srcport "
    "--hashlimit-upto 1/day --hashlimit-burst 1 --hashlimit-htable-expire 86400000"
)


@dataclass(frozen=True)
class Gate:
    """``port`` is where connections arrive, ``onward`` where they are relayed to (None: they end here)."""

    shell: Shell
    port: int
    onward: int | None = None

    def begin(self) -> None:
        """Take every rule away and count anew: each connection once, however often its SYN is sent."""
        self.shell.run(
            "iptables -w -F && iptables -w -X && "
            f"iptables -w -A INPUT ! -i lo -p tcp --dport {self.port} --syn {_COUNT_EACH_CONNECTION_ONCE}"
        )

    def attempts(self) -> int:
        """Return how many connections were tried since :meth:`begin`."""
        return _packets(self.shell.run("iptables -w -nvxL INPUT 1"))

    def connections(self) -> int:
        """Return how many connections that arrived here are established."""
        return len(self.shell.run(f"ss -Htn state established 'sport = :{self.port}'"))

    def listens(self) -> bool:
        """Tell whether something listens on the port."""
        return bool(self.shell.run(f"ss -Htln 'sport = :{self.port}'"))

    def silence(self) -> None:
        """Drop every packet of the link, both ways and on both sides."""
        self._install("stall", "DROP", directions=("INPUT", "OUTPUT"))

    def refuse(self) -> None:
        """Answer every packet that arrives for the link with a TCP reset."""
        self._install("cut", "REJECT --reject-with tcp-reset", directions=("INPUT",))

    def stopped(self, chain: str) -> int | None:
        """Return how many packets ``stall`` or ``cut`` has stopped, None when it is not in force."""
        status, printed = self.shell.ask(f"iptables -w -C INPUT -p tcp --dport {self.port} -j {chain} && "
                                         f"iptables -w -nvxL {chain} 1")  # fmt: skip
        return _packets(printed) if status == 0 else None

    def lift(self, chain: str) -> None:
        """Take ``stall`` or ``cut`` away."""
        script = [f"iptables -w -S | grep -- '-j {chain}$' | sed 's/^-A/-D/' | while read -r rule; do"]
        script += ["iptables -w $rule || exit 1; done", f"iptables -w -F {chain} && iptables -w -X {chain}"]
        self.shell.run("\n".join(script))

    def reset(self) -> int:
        """Send a TCP reset on every established connection, both sides; return how many sockets that were.

        Source: ss(8) ``--kill``; the kernel needs CONFIG_INET_DIAG_DESTROY.
        """
        ports = " or ".join(f"sport = :{port} or dport = :{port}" for port in self._ports)
        return len(self.shell.run(f"ss -K -Htn state established '( {ports} )'"))

    @property
    def _ports(self) -> tuple[int, ...]:
        return tuple({self.port, self.onward or self.port})

    def _install(self, chain: str, verdict: str, directions: tuple[str, ...]) -> None:
        rules = [f"-A {chain} -j {verdict}"]
        for direction in directions:
            for port in self._ports:
                rules += [f"-A {direction} -p tcp --dport {port} -j {chain}"]
                rules += [f"-A {direction} -p tcp --sport {port} -j {chain}"]
        table = "\n".join(["*filter", f":{chain} -", *rules, "COMMIT"])
        self.shell.run(f"iptables-restore -w --noflush <<'TABLE'\n{table}\nTABLE")


def _packets(listing: list[str]) -> int:
    try:
        return int(listing[0].split()[0])
    except (IndexError, ValueError) as error:
        raise FabricBroken(f"the packet filter does not show its counters: {listing}") from error
