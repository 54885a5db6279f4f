"""The implementation's store of host keys, as the suite lays it out and reads it: known_hosts of sshd(8)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from harness.world.fabric import Address

_SSH_PORT = 22


def entry_name(address: Address) -> str:
    """Return the host as known_hosts names it: ``[host]:port`` unless the port is 22."""
    return address.host if address.port == _SSH_PORT else f"[{address.host}]:{address.port}"


def write(file: Path, entries: Iterable[tuple[Address, str]]) -> None:
    """Write a store with these addresses and ``type base64`` keys."""
    file.write_text("".join(f"{entry_name(address)} {key}\n" for address, key in entries))


def keys_of(file: Path, address: Address) -> frozenset[str]:
    """Return the ``type base64`` keys stored in clear for ``address``; empty when the file is not there."""
    return keys_in(file.read_text(), address) if file.exists() else frozenset()


def keys_in(text: str, address: Address) -> frozenset[str]:
    """Return the ``type base64`` keys that the store's ``text`` has in clear for ``address``."""
    found = set()
    for line in text.splitlines():
        names, _, rest = line.partition(" ")
        if not line.startswith(("#", "@")) and entry_name(address) in names.split(","):
            found.add(" ".join(rest.split()[:2]))
    return frozenset(found)
