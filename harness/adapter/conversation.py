"""What is said between the harness and one adapter: requests, replies, events, questions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from pydantic import TypeAdapter

from harness.adapter.failures import NoAnswer, Refused
from harness.adapter.protocol import (
    Answer,
    BannerEvent,
    Bye,
    Empty,
    HostKeyQuestion,
    PromptQuestion,
    ReplyError,
    ReplyOk,
    ReplyUnsupported,
    State,
    StateEvent,
)
from harness.adapter.reading import Malformed, read, result, shown, without_secrets
from harness.errors import AdapterBroken, AdapterDied, HarnessBroken, Unsupported
from harness.facts import Question, Reply, Request, StateClaimed

if TYPE_CHECKING:
    from harness.facts import AnyFact, Kind
    from harness.model import Model
    from harness.timeline import Timeline

T = TypeVar("T")
AnyQuestion = HostKeyQuestion | PromptQuestion
Answerer = Callable[[AnyQuestion], str | None]

_MOST_EVENTS = 1000
_MOST_QUESTIONS = 1000
_MOST_WAITING_QUESTIONS = 32
_ANSWER_JOIN = 2.0


class Pending(Generic[T]):
    """A request that was sent and is not yet answered."""

    def __init__(
        self, name: str, number: int, what: str, expects: TypeAdapter[T], catch_up: Callable[[], None]
    ) -> None:
        self.what = what
        self._catch_up = catch_up
        self._name = name
        self._number = number
        self._expects = expects
        self._settled = threading.Event()
        self._outcome: T | ReplyError | ReplyUnsupported | HarnessBroken | None = None

    def settle(self, outcome: ReplyOk | ReplyError | ReplyUnsupported | HarnessBroken) -> None:
        """End the wait. Raises Malformed when ``ok`` has not the form that this request asks for."""
        try:
            self._outcome = result(self._expects, outcome.ok) if isinstance(outcome, ReplyOk) else outcome
        except Malformed as malformed:
            raise Malformed(f"an ok to {self.what} in its form ({malformed})") from malformed
        self._settled.set()

    def done(self) -> bool:
        """Tell whether ``wait`` would return or raise at once."""
        return self._settled.is_set()

    def wait(self, timeout: float) -> T:
        """Return the result, waiting at most ``timeout`` seconds.

        Raises NoAnswer, Refused, Unsupported, or AdapterBroken. After NoAnswer it can be waited for again.
        """
        if not self._settled.wait(timeout):
            self._catch_up()
        if not self._settled.is_set():
            raise NoAnswer(f"adapter {self._name} did not answer {self.what} within {timeout:g} s")
        match self._outcome:
            case ReplyError(error=detail):
                raise Refused(detail)
            case ReplyUnsupported(unsupported=feature):
                raise Unsupported(feature)
            case HarnessBroken() as broken:
                raise copy(broken)
            case outcome:
                return cast("T", outcome)


class Conversation:
    """One adapter's side of the talk. Safe for threads; nothing here waits for the adapter.

    ``catch_up`` waits until all that the adapter has said by now was heard. It is called before a wait is given up:
    on a machine that stood still, the time may be over before a reply that came in time was read.
    """

    def __init__(
        self,
        name: str,
        timeline: Timeline,
        answer: Answerer,
        write: Callable[[bytes], None],
        catch_up: Callable[[], None],
    ) -> None:
        self._name = name
        self._timeline = timeline
        self._answer = answer
        self._write = write
        self._catch_up = catch_up
        self._changed = threading.Condition()
        self._last_id = 0
        self._waiting: dict[int, Pending[Any]] = {}
        self._broken: HarnessBroken | None = None
        self._tunnels: set[str] = set()
        self._tests = 0
        self._events: list[tuple[float, StateEvent]] = []
        self._banners: list[tuple[float, BannerEvent]] = []
        self._asked: set[int] = set()
        self._questions: dict[int, tuple[float, AnyQuestion, str | None]] = {}
        self._answerers: list[threading.Thread] = []
        self._leaving = False
        self._secret: list[str] = []

    # --- harness to adapter -----------------------------------------------------------------------------

    def request(self, make: Callable[[int], Model], what: str, expects: TypeAdapter[T]) -> Pending[T]:
        """Send the message that ``make`` builds around a new id. Raises AdapterBroken."""
        with self._changed:
            self.check()
            self._last_id += 1
            number = self._last_id
            pending = self._waiting[number] = Pending(self._name, number, what, expects, self._catch_up)
        message = make(number)
        said = Request(number=number, name=what, message=str(without_secrets(message)))
        self._timeline.tell("client", self._name, said)
        self._send(message)
        return pending

    def check(self) -> None:
        """Raise the error that ended the talk, if one did."""
        with self._changed:
            if self._broken:
                raise copy(self._broken)

    def knows(self, tunnel: str) -> None:
        """Expect events and questions of ``tunnel``."""
        with self._changed:
            self._tunnels.add(tunnel)

    def tests(self) -> None:
        """Expect questions of a connection test, under any name."""
        with self._changed:
            self._tests += 1

    def leave(self) -> bool:
        """Say bye; the end that follows is then no surprise. False when the adapter is broken."""
        self._leaving = True
        try:
            self.request(lambda number: Bye(id=number), "bye", TypeAdapter(Empty))
        except HarnessBroken:
            return False
        return True

    def _send(self, message: Model) -> None:
        try:
            self._write(message.model_dump_json().encode() + b"\n")
        except AdapterBroken as broken:
            self.breaks(broken)
            raise

    # --- adapter to harness -----------------------------------------------------------------------------

    def heard(self, line: bytes) -> bool:
        """Take a line; False when the adapter is broken and nothing more is to be read."""
        with self._changed:
            if self._broken:
                return False
        try:
            self._understand(line)
        except Malformed as expected:
            self.breaks(AdapterBroken(f"adapter {self._name} sent {shown(line)}; expected {expected}"))
            return False
        return True

    def overlong(self, beginning: bytes) -> None:
        """Take the beginning of a line that has no end."""
        self.breaks(
            AdapterBroken(
                f"adapter {self._name} sent a line of more than 1 MiB, "
                f"which begins {shown(beginning[:200])}; expected one JSON object a line"
            )
        )

    def logged(self, line: str) -> None:
        """Take a line of standard error."""
        self._was_said("log", "its log", line)

    def ended(self, how: str, unfinished: bytes) -> None:
        """Take the end of the adapter's output."""
        if self._leaving:
            self.breaks(HarnessBroken(f"adapter {self._name} was stopped; it {how}"))
            return
        with self._changed:
            waiting = ", ".join(pending.what for pending in self._waiting.values())
        middle = f", in the middle of the line {shown(unfinished)}" if unfinished else ""
        expected = f"an answer to {waiting}" if waiting else "to be asked until bye"
        self.breaks(AdapterDied(f"adapter {self._name} {how}{middle}; expected {expected}", how))

    def breaks(self, error: HarnessBroken) -> None:
        """End the talk: every pending and later request raises ``error``, the first one given."""
        with self._changed:
            if self._broken:
                return
            self._broken = error
            waiting = tuple(self._waiting.values())
            self._waiting.clear()
            self._changed.notify_all()
        for pending in waiting:
            pending.settle(error)
        self._tell("claim", f"ended: {error}")

    def _understand(self, line: bytes) -> None:
        match read(line):
            case StateEvent() as event:
                self._happened(event)
            case BannerEvent() as banner:
                self._was_shown(banner)
            case HostKeyQuestion() | PromptQuestion() as question:
                self._was_asked(question)
            case reply:
                self._replied(reply)

    def _replied(self, reply: ReplyOk | ReplyError | ReplyUnsupported) -> None:
        with self._changed:
            waiting = self._waiting.pop(reply.id, None)
            open_ids = ", ".join(f"{number} ({one.what})" for number, one in self._waiting.items()) or "none"
            last = self._last_id
        if waiting is None:
            was = "was answered before" if reply.id <= last else "was never asked"
            raise Malformed(f"a reply to a request that waits: {reply.id} {was}; waiting: {open_ids}")
        try:
            waiting.settle(reply)
        except Malformed:
            with self._changed:
                self._waiting[reply.id] = waiting
            raise
        self._was_told(f"the reply to {waiting.what}", _said(reply, waiting.what))

    def _admit_event(self, tunnel: str) -> None:
        if tunnel not in self._tunnels and not self._tests:
            raise Malformed(f"an event of a tunnel that was opened; {tunnel!r} was not")
        if len(self._events) + len(self._banners) >= _MOST_EVENTS:
            raise Malformed(f"at most {_MOST_EVENTS} events in a scenario")

    def _was_shown(self, banner: BannerEvent) -> None:
        now = time.monotonic()
        with self._changed:
            self._admit_event(banner.tunnel)
            self._banners.append((now, banner))
            self._changed.notify_all()
        told = f"tunnel {banner.tunnel} shows the banner of hop {banner.hop}: {banner.text!r}"
        self._was_said("claim", "a banner", told, now)

    def _happened(self, event: StateEvent) -> None:
        now = time.monotonic()
        with self._changed:
            self._admit_event(event.tunnel)
            self._events.append((now, event))
            self._changed.notify_all()
        error = str(Refused(event.error)) if event.error else ""
        claim = StateClaimed(tunnel=event.tunnel, state=event.state, error=error)
        self._was_told(f"the event {event.state}", claim, now)

    def _was_asked(self, question: AnyQuestion) -> None:
        with self._changed:
            if question.ask in self._asked:
                raise Malformed(f"a new number for each question; {question.ask} was used before")
            if question.tunnel not in self._tunnels and not self._tests:
                raise Malformed(f"a question about a tunnel that was opened; {question.tunnel!r} was not")
            if len(self._asked) >= _MOST_QUESTIONS:
                raise Malformed(f"at most {_MOST_QUESTIONS} questions in a scenario")
            self._answerers = [thread for thread in self._answerers if thread.is_alive()]
            if len(self._answerers) >= _MOST_WAITING_QUESTIONS:
                raise Malformed(f"at most {_MOST_WAITING_QUESTIONS} questions that wait")
            self._asked.add(question.ask)
            self._questions[question.ask] = (time.monotonic(), question, None)
            name = f"{self._name}-answer-{question.ask}"
            thread = threading.Thread(target=self._answer_it, args=(question,), name=name, daemon=True)
            self._answerers.append(thread)
            thread.start()
        words = question.text if isinstance(question, PromptQuestion) else question.status
        message = str(without_secrets(question))
        self._was_told("a question", Question(number=question.ask, about=question.kind, words=words, message=message))

    def _answer_it(self, question: AnyQuestion) -> None:
        try:
            value = self._answer(question)
            with self._changed:
                asked_at, _, _ = self._questions[question.ask]
                self._questions[question.ask] = (asked_at, question, value)
                self._changed.notify_all()
            hidden = isinstance(question, PromptQuestion) and not question.echo and value is not None
            self._tell("question", f"answer {question.ask}: {'[hidden]' if hidden else value}")
            self._send(Answer(answer=question.ask, value=value))
        except AdapterBroken as broken:
            self.breaks(broken)
        except Exception as error:  # noqa: BLE001 -- the caller's code; its failure must reach whoever waits
            self.breaks(HarnessBroken(f"question {question.ask} could not be answered: {error!r}"))

    # --- what is known ----------------------------------------------------------------------------------

    def state_events(self, tunnel: str) -> tuple[tuple[float, StateEvent], ...]:
        """Return the tunnel's events so far, each with its time on the ``time.monotonic()`` clock."""
        with self._changed:
            return tuple((at, event) for at, event in self._events if event.tunnel == tunnel)

    def banners(self, tunnel: str) -> tuple[tuple[float, BannerEvent], ...]:
        """Return the banners that the tunnel showed so far, each with its time (monotonic)."""
        with self._changed:
            return tuple((at, banner) for at, banner in self._banners if banner.tunnel == tunnel)

    def wait_for_state(
        self, tunnel: str, states: frozenset[State], timeout: float, since: float
    ) -> tuple[float, StateEvent] | None:
        """Return the first such event at or after ``since``, None after ``timeout``. Raises AdapterBroken."""

        def first() -> tuple[float, StateEvent] | None:
            for at, event in self._events:
                if at >= since and event.tunnel == tunnel and event.state in states:
                    return at, event
            return None

        with self._changed:
            over = self._changed.wait_for(lambda: first() or self._broken, timeout)
        if not over:
            self._catch_up()
        with self._changed:
            found = first()
            if found is None and self._broken:
                raise copy(self._broken)
            return found

    def questions(self, tunnel: str) -> tuple[tuple[float, AnyQuestion, str | None], ...]:
        """Return the tunnel's questions: when asked, what, and the answer, None as long as there is none."""
        with self._changed:
            return tuple(asked for asked in self._questions.values() if asked[1].tunnel == tunnel)

    def with_secrets(self) -> tuple[str, ...]:
        """Return what of all that was said had a secret in it that the harness knows, each named in a few words."""
        with self._changed:
            return tuple(self._secret)

    def join_answerers(self) -> None:
        """Wait a moment for answers that are still being found."""
        with self._changed:
            threads = tuple(self._answerers)
        for thread in threads:
            thread.join(_ANSWER_JOIN)

    def _was_said(self, kind: Kind, what: str, text: str, at: float | None = None) -> None:
        if self._timeline.add("client", kind, self._name, text, at=at):
            self._had_secret(what)

    def _was_told(self, what: str, fact: AnyFact, at: float | None = None) -> None:
        if self._timeline.tell("client", self._name, fact, at=at):
            self._had_secret(what)

    def _had_secret(self, what: str) -> None:
        with self._changed:
            self._secret.append(what)

    def _tell(self, kind: Kind, text: str, at: float | None = None) -> None:
        self._timeline.add("client", kind, self._name, text, at=at)


def _said(reply: ReplyOk | ReplyError | ReplyUnsupported, name: str) -> Reply:
    match reply:
        case ReplyOk(ok=ok):
            return Reply(number=reply.id, name=name, how="ok", said=str(without_secrets(ok)))
        case ReplyError(error=detail):
            return Reply(number=reply.id, name=name, how="error", said=str(Refused(detail)))
        case ReplyUnsupported(unsupported=feature):
            return Reply(number=reply.id, name=name, how="unsupported", said=feature)
