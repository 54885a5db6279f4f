"""A scenario file as values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from harness.faults.model import HostKeyType
from harness.faults.needs import Server
from harness.model import Model
from harness.scenario.language import sshd_config
from harness.scenario.language.accounts import Form
from harness.scenario.language.tunnel import TunnelSpec
from harness.scenario.language.verb import Verb
from harness.text.harmless import harmless_line
from harness.units import Duration

Level = Literal["must", "should", "may"]

Scope = Literal["core", "resilience", "page"]
"""``core``: forwarding, logging in, host keys. ``resilience``: when things break. ``page``: one page's own promises."""

SCOPES: tuple[Scope, ...] = ("core", "resilience", "page")
"""From what everybody has to do to what only the page asks for."""

HostKeyAnswer = Literal["accept", "reject"]


def one_line(text: str) -> str:
    """Return ``text``. Raises ValueError where it has more than one line, or a control character."""
    if harmless_line(text) != text:
        raise ValueError("write one line, without control characters")
    return text


Title = Annotated[str, Field(min_length=10, max_length=110), AfterValidator(one_line)]
"""What a scenario or a report is about."""


PromptAnswer = Literal["code", "wrong-code", "password", "choice", "empty", "cancel"]


class Answers(Model):
    """What the user answers when the implementation asks.

    ``prompts`` are answered one after the other, and cancelled when there are no more; ``code`` is the present
    code, ``choice`` the first item of a menu (``1``). The user takes ``thinks`` before each answer,
    about host keys too.
    """

    unknown_host_key: HostKeyAnswer = "accept"
    changed_host_key: HostKeyAnswer = "reject"
    prompts: tuple[PromptAnswer, ...] = ()
    thinks: Duration = 0.0


class PromptSpec(Model):
    """One prompt: ``expects`` is as in :class:`harness.world.fabric.Prompt`."""

    text: str
    expects: str
    echo: bool = False


class TotpServerSpec(Model):
    """The second factor at the server: as in :class:`harness.world.fabric.TotpSetup`.

    ``leading_zero``: the secret is such that the codes of the present period and of the next begin with 0.
    """

    algorithm: Literal["SHA1", "SHA256", "SHA512"] = "SHA1"
    digits: Literal[6, 8] = 6
    period: Literal[30, 60] = 30
    reuse: bool = True
    tries: Annotated[int, Field(ge=1, le=100)] | None = None
    leading_zero: bool = False


CertificateKind = Literal["good", "stranger", "expired", "another-name", "user"]


class HostCertificateSpec(Model):
    """Certificates of the bastion's host keys, shown beside the plain keys.

    ``kind``: ``good``; signed by a ``stranger``; ``expired``; for ``another-name``; or a ``user`` certificate. Which
    authority the store knows is said by ``host_keys: {known: authority}`` of the tunnel. ``names`` are its
    principals, in place of the bastion's address and the name that it is dialled by.
    """

    kind: CertificateKind = "good"
    names: tuple[str, ...] = ()


class HeadingSpec(Model):
    """The name and the instruction of a round of keyboard-interactive (RFC 4256, section 3.2)."""

    name: str = ""
    instruction: str = ""


class DelaysSpec(Model):
    """For how long the server is silent at each stage: as in :class:`harness.world.fabric.Delays`."""

    version: Duration = 0.0
    kex: Duration = 0.0
    auth: Duration = 0.0


def _kind_alone(value: Any) -> Any:  # noqa: ANN401 -- raw YAML
    """Return ``host_certificate: expired`` as the mapping that it stands for."""
    return {"kind": value} if isinstance(value, str) else value


HostCertificate = Annotated[
    HostCertificateSpec,
    BeforeValidator(_kind_alone),
    WithJsonSchema({"anyOf": [HostCertificateSpec.model_json_schema(), {"enum": [*get_args(CertificateKind)]}]}),
]
"""A host certificate as it is written: its kind alone, or a mapping."""


class AccountSpec(Model):
    """What characters the user's name and password are made of, as in :mod:`harness.scenario.language.accounts`."""

    user: Form = "plain"
    password: Form = "plain"  # noqa: S105 -- the form of one


