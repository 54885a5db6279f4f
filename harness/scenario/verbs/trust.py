"""What the user does to the store of host keys while a tunnel is open."""

from __future__ import annotations

from typing import ClassVar

from harness.scenario.language.verb import Nature, Verb
from harness.scenario.stage.stage import Stage


class RevokeHostKey(Verb):
    """Mark the present host keys of a bastion ``@revoked`` in the store, for every host (sshd(8))."""

    verb: ClassVar[str] = "revoke_host_key"
    nature: ClassVar[Nature] = "acts"
    shorthand: ClassVar[str | None] = "node"

    node: str

    def servers(self) -> tuple[str, ...]:
        return (self.node,)

    def run(self, stage: Stage) -> None:
        """Write to the end of the store."""
        with stage.profiles.store.open("a") as store:
            store.writelines(f"@revoked * {key.public}\n" for key in stage.world.setup(self.node).host_keys)
