"""A scenario file that asks for too much is a mistake with file and line, and is found out at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import InvalidScenario
from harness.scenario.loader import load

GOOD = """\
title: A title that says what is proved
covers: [TUN-1]
topology: single_bastion
{more}
steps:
  - open
  - {step}
"""

_BOMB = "\n".join(
    f"{name}: &{name} [{', '.join(['x' if before is None else f'*{before}'] * 9)}]"
    for before, name in zip((None, *"abcdefgh"), "abcdefghi", strict=True)
)
_VARIABLES = "vars:\n" + "".join(f"  v{n}: '${{v{n + 1}}}${{v{n + 1}}}'\n" for n in range(60)) + "  v60: '${v0}'"
_POLICY = "bastions: {{bastion: {{policy: {{{policy}}}}}}}"

_TOO_MUCH = {
    "infinity": ("", "connect: {count: .inf}", 7, "cannot be used here"),
    "no number": ("scale: .nan", "echo", 4, "cannot be used here"),
    "digits": ("", f"connect: {{count: {'9' * 5000}}}", 7, "the number is too long"),
    "digits of a time": ("", f"wait: {'9' * 5000}s", 7, "too long a time"),
    "years": ("", "wait: 9000h", 7, "too long a time"),
    "days": ("", "wait: 48h", 5, "the limit is a day"),
    "no bytes at a time": ("", "slice: {link: to-bastion, size: 0B}", 7, "more than no bytes"),
    "no bytes a second": ("", "bandwidth: {link: to-bastion, rate: 0B}", 7, "more than no bytes"),
    "terabytes in memory": ("", "echo: {size: 1000GiB}", 7, "less than or equal to 67108864"),
    "aliases": (_BOMB, "echo", 4, "unfolds to more than"),
    "a list": (f"x: [{'a,' * 30_000}a]", "echo", 4, "unfolds to more than"),
    "a longer list": (f"x: [{'a,' * 1_000_000}a]", "echo", 1, "too large: it may have 256 KiB"),
    "a long title": ("why: " + "x" * (10 << 20), "echo", 1, "too large"),
    "brackets": ("", "echo: " + "[" * 400 + "]" * 400, 7, "nested too deeply"),
    "a long text with variables": (
        "vars: {a: " + "x" * 1000 + "}",
        "echo: {on: '" + "${a}" * 1000 + "'}",
        7,
        "longer than 262144",
    ),
    "variables in many cases": (
        "vars: {v: [" + "a," * 15_000 + "]}\ncases: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}}",
        "echo: $v",
        8,
        "",
    ),
    "a name that acts": ('cases: {"\\e[2J": {}}', "echo", 4, "a case has a name"),
    "a keyword that is none": (_POLICY.format(policy="ClientAliveIntervl: 1"), "echo", 4, "ClientAliveInterval is one"),
    "a value that is none": (_POLICY.format(policy="AllowTcpForwarding: maybe"), "echo", 4, "yes, no, all, local"),
    "a time that is none": (_POLICY.format(policy="LoginGraceTime: 5 minutes"), "echo", 4, "a time, such as 30 or 5m"),
    "a keyword twice": (_POLICY.format(policy="MaxSessions: 1, maxsessions: 2"), "echo", 4, "the same keyword"),
    "another line of the policy": (_POLICY.format(policy='Banner: "none\\nPort 22"'), "echo", 4, "one line of text"),
    "a method that is none": ("bastions: {bastion: {methods: pubkey}}", "echo", 4, "publickey,password"),
}


@pytest.mark.parametrize(("more", "step", "line", "says"), _TOO_MUCH.values(), ids=_TOO_MUCH)
def test_too_much_is_told_with_its_line(tmp_path: Path, more: str, step: str, line: int, says: str) -> None:
    """What is wrong, and where."""
    file = tmp_path / "one.yaml"
    file.write_text(GOOD.format(more=more, step=step))
    with pytest.raises(InvalidScenario) as told:
        load(file)
    assert str(told.value).startswith(f"{file}:{line}: ")
    assert says in str(told.value)
    assert len(str(told.value)) < 2500


def test_a_title_is_one_line(tmp_path: Path) -> None:
    """It stands in lists and tables."""
    file = tmp_path / "one.yaml"
    file.write_text(GOOD.format(more="", step="echo").replace("A title that", '"A title\\e[2J that') + "\n")
    file.write_text(file.read_text().replace("is proved", 'is proved"'))
    with pytest.raises(InvalidScenario, match=r":1: title: write one line"):
        load(file)


def test_variables_are_put_in_once(tmp_path: Path) -> None:
    """What a variable holds is not searched for others, so no chain of them grows."""
    file = tmp_path / "one.yaml"
    file.write_text(GOOD.format(more=_VARIABLES, step="connect: {as: 'a ${v0}'}"))
    (scenario,) = load(file)
    assert scenario.steps[-1].verb.name == "a ${v1}${v1}"


def test_a_number_may_be_a_value_of_the_policy(tmp_path: Path) -> None:
    """As people write it."""
    file = tmp_path / "one.yaml"
    file.write_text(GOOD.format(more=_POLICY.format(policy="MaxSessions: 1"), step="echo"))
    (scenario,) = load(file)
    assert scenario.spec.bastions["bastion"].policy == {"MaxSessions": "1"}