class BastionSpec(Model):
    """How one bastion differs from the ordinary.

    ``account``: its user. ``policy``: sshd_config(5) keywords; ``methods``: its AuthenticationMethods. ``dialogue``:
    what keyboard-interactive asks, round by round; ``password`` and ``code`` stand for the usual prompts of PAM.
    ``host_keys``: the types of its host keys, all three by default. ``anyone``: the user needs no credential.
    ``keepalives``: what it answers keep-alives with, as in :class:`harness.world.fabric.BastionSetup`.
    ``key_options`` stand before the user's keys in authorized_keys (sshd(8)). ``host_certificate``: certificates that
    it shows for its host keys. ``banner``: what it sends before the login; ``delays``: how slow it is, also after the
    banner; ``password_expired`` and ``compression``: as in :class:`harness.world.fabric.BastionSetup`. On docker, the
    last three and a banner with ``delays`` need the topology ``pam_totp``. ``heading``: the name and the instruction
    that each round of the dialogue comes with; on docker it needs ``pam_totp`` too. ``large_key``: it knows the user's
    key of type ``rsa-4096``, too. ``server``: the program, in place of the fabric's usual one; beside ``dropbear`` only
    what it knows can be said.
    """

    policy: sshd_config.Keywords = {}
    account: AccountSpec = AccountSpec()
    key_options: Literal["restrict,port-forwarding"] | None = None
    methods: Annotated[str, AfterValidator(sshd_config.methods)] | None = None
    dialogue: tuple[tuple[Literal["password", "code"] | PromptSpec, ...], ...] | None = None
    totp: TotpServerSpec | None = None
    host_keys: Annotated[tuple[HostKeyType, ...], Field(min_length=1)] | None = None
    anyone: bool = False
    keepalives: Literal["failure", "success", "unimplemented"] = "failure"
    host_certificate: HostCertificate | None = None
    banner: str | None = None
    delays: DelaysSpec = DelaysSpec()
    password_expired: bool = False
    compression: Literal["policy", "required"] = "policy"
    heading: HeadingSpec = HeadingSpec()
    large_key: bool = False
    server: Server | None = None

    @model_validator(mode="after")
    def _server_knows(self) -> Self:
        unknown = self.model_fields_set - {"server", "account", "host_keys", "banner"}
        if self.server is not None and unknown:
            raise ValueError(f"{self.server} cannot be told {', '.join(sorted(unknown))}")
        return self


class ScenarioFile(Model):
    """What stands in one file, after its cases were spread out.

    ``waits`` is how long it may wait for what no step asks for, such as the next one-time code. The adapter's process
    begins with ``open_files`` files open. ``greets``: the target speaks first on every connection, as MySQL does.
    """

    title: Title
    why: str | None = None
    covers: Annotated[tuple[str, ...], Field(min_length=1)]
    topology: str | None = None
    scale: Annotated[float, Field(ge=1, le=1000)] = 1.0
    waits: Duration = 0.0
    greets: bool = False
    open_files: Annotated[int, Field(ge=0, le=4000)] = 0
    tunnel: TunnelSpec = TunnelSpec()
    bastions: dict[str, BastionSpec] = {}
    answers: Answers = Answers()
    steps: Annotated[tuple[Any, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Step:
    """One verb with its arguments, the line it stands on, and its text for people."""

    verb: Verb
    line: int
    text: str


@dataclass(frozen=True)
class Scenario:
    """One case of one file: what is run, judged and reported under ``id``.

    ``level`` is the strictest among the requirements that it covers, ``scope`` the last of theirs in ``SCOPES``: it
    demands all that they do.
    """

    id: str
    area: str
    path: Path
    line: int
    spec: ScenarioFile
    steps: tuple[Step, ...]
    level: Level
    scope: Scope

    @property
    def title(self) -> str:
        """The sentence that the scenario proves."""
        return self.spec.title

    @property
    def takes(self) -> float:
        """How long it takes at least, in seconds, because its steps ask for time to pass."""
        return float(self.spec.waits + sum(step.verb.takes() for step in self.steps))

    @property
    def topology(self) -> str | None:
        """The name of its topology; None where no network is needed."""
        return self.spec.topology
