"""What pytest was asked for: the places where YAML files are scenarios. A stranger's project has none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness import resources
from harness.scenario.recognition import SUFFIXES, looks_like_scenario

INI = "tunspec_paths"
RUN = "tunspec_run"
"""Where pytest keeps whether it was ``tunspec`` that started it."""


@dataclass(frozen=True)
class Asked:
    """``files`` and ``folders`` were named, ``own`` are folders that are known to hold scenarios.

    ``only``: ``tunspec`` itself asks, so that whatever is named is meant as a scenario.
    """

    files: tuple[Path, ...]
    folders: tuple[Path, ...]
    own: tuple[Path, ...]
    only: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is anything that may be a scenario; each named folder is searched until one is found."""
        if self.only or self.own:
            return True
        files = any(looks_like_scenario(file) for file in self.files)
        return files or any(map(self.takes, _yaml_below(self.folders)))

    def takes(self, file: Path) -> bool:
        """Tell whether a file is one of the scenarios that were asked for."""
        if file.suffix not in SUFFIXES:
            return False
        if file in self.files:
            return self.only or looks_like_scenario(file)
        if any(file.is_relative_to(folder) for folder in self.own):
            return looks_like_scenario(file)
        if any(file.is_relative_to(folder) for folder in self.folders):
            return looks_like_scenario(file, certainly=not self.only)
        return False


def asked_for(config: pytest.Config, named: Iterable[str]) -> Asked:
    """Return what is asked for by the arguments that were ``named``, by the ini file, and by this project itself."""
    here = config.invocation_params.dir
    places = [Path(os.path.normpath(here / name.partition("::")[0])) for name in named]
    own = [*config.getini(INI)]
    if config.rootpath == resources.root():
        own.append(resources.scenarios())
    return Asked(
        files=tuple(place for place in places if place.suffix in SUFFIXES and place.is_file()),
        folders=tuple(place for place in places if place.is_dir()),
        own=tuple(own),
        only=bool(getattr(config.known_args_namespace, RUN, False)),
    )


def _yaml_below(folders: Iterable[Path]) -> Iterator[Path]:
    for top in folders:
        for folder, below, files in os.walk(top):
            below[:] = [name for name in below if not name.startswith((".", "_")) and name != "node_modules"]
            yield from (Path(folder, name) for name in files if name.endswith((".yaml", ".yml")))
