"""What a tunnel may have to ask its user, and how it waits for the answer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from tunnel_impl.banners import Banner, OnBanner
from tunnel_impl.cancellation import Cancellation
from tunnel_impl.errors import TunnelError

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class HostKeyQuestion:
    """May this host key be trusted? The answer is ``accept`` or ``reject``, None to give up.

    Fingerprints are those of ``ssh-keygen -l``: ``SHA256:`` and base64. ``known`` is the one on file.
    """

    hop: int
    host: str
    port: int
    type: str
    fingerprint: str
    status: Literal["unknown", "changed"]
    known: str | None = None


@dataclass(frozen=True)
class PromptQuestion:
    """What does the user answer to this prompt of the server (RFC 4256)? None gives up.

    ``name`` and ``instruction`` are those of its round (RFC 4256 §3.2). All three are the server's words as they
    came: make control characters harmless before a terminal shows them, as :func:`tunnel_impl.banners.harmless` does.
    """

    hop: int
    text: str
    echo: bool
    name: str = ""
    instruction: str = ""


Question = HostKeyQuestion | PromptQuestion
Ask = Callable[[Question], str | None]


class Ends(Protocol):
    """Something that may end while an answer is awaited, such as a session."""

    @property
    def hung_up(self) -> bool:
        """Whether the server ended it in good order, as it does when its patience is over."""

    @property
    def reason(self) -> str:
        """Why it ended, as a clause."""

    def when_ended(self, call: Callable[[], None]) -> None:
        """Call ``call`` once it has ended, at once when it already has."""


class Unanswered(TunnelError):
    """The session ended while the user was asked; trying again by itself would only ask again."""

    @property
    def passing(self) -> bool:
        """False: it needs a person."""
        return False


def unseen(banner: Banner) -> None:
    """Show nothing: the ``on_banner`` of a tunnel that has no user."""
    del banner


def cannot_ask(question: Question) -> str | None:
    """Answer nothing: the ``ask`` of a tunnel that has no user."""
    del question
    return None


class Questioner:
    """Asks without being held: closing the tunnel or losing the session ends the wait.

    ``ask`` runs in a thread of its own; when the wait ends first, its late answer is ignored, and when it raises, that
    is no answer. ``show`` shows a server's banner, and must not block.
    """

    def __init__(self, ask: Ask, cancellation: Cancellation, show: OnBanner = unseen) -> None:
        self.ask = ask
        self.cancellation = cancellation
        self.show = show

    def put(self, question: Question, session: Ends) -> str:
        """Return the user's answer.

        Raises TunnelError ``cancelled`` when the user gives up or the tunnel is closed, ``timeout`` when the
        server hangs up meanwhile (sshd_config(5), LoginGraceTime), ``connection-lost`` when the network does.
        """
        over = threading.Event()
        answers: list[str | None] = []

        def wait_for_the_user() -> None:
            try:
                answers.append(self.ask(question))
            except Exception:  # noqa: BLE001 -- whatever the user's side raises, nobody will answer
                _log.exception("a question could not be asked")
                answers.append(None)
            over.set()

        session.when_ended(over.set)
        with self.cancellation.wakes(over.set):
            threading.Thread(target=wait_for_the_user, name="tunnel-question", daemon=True).start()
            over.wait()
        self.cancellation.check()
        if not answers:
            raise _unanswered(question, session)
        if answers[0] is None:
            raise TunnelError("cancelled", "The question was not answered, so nothing was connected.", question.hop)
        return answers[0]


def _unanswered(question: Question, session: Ends) -> Unanswered:
    if session.hung_up:
        advice = "answer faster, or ask its administrator to raise LoginGraceTime."
        return Unanswered(
            "timeout", f"The server's time for the login ran out before the answer: {advice}", question.hop
        )
    advice = f"The connection was lost before the question was answered: {session.reason}. Connect again."
    return Unanswered("connection-lost", advice, question.hop)
