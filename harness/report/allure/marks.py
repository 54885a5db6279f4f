"""What the gate makes of a run, put into Allure results that are already there."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.report.allure.categories import KNOWN_FAIL, STATUSES
from harness.report.allure.identity import identity
from harness.scenario.areas import AREAS


@dataclass(frozen=True)
class Mark:
    """A verdict of the gate, why it is given, and where the work on it is followed; ``title`` is the scenario's."""

    verdict: str
    reason: str
    link: str | None = None
    title: str = ""


def put(folder: Path, marks: Mapping[str, Mark]) -> None:
    """Write the marks into the results of their scenarios, by id; a scenario without a result gets one that is skipped.

    ``folder`` has what a run of this process or another left there; where there is none, nothing is done.
    """
    left, like = dict(marks), None
    for file in sorted(folder.glob("*-result.json")):
        like = json.loads(file.read_text(encoding="utf-8"))
        mark = marks.get(like.get("fullName", ""))
        if mark is not None:
            left.pop(like["fullName"], None)
            _write(file, _marked(like, mark))
    if like is not None:
        for scenario, mark in left.items():
            absent = _absent(scenario, mark.title, like)
            _write(folder / f"{absent['uuid']}-result.json", _marked(absent, mark))


def _write(file: Path, result: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")


def _absent(scenario: str, title: str, like: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of a scenario that was not selected, in the same run as ``like``."""
    now = round(time.time() * 1000)
    parameters = [one for one in like["parameters"] if one["name"] != "case"]
    _, _, case = scenario.removesuffix("]").partition("[")
    if case:
        parameters.append({"name": "case", "value": case})
    area, _, _ = scenario.partition("/")
    test, history = identity(scenario, ((one["name"], one["value"]) for one in parameters))
    return {
        "uuid": str(uuid.uuid4()),
        "name": f"{title or scenario}: {case.replace('-', ' ')}" if case else title or scenario,
        "fullName": scenario,
        "testCaseId": test,
        "historyId": history,
        "parameters": parameters,
        "labels": [
            *(one for one in like["labels"] if one["name"] == "parentSuite"),
            {"name": "suite", "value": AREAS.get(area, area)},
        ],
        "status": "skipped",
        "stage": "finished",
        "start": now,
        "stop": now,
    }


def _marked(result: dict[str, Any], mark: Mark) -> dict[str, Any]:
    details = result.get("statusDetails", {})
    _, _, rest = details.get("message", "").partition("\n")
    known = {"known": True} if mark.verdict == KNOWN_FAIL else {}
    links = [{"type": "issue", "url": mark.link, "name": "the waiver's link"}] if mark.link else []
    return {
        **result,
        "status": STATUSES[mark.verdict],
        "statusDetails": {**details, **known, "message": f"{mark.verdict}: {mark.reason}" + (rest and f"\n{rest}")},
        "labels": [
            *(label for label in result.get("labels", ()) if label["name"] != "verdict"),
            {"name": "verdict", "value": mark.verdict},
        ],
        "links": [*result.get("links", ()), *links],
    }
