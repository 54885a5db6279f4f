"""Observations of prompts: what the user was asked, and what the server was answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Annotated, ClassVar, Literal
from unicodedata import category

from pydantic import Field

from harness.adapter.protocol import PromptQuestion
from harness.scenario.language.observation import Observation, Reading
from harness.scenario.language.rehearsal import Rehearsal
from harness.scenario.observations.claims import OfTunnel
from harness.scenario.observations.servers import AtBastion
from harness.scenario.stage.stage import Stage

Matched = Literal["password", "code", "used-code", "other", "empty"]
_WORD = re.compile(r"[^ \t\n\r]+\r*")
_WRITTEN_OUT = len("<U+000D>")


class Prompted(AtBastion):
    """The prompts that the user was asked to answer since the tunnel was last requested, in order.

    Each prompt has the hop of the bastion, and the echo and the heading of the bastion's dialogue.
    """

    key: ClassVar[str] = "prompted"

    prompted: tuple[str, ...]
    tunnel: str = "main"

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        node = self.node(stage)
        hop = stage.route.index(node) if node in stage.route else 0
        setup = stage.world.setup(node)
        echoes = {prompt.text: prompt.echo for prompts in setup.dialogue or () for prompt in prompts}

        def falsified(question: PromptQuestion) -> str | None:
            """Return what the question says that is not so."""
            heading = (question.name, question.instruction)
            if question.hop != hop:
                return f"asked for hop {question.hop}, and hop {hop} asks"
            if question.text in echoes and question.echo is not echoes[question.text]:
                return f"asked with echo {_switch(question.echo)}, and the server says {_switch(not question.echo)}"
            if question.text in echoes and heading != setup.heading:
                return f"asked with the name and instruction {heading}, and the server says {setup.heading}"
            return None

        def look() -> Reading:
            untrue = next(
                (
                    (at, f"{question.text!r} {wrong}")
                    for at, question, _ in stage.adapter.questions(self.tunnel)
                    if at >= stage.asked_at and isinstance(question, PromptQuestion) and (wrong := falsified(question))
                ),
                None,
            )
            if untrue:
                return Reading(met=False, seen=untrue[1], at=untrue[0])
            new = [
                (at, question.text)
                for at, question, _ in stage.adapter.questions(self.tunnel)
                if at >= stage.asked_at and isinstance(question, PromptQuestion)
            ]
            asked = tuple(text for _, text in new)
            return Reading(asked == self.prompted, f"the user was asked {_quoted(asked)}", _departs(new, self.prompted))

        return look

    def expected(self) -> str:
        return f"the user to be asked {_quoted(self.prompted)}"


def _switch(on: bool) -> str:
    return "on" if on else "off"


def _quoted(texts: tuple[str, ...]) -> str:
    return ", ".join(map(repr, texts)) or "nothing"


def _departs(came: Iterable[tuple[float, str]], wanted: tuple[str, ...]) -> float | None:
    """Return when first something else came than what is wanted in its place, or more; None where nothing did."""
    return next((at for place, (at, text) in enumerate(came) if wanted[place : place + 1] != (text,)), None)


class BannerShown(AtBastion):
    """The banner of the bastion as it was shown to the user since the tunnel was last requested, ``word for word``.

    Control characters may be left out or written out, and line ends changed (RFC 4252, section 5.4).
    """

    key: ClassVar[str] = "banner"

    banner: Literal["word for word"]
    tunnel: str = "main"

    def features(self) -> frozenset[str]:
        """Return that banners are told."""
        return frozenset({"banner"})

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Look at the events."""
        node = self.node(stage)
        hop = stage.route.index(node)
        sent = stage.world.setup(node).banner or ""

        def look() -> Reading:
            shown = [(at, one) for at, one in stage.adapter.banners(self.tunnel) if at >= stage.asked_at]
            texts = [one.text for _, one in shown if one.hop == hop]
            harmful = [text for text in texts if any(category(one) == "Cc" and one not in "\r\n\t" for one in text)]
            if harmful:
                return Reading(met=False, seen=f"a banner with control characters: {harmful[0]!r}")
            whole = [at for at, one in shown if one.hop == hop and has_words(one.text, sent)]
            return Reading(bool(whole), f"the user was shown {_quoted(tuple(texts))}", min(whole, default=None))

        return look

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.see_asked(self.at)

    def expected(self) -> str:
        return "the bastion's banner to be shown word for word"


