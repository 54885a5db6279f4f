"""Makes a bastion's setup out of what a scenario says of it, and the secrets."""

from __future__ import annotations

import time
from dataclasses import replace

from harness.scenario.language.accounts import written_password, written_user
from harness.scenario.language.model import BastionSpec, HostCertificateSpec, PromptSpec
from harness.scenario.language.tunnel import KeyFile
from harness.scenario.login.codes import generator
from harness.scenario.login.credentials import Credentials, large_key
from harness.scenario.login.key_files import private_text, public_line
from harness.world.delays import Delays
from harness.world.fabric import BastionSetup, HostCertificates, Prompt, TotpSetup

_ANOTHER_NAME = "elsewhere.tunspec.test"
"""Below a domain that no resolver serves (RFC 6761, section 6.2)."""
_USUAL = {
    "password": Prompt("Password: ", "password"),
    "code": Prompt("Verification code: ", "code"),
}


def setup(node: str, spec: BastionSpec, credentials: Credentials, names: tuple[str, ...] = ()) -> BastionSetup:
    """Return how ``node`` lets people in: its user's password and keys, and what ``spec`` says beside.

    ``names`` are those by which ``node`` is dialled; good host certificates are for them.
    """
    login = credentials.login(node)
    user = written_user(login.user, spec.account.user)
    password = written_password(login.password, spec.account.password)
    credentials.learn(password)
    large = (public_line(large_key()),) if spec.large_key else ()
    return BastionSetup(
        user=user,
        password=password,
        authorized_keys=_with_options(spec.key_options, (*large, *login.authorized_keys)),
        methods=spec.methods,
        policy=spec.policy,
        dialogue=_dialogue(spec),
        totp=_totp(node, spec, credentials),
        key_types=spec.host_keys or BastionSetup.key_types,
        anyone=spec.anyone,
        keepalives=spec.keepalives,
        certificates=_certificates(spec.host_certificate, credentials, names) if spec.host_certificate else None,
        banner=spec.banner,
        delays=Delays(**spec.delays.model_dump()),
        password_expired=spec.password_expired,
        compression=spec.compression,
        heading=(spec.heading.name, spec.heading.instruction),
        server=spec.server,
    )


def _certificates(spec: HostCertificateSpec, credentials: Credentials, dialled: tuple[str, ...]) -> HostCertificates:
    authority = credentials.strange_host_authority if spec.kind == "stranger" else credentials.host_authority
    good_for = (_ANOTHER_NAME,) if spec.kind == "another-name" else spec.names or dialled
    return HostCertificates(
        private_text(authority, KeyFile(), None),
        good_for,
        kind="user" if spec.kind == "user" else "host",
        expired=spec.kind == "expired",
    )


def _with_options(options: str | None, authorized_keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines of authorized_keys with ``options`` before each; more options follow after a comma (sshd(8))."""
    if options is None:
        return authorized_keys
    return tuple(f"{options}{',' if line.startswith('cert-authority ') else ' '}{line}" for line in authorized_keys)


def _dialogue(spec: BastionSpec) -> tuple[tuple[Prompt, ...], ...] | None:
    if spec.dialogue is None:
        return None
    return tuple(
        tuple(
            Prompt(one.text, one.expects, one.echo) if isinstance(one, PromptSpec) else _USUAL[one] for one in prompts
        )
        for prompts in spec.dialogue
    )


def asks_for_codes(spec: BastionSpec) -> bool:
    """Tell whether the bastion has a second factor."""
    prompts = (prompt for prompts in _dialogue(spec) or () for prompt in prompts)
    return spec.totp is not None or any("code" in prompt.expects for prompt in prompts)


def _totp(node: str, spec: BastionSpec, credentials: Credentials) -> TotpSetup | None:
    if not asks_for_codes(spec):
        return None
    said = spec.totp.model_dump(exclude={"leading_zero"}) if spec.totp else {}
    known = TotpSetup(secret=credentials.totp_secret(node), **said)
    if spec.totp is None or not spec.totp.leading_zero:
        return known
    return replace(known, secret=credentials.totp_secret_for(lambda secret: _zeros_lead(replace(known, secret=secret))))


def _zeros_lead(totp: TotpSetup) -> bool:
    now = time.time()
    return all(generator(totp).at(int(now) + later).startswith("0") for later in (0, totp.period))
