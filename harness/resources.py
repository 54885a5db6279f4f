"""Where the data files are: beside the packages in a checkout, inside them in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def root() -> Path:
    """Return the folder that holds ``scenarios/``, ``containers/``, ``tests/faulty/`` and ``docker-compose.yml``."""
    installed = _PACKAGE / "_data"
    return installed if installed.is_dir() else _PACKAGE.parent


def compose_file() -> Path:
    """Return the map of the world."""
    return root() / "docker-compose.yml"


def scenarios() -> Path:
    """Return the folder of the scenarios that come with tunspec."""
    return root() / "scenarios"


def containers() -> Path:
    """Return the folder of the image recipes."""
    return root() / "containers"


def faulty_tunnels() -> tuple[Path, ...]:
    """Return the files of the faulty tunnels, which stand in a folder for each area."""
    return tuple(sorted((root() / "tests" / "faulty").glob("*/*.py")))
