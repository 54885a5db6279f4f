"""Partial expectations of an answer: mappings that say of some keys what must stand there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from harness.model import Model


def differences(expected: Mapping[str, Any], observed: Model) -> Iterator[tuple[str, Any, Any]]:
    """Yield the name, the expected and the observed value of everything that is not as expected.

    Keys that are not named may have any value; lists are compared item by item.
    """
    for key, wanted in expected.items():
        yield from _differing(key, wanted, getattr(observed, key))


def _differing(name: str, wanted: Any, seen: Any) -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401 -- any JSON
    if isinstance(wanted, Mapping) and isinstance(seen, Model):
        for key, value, other in differences(wanted, seen):
            yield f"{name}.{key}", value, other
    elif isinstance(wanted, list) and isinstance(seen, Sequence) and not isinstance(seen, str):
        if len(wanted) != len(seen):
            yield name, wanted, _plain(seen)
            return
        for index, (one, other) in enumerate(zip(wanted, seen, strict=True)):
            yield from _differing(f"{name}[{index}]", one, other)
    elif wanted != seen or isinstance(wanted, bool) is not isinstance(seen, bool):
        yield name, wanted, _plain(seen)


def _plain(value: Any) -> Any:  # noqa: ANN401 -- any JSON
    if isinstance(value, Model):
        return value.model_dump()
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def check_keys(expected: Mapping[str, Any], kind: type[Model], name: str = "") -> None:
    """Raise ValueError for a key that answers of this ``kind`` do not have."""
    for key, value in expected.items():
        if key not in kind.model_fields:
            raise ValueError(f"{name}{key}: an answer has no such key; there are {', '.join(kind.model_fields)}")
        inner = _model_in(kind.model_fields[key].annotation)
        if inner is None:
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                check_keys(one, inner, f"{name}{key}.")


def _model_in(annotation: Any) -> type[Model] | None:  # noqa: ANN401 -- a type expression
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
