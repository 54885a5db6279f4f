"""The packages that only some runs need, and the command that installs them."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Literal

from harness.errors import UsageError

Extra = Literal["allure", "databases", "docker"]

MODULES: Mapping[Extra, tuple[str, ...]] = {
    "allure": ("allure", "allure_pytest"),
    "databases": ("psycopg", "pymysql"),
    "docker": ("docker", "testcontainers", "toxiproxy"),
}
"""What is imported of each extra of pyproject.toml, and nowhere else."""


def missing(extra: Extra) -> str | None:
    """Return what of ``extra`` is not installed, and the command that installs it, or None. Nothing is imported."""
    absent = [name for name in MODULES[extra] if not _is_installed(name)]
    if not absent:
        return None
    command = shlex.join([sys.executable, "-m", "pip", "install", f"tunspec[{extra}]"])
    return f"needs Python packages that are not installed ({', '.join(absent)}); run: {command}"


def require(extra: Extra, by: str) -> None:
    """Raise UsageError where something of ``extra``, needed ``by`` what the user asked for, is not installed."""
    if reason := missing(extra):
        raise UsageError(f"{by} {reason}")


def _is_installed(name: str) -> bool:
    """Tell whether there is such a package; a folder that happens to have its name is none."""
    spec = find_spec(name)
    return spec is not None and spec.has_location
