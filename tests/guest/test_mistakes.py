"""Forty mistakes that a user can make: each ends at once in one clear message and its exit status.

They are made in this process, for that takes a fraction of the time. Workers are asked for, but none is started.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from harness import cli

if TYPE_CHECKING:
    from conftest import WriteAdapter, WriteScenario

FILES = {
    "broken.yaml": "title: x\nsteps: [opne\n",
    "typo.yaml": "titel: Bytes sent come back\ncovers: [TUN-1]\ntopology: single_bastion\nsteps: [open]\n",
    "verb.yaml": "title: Bytes sent come back\ncovers: [TUN-1]\ntopology: single_bastion\nsteps: [opne]\n",
    "requirement.yaml": "title: Bytes sent come back\ncovers: [TUN-99]\ntopology: single_bastion\nsteps: [open]\n",
    "topology.yaml": "title: Bytes sent come back\ncovers: [TUN-1]\ntopology: single_bastian\nsteps: [open]\n",
    "held.yaml": "title: Bytes sent come back\ncovers: [TUN-1]\ntopology: single_bastion\nsteps:\n- open\n- echo: me\n",
    "empty.yaml": "",
    "list.yaml": "- open\n",
    "twice.yaml": "title: Bytes sent come back\ntitle: Again it comes back\ncovers: [TUN-1]\nsteps: [open]\n",
    "not-toml.toml": "implementation = \n",
    "unknown.toml": 'implementaton = "openssh"\n',
    "no-report.jsonl": "{}\n",
    "notes.txt": "not executable\n",
}

USAGE = {
    "run broken.yaml": "broken.yaml:3: not YAML: did not find expected",
    "run typo.yaml": "typo.yaml:1: titel: unknown key (did you mean 'title'?)",
    "run verb.yaml": "verb.yaml:4: unknown verb 'opne' (did you mean 'open'?)",
    "run requirement.yaml": "requirement.yaml:2: unknown requirement 'TUN-99'",
    "run topology.yaml": "topology.yaml:3: unknown topology 'single_bastian' (did you mean 'single_bastion'?)",
    "run held.yaml": "held.yaml:6: no connections are held as 'me' at this step; `connect` holds some",
    "run empty.yaml": "empty.yaml:1: a scenario is a mapping with title, covers, topology and steps",
    "run list.yaml": "list.yaml:1: a scenario is a mapping with title, covers, topology and steps",
    "run twice.yaml": "twice.yaml:2: the key 'title' appears twice",
    "run folder": "folder/typo.yaml:1: titel: unknown key (did you mean 'title'?)",
    "run data/eco": "there is no scenario 'data/eco', and no such file or folder (did you mean 'data/echo'?)",
    "run nowhere.yaml": "there is no scenario 'nowhere.yaml'",
    "run auth/key[dsa]": "key.yaml has no case 'dsa'",
    "run -m nosuchmarker data": "no scenario has the marker 'nosuchmarker'",
    "run -m two_hp data": "no scenario has the marker 'two_hp' (did you mean 'two_hop'?)",
    "run -m must~and data": "-m 'must and' is not an expression of names",
    "run -k (echo data": "-k '(echo' is not an expression of names",
    "list -m nosuch": "no scenario has the marker 'nosuch'",
    "list data/eco": "there is no scenario 'data/eco'",
    "run --scope cor data/echo": "--scope takes core, resilience, page, separated by commas, or full; not 'cor'",
    "run --impl opnssh data/echo": "no adapter is called 'opnssh' (did you mean 'openssh'?)",
    "run --impl ./nowhere data/echo": "./nowhere: there is no such file",
    "run --impl ./notes.txt data/echo": "./notes.txt is not executable; run: chmod +x ./notes.txt",
    "run --impl ./folder data/echo": "./folder is not a file",
    "run --impl faulty:loses data/echo": "there is no faulty tunnel 'loses' (did you mean ",
    "run --impl image: data/echo": "'image:' does not name an image",
    "run --sshd 10 data/echo": "--sshd is for --fabric docker",
    "run -n many data/echo": "--workers takes a number or auto, not 'many'",
    "run --shard 5/4 data/echo": "--shard takes a number and how many there are, such as 1/4 to 4/4; not '5/4'",
    "run --durations no-report.jsonl data/echo": "no-report.jsonl:1: not a tunspec report",
    "run --report folder data/echo": "folder cannot be written: Is a directory",
    "run --junit notes.txt/junit.xml data/echo": "notes.txt/junit.xml cannot be written: ",
    "run --allure notes.txt data/echo": "nothing can be written to notes.txt: File exists",
    "run --all-timelines data/echo": "the pictures of all timelines are written beside a report",
    "run --terms nowhere.toml": "nowhere.toml cannot be read: No such file or directory",
    "run --terms not-toml.toml": "not-toml.toml:1: not a TOML file",
    "run --terms unknown.toml": "'implementaton' is not a key of this file",
    "run --last-failed --impl openssh": "--last-failed: there was no run of openssh on embedded from this folder",
    "gate --level must --from no-report.jsonl": "--from runs nothing, so --level selects nothing",
    "gate --fail-on mus": "--fail-on takes must, should, may, unsupported, separated by commas; not 'mus'",
    "explain LIV-99": "there is no requirement, scenario or error code 'LIV-99'",
    "selftest drops_the_end": "there is no faulty tunnel 'drops_the_end'",
}

OTHERS = {
    "run --fabric docker data/echo": (4, "run scripts/engine, or set DOCKER_HOST"),
    "run -k zzz": (5, "nothing was selected in the scope of core, resilience and page"),
    "run empty-folder": (5, "nothing was selected below empty-folder"),
    "gate --level may data/echo": (5, "nothing was selected below"),
    "run --impl ./mute data": (4, "`tunspec adapter check ./mute` shows the conversation"),
}


class Call(Protocol):
    """Calls the command in this process, in a folder with files that have something wrong with them."""

    def __call__(self, words: str) -> tuple[int, str, str]:
        """Return the exit status, and what was written to standard output and error."""


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], write_adapter: WriteAdapter
) -> Call:
    """Calls it; a ``~`` stands for a blank within a word."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "typo.yaml").write_text(FILES["typo.yaml"])
    (tmp_path / "empty-folder").mkdir()
    write_adapter("mute", "sys.exit(3)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tunspec", *(word.replace("~", " ") for word in words.split())])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return run