def has_words(text: str, banner: str) -> bool:
    """Tell whether ``text`` has all the words of ``banner`` that have no control character, in their order.

    The carriage return of a line's end may stand at the line's last word, written out (``^M``, ``<U+000D>``).
    """
    there = iter(text.split())
    words = [word for word in _WORD.findall(banner) if all(category(one) != "Cc" for one in word.rstrip("\r"))]
    return all(any(_shows(shown, word) for shown in there) for word in words)


def _shows(shown: str, word: str) -> bool:
    plain = word.rstrip("\r")
    return shown == plain or (word != plain and shown.startswith(plain) and len(shown) <= len(plain) + _WRITTEN_OUT)


class UserAsked(OfTunnel):
    """Whether the user is being asked something, by a prompt or about a host key, and has not answered yet."""

    key: ClassVar[str] = "user"

    user: Literal["asked"]

    def watch(self, stage: Stage) -> Callable[[], Reading]:

        def look() -> Reading:
            new = [answer for at, _, answer in stage.adapter.questions(self.tunnel) if at >= stage.asked_at]
            waiting = new.count(None)
            return Reading(waiting > 0, f"{len(new)} questions, {waiting} of them not answered")

        return look

    def expected(self) -> str:
        return "the user to be asked"


class Signatures(Observation):
    """How many signatures the scenario's agents were asked for since the tunnel was last requested, exactly."""

    key: ClassVar[str] = "signatures"

    signatures: Annotated[int, Field(ge=0)]

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Ask the agents."""
        agents = stage.profiles.logins.props.agents

        def look() -> Reading:
            asked = sorted(at for agent in agents for at in agent.signed if at >= stage.asked_at)
            too_many = asked[self.signatures] if len(asked) > self.signatures else None
            return Reading(len(asked) == self.signatures, f"{len(asked)} signatures asked of the agents", too_many)

        return look

    def expected(self) -> str:
        return f"{self.signatures} signatures to be asked of the agents"


class Answered(AtBastion):
    """What the answers to the bastion's prompts were since the tunnel was last requested, in order.

    Every bastion says what it got: the password, a code, a code that was used already, something else or nothing.
    """

    key: ClassVar[str] = "answered"
    only_in_full_logs: ClassVar[bool] = True

    answered: tuple[Matched, ...]

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        node = self.node(stage)

        def look() -> Reading:
            new = [
                (event.at, event.detail["matched"])
                for event in stage.world.events(node)
                if event.kind == "answer" and event.at >= stage.asked_at
            ]
            seen = tuple(matched for _, matched in new)
            told = f"{node} was answered with {', '.join(seen) or 'nothing'}"
            return Reading(seen == self.answered, told, _departs(new, self.answered))

        return look

    def expected(self) -> str:
        return f"the prompts to be answered with {', '.join(self.answered) or 'nothing'}"


class CodeLeft(AtBastion):
    """How long the codes that the bastion was given were still valid; the shortest time counts.

    ``code_left: fresh`` requires at least two seconds when the server checks the code.
    """

    key: ClassVar[str] = "code_left"
    only_in_full_logs: ClassVar[bool] = True

    code_left: Literal["fresh"]

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        node = self.node(stage)

        def look() -> Reading:
            left = [
                float(event.detail["left"])
                for event in stage.world.events(node)
                if event.kind == "answer" and event.detail["matched"] == "code" and event.at >= stage.asked_at
            ]
            shortest = min(left, default=0.0)
            return Reading(shortest >= _FRESH, f"{len(left)} codes, with {shortest:.1f} s left at least")

        return look

    def expected(self) -> str:
        return f"a code with {_FRESH:g} s left at least"


_FRESH = 2.0
"""Seconds: the promise is not to send a code that is about to expire; the way to the server takes some of them."""
