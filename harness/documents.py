"""Reads YAML 1.2 documents (the core schema, https://yaml.org/spec/1.2.2/#103-core-schema) and keeps their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Final

import yaml

from harness.errors import InvalidScenario


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
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
        return None if node is None else _value(node, (), count())
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


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # libyaml where it is there
    """Finds the type of plain scalars as YAML 1.2 does: ``yes``, ``on`` and ``1:30`` are text."""

    yaml_implicit_resolvers: Final[dict[str, Any]] = {}


_NULL, _BOOL = "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool"
_INT, _FLOAT, _TEXT = "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:str"
_LONGEST_NUMBER = 1000
_MOST_VALUES = 100_000
_MAP, _SEQ = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"

for _tag, _pattern, _first in (
    (_NULL, r"~|null|Null|NULL|", [*"~nN", ""]),
    (_BOOL, r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    (_INT, r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", [*"-+0123456789"]),
    (_FLOAT, r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", [*"-+.0123456789"]),
    (_FLOAT, r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", [*"-+."]),
):
    _Loader.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z"), _first)


def _value(node: yaml.Node, inside: tuple[yaml.Node, ...], seen: Iterator[int]) -> Any:  # noqa: ANN401 -- whatever the document is
    if any(node is outer for outer in inside):
        raise yaml.MarkedYAMLError(problem="it contains itself", problem_mark=node.start_mark)
    if next(seen) >= _MOST_VALUES:
        raise yaml.MarkedYAMLError(problem="its aliases unfold to too much", problem_mark=node.start_mark)
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if node.tag not in {_MAP, _SEQ}:
        raise yaml.MarkedYAMLError(problem=f"the tag {node.tag} means nothing here", problem_mark=node.start_mark)
    inside = (*inside, node)
    if isinstance(node, yaml.SequenceNode):
        lines = [item.start_mark.line + 1 for item in node.value]
        return Series([_value(item, inside, seen) for item in node.value], line, lines)
    entries = list(_entries(node))
    lines_of_keys = {key: where.start_mark.line + 1 for key, where, _ in entries}
    return Block({key: _value(item, inside, seen) for key, _, item in entries}, line, lines_of_keys)


def _entries(node: yaml.Node) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Yield each key as it stands in the file, with its node and its value's. A key stands there once."""
    seen = set()
    for key, item in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(problem="a key must be a plain word", problem_mark=key.start_mark)
        if key.value in seen:
            raise yaml.MarkedYAMLError(problem=f"the key {key.value!r} appears twice", problem_mark=key.start_mark)
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
        case tag if tag == _INT and len(text) <= _LONGEST_NUMBER:
            return int(text, 0 if text.startswith(("0o", "0x")) else 10)
        case tag if tag == _INT:
            raise yaml.MarkedYAMLError(problem="the number is too long", problem_mark=node.start_mark)
        case tag if tag == _FLOAT:
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    raise yaml.MarkedYAMLError(problem=f"the tag {node.tag} means nothing here", problem_mark=node.start_mark)
