"""Faults in force on the keys of an embedded bastion, each with its evidence and its way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.faults.model import Evidence
from harness.world import host_keys

if TYPE_CHECKING:
    from harness.faults.model import RotateHostKey
    from harness.world.embedded.bastion.machine import Bastion
    from harness.world.fabric import HostKey


class RotatedHostKeys:
    """A bastion with other host keys."""

    def __init__(self, bastion: Bastion, fault: RotateHostKey) -> None:
        self._bastion = bastion
        self._old = bastion.setup.host_keys
        self._new = host_keys.rotated(self._old, fault)
        self._lived = bastion.answers
        bastion.show(self._new)
        self._showed = self._lived and bastion.shown() == _public(self._new)

    def evidence(self) -> Evidence:
        """Return the fresh public keys, as the bastion serves them, and which it had.

        A later rotation may have replaced them; then the bastion must show what that one gave it.
        """
        fresh = tuple(key.public for key in self._new if key not in self._old)
        gone = tuple(key.public for key in self._old if key not in self._new)
        if not fresh:
            return Evidence(proven=False, summary="it had a host key of each type already, so none was added")
        if self._lived:
            proven = self._showed and self._is_undisturbed()
            serves = "shows" if proven else "does not show"
        else:
            proven = self._bastion.answers and self._bastion.setup.host_keys == self._new
            serves = "was started with" if proven else "does not run, so it does not show"
        change = f"in place of {_named(gone)}" if gone else "beside those that it had"
        return Evidence(proven=proven, summary=f"{self._bastion.name} {serves} {_named(fresh)} {change}")

    def heal(self) -> None:
        """Show the old keys again."""
        if self._bastion.setup.host_keys == self._new:
            self._bastion.show(self._old)

    def _is_undisturbed(self) -> bool:
        bastion = self._bastion
        return not bastion.answers or bastion.shown() == _public(bastion.setup.host_keys)


def _public(keys: tuple[HostKey, ...]) -> frozenset[str]:
    return frozenset(key.public for key in keys)


def _named(public: tuple[str, ...]) -> str:
    return ", ".join(map(host_keys.fingerprint, public))


class RevokedKeys:
    """A bastion that takes no key and no certificate of its user."""

    def __init__(self, bastion: Bastion) -> None:
        self._bastion = bastion
        self._old = bastion.setup.authorized_keys
        self._healed = False
        self._lived = bastion.answers
        bastion.authorize(())
        self._taken = bastion.authorized() if self._lived else ()

    def evidence(self) -> Evidence:
        """Return which keys the bastion says it takes, the last time that it could say so, and how many it took."""
        if not self._lived:
            proven = self._bastion.answers and not self._bastion.setup.authorized_keys
            takes = "was started with no key" if proven else "does not run, so it takes no login at all"
        else:
            if not self._healed and self._bastion.answers:
                self._taken = self._bastion.authorized()
            proven = not self._taken
            takes = f"takes {len(self._taken) or 'no'} key" + ("s" if len(self._taken) > 1 else "")
        summary = f"{self._bastion.name} {takes}, where it took {len(self._old)}"
        return Evidence(proven=proven and bool(self._old), summary=summary)

    def heal(self) -> None:
        """Take the old keys again."""
        self._healed = True
        if not self._bastion.setup.authorized_keys:
            self._bastion.authorize(self._old)
