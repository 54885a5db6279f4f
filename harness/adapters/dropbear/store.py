"""The store of host keys as dbclient wants it: ``$HOME/.ssh/known_hosts``, and no port in a name.

A line of the profile's file that names this server and its port stands there under the server's name alone, and one
that names it without a port, which is another server's, does not. All other lines stand there as they are, for dbclient
to make of them what it does; what it adds is written back.
"""

from __future__ import annotations

from pathlib import Path


class Store:
    """The lines for one server, in a home of dbclient's own."""

    def __init__(self, file: str, host: str, port: int, home: Path) -> None:
        self._file = Path(file).expanduser()
        self._host = host
        self._name = host if port == 22 else f"[{host}]:{port}"
        self._copy = home / ".ssh" / "known_hosts"
        self._known = self._translated()
        self._copy.parent.mkdir(mode=0o700)
        self._copy.write_text(self._known, encoding="utf-8")

    def write_back(self) -> None:
        """Append to the profile's file what dbclient has appended to its own, after whatever stands at its end."""
        known = self._copy.read_text("utf-8")
        added, self._known = known[len(self._known) :], known
        if added:
            with self._file.open("a", encoding="utf-8") as file:
                file.writelines(f"{self._name} {line.partition(' ')[2]}" for line in added.splitlines(keepends=True))

    def _translated(self) -> str:
        lines = self._file.read_text("utf-8").splitlines(keepends=True) if self._file.exists() else []
        if self._name != self._host:
            lines = [line for line in lines if not line.startswith(f"{self._host} ")]
        return "".join(
            self._host + line.removeprefix(self._name) if line.startswith(f"{self._name} ") else line for line in lines
        )