@pytest.mark.parametrize("words", USAGE)
def test_a_mistake_of_the_user_s_is_one_message_and_exit_2(call: Call, words: str) -> None:
    """It stands on standard error, once, and nothing else is said."""
    status, out, err = call(words)
    assert (status, out) == (2, "")
    assert err.startswith("tunspec: ")
    assert err.count(USAGE[words]) == 1
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [words for words in USAGE if words.startswith("run ") and " -n " not in words])
def test_a_mistake_is_the_same_without_workers(call: Call, words: str) -> None:
    """It is found before anybody asks how many there are to be."""
    status, out, err = call(f"{words} -n 0")
    assert (status, out, err.count(USAGE[words]), err.count("\n")) == (2, "", 1, 1)


@pytest.mark.parametrize("words", OTHERS)
def test_what_cannot_be_run_is_one_message(call: Call, words: str) -> None:
    """Its exit status says whose fault it is."""
    status, message = OTHERS[words]
    found, out, err = call(words)
    assert (found, out, message in err, err.count("\n")) == (status, "", True, 1)


def test_what_nobody_foresaw_is_one_line_and_exit_4(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line says where the traceback is."""

    def explode(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("harness.command.explain.explain", explode)
    status, out, err = call("explain LIV-4")
    assert (status, out, err.count("\n")) == (4, "", 1)
    assert err.startswith("tunspec: a defect of tunspec: ZeroDivisionError: by nothing; please report it")
    file = Path(err.split()[-1])
    assert "in explode" in file.read_text()
    file.unlink()


def test_a_pipe_that_breaks_is_no_verdict_either(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even if it is somebody else's pipe: typer alone would end with status 1, and without a word."""

    def explode(*_: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("harness.command.explain.explain", explode)
    status, out, err = call("explain LIV-4")
    assert (status, out, err.count("\n")) == (4, "", 1)
    assert "a defect of tunspec: BrokenPipeError: " in err
    Path(err.split()[-1]).unlink()


def test_a_loader_that_crashes_is_told_like_any_defect(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that nobody foresaw is no mistake of the user's."""

    def explode(*_: object, **__: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("harness.command.selection.load", explode)
    status, out, err = call("run typo.yaml")
    assert (status, out, err.count("\n")) == (4, "", 1)
    assert "a defect of tunspec: RecursionError: too deep" in err
    Path(err.split()[-1]).unlink()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("broken.yaml", "-n", "2"), 2, "broken.yaml:3: not YAML"),
        (("good.yaml", "-m", "nosuch", "-n", "2"), 2, "no scenario has the marker 'nosuch'"),
        (
            ("good.yaml", "-n", "2", "--tunspec-fabric=dokker"),
            2,
            "there is no fabric 'dokker' (did you mean 'docker'?)",
        ),
        (("good.yaml", "--junitxml=notes.txt/x"), 2, "notes.txt/x cannot be written"),
        (("good.yaml", "-n", "2", "--impl=./mute"), 4, "`tunspec adapter check ./mute` shows the conversation"),
    ],
)
def test_the_same_holds_for_pytest(
    call: Call,
    capsys: pytest.CaptureFixture[str],
    write_scenario: WriteScenario,
    arguments: tuple[str, ...],
    status: int,
    message: str,
) -> None:
    """Before any worker starts."""
    del call
    write_scenario(Path("good.yaml"))
    found = pytest.main(["--strict-markers", "-c", os.devnull, "-p", "no:cacheprovider", *arguments])
    assert (found, message in capsys.readouterr().err) == (status, True)
