"""Verbs that hand the implementation what its user brings along: a connection URL, an OpenSSH configuration."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from harness.adapter import protocol
from harness.adapter.driver import NoAnswer, Refused
from harness.errors import Failed
from harness.model import Model
from harness.scenario.language.partial import check_keys, differences
from harness.scenario.language.verb import Nature, OfflineVerb
from harness.scenario.stage.offline import OfflineStage
from harness.scenario.verbs.home import inside, laid_out
from harness.units import Duration


class Import(OfflineVerb):
    """What both imports have in common: the answer that is expected, or the error and what its message names.

    ``error: any`` judges that it is refused, whatever the code. What refuses everything proves nothing, so before a
    refusal is asked for, something sound must be imported. ``hides``: secrets that no message shows.
    A port that TCP does not have must not be imported.
    """

    nature: ClassVar[Nature] = "acts"
    answers: ClassVar[type[Model]]

    expect: dict[str, Any] | None = None
    error: protocol.ErrorCode | Literal["any"] | None = None
    names: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    within: Duration = 10.0

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        if (self.expect is None) == (self.error is None):
            raise ValueError("say either what is expected (expect) or how it must fail (error)")
        if self.names and self.error is None:
            raise ValueError("names is about the message of an error; say which error too")
        check_keys(self.expect or {}, self.answers)
        return self

    @abstractmethod
    def ask(self, stage: OfflineStage) -> Model:
        """Ask the implementation. Raises Refused, NoAnswer."""

    @abstractmethod
    def ask_for_something_sound(self, stage: OfflineStage) -> Model:
        """Ask for what every implementation can import. Raises Refused, NoAnswer."""

    def wanted(self, stage: OfflineStage) -> Mapping[str, Any]:  # noqa: ARG002 -- for imports that name files
        """Return what the answer must contain."""
        return self.expect or {}

    def judge(self, answer: Model, stage: OfflineStage) -> None:
        """Look at what the mapping cannot say. Raises Failed."""

    def features(self) -> frozenset[str]:
        """Return that error codes mean something, where one is demanded."""
        return frozenset() if self.error in (None, "any") else frozenset({"errors.code"})

    def run(self, stage: OfflineStage) -> None:
        """Ask, and compare the answer."""
        if self.error is not None:
            self._prove_that_it_imports(stage)
        try:
            answer = self.ask(stage)
        except Refused as refused:
            self._judge_refusal(refused)
            return
        except NoAnswer as silent:
            raise Failed(f"{self.verb} to be answered within {self.within:g} s", "no answer") from silent
        if self.error is not None:
            wanted = "it to be refused" if self.error == "any" else f"the error {self.error}"
            raise Failed(wanted, f"it was imported: {answer.model_dump(exclude_none=True)}")
        self._judge_ports(answer)
        self._judge_secrets(" ".join(getattr(answer, "warnings", ())))
        wrong = tuple(differences(self.wanted(stage), answer))
        if wrong:
            raise Failed(
                "; ".join(f"{name} {wanted!r}" for name, wanted, _ in wrong),
                "; ".join(f"{name} {seen!r}" for name, _, seen in wrong),
            )
        self.judge(answer, stage)

    def _prove_that_it_imports(self, stage: OfflineStage) -> None:
        try:
            self.ask_for_something_sound(stage)
        except (Refused, NoAnswer) as error:
            raise Failed("something sound to be imported before it", str(error)) from error

    def _judge_ports(self, answer: Model) -> None:
        for port in _ports(answer.model_dump()):
            if not 1 <= port <= _HIGHEST_PORT:
                raise Failed(f"ports from 1 to {_HIGHEST_PORT}, or a refusal", f"port {port} was imported")

    def _judge_secrets(self, said: str) -> None:
        shown = [secret for secret in self.hides if secret in said]
        if shown:
            raise Failed("no secret in a message", f"{shown[0]!r} in {said!r}")

    def _judge_refusal(self, refused: Refused) -> None:
        said = f"{refused.detail.code} ({refused.detail.message})"
        self._judge_secrets(refused.detail.message)
        if self.error is None:
            raise Failed("it to be imported", said) from refused
        if self.error not in ("any", refused.detail.code):
            raise Failed(f"the error {self.error}", said) from refused
        for name in self.names:
            if name not in refused.detail.message:
                raise Failed(f"a message that names {name!r}", said) from refused


_HIGHEST_PORT = 65535


def _ports(value: Any) -> Iterator[int]:  # noqa: ANN401 -- any JSON
    """Yield each ``port`` in an answer, however deep."""
    match value:
        case dict():
            for name, inner in value.items():
                if name == "port" and isinstance(inner, int):
                    yield inner
                else:
                    yield from _ports(inner)
        case list() | tuple():
            for inner in value:
                yield from _ports(inner)


class ImportUrl(Import):
    """Import a connection URL.

    ``expect`` has the keys of the answer that matter (null where nothing was said), ``error`` is the code it must
    be refused with, ``names`` what the message must then contain.
    """

    verb: ClassVar[str] = "import_url"
    answers: ClassVar[type[Model]] = protocol.ImportUrlOk

    url: str

    def ask(self, stage: OfflineStage) -> Model:
        """Ask for the URL."""
        return stage.adapter.import_url(self.url, self.within)

    def ask_for_something_sound(self, stage: OfflineStage) -> Model:
        """Ask for a plain URL."""
        return stage.adapter.import_url("mysql+ssh://deploy@jump.example.com/app@db.example.com/shop", self.within)

    def features(self) -> frozenset[str]:
        """Return what an adapter must support for this."""
        return super().features() | {"import-url"}


class ImportConfig(Import):
    """Import a host of an OpenSSH configuration.

    ``files`` are all that stands in ~/.ssh, by name; ``config`` among them is the one asked for, by its path or, with
    ``by_default``, by naming no file. In ``expect`` a leading ~/ is the user's home. ``warns`` names what warnings must
    mention, whatever their words. An import that leaves a file in ~/.ssh fails: so do programs that the configuration
    names, and that were run.
    """

    verb: ClassVar[str] = "import_config"
    answers: ClassVar[type[Model]] = protocol.ImportConfigOk

    files: dict[Annotated[str, AfterValidator(inside)], str]
    host: Annotated[str, Field(min_length=1)]
    by_default: bool = False
    warns: tuple[str, ...] = ()

    def ask(self, stage: OfflineStage) -> Model:
        """Lay the files out and ask for the host."""
        folder = laid_out(stage.home, self.files)
        return stage.adapter.import_config(None if self.by_default else folder / "config", self.host, self.within)

    def ask_for_something_sound(self, stage: OfflineStage) -> Model:
        """Ask for a host of a plain file."""
        file = stage.home / "sound_config"
        file.write_text("Host web\n  User deploy\n")
        return stage.adapter.import_config(file, "web", self.within)

    def wanted(self, stage: OfflineStage) -> Mapping[str, Any]:
        """Return what the answer must contain, in the home of this scenario."""
        return {key: _at_home(value, stage.home) for key, value in (self.expect or {}).items()}

    def judge(self, answer: Model, stage: OfflineStage) -> None:
        """See that what was left out is named, and that no program of the configuration was run."""
        warnings = answer.warnings if isinstance(answer, protocol.ImportConfigOk) else ()
        for name in self.warns:
            if not any(name.lower() in one.lower() for one in warnings):
                raise Failed(f"a warning that names {name}", f"the warnings {list(warnings)}")
        folder = stage.home / ".ssh"
        new = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} - self.files.keys()
        if new:
            raise Failed("~/.ssh to be left as it was", f"new files in it: {', '.join(sorted(new))}")

    def features(self) -> frozenset[str]:
        """Return what an adapter must support for this."""
        return super().features() | {"import-config"}


class ListHosts(OfflineVerb):
    """Ask which hosts an OpenSSH configuration has; ``hosts`` are all names in order.

    ``files`` and ``by_default`` are as for import_config.
    """

    verb: ClassVar[str] = "list_hosts"
    nature: ClassVar[Nature] = "acts"

    files: dict[Annotated[str, AfterValidator(inside)], str]
    hosts: tuple[str, ...]
    by_default: bool = False
    within: Duration = 10.0

    def run(self, stage: OfflineStage) -> None:
        """Lay the files out, ask, and compare. Raises Failed."""
        folder = laid_out(stage.home, self.files)
        try:
            answer = stage.adapter.import_config_hosts(None if self.by_default else folder / "config", self.within)
        except Refused as refused:
            said = f"{refused.detail.code} ({refused.detail.message})"
            raise Failed(f"the hosts {list(self.hosts)}", said) from refused
        except NoAnswer as silent:
            raise Failed(f"{self.verb} to be answered within {self.within:g} s", "no answer") from silent
        if answer.hosts != self.hosts:
            raise Failed(f"the hosts {list(self.hosts)}", f"{list(answer.hosts)}")

    def features(self) -> frozenset[str]:
        """Return what an adapter must support for this."""
        return frozenset({"import-config"})


def _at_home(value: Any, home: Path) -> Any:  # noqa: ANN401 -- any JSON
    match value:
        case str():
            return f"{home}/{value[2:]}" if value.startswith("~/") else value
        case list():
            return [_at_home(one, home) for one in value]
        case dict():
            return {key: _at_home(one, home) for key, one in value.items()}
        case _:
            return value
