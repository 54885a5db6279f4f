"""The engine's errors, told as ours. The SDK is not imported before the engine has raised one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from harness.errors import FabricBroken


@cache
def errors() -> tuple[type[Exception], ...]:
    """Return all that a request to the engine can raise."""
    import docker.errors
    import requests

    return docker.errors.DockerException, requests.RequestException, OSError


@contextmanager
def obeying(what: str) -> Iterator[None]:
    """Turn an error of the engine while it does ``what`` into FabricBroken."""
    try:
        yield
    except errors() as error:
        raise FabricBroken(f"{what}: {error}") from error
