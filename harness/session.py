"""What one process needs to judge scenarios, made and given back as one thing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness import run as runs
from harness.adapter import registry
from harness.interrupts import ignored
from harness.scenario.login.credentials import Credentials
from harness.scenario.runner import Runner
from harness.text.redaction import Redactor
from harness.world import fabrics
from harness.world.pool import WorldPool


@contextmanager
def open_runner(
    implementation: str, fabric: str, *, realtime: bool = False, sshd: str | None = None
) -> Iterator[Runner]:
    """Yield what runs scenarios of ``implementation`` on ``fabric``; everything is removed afterwards.

    ``realtime`` says how the scenarios were read, for the command that runs one again; ``sshd`` is the release of
    OpenSSH that bastions have, where it is not the usual one.

    Raises UsageError for unknown names, FabricBroken when the fabric cannot be had.
    """
    launch = registry.resolve(implementation)
    if launch.kind == "image":
        fabrics.clean_up_after_dead_runs("docker")
    with runs.start() as run:
        redactor = Redactor()
        pool = WorldPool(fabrics.make(fabric, run, sshd), run.folder, lambda _: None)
        try:
            yield Runner(run, launch, pool, redactor, Credentials(redactor), realtime=realtime, sshd=sshd)
        finally:
            with ignored():
                pool.close()
