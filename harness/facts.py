"""What an entry of a timeline can say in values. Its words are made from them, and never read back.

A fact is written where it is known (``harness/scenario/stage/stage.py``, ``harness/adapter/conversation.py``, the
fabrics) and read by ``harness/report/story.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal, Self, TypeVar

from pydantic import Field

from harness.model import Model

Kind = Literal["step", "fault", "evidence", "claim", "question", "observation", "log", "connection", "keepalive"]
F = TypeVar("F", bound="Fact")


class Fact(Model):
    """The base of all facts; ``kind`` is the kind of their entries."""

    kind: ClassVar[Kind]

    def redacted(self, redact: Callable[[str], str]) -> Self:
        """Return the same fact without secrets: every free text in it passed through ``redact``."""
        free = [name for name, field in type(self).model_fields.items() if field.annotation is str]
        return self.model_copy(update={name: redact(getattr(self, name)) for name in free})


class FaultBegan(Fact):
    """The fault ``name`` is in force; one that does not last is over at once, like a reset of connections."""

    kind = "fault"
    fact: Literal["fault-began"] = "fault-began"
    name: str
    lasts: bool = True


class FaultHealed(Fact):
    """The fault ``name`` is over."""

    kind = "fault"
    fact: Literal["fault-healed"] = "fault-healed"
    name: str


class Proof(Fact):
    """What shows that the fault ``name`` took effect, or that it did not."""

    kind = "evidence"
    fact: Literal["proof"] = "proof"
    name: str
    seen: str


class Connection(Fact):
    """A connection through a link; a number is used again once its connection is closed."""

    kind = "connection"
    fact: Literal["connection"] = "connection"
    number: int
    phase: Literal["opened", "closed"]


class StateClaimed(Fact):
    """The implementation says that ``tunnel`` is in ``state``; ``error`` is empty where it gives none."""

    kind = "claim"
    fact: Literal["state"] = "state"
    tunnel: str
    state: Literal["connecting", "connected", "reconnecting", "failed", "closed"]
    error: str = ""


class Request(Fact):
    """The harness asked the adapter for ``name``, with ``message``."""

    kind = "claim"
    fact: Literal["request"] = "request"
    number: int
    name: str
    message: str


class Reply(Fact):
    """How the adapter answered the request ``number`` for ``name``."""

    kind = "claim"
    fact: Literal["reply"] = "reply"
    number: int
    name: str
    how: Literal["ok", "error", "unsupported"]
    said: str


class Question(Fact):
    """The adapter asked something: ``about`` is the kind of question, ``words`` a prompt, or a host key's status."""

    kind = "question"
    fact: Literal["question"] = "question"
    number: int
    about: Literal["prompt", "host-key"]
    words: str
    message: str


AnyFact = Annotated[
    FaultBegan | FaultHealed | Proof | Connection | StateClaimed | Request | Reply | Question,
    Field(discriminator="fact"),
]


def words(fact: AnyFact) -> str:
    """Return ``fact`` as people read it on the timeline."""
    match fact:
        case FaultBegan(name=name):
            return f"{name}: in force"
        case FaultHealed(name=name):
            return f"{name}: healed"
        case Proof(name=name, seen=seen):
            return f"{name}: {seen}"
        case Connection(number=number, phase=phase):
            return f"connection {number} {phase}"
        case StateClaimed(tunnel=tunnel, state=state, error=error):
            return f"tunnel {tunnel} is {state}" + (f": {error}" if error else "")
        case Request(number=number, name=name, message=message):
            return f"request {number}: {name} {message}"
        case Reply(number=number, name=name, how=how, said=said):
            return f"reply {number} to {name}: {how} {said}"
        case Question(number=number, message=message):
            return f"asks {number}: {message}"
