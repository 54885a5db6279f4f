"""Makes a bastion's setup out of what a scenario says of it, and the secrets."""

from __future__ import annotations

from harness.scenario.credentials import Credentials
from harness.scenario.model import BastionSpec, PromptSpec
from harness.world.fabric import BastionSetup, Prompt, TotpSetup

_USUAL = {
    "password": Prompt("Password: ", "password"),
    "code": Prompt("Verification code: ", "code"),
}


def setup(node: str, spec: BastionSpec, credentials: Credentials) -> BastionSetup:
    """Return how ``node`` lets people in: its user's password and keys, and what ``spec`` says beside."""
    login = credentials.login(node)
    return BastionSetup(
        user=login.user,
        password=login.password,
        authorized_keys=login.authorized_keys,
        methods=spec.methods,
        policy=spec.policy,
        dialogue=_dialogue(spec),
        totp=_totp(node, spec, credentials),
        key_types=spec.host_keys or BastionSetup.key_types,
        anyone=spec.anyone,
        keepalives=spec.keepalives,
    )


def _dialogue(spec: BastionSpec) -> tuple[tuple[Prompt, ...], ...] | None:
    if spec.dialogue is None:
        return None
    return tuple(
        tuple(
            Prompt(one.text, one.expects, one.echo) if isinstance(one, PromptSpec) else _USUAL[one] for one in prompts
        )
        for prompts in spec.dialogue
    )


def _totp(node: str, spec: BastionSpec, credentials: Credentials) -> TotpSetup | None:
    if spec.totp is None and not any(
        "code" in prompt.expects for prompts in _dialogue(spec) or () for prompt in prompts
    ):
        return None
    said = spec.totp.model_dump() if spec.totp else {}
    return TotpSetup(secret=credentials.totp_secret(node), **said)
