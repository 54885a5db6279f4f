"""YAML documents: values as YAML 1.2 has them, lines, and what cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.documents import line_of, read
from harness.errors import InvalidScenario

if TYPE_CHECKING:
    from pathlib import Path


BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a document is written."""
    return tmp_path / "file.yaml"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("off", "off"),
        ("1:30", "1:30"),
        ("2026-11-28", "2026-11-28"),
        ("true", True),
        ("'true'", "true"),
        ("12", 12),
        ("012", 12),
        ("0x1f", 31),
        ("0o17", 15),
        ("1.5e3", 1500.0),
        ("~", None),
        ("", None),
        ("1_000", "1_000"),
    ],
)
def test_a_plain_value_has_the_type_of_the_core_schema(file: Path, text: str, value: object) -> None:
    """What YAML 1.1 took for booleans, times of day and dates is text."""
    file.write_text(f"key: {text}\n")
    read_back = read(file)["key"]
    assert (read_back, type(read_back)) == (value, type(value))


def test_the_line_of_the_deepest_part_that_is_there_is_told(file: Path) -> None:
    """A path into the document may end in what is not there."""
    file.write_text("title: x\nsteps:\n  - open\n  - echo:\n      bytes: 3\n")
    document = read(file)
    places = [(), ("steps",), ("steps", 1), ("steps", 1, "echo", "bytes"), ("steps", 1, "echo", "missing")]
    assert [line_of(document, place) for place in places] == [1, 2, 4, 5, 4]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: 1\na: 2\n", ":2: the key 'a' appears twice"),
        ("a: 1\nb: [\n", ":3: not YAML:"),
        ("a: &x [*x]\n", ":1: it contains itself"),
        ("a: 1\nb: !!python/object:os.system x\n", ":2: the tag"),
        ("a: 1\n? [b]\n: 2\n", ":2: a key must be a plain word"),
        ("[" * 100_000, ":1:"),
        ("a: \x07\n", ":1: not YAML:"),
        (BOMB, ":1: it unfolds to more than 20000 values"),
        ("a: " + "9" * 5000, ":1: the number is too long"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(file: Path, text: str, why: str) -> None:
    """Whatever is wrong with it."""
    file.write_text(text)
    with pytest.raises(InvalidScenario) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file}{why}")


def test_a_file_that_is_not_there_is_told(file: Path) -> None:
    """As any other that cannot be read."""
    with pytest.raises(InvalidScenario, match="No such file"):
        read(file)
