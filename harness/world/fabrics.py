"""The fabrics by name."""

from __future__ import annotations

from contextlib import suppress

from harness import extras
from harness.errors import FabricBroken, UsageError
from harness.faults.needs import FabricNeed
from harness.run import Run
from harness.text.suggestions import did_you_mean
from harness.world.fabric import Fabric
from harness.world.topology import Topology

FABRICS = ("embedded", "docker")


SSHDS = ("8.4", "9.2", "10")
"""The releases of OpenSSH that the docker fabric can have; 9.2 where nothing is said."""


def make(name: str, run: Run, sshd: str | None = None) -> Fabric:
    """Return the fabric called ``name``, its bastions with that release of OpenSSH.

    Raises UsageError for an unknown one, FabricBroken without an engine.
    """
    match name:
        case "embedded":
            from harness.world.embedded.fabric import EmbeddedFabric

            return EmbeddedFabric(run)
        case "docker":
            from harness.world.docker.fabric import DockerFabric
            from harness.world.docker.releases import DEFAULT, RELEASES

            return DockerFabric(run, DEFAULT if sshd is None else RELEASES[sshd])
        case _:
            raise UsageError(f"there is no fabric {name!r}; choose one of {', '.join(FABRICS)}")


def missing(name: str, topology: Topology, needs: frozenset[FabricNeed]) -> str | None:
    """Return why the fabric called ``name`` can never run a scenario with ``needs``, or None; it need not be there."""
    if name == "docker":
        from harness.world.docker.faults.abilities import missing as missing_on_docker

        return missing_on_docker(topology, needs)
    from harness.world.embedded.faults.abilities import missing as missing_on_embedded

    return missing_on_embedded(topology, needs)


def clean_up_after_dead_runs(name: str) -> None:
    """Remove what runs whose owner is gone left on the fabric called ``name``; nothing where it is out of reach."""
    if name == "docker":
        from harness.world.docker.engine import client

        with suppress(FabricBroken):
            client.cleanup()


def check(name: str, sshd: str | None = None) -> None:
    """Raise FabricBroken, saying what to do, when the fabric called ``name`` cannot be had on this machine.

    Raises UsageError for an unknown name, for a release of OpenSSH where there is no OpenSSH, and where the packages of
    the docker fabric are not installed.
    """
    if name not in FABRICS:
        hint = did_you_mean(name, FABRICS)
        raise UsageError(f"there is no fabric {name!r}{hint}; choose one of {', '.join(FABRICS)}")
    if sshd is not None and sshd not in SSHDS:
        raise UsageError(f"there is no OpenSSH {sshd!r} for bastions; choose one of {', '.join(SSHDS)}")
    if sshd is not None and name != "docker":
        raise UsageError(f"--sshd is for --fabric docker: the bastions of the {name} fabric are not OpenSSH")
    if name == "docker":
        extras.require("docker", "the docker fabric")
        from harness.world.docker.engine import client

        client.check()
