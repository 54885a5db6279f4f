"""Reads plain data field by field, so that every complaint can name its field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

from tunnel_impl.errors import TunnelError

_NEEDED: Final = object()
_HIGHEST_PORT = 65535


class Fields:
    """One object of a profile. As a context manager it complains, at the end, about fields nobody read."""

    def __init__(self, data: object, path: str) -> None:
        self._path = path
        if not isinstance(data, Mapping):
            raise TunnelError("bad-profile", f"{path.rstrip('.') or 'the profile'}: write an object with named fields")
        self._data = data
        self._read: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        unread = [str(name) for name, value in self._data.items() if name not in self._read and value is not None]
        if kind is None and unread:
            raise self.error(unread[0], "there is no such field; remove it or fix its name")

    def error(self, name: str, advice: str) -> TunnelError:
        """Return the complaint about the field ``name``."""
        return TunnelError("bad-profile", f"{self._path}{name}: {advice}")

    def text(self, name: str, default: str | None = None, *, empty: bool = False) -> str:
        """Return a text; needed when there is no ``default``."""
        value = self._get(name, _NEEDED if default is None else default)
        if not isinstance(value, str) or not (value or empty):
            raise self.error(name, "write a text that is not empty")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a text, or None when it is missing, null or empty."""
        value = self._get(name, None)
        if value is not None and not isinstance(value, str):
            raise self.error(name, "write a text or leave it out")
        return value or None

    def whole(self, name: str, default: int, *, lowest: int = 0) -> int:
        """Return a whole number that is not below ``lowest``."""
        value = self._get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < lowest:
            raise self.error(name, f"write a whole number from {lowest} up")
        return value

    def port(self, name: str, default: int | None = None, *, lowest: int = 1) -> int:
        """Return a TCP port; needed when there is no ``default``."""
        value = self._get(name, _NEEDED if default is None else default)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= _HIGHEST_PORT:
            raise self.error(name, f"write a port from {lowest} up to {_HIGHEST_PORT}")
        return value

    def seconds(self, name: str, default: float, *, above: float | None = None) -> float:
        """Return seconds, not negative, and more than ``above`` where it is given."""
        value = self._get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
            raise self.error(name, "write a number of seconds that is not negative")
        if above is not None and value <= above:
            raise self.error(name, f"write more than {above:g} seconds")
        return float(value)

    def section(self, name: str, default: object = _NEEDED) -> Fields:
        """Return the object under ``name``."""
        return Fields(self._get(name, default), f"{self._path}{name}.")

    def optional_section(self, name: str) -> Fields | None:
        """Return the object under ``name``, None when it is missing or null."""
        return None if self._get(name, None) is None else self.section(name)

    def sections(self, name: str) -> tuple[Fields, ...]:
        """Return the objects of the list under ``name``, none when it is missing."""
        value = self._get(name, ())
        if isinstance(value, str) or not isinstance(value, list | tuple):
            raise self.error(name, "write a list")
        return tuple(Fields(one, f"{self._path}{name}[{index}].") for index, one in enumerate(value))

    def _get(self, name: str, default: object) -> object:
        self._read.add(name)
        value = self._data.get(name)
        if value is None:
            if default is _NEEDED:
                raise self.error(name, "it is missing; fill it in")
            return default
        return value
