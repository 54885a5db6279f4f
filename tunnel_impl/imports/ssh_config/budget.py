"""How much one import may read: ssh bounds how deep files include each other, and not how many."""

from __future__ import annotations

from tunnel_impl.errors import TunnelError

_MOST_FILES = 500
_MOST_LINES = 100_000


class Budget:
    """Counts what one import has read so far."""

    def __init__(self) -> None:
        self._files = 0
        self._lines = 0

    def open_file(self, where: str) -> None:
        """Count a file. Raises TunnelError ``bad-profile`` when there are too many; ``where`` is included last."""
        self._files += 1
        if self._files > _MOST_FILES:
            raise TunnelError("bad-profile", f"{where}: more than {_MOST_FILES} files are read; include fewer of them")

    def read_line(self, where: str) -> None:
        """Count a line. Raises TunnelError ``bad-profile`` when there are too many."""
        self._lines += 1
        if self._lines > _MOST_LINES:
            raise TunnelError("bad-profile", f"{where}: more than {_MOST_LINES} lines are read; shorten the files")
