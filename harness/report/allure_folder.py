"""What Allure is told of a whole run, beside its results: the environment, who ran it, and the categories.

Allure has fewer statuses than there are verdicts; the categories tell them apart by the words of messages.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.report.recorder import Recorder

CATEGORIES: tuple[Mapping[str, Any], ...] = (
    {"name": "Nonconformant: the tunnel did wrong", "matchedStatuses": ["failed"]},
    {
        "name": "Inconclusive: nothing was proved",
        "matchedStatuses": ["broken"],
        "messageRegex": r"(?s).*ScenarioInconclusive.*",
    },
    {"name": "Broken: the harness, the fabric or the adapter", "matchedStatuses": ["broken"]},
    {
        "name": "Unsupported: the tunnel says that it does not do this",
        "matchedStatuses": ["skipped"],
        "messageRegex": r"(?s).*unsupported: .*",
    },
    {
        "name": "Not run: the fabric cannot",
        "matchedStatuses": ["skipped"],
        "messageRegex": r"(?s).*not-run: .*",
    },
)
"""In the order in which Allure looks; a result is in the first that it matches."""


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
                "categories.json": json.dumps(CATEGORIES),
            }
            for name, text in texts.items():
                (self._folder / name).write_text(text, encoding="utf-8")

    def _environment(self) -> list[tuple[str, str]]:
        header, judged = self._recorder.header, self._recorder.results[0].implementation
        return [
            ("Implementation", f"{judged.name} {judged.version} ({judged.language})"),
            ("Fabric", f"{header.fabric} with OpenSSH {header.sshd}" if header.sshd else header.fabric),
            ("Scope", ", ".join(header.scopes)),
            ("Kernel", f"{platform.system()} {platform.release()}"),
            ("Python", header.python),
            ("tunspec", header.tunspec),
        ]


def _escaped(value: str) -> str:
    """Return ``value`` as the format of properties has it: one line, in ASCII."""
    line = value.replace("\\", "\\\\").replace("\n", " ").replace("\r", " ")
    return "".join(one if one.isascii() else f"\\u{ord(one):04x}" for one in line)


def _executor(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return who ran it: a CI server, where its variables are there, or a person."""
    if environment.get("GITHUB_ACTIONS") == "true":
        server = f"{environment.get('GITHUB_SERVER_URL', '')}/{environment.get('GITHUB_REPOSITORY', '')}"
        run = environment.get("GITHUB_RUN_ID", "")
        name = environment.get("GITHUB_WORKFLOW", "")
        return {
            "name": "GitHub Actions",
            "type": "github",
            "buildName": name,
            "buildUrl": f"{server}/actions/runs/{run}",
        }
    if environment.get("GITLAB_CI") == "true":
        name, url = environment.get("CI_JOB_NAME", ""), environment.get("CI_JOB_URL", "")
        return {"name": "GitLab CI", "type": "gitlab", "buildName": name, "buildUrl": url}
    return {"name": "tunspec", "type": "local"}
