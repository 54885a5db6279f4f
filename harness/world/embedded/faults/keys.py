"""Faults in force on the keys of an embedded bastion, each with its evidence and its way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.faults.installed import Installed
from harness.faults.model import Evidence
from harness.world import host_keys

if TYPE_CHECKING:
    from harness.faults.model import RotateHostKey
    from harness.world.embedded.bastion.machine import Bastion
    from harness.world.fabric import HostKey


def rotate(fault: RotateHostKey, bastion: Bastion) -> Installed:
    """Give a bastion other host keys."""
    old = bastion.setup.host_keys
    new = host_keys.rotated(old, fault)
    lived = bastion.answers
    bastion.show(new)
    showed = lived and bastion.shown() == _public(new)
    fresh = tuple(key.public for key in new if key not in old)
    gone = tuple(key.public for key in old if key not in new)
    change = f"in place of {_named(gone)}" if gone else "beside those that it had"

    def prove() -> Evidence:
        """Look again: a later rotation may have replaced them; then the bastion must show what that one gave it."""
        if not fresh:
            return Evidence(proven=False, summary="it had a host key of each type already, so none was added")
        if lived:
            proven = showed and (not bastion.answers or bastion.shown() == _public(bastion.setup.host_keys))
            serves = "shows" if proven else "does not show"
        else:
            proven = bastion.answers and bastion.setup.host_keys == new
            serves = "was started with" if proven else "does not run, so it does not show"
        return Evidence(proven=proven, summary=f"{bastion.name} {serves} {_named(fresh)} {change}")

    def undo() -> None:
        if bastion.setup.host_keys == new:
            bastion.show(old)

    return Installed(prove, undo)


def _public(keys: tuple[HostKey, ...]) -> frozenset[str]:
    return frozenset(key.public for key in keys)


def _named(public: tuple[str, ...]) -> str:
    return ", ".join(map(host_keys.fingerprint, public))


def revoke(bastion: Bastion) -> Installed:
    """Let a bastion accept no key and no certificate of its user."""
    old = bastion.setup.authorized_keys
    lived = bastion.answers
    bastion.authorize(())
    accepted = bastion.authorized() if lived else ()

    def prove() -> Evidence:
        """Ask the bastion which keys it accepts; while it cannot say, what it said last counts."""
        nonlocal accepted
        if not lived:
            proven = bastion.answers and not bastion.setup.authorized_keys
            accepts = "was started with no key" if proven else "does not run, so it accepts no login at all"
        else:
            if bastion.answers:
                accepted = bastion.authorized()
            proven = not accepted
            accepts = f"accepts {len(accepted) or 'no'} key" + ("s" if len(accepted) > 1 else "")
        summary = f"{bastion.name} {accepts}, where it accepted {len(old)}"
        return Evidence(proven=proven and bool(old), summary=summary)

    def undo() -> None:
        if not bastion.setup.authorized_keys:
            bastion.authorize(old)

    return Installed(prove, undo)
