"""Durations, sizes and windows as people write them: ``250ms``, ``64MiB``, ``3s..4.5s``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|min|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
_SIZE = re.compile(r"(\d+)(B|KiB|MiB|GiB)")
_BYTES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_LONGEST = 31 * 86400.0
_LARGEST = 1 << 40
_MOST_DIGITS = 20


def parse_duration(text: object) -> float:
    """Return the seconds in ``text`` (``250ms``, ``1.5s``, ``2min``, ``1h``).

    Raises ValueError when the unit is missing or unknown, or the time is longer than a month.
    """
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{text!r} is not a duration: write a number and one of ms, s, min, h, such as 250ms or 1.5s")
    seconds = float(match[1]) * _SECONDS[match[2]]
    if seconds > _LONGEST:
        raise ValueError(f"{_beginning(match[0])} is too long a time")
    return seconds


def parse_size(text: object) -> int:
    """Return the bytes in ``text`` (``1B``, ``32KiB``, ``64MiB``, ``1GiB``).

    Raises ValueError when the unit is missing or unknown, or the size larger than any machine has.
    """
    match = _SIZE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{text!r} is not a size: write a whole number and one of B, KiB, MiB, GiB, such as 64MiB")
    if len(match[1]) > _MOST_DIGITS or int(match[1]) * _BYTES[match[2]] > _LARGEST:
        raise ValueError(f"{_beginning(match[0])} is too large a size")
    return int(match[1]) * _BYTES[match[2]]


def _beginning(text: str) -> str:
    return text if len(text) <= _MOST_DIGITS else f"{text[:_MOST_DIGITS]}…"


Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": f"^{_DURATION.pattern}$", "examples": ["250ms", "1.5s"]}),
]
"""Seconds, written with a unit."""


def _some(size: int) -> int:
    if not size:
        raise ValueError("it takes more than no bytes, such as 64KiB")
    return size


Size = Annotated[
    int,
    BeforeValidator(parse_size),
    WithJsonSchema({"type": "string", "pattern": f"^{_SIZE.pattern}$", "examples": ["64MiB"]}),
]
"""Bytes, written with a unit."""

SomeSize = Annotated[Size, AfterValidator(_some)]
"""Bytes, at least one, written with a unit."""


@dataclass(frozen=True)
class Window:
    """A span of time in seconds; ``3s..4.5s`` in a file, and ``2s`` alone means ``0s..2s``."""

    earliest: float
    latest: float

    @classmethod
    def parse(cls, text: object) -> Window:
        """Read a window. Raises ValueError when it is malformed or runs backwards."""
        if isinstance(text, Window):
            return text
        first, dots, last = text.partition("..") if isinstance(text, str) else (text, "", "")
        if not dots:
            return cls(0.0, parse_duration(first))
        window = cls(parse_duration(first), parse_duration(last))
        if window.latest <= window.earliest:
            raise ValueError(f"the window {text!r} ends before it starts")
        return window

    def __contains__(self, seconds: float) -> bool:
        return self.earliest <= seconds <= self.latest

    def __str__(self) -> str:
        return f"{self.earliest:g}s..{self.latest:g}s" if self.earliest else f"{self.latest:g}s"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 -- pydantic's signature
        return core_schema.no_info_plain_validator_function(cls.parse, serialization=core_schema.to_string_ser_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        one = _DURATION.pattern
        return {"type": "string", "pattern": f"^{one}(\\.\\.{one})?$", "examples": ["2s", "3s..4.5s"]}
