"""pytest, for tunspec alone: with nothing of the folder, the environment or the other plugins of the user."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from harness import resources
from harness.run import private_folder

_VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")


def run_pytest(arguments: Sequence[str], *, plugins: Sequence[object], allure: bool = False) -> int:
    """Run pytest on scenarios only, and return its exit status; with ``allure``, also the plugin that it needs."""
    with _without_the_users_own(), private_folder() as folder:
        own = [*_arguments(allure=allure), f"--basetemp={folder / 'pytest'}"]
        return int(pytest.main([*own, *arguments], plugins=[*plugins]))


def _arguments(*, allure: bool) -> list[str]:
    needed = ["harness.plugin", "xdist.plugin", *(["allure_pytest.plugin"] if allure else [])]
    return [
        *("-c", os.devnull, f"--rootdir={resources.scenarios()}", "--noconftest", "-o", "python_files="),
        *("-p", "no:cacheprovider", "--strict-markers", "--capture=no", "--assert=plain", "--disable-plugin-autoload"),
        *(word for plugin in needed for word in ("-p", plugin)),
        "--tunspec-run",
    ]


@contextmanager
def _without_the_users_own() -> Iterator[None]:
    kept = {name: os.environ.pop(name) for name in _VARIABLES if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)
