"""The base of every value that is read from a file or a pipe: frozen, and without unknown keys."""

from __future__ import annotations

from enum import Enum
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

from harness.text.harmless import harmless


class Model(BaseModel):
    """A frozen value whose unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Record(Model):
    """What is kept of a run and shown: every text in it, at any depth, is harmless, every number finite."""

    model_config = ConfigDict(allow_inf_nan=False)

    @field_validator("*", mode="after")
    @classmethod
    def _harmless(cls, value: Any) -> Any:  # noqa: ANN401 -- whatever the field holds
        return _harmless(value)


def _harmless(value: Any) -> Any:  # noqa: ANN401 -- whatever the field holds
    match value:
        case Enum() | Record():
            return value
        case str():
            return harmless(value)
        case tuple():
            return tuple(map(_harmless, value))
        case dict():
            return {_harmless(key): _harmless(item) for key, item in value.items()}
        case Model():
            return value.model_copy(update={name: _harmless(one) for name, one in value})
        case _:
            return value
