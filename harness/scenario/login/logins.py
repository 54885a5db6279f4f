"""Makes the credentials of a profile out of what a scenario says: key files, agents, passwords, second factors."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from harness.adapter import profile as wire
from harness.probe.agent import AgentBehaviour
from harness.scenario.language.tunnel import (
    AgentSpec,
    AuthSpec,
    KeyboardInteractiveSpec,
    KeyFile,
    KeySpec,
    NoSpec,
    PasswordSpec,
    TotpSpec,
)
from harness.scenario.login.credentials import Credentials, Login, new_key
from harness.scenario.login.key_files import private_text, public_line
from harness.scenario.props.props import Props
from harness.world.fabric import TotpSetup

NOT_BASE32 = "not-base32-018"
"""A secret that cannot be one: 0, 1 and 8 are not in the alphabet (RFC 4648, section 6)."""

_ALIAS_OF_1PASSWORD = ".1password/agent.sock"
"""Where 1Password's manual puts a link to its socket, below the home; it is there only if somebody made it."""


@dataclass(frozen=True)
class Logins:
    """What credentials are made of; ``home`` is the adapter's own.

    Sockets lie below ``home``, for it is short: the path of one has 107 bytes (unix(7)).
    """

    credentials: Credentials
    props: Props
    home: Path

    def auth(self, spec: AuthSpec, login: Login, folder: Path) -> wire.Auth:
        """Return the credential, its files written into ``folder`` and its agent started."""
        match spec:
            case PasswordSpec(password=which):
                return wire.PasswordAuth(password=self._password(login, which) or "")
            case KeyboardInteractiveSpec(password=which):
                return wire.KeyboardInteractiveAuth(password=self._password(login, which))
            case KeySpec(key=form, passphrase=which):
                passphrases = {"right": login.passphrase, "wrong": self.credentials.wrong_passphrase, "none": None}
                return wire.KeyAuth(
                    file=self._key_file(login, form, folder),
                    passphrase=passphrases[which] if form.encrypted or form.cipher else None,
                )
            case AgentSpec():
                return self._agent_auth(spec, login, folder)
            case NoSpec():
                return wire.NoAuth()

    def environment(self, spec: AuthSpec, login: Login) -> dict[str, str]:
        """Return what the adapter's environment must say for ``spec``."""
        if isinstance(spec, AgentSpec) and spec.socket == "environment":
            return {"SSH_AUTH_SOCK": str(self._agent(spec, login, self.home / "environment.sock"))}
        return {}

    def agent_among_strangers(self, login: Login, name: str) -> str:
        """Return the path (with ``~``) of an agent that holds two strange keys and then that of ``login``."""
        return f"~/{self._agent(AgentSpec(method='agent', keys=3), login, self.home / f'{name}.sock').name}"

    def totp(self, spec: TotpSpec | None, known: TotpSetup | None) -> wire.Totp | None:
        """Return the second factor, with the parameters of the bastion's where the spec says so."""
        if spec is None:
            return None
        if spec.mode == "prompt":
            return wire.PromptedTotp()
        real = known or TotpSetup(self.credentials.totp_secret("nowhere"))
        secret = _written(spec, real.secret, self.credentials.totp_secret("another"))
        if secret != NOT_BASE32:
            self.credentials.learn(secret)
        if spec.parameters == "default":
            return wire.GeneratedTotp(secret=secret)
        return wire.GeneratedTotp(secret=secret, algorithm=real.algorithm, digits=real.digits, period=real.period)

    def _password(self, login: Login, which: str) -> str | None:
        return {"right": login.password, "wrong": self.credentials.wrong_password, "none": None}[which]

    def _key_file(self, login: Login, form: KeyFile, folder: Path) -> str:
        if not form.home:
            return str(login.write_key(form, folder))
        ssh = self.home / ".ssh"
        ssh.mkdir(mode=0o700, exist_ok=True)
        return f"~/.ssh/{login.write_key(form, ssh).name}"

    def _agent_auth(self, spec: AgentSpec, login: Login, folder: Path) -> wire.AgentAuth:
        file = None
        if spec.key_file:
            ssh = self.home / ".ssh"
            ssh.mkdir(mode=0o700, exist_ok=True)
            login.write_key(KeyFile(), ssh).rename(ssh / "id_ed25519")
        if spec.pick:
            public = folder / "picked.pub"
            public.write_text(f"{public_line(login.key(KeyFile()))} picked\n")
            file = str(public)
        match spec.socket:
            case "environment" | "none":
                return wire.AgentAuth(file=file)
            case "missing":
                return wire.AgentAuth(socket=str(self.home / "no-agent-here.sock"), file=file)
            case "given":
                return wire.AgentAuth(
                    socket=str(self._agent(spec, login, self.home / f"{folder.name}.sock")), file=file
                )
            case "home":
                self._agent(spec, login, self.home / "agent.sock")
                return wire.AgentAuth(socket="~/agent.sock", file=file)
            case "1password":
                self._agent(spec, login, self.home / wire.ONE_PASSWORD)
                return wire.AgentAuth(socket="1password", file=file)
            case "1password-alias":
                self._agent(spec, login, self.home / _ALIAS_OF_1PASSWORD)
                return wire.AgentAuth(socket="1password", file=file)

    def _agent(self, spec: AgentSpec, login: Login, path: Path) -> Path:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = [login.key(KeyFile(type=key_type)) for key_type in spec.types]
        right = known if spec.keys and not spec.strangers_only else []
        strangers = [new_key("ed25519") for _ in range(spec.keys - len(right))]
        keys = [private_text(key, KeyFile(), None) for key in (*strangers, *right)]
        return self.props.agent(path, keys, AgentBehaviour(thinks=spec.thinks, mute=spec.mute))


def _written(spec: TotpSpec, secret: str, another: str) -> str:
    match spec.secret:
        case "plain":
            return secret
        case "lower":
            return secret.lower()
        case "spaced":
            return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        case "padded":
            raw = base64.b32decode(secret + "=" * (-len(secret) % 8))
            return base64.b32encode(raw).decode()
        case "wrong":
            return another
        case "bad":
            return NOT_BASE32
        case "empty":
            return ""
