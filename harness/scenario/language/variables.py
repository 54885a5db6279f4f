"""Variables of a scenario file: ``$name``, whatever its type, and ``${name}`` within a longer text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.documents import Budget, TooMuch

_PLACED = re.compile(r"\$\{([^{}]*)\}")
_LONGEST = 256 << 10


class Unfilled(ValueError):
    """A place at which no variable, or too much of them, can be put; ``where`` are the keys that lead to it."""

    def __init__(self, problem: str, where: tuple[int | str, ...]) -> None:
        super().__init__(problem)
        self.where = where


@dataclass(frozen=True)
class Variables:
    """Variables by name; ``budget`` is what a file may come to with them."""

    values: Mapping[str, Any]
    budget: Budget

    def into(self, value: Any, where: tuple[int | str, ...] = ()) -> Any:  # noqa: ANN401 -- raw YAML
        """Return ``value`` with each variable replaced, in keys of mappings, too. Raises Unfilled.

        What is put in is not searched again. Where no variable has that name, ``${name}`` stays: it may be for the
        reader.
        """
        if isinstance(value, dict):
            return {str(self.into(key, where)): self.into(item, (*where, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.into(item, (*where, index)) for index, item in enumerate(value)]
        try:
            return self._into_text(value, where) if isinstance(value, str) else self._counted(value)
        except TooMuch as error:
            raise Unfilled(str(error), where) from error

    def _into_text(self, text: str, where: tuple[int | str, ...]) -> Any:  # noqa: ANN401 -- a variable of any type
        if text.startswith("$") and not text.startswith("${"):
            if text[1:] not in self.values:
                raise Unfilled(f"{text} is not among vars: {', '.join(self.values)}", where)
            return self._counted(self.values[text[1:]])
        length = len(text)

        def written(found: re.Match[str]) -> str:
            nonlocal length
            placed = str(self.values[found[1]]) if found[1] in self.values else found[0]
            length += len(placed)
            if length > _LONGEST:
                raise TooMuch(f"with {found[0]} in it, it is longer than {_LONGEST} characters")
            return placed

        return self._counted(_PLACED.sub(written, text))

    def _counted(self, value: Any) -> Any:  # noqa: ANN401 -- raw YAML
        self.budget.take(value)
        return value
