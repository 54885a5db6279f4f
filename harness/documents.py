"""Reads YAML 1.2 documents (the core schema, https://yaml.org/spec/1.2.2/#103-core-schema) and keeps their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from harness.errors import InvalidScenario

LARGEST = 256 << 10
"""Bytes of a file: four times what the longest one has that ships."""


class Block(dict[str, Any]):
    """A mapping that knows the ``line`` on which it begins, and the ``lines`` of its keys. Lines count from 1."""

    def __init__(self, values: Mapping[str, Any], line: int, lines: Mapping[str, int]) -> None:
        super().__init__(values)
        self.line = line
        self.lines = dict(lines)


class Series(list[Any]):
    """A sequence that knows the ``line`` on which it begins, and the ``lines`` of its items."""

    def __init__(self, values: Sequence[Any], line: int, lines: Sequence[int]) -> None:
        super().__init__(values)
        self.line = line
        self.lines = list(lines)


def read(path: Path) -> Any:  # noqa: ANN401 -- whatever the document is
    """Return a document: mappings as ``Block``, sequences as ``Series``, all keys as text.

    Raises InvalidScenario, which starts with ``file:line:``.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise InvalidScenario(f"{path}:1: the file is too large: it may have {LARGEST >> 10} KiB")
        node = yaml.compose(text.decode("utf-8"), Loader=_Loader)
        return None if node is None else _value(node, (), Budget())
    except _Unusable as error:
        raise InvalidScenario(f"{path}:{error.line}: {error}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise InvalidScenario(f"{path}:{line}: not YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidScenario(f"{path}:1: not YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise InvalidScenario(f"{path}:1: its brackets are nested too deeply to be read; use fewer") from error
    except OSError as error:
        raise InvalidScenario(f"{path}:1: {error.strerror}") from error


def line_of(document: object, where: Sequence[int | str]) -> int:
    """Return the line of the deepest part of ``where`` that stands in the document; 1 where it has no lines."""
    line = document.line if isinstance(document, Block | Series) else 1
    for part in where:
        if isinstance(document, Block) and part in document.lines:
            line, document = document.lines[str(part)], document.get(str(part))
        elif isinstance(document, Series) and isinstance(part, int) and part < len(document.lines):
            line, document = document.lines[part], document[part]
    return line


class TooMuch(ValueError):
    """A document unfolds to more than it may."""


class Budget:
    """What a document may hold once aliases and variables are replaced: so many values, and characters in them."""

    def __init__(self, values: int = 20_000, characters: int = 1 << 20) -> None:
        self.values = values
        self.characters = characters
        self._limits = f"{values} values or {characters} characters"

    def take(self, value: object) -> None:
        """Count ``value`` with all that is in it. Raises TooMuch as soon as it is more than is left."""
        self.values -= 1
        if isinstance(value, str):
            self.characters -= len(value)
        if self.values < 0 or self.characters < 0:
            raise TooMuch(f"it unfolds to more than {self._limits}")
        if isinstance(value, Mapping):
            for key, item in value.items():
                self.take(key)
                self.take(item)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            for item in value:
                self.take(item)


class _Unusable(Exception):
    """YAML that means nothing here; ``line`` counts from 1."""

    def __init__(self, problem: str, node: yaml.Node) -> None:
        super().__init__(problem)
        self.line = node.start_mark.line + 1


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # libyaml where it is there
    """Finds the type of plain scalars as YAML 1.2 does: ``yes``, ``on`` and ``1:30`` are text."""

    yaml_implicit_resolvers: Final[dict[str, Any]] = {}


_NULL, _BOOL = "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool"
_INT, _FLOAT, _TEXT = "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:str"
_DEEPEST = 40
_LONGEST_NUMBER = 40
_GREATEST = 10**15
"""Numbers beyond it are not exact in every language that an adapter may be written in."""
_MAP, _SEQ = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"

for _tag, _pattern, _first in (
    (_NULL, r"~|null|Null|NULL|", [*"~nN", ""]),
    (_BOOL, r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    (_INT, r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", [*"-+0123456789"]),
    (_FLOAT, r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", [*"-+.0123456789"]),
    (_FLOAT, r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", [*"-+."]),
):
    _Loader.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z"), _first)


def _value(node: yaml.Node, inside: tuple[yaml.Node, ...], budget: Budget) -> Any:  # noqa: ANN401 -- whatever the document is
    if any(node is outer for outer in inside):
        raise _Unusable("it contains itself", node)
    if len(inside) > _DEEPEST:
        raise _Unusable(f"it is nested too deeply; {_DEEPEST} brackets within one another are enough", node)
    try:
        budget.take(node.value if isinstance(node, yaml.ScalarNode) else None)
    except TooMuch as error:
        raise _Unusable(str(error), node) from error
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if node.tag not in {_MAP, _SEQ}:
        raise _Unusable(f"the tag {node.tag} means nothing here", node)
    inside = (*inside, node)
    if isinstance(node, yaml.SequenceNode):
        lines = [item.start_mark.line + 1 for item in node.value]
        return Series([_value(item, inside, budget) for item in node.value], line, lines)
    entries = list(_entries(node))
    lines_of_keys = {key: where.start_mark.line + 1 for key, where, _ in entries}
    return Block({key: _value(item, inside, budget) for key, _, item in entries}, line, lines_of_keys)


def _entries(node: yaml.Node) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Yield each key as it stands in the file, with its node and its value's. A key stands there once."""
    seen = set()
    for key, item in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _Unusable("a key must be a plain word", key)
        if key.value in seen:
            raise _Unusable(f"the key {key.value!r} appears twice", key)
        seen.add(key.value)
        yield key.value, key, item


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    text = str(node.value)
    match node.tag:
        case tag if tag == _TEXT:
            return text
        case tag if tag == _NULL:
            return None
        case tag if tag == _BOOL:
            return text.lower() == "true"
        case tag if tag in {_INT, _FLOAT}:
            return _number(node, text, whole=tag == _INT)
    raise _Unusable(f"the tag {node.tag} means nothing here", node)


def _number(node: yaml.ScalarNode, text: str, *, whole: bool) -> int | float:
    if len(text) > _LONGEST_NUMBER:
        raise _Unusable(f"the number is too long: it may have {_LONGEST_NUMBER} digits", node)
    try:
        based = text.startswith(("0o", "0x"))
        number = (
            int(text, 0 if based else 10)
            if whole
            else float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        )
    except ValueError as error:
        raise _Unusable(f"{text!r} is not a number", node) from error
    if not abs(number) <= _GREATEST:
        raise _Unusable(f"{text} cannot be used here: the greatest number is {_GREATEST:.0e}", node)
    return number
