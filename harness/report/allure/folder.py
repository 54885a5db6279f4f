"""What Allure is told of a whole run, beside its results: the environment, who ran it, and how to read it."""

from __future__ import annotations

import json
import os
import platform
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from harness.errors import TunspecError
from harness.report.allure.categories import CATEGORIES
from harness.report.recorder import Recorder
from harness.verdict.lattice import UNJUDGED, Verdict

_CONFIGURATION = Path(__file__).with_name("allurerc.mjs")


class AllureFolder:
    """A pytest plugin of the process that sees every report: writes into ``folder`` at the end of a run."""

    def __init__(self, folder: Path, recorder: Recorder) -> None:
        self._folder = folder
        self._recorder = recorder

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Write the files; a run without results has none."""
        if self._recorder.results:
            self._folder.mkdir(parents=True, exist_ok=True)
            texts = {
                "environment.properties": "".join(f"{name}={_escaped(value)}\n" for name, value in self._environment()),
                "executor.json": json.dumps(_executor(os.environ)),
                "categories.json": json.dumps(CATEGORIES, indent=2),
                _CONFIGURATION.name: _CONFIGURATION.read_text(encoding="utf-8"),
            }
            for name, text in texts.items():
                (self._folder / name).write_text(text, encoding="utf-8")

    def _environment(self) -> Iterator[tuple[str, str]]:
        header, judged = self._recorder.header, self._recorder.results[0].implementation
        yield (
            "Implementation",
            judged.asked_for if judged.asked_for == judged.name else f"{judged.name} ({judged.asked_for})",
        )
        yield "Version", f"{judged.name} {judged.version} ({judged.language})"
        yield "Fabric", f"{header.fabric} with OpenSSH {header.sshd}" if header.sshd else header.fabric
        yield "Scope", ", ".join(header.scopes)
        yield "Judged", self._judged(judged.asked_for)
        yield "Engine", _engine() if header.fabric == "docker" else "none"
        yield "Kernel", f"{platform.system()} {platform.release()}"
        yield "Python", header.python
        yield "tunspec", header.tunspec

    def _judged(self, implementation: str) -> str:
        """Return how many were judged, because Allure's share of passed does not say what it leaves out."""
        counts = Counter(result.verdict for result in self._recorder.results)
        number = sum(counts.values())
        left_out = ", ".join(f"{counts[one]} {one.value}" for one in Verdict if one in UNJUDGED and counts[one])
        judged = number - sum(counts[one] for one in UNJUDGED)
        return f"{implementation}: {judged} of {number}" + (f" ({left_out})" if left_out else "")


def _engine() -> str:
    """Return which docker engine ran the world; it may be gone by now."""
    with suppress(TunspecError, OSError):
        from harness.world.docker.engine import client

        engine = client.connect()
        try:
            return f"docker {engine.version()['Version']}"
        finally:
            engine.close()
    return "docker"


def _escaped(value: str) -> str:
    """Return ``value`` as the format of properties has it: one line, in ASCII."""
    line = value.replace("\\", "\\\\").replace("\n", " ").replace("\r", " ")
    return "".join(one if one.isascii() else f"\\u{ord(one):04x}" for one in line)


def _executor(environment: Mapping[str, str]) -> Mapping[str, str | int]:
    """Return who ran it: a CI server, where its variables are there, or a person. Trends are in ``buildOrder``."""
    if environment.get("GITHUB_ACTIONS") == "true":
        server = f"{environment.get('GITHUB_SERVER_URL', '')}/{environment.get('GITHUB_REPOSITORY', '')}"
        number = environment.get("GITHUB_RUN_NUMBER", "")
        return {
            "name": "GitHub Actions",
            "type": "github",
            "buildName": f"{environment.get('GITHUB_WORKFLOW', '')} #{number}",
            "buildUrl": f"{server}/actions/runs/{environment.get('GITHUB_RUN_ID', '')}",
            **_order(number),
        }
    if environment.get("GITLAB_CI") == "true":
        number = environment.get("CI_PIPELINE_IID", "")
        return {
            "name": "GitLab CI",
            "type": "gitlab",
            "buildName": f"{environment.get('CI_JOB_NAME', '')} #{number}",
            "buildUrl": environment.get("CI_JOB_URL", ""),
            **_order(number),
        }
    return {"name": "tunspec", "type": "local"}


def _order(number: str) -> Mapping[str, int]:
    return {"buildOrder": int(number)} if number.isdecimal() else {}
