"""What pytest's options say of a run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from harness.parallel.shard import Shard
from harness.report.recorder import Part
from harness.scenario.language.model import SCOPES, Scope
from harness.scenario.language.scopes import scopes_for

_RUNS = ("TUNSPEC_RUN", "GITHUB_RUN_ID", "CI_PIPELINE_ID")
"""Variables of the environment that tell one run from another, where it has several shards."""


@dataclass(frozen=True)
class Settings:
    """What is judged and where; ``scopes`` are empty where scenarios are only listed."""

    implementation: str
    fabric: str
    sshd: str | None
    realtime: bool
    scopes: tuple[Scope, ...]
    part: Part
    shard: Shard | None
    durations: Path | None
    repeat: int = 1
    confirm: bool = False
    hold: bool = False

    @classmethod
    def of(cls, config: pytest.Config) -> Self:
        """Return what the options say. Raises UsageError for what cannot be understood."""
        option = config.option
        shard = None if option.tunspec_shard is None else Shard.parse(option.tunspec_shard)
        listing = option.collectonly
        return cls(
            implementation=option.tunspec_impl,
            fabric=option.tunspec_fabric,
            sshd=option.tunspec_sshd,
            realtime=option.tunspec_realtime,
            scopes=SCOPES if listing else scopes_for(option.tunspec_scope, option.tunspec_impl),
            part=_part(config, shard),
            shard=shard,
            durations=option.tunspec_durations,
            repeat=option.tunspec_repeat,
            confirm=option.tunspec_confirm,
            hold=option.tunspec_hold,
        )


def _part(config: pytest.Config, shard: Shard | None) -> Part:
    option = config.option
    selection = (*config.args, f"-m {option.markexpr}", f"-k {option.keyword}")
    run = next((os.environ[name] for name in _RUNS if os.environ.get(name)), None)
    return Part((shard.number, shard.of) if shard else None, run, selection)
