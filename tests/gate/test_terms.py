"""``tunspec.toml``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.gate.terms import Terms, Waiver, find, read

WHOLE = """\
implementation = "./adapter"
scope = "core"
fabric = "docker"
select = ["data", "auth/key"]
fail_on = ["must", "unsupported"]
baseline = "baseline.txt"

[[waivers]]
scenario = "auth/rsa_signatures"
reason = "SHA-1 alone until version 3"
link = "https://example.org/7"
expires = 2027-01-31
text = "no acceptable signature"
"""


def write(folder: Path, text: str) -> Path:
    """Write the file and return its path."""
    file = folder / "tunspec.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_everything_is_read(tmp_path: Path) -> None:
    """With the line of each waiver, and paths that are meant from the file's folder."""
    terms = read(write(tmp_path, WHOLE))
    assert terms.judged == str(tmp_path / "adapter")
    assert terms.baseline is not None
    assert terms.place(terms.baseline) == tmp_path / "baseline.txt"
    assert terms.waivers == (
        Waiver(
            scenario="auth/rsa_signatures",
            reason="SHA-1 alone until version 3",
            link="https://example.org/7",
            expires=date(2027, 1, 31),
            text="no acceptable signature",
            line=8,
        ),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fabric = ", r"tunspec.toml:1: not a TOML file: Invalid value"),
        ('fabric = "cloud"', r"tunspec.toml:1: fabric: input should be 'embedded' or 'docker'"),
        ("\nwaiver = []", r"tunspec.toml:2: 'waiver' is not a key of this file; it has baseline, expires, "),
        ('\n[[waivers]]\nscenario = "data/echo"', r"tunspec.toml:2: reason: field required"),
        ('[[waivers]]\nscenario = "a"\nreason = ""', r"tunspec.toml:3: reason: string should have at least 1 char"),
        ('[[waivers]]\nscenario = "a"\nreason = "b"\nexpires = "soon"', r"tunspec.toml:4: expires: input should be a"),
        ("a = " + "[" * 3000, r"tunspec.toml:1: its brackets are nested too deeply"),
        ("implementation = " + "9" * 5000, r"tunspec.toml:1: the line is too long"),
        ("a" + ".a" * 100_000 + " = 1", r"tunspec.toml:1: the line is too long"),
        ('[[waivers]]\nscenario = "a"\nreason = "b"\n' * 8000, r"tunspec.toml:1: the file is too large"),
        ('[[waivers]]\nscenario="a"\nreason="b"\n' * 2000, r"tunspec.toml:1: waivers: tuple should have at most 1000"),
    ],
    ids=[
        "cut off",
        "unknown fabric",
        "unknown key",
        "no reason",
        "empty reason",
        "no date",
        "endless brackets",
        "digits",
        "a long key",
        "megabytes",
        "waivers",
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    """The file, the line of the waiver where it is in one, and the key."""
    with pytest.raises(UsageError, match=message):
        read(write(tmp_path, text))


def test_without_a_file_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of this folder is read where there is one."""
    monkeypatch.chdir(tmp_path)
    assert find(None) == Terms()
    write(tmp_path, 'scope = "core"')
    assert find(None).scope == "core"


def test_what_is_given_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that is given is relative to the present folder, not to the file's."""
    file = write(tmp_path, WHOLE)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    terms = read(file).overridden({"implementation": "./mine", "scope": None})
    assert terms.judged == str(tmp_path / "here" / "mine")
    assert terms.scope == "core"


@pytest.mark.parametrize(
    ("waiver", "scenario", "matches"),
    [
        ("auth/key", "auth/key", True),
        ("auth/key", "auth/key[rsa]", True),
        ("auth/key", "auth/key_ciphers", False),
        ("auth/key[rsa]", "auth/key[rsa]", True),
        ("auth/key[rsa]", "auth/key[ecdsa]", False),
        ("flaky/*", "flaky/black_hole[banner]", True),
        ("*[rsa]", "auth/key[rsa]", True),
        ("auth/k.y", "auth/key", False),
        ("auth/k?y", "auth/key", False),
        ("a*" * 50 + "z", "a" * 200, False),
    ],
)
def test_a_waiver_is_about_a_scenario_a_file_or_a_pattern(waiver: str, scenario: str, matches: bool) -> None:
    """Only the star stands for anything."""
    assert Waiver(scenario=waiver, reason="known").matches(scenario) is matches
