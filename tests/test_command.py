"""The ``tunspec`` command, from an empty folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import jsonschema
import pytest

from harness import documents, resources
from harness.command.schema import schema_of
from harness.command.selection import Selection
from harness.errors import UsageError
from harness.report import model
from harness.scenario.recognition import looks_like_scenario

if TYPE_CHECKING:
    from conftest import Tunspec, WriteAdapter, WriteScenario

REFUSES = """
greet("auth.key")
send(id=receive()["id"], error={"code": "timeout", "message": "too slow", "hop": 0})
send(id=receive()["id"], ok={})
"""


def places(*names: str) -> list[str]:
    """Return what pytest is told to collect for these names."""
    return [name.removeprefix(f"{resources.scenarios()}/") for name in Selection(names).arguments()]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("data", "data"),
        ("data/echo", "data/echo.yaml"),
        ("auth/key[rsa-pem]", "auth/key.yaml::key[rsa-pem]"),
        ("./data", "./data"),
        ("mine", "mine"),
        ("mine/own.yaml", "mine/own.yaml"),
        ("mine/own.yaml[small]", "mine/own.yaml::own[small]"),
    ],
)
def test_names_select(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_scenario: WriteScenario, name: str, place: str
) -> None:
    """An area, an id, one case of it, a file, one case of it, a folder; an area before a folder of that name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    write_scenario(tmp_path / "mine" / "own.yaml", more="cases: {small: {}, large: {}}")
    assert places(name) == [place]


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection(("data/eco",)), r"no such file or folder \(did you mean 'data/echo'\?\); `tunspec list`"),
        (Selection(("auth/key[dsa]",)), r"key.yaml has no case 'dsa'; it has key\[ed25519-openssh\], "),
        (Selection(("./nowhere.yaml",)), "there is no scenario './nowhere.yaml'"),
        (Selection(marker="must and"), "-m 'must and' is not an expression of names, and, or, not: "),
        (Selection(keyword="(a"), "-k '\\(a' is not an expression"),
    ],
)
def test_what_cannot_select_is_a_usage_error(selection: Selection, message: str) -> None:
    """The message says what is wrong before anything is started."""
    with pytest.raises(UsageError, match=message):
        selection.arguments()


def test_a_malformed_scenario_stops_nothing_but_itself(
    tunspec: Tunspec, tmp_path: Path, write_adapter: WriteAdapter, write_scenario: WriteScenario
) -> None:
    """Also with workers: the other one is judged, the message names file and line, the exit status is 2."""
    malformed = write_scenario(tmp_path / "mine" / "malformed.yaml", steps="opne")
    write_scenario(tmp_path / "mine" / "sound.yaml")
    done = tunspec("run", "-n", "2", "--impl", write_adapter("refuses", REFUSES), tmp_path / "mine")
    assert done.stdout.count(f"{malformed}:4: unknown verb 'opne' (did you mean 'open'?)") == 1
    assert "FAIL  mine/sound: " in done.stdout
    assert "exit 2: a scenario file cannot be used" in done.stdout
    assert done.returncode == 2


def test_the_command_that_runs_again_selects_exactly_that_scenario(
    tunspec: Tunspec, tmp_path: Path, write_adapter: WriteAdapter, write_scenario: WriteScenario
) -> None:
    """Also one case of a file that does not come with tunspec."""
    write_adapter("refuses", REFUSES)
    write_scenario(tmp_path / "my own" / "slow.yaml", more="cases: {small: {}, large: {}}")
    first = tunspec("run", "-n", "0", "--impl", "./refuses", "my own/slow.yaml[large]", cwd=tmp_path)
    (line,) = [line for line in first.stdout.splitlines() if "run again" in line]
    assert line.split(maxsplit=2)[2] == "tunspec run --impl ./refuses --fabric embedded 'my own/slow.yaml[large]'"
    report = model.read(_report(tmp_path, tunspec))
    assert [result.scenario for result in report.results] == ["my own/slow[large]"]


def _report(tmp_path: Path, tunspec: Tunspec) -> Path:
    file = tmp_path / "report.jsonl"
    tunspec("run", "--impl", "./refuses", "my own/slow.yaml[large]", "-n", "0", "--report", file, cwd=tmp_path)
    return file


def test_a_folder_s_own_set_up_is_left_alone(
    tunspec: Tunspec, tmp_path: Path, write_adapter: WriteAdapter, write_scenario: WriteScenario
) -> None:
    """The user's conftest.py, settings and tests are not run with the scenarios."""
    folder = write_scenario(tmp_path / "mine" / "sound.yaml").parent
    for name in ("conftest.py", "test_own.py"):
        (folder / name).write_text("raise RuntimeError('this is mine')")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    done = tunspec("run", "-n", "0", "--impl", write_adapter("refuses", REFUSES), ".", cwd=folder)
    assert "1 fail" in done.stdout
    assert done.returncode == 1


def test_list_names_what_run_would_run(tunspec: Tunspec) -> None:
    """A selection is looked at before it is run."""
    done = tunspec("list", "data/echo")
    assert ("data/echo" in done.stdout, "1 scenario" in done.stdout, done.returncode) == (True, True, 0)


def test_verbs_are_explained(tunspec: Tunspec) -> None:
    """Every verb and every observation has a line."""
    done = tunspec("verbs")
    assert all(word in done.stdout for word in ("open", "stall", "freeze", "expect:", "connections"))


def test_doctor_says_what_this_machine_can_run(tunspec: Tunspec, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing comes with what to do; the embedded fabric needs none of it."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent")
    done = tunspec("doctor")
    assert "run scripts/engine" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("what", ["scenario", "adapter", "report", "matrix"])
def test_schemas_are_json_schemas(what: Literal["scenario", "adapter", "report", "matrix"]) -> None:
    """Editors and other programs can use them."""
    jsonschema.Draft202012Validator.check_schema(schema_of(what))


def test_schema_is_printed_as_json(tunspec: Tunspec) -> None:
    """Nothing else stands on standard output."""
    assert json.loads(tunspec("schema", "report").stdout) == schema_of("report")


_SHIPPED = [path for path in sorted(resources.scenarios().glob("*/*.yaml")) if looks_like_scenario(path)]


@pytest.fixture(scope="module")
def published() -> jsonschema.Draft202012Validator:
    """What an editor checks scenario files with."""
    return jsonschema.Draft202012Validator(schema_of("scenario"))


@pytest.mark.parametrize("path", _SHIPPED, ids=lambda path: path.stem)
def test_shipped_scenarios_fulfil_the_published_schema(path: Path, published: jsonschema.Draft202012Validator) -> None:
    """An editor that checks files by the schema finds no fault where tunspec finds none."""
    published.validate(documents.read(path))


def test_a_command_whose_output_nobody_reads_ends_as_others_do() -> None:
    """With the status of a program that SIGPIPE ended, which is no verdict, and without a word."""
    reader, writer = os.pipe()
    os.close(reader)
    program = Path(sys.executable).with_name("tunspec")
    done = subprocess.run([program, "verbs"], stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writer)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, b"")
