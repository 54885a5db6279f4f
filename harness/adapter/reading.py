"""Makes a message out of a line of an adapter, or says in one sentence what is wrong with it."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from harness.adapter.protocol import (
    BannerEvent,
    FromAdapter,
    HostKeyQuestion,
    PromptQuestion,
    ReplyError,
    ReplyOk,
    ReplyUnsupported,
    StateEvent,
)
from harness.model import Model

T = TypeVar("T")
_SHOWN = 200
_PROBLEMS = 3
_REPLIES: dict[str, type[ReplyOk | ReplyError | ReplyUnsupported]] = {
    "ok": ReplyOk,
    "error": ReplyError,
    "unsupported": ReplyUnsupported,
}
_EVENTS: dict[str, type[StateEvent | BannerEvent]] = {"state": StateEvent, "banner": BannerEvent}
_QUESTIONS: dict[str, type[HostKeyQuestion | PromptQuestion]] = {
    "host-key": HostKeyQuestion,
    "prompt": PromptQuestion,
}


class Malformed(Exception):
    """A line that is not a message of the protocol; the text says what was expected."""


def shown(line: bytes | str) -> str:
    """Return the beginning of what was sent, as a person can read it."""
    text = line.decode("utf-8", "backslashreplace") if isinstance(line, bytes) else line
    rest = f"… ({len(line)} bytes)" if len(text) > _SHOWN else ""
    return f"{text[:_SHOWN]!r}{rest}"


def read(line: bytes) -> FromAdapter:
    """Read one line. Raises Malformed."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("a line of UTF-8") from error
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"one JSON object a line, and logs on standard error ({error})") from error
    if not isinstance(value, dict):
        raise Malformed("one JSON object a line, and logs on standard error")
    return _validated(_kind(value), line)


def _kind(value: dict[str, Any]) -> type[FromAdapter]:
    if "event" in value:
        event = value["event"]
        if not isinstance(event, str) or event not in _EVENTS:
            raise Malformed(f"an event that is one of {', '.join(_EVENTS)}")
        return _EVENTS[event]
    if "ask" in value:
        kind = value.get("kind")
        if not isinstance(kind, str) or kind not in _QUESTIONS:
            raise Malformed(f"a question whose kind is one of {', '.join(_QUESTIONS)}")
        return _QUESTIONS[kind]
    said = [key for key in _REPLIES if key in value]
    if "id" not in value or len(said) != 1:
        raise Malformed("a reply with an id and one of ok, error, unsupported; or an event; or an ask")
    return _REPLIES[said[0]]


def _validated(kind: type[FromAdapter], line: bytes) -> FromAdapter:
    try:
        return kind.model_validate_json(line, strict=True)
    except ValidationError as error:
        raise Malformed(f"a message as in {kind.__name__} ({problems(error)})") from error


def result(expects: TypeAdapter[T], ok: dict[str, Any]) -> T:
    """Read what stands under ``ok``. Raises Malformed."""
    try:
        return expects.validate_json(json.dumps(ok), strict=True)
    except ValidationError as error:
        raise Malformed(problems(error)) from error


def problems(error: ValidationError) -> str:
    """Return the first problems that pydantic found, without the values, which may be secret."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    said = [f"{'.'.join(map(str, one['loc'])) or 'message'}: {one['msg']}" for one in found[:_PROBLEMS]]
    return "; ".join(said) + ("; …" if len(found) > _PROBLEMS else "")


def without_secrets(value: object) -> object:
    """Return ``value`` with what stands under ``password``, ``passphrase`` and ``secret`` hidden."""
    match value:
        case Model():
            return without_secrets(value.model_dump(exclude_none=True))
        case dict():
            hidden = {"password", "passphrase", "secret"}
            return {
                key: "[hidden]" if key in hidden and one is not None else without_secrets(one)
                for key, one in value.items()
            }
        case list() | tuple():
            return [without_secrets(one) for one in value]
        case _:
            return value
