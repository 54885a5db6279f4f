"""``tunspec repro`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.repro.report import shipped

if TYPE_CHECKING:
    from conftest import Tunspec, WriteAdapter

WIDTH = 80


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing to play: name a report (`tunspec repro --list`)"),
        (("no_such_report",), "there is no report 'no_such_report', and no such file"),
        (("nat_gateway", "--idle", "1min"), "idle is shorter than the limit of nat_timeout, so nothing breaks"),
        (("--reset", "--scale", "inf"), "--scale inf: give a number"),
        (
            ("--reset", "--picture", "nowhere/mine.svg"),
            "the picture cannot be written to nowhere/mine.svg: No such file",
        ),
        (
            ("--reset", "--as-scenario", "nowhere/mine.yaml"),
            "the scenario cannot be written to nowhere/mine.yaml: No such file",
        ),
        (("x" * 5000,), "there is no report 'xxxxx"),
        (("--idle", "1min"), "nothing breaks: say under network what it does"),
        (("--reset", "--wifi-change"), "say what the network does, one thing or a list of things"),
        (("--nat-timeout", "soon"), "'soon' is not a duration"),
        (("--server", "ClientAliveInterval"), "--server ClientAliveInterval: write KEYWORD=VALUE"),
        (("--reset", "--impl", "./mine"), "./mine: there is no such file"),
    ],
)
def test_a_mistake_is_one_message(tunspec: Tunspec, arguments: tuple[str, ...], message: str) -> None:
    """It has the exit status of a usage error, and nothing is drawn."""
    done = tunspec("repro", *arguments)
    assert message in done.stderr
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_the_list_names_every_report_with_its_thread(tunspec: Tunspec) -> None:
    """A name can be typed from it."""
    done = tunspec("repro", "--list")
    assert all(name in done.stdout for name in shipped())
    assert done.stdout.count("https://github.com/") == len(shipped())


def test_what_was_played_is_written_as_a_scenario(tunspec: Tunspec, tmp_path: Path) -> None:
    """`tunspec run` takes the file, and the command that wrote it stands in it."""
    file = tmp_path / "drop.yaml"
    done = tunspec("repro", "hangs_after_reconnect", "--as-scenario", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"--as-scenario {file}" in file.read_text().replace("\n# ", " ")
    assert tunspec("list", str(file)).returncode == 0


def test_a_broken_requirement_is_told_with_the_command_that_proves_it(
    tunspec: Tunspec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answers fit a narrow terminal; only commands are longer."""
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    done = tunspec("repro", "key_removed", "--impl", "faulty:tells_the_loss_and_not_why_it_could_not_recover")
    lines = done.stdout.splitlines()
    assert done.returncode == 1, done.stdout + done.stderr
    assert any(line.startswith("Did it drop?        yes, after ") for line in lines)
    assert any(line.startswith("REC-6 (must)") for line in lines)
    assert any(line.strip().startswith("tunspec run --impl faulty:tells_the_loss") for line in lines)
    assert all(len(line.rstrip()) <= WIDTH for line in lines if "tunspec run" not in line and "https:" not in line)
    drawn = (tmp_path / "empty" / "key_removed.svg").read_text()
    assert "DROPPED, DID NOT RECOVER" in drawn
    assert "the server no longer accepts the key" in drawn
    assert "in real time" in drawn


def test_json_is_all_that_is_printed(tunspec: Tunspec, tmp_path: Path) -> None:
    """With the answer, what was played, the timeline, and where the picture is."""
    picture = tmp_path / "mine.svg"
    done = tunspec("repro", "--reset", "--idle", "1min", "--json", "--picture", picture)
    told = json.loads(done.stdout)
    assert (told["exit"], told["headline"], told["drops"], told["recovers"]) == (0, "dropped, recovered", True, True)
    assert {one["what"] for one in told["times"]} >= {"idle", "keep-alive interval"}
    assert told["result"]["timeline"]
    assert told["picture"] == str(picture)
    assert picture.exists()


def test_a_tunnel_that_never_worked_answers_nothing(tunspec: Tunspec, write_adapter: WriteAdapter) -> None:
    """Nothing was found out about the drop."""
    adapter = write_adapter(
        "refuses",
        """
greet("auth.key", "keepalive", "reconnect")
send(id=receive()["id"], error={"code": "timeout", "message": "too slow", "hop": 0})
send(id=receive()["id"], ok={})
""",
    )
    done = tunspec("repro", "--reset", "--impl", adapter)
    assert "No answer" in done.stdout
    assert done.returncode == 3


def test_an_implementation_without_reconnecting_is_played_without(tunspec: Tunspec) -> None:
    """OpenSSH's client ends with its session, which nobody can blame it for."""
    done = tunspec("repro", "--reset", "--impl", "openssh")
    assert "Not supported" in done.stdout
    assert "it dropped, and no requirement is broken" in done.stdout
    assert done.returncode == 0
