"""The docker fabric."""

from __future__ import annotations

from harness.world.docker.engine.client import cleanup
from harness.world.docker.fabric import DockerFabric

__all__ = ["DockerFabric", "cleanup"]
