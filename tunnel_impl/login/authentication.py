"""Logs in at one hop with the credential that its profile chose, step by step where the server wants several."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from tunnel_impl.banners import Banner, harmless
from tunnel_impl.cancellation import Cancellation
from tunnel_impl.errors import TunnelError
from tunnel_impl.keys.agent import Agent
from tunnel_impl.keys.certificates import with_certificate
from tunnel_impl.keys.private_keys import Signer, load_private_key
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.prompts import Wants
from tunnel_impl.login.protocol import Accepted, Answer, KeyWelcome, Login, Refused
from tunnel_impl.login.refusals import refusal
from tunnel_impl.login.totp import CodeGenerator
from tunnel_impl.profile import AgentAuth, Hop, KeyAuth, KeyboardInteractiveAuth, NoAuth, PasswordAuth
from tunnel_impl.questions import PromptQuestion, Questioner
from tunnel_impl.ssh.session import Session

_MOST_STEPS = 6


class Authenticator:
    """One hop's login. ``timeout`` in seconds is for the agent's keys, and for all answers of the server together.

    The user's time does not count.

    ``codes`` makes the second factor; without it the user is asked for it.
    """

    dialogue: ClassVar[type[Dialogue]] = Dialogue

    def __init__(
        self,
        hop: Hop,
        index: int,
        timeout: float,
        questioner: Questioner,
        cancellation: Cancellation,
        codes: CodeGenerator | None = None,
    ) -> None:
        self.hop = hop
        self.index = index
        self.timeout = timeout
        self.questioner = questioner
        self.cancellation = cancellation
        self.codes = codes
        self.offered: set[bytes] = set()
        self._method = ""
        self._last: Wants | None = None
        self.agent: Agent | None = None

    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        """Fetch what is needed before anyone is connected: the key file's certificate and key, the agent's, nothing.

        Raises TunnelError with a ``key-`` or ``agent-`` code, or ``wrong-passphrase``.
        """
        match self.hop.auth:
            case PasswordAuth() | KeyboardInteractiveAuth() | NoAuth():
                yield ()
            case KeyAuth(file, passphrase):
                yield with_certificate(file, load_private_key(file, passphrase))
            case AgentAuth() as auth:
                with Agent(auth, self.timeout, self.cancellation) as self.agent:
                    yield self.agent.keys()

    def limit(self, seconds: float) -> None:
        """Give the server this long for all its answers together."""
        self.timeout = seconds

    def log_in(self, session: Session, signers: tuple[Signer, ...]) -> None:
        """Log in.

        Raises TunnelError ``auth-failed``, ``totp-rejected``, ``timeout``, ``connection-lost`` or ``cancelled``.
        """
        login = Login(session, self.hop.user, self.timeout, self.cancellation, self.show)
        if self.agent:
            session.when_ended(self.agent.hang_up)
        answer = login.none()
        passed: tuple[str, ...] = ()
        while isinstance(answer, Refused) and (answer.partial or not passed) and len(passed) < _MOST_STEPS:
            answer = self.take_step(session, login, signers, answer.methods, passed)
            self._method = login.method
            passed += (login.method,)
        if not isinstance(answer, Accepted):
            raise self.refusal(answer)

    def take_step(
        self,
        session: Session,
        login: Login,
        signers: tuple[Signer, ...],
        methods: tuple[str, ...],
        passed: tuple[str, ...],
    ) -> Answer:
        """Use one of ``methods``: the profile's own first, then what the server wants after those ``passed``."""
        if passed:
            return self.go_on(session, login, signers, methods, passed)
        match self.hop.auth:
            case PasswordAuth(password):
                return self.send_password(session, login, methods, password)
            case KeyboardInteractiveAuth(known):
                self.need("keyboard-interactive", methods)
                return self.converse(session, login, known)
            case KeyAuth():
                self.need("publickey", methods)
                return self.prove_keys(login, signers)
            case AgentAuth():
                self.need("publickey", methods)
                return self.offer_keys(login, signers)
            case NoAuth():
                advice = (
                    f"{self.hop} requires a credential ({_listed(methods)}), and this profile has none: choose one."
                )
                raise TunnelError("auth-failed", advice, self.index)

    def go_on(
        self,
        session: Session,
        login: Login,
        signers: tuple[Signer, ...],
        methods: tuple[str, ...],
        passed: tuple[str, ...],
    ) -> Answer:
        """Give the next factor after a partial success (RFC 4252 §5.1)."""
        if "keyboard-interactive" in methods:
            return self.converse(session, login, self._password())
        if "password" in methods and "password" not in passed:
            known = self._password()
            return login.password(self.ask_for_password(session) if known is None else known)
        rest = tuple(signer for signer in signers if signer.blob not in self.offered)
        if "publickey" in methods and rest and isinstance(self.hop.auth, AgentAuth):
            return self.offer_keys(login, rest)
        accepted = f"{self.hop} accepted {' and '.join(passed)} and then requires {_listed(methods)}"
        advice = f"{accepted}, which this profile does not have."
        raise TunnelError("auth-failed", f"{advice} Ask its administrator how to log in.", self.index)

    def send_password(self, session: Session, login: Login, methods: tuple[str, ...], password: str) -> Answer:
        """Send the password by its own method; by keyboard-interactive where only that will do.

        With a second factor that is tried first: PAM gives the password method no way to ask for one.
        """
        if "password" in methods and not (self.hop.totp and "keyboard-interactive" in methods):
            return login.password(password)
        self.need("keyboard-interactive", methods)
        return self.converse(session, login, password)

    def converse(self, session: Session, login: Login, password: str | None) -> Answer:
        """Answer the server's prompts."""
        dialogue = self.dialogue(session, self.index, password, self.codes, self.questioner)
        answer = dialogue.hold(login)
        self._last = dialogue.last
        return answer

    def prove_keys(self, login: Login, signers: tuple[Signer, ...]) -> Answer:
        """Prove a file's certificate, and its key where the certificate is not accepted or there is none."""
        answer: Answer | None = None
        for signer, algorithm in _ways(login, signers):
            answer = login.prove_key(signer, algorithm)
            if not isinstance(answer, Refused) or answer.partial:
                break
        if answer is None:
            raise self._no_safe_signature()
        return answer

    def offer_keys(self, login: Login, signers: tuple[Signer, ...]) -> Answer:
        """Offer an agent's keys one by one; only one that the server would accept is asked to sign."""
        answer: Answer | None = None
        for signer, algorithm in _ways(login, signers):
            self.offered.add(signer.blob)
            answer = login.offer_key(signer, algorithm)
            if isinstance(answer, KeyWelcome):
                answer = login.prove_key(signer, algorithm)
            if not isinstance(answer, Refused) or answer.partial:
                break
        if answer is None and signers:
            raise self._no_safe_signature()
        return answer or Refused((), partial=False)

    def ask_for_password(self, session: Session) -> str:
        """Return the password that the profile does not have, as the user gives it."""
        text = f"{self.hop.user}@{self.hop.host}'s password: "
        return self.questioner.put(PromptQuestion(self.index, text, echo=False), session)

    def show(self, text: str) -> None:
        """Show a banner of the server to the user."""
        self.questioner.show(Banner(self.index, harmless(text)))

    def _password(self) -> str | None:
        match self.hop.auth:
            case PasswordAuth(password):
                return password
            case KeyboardInteractiveAuth(known):
                return known
            case _:
                return None

    def need(self, method: str, methods: tuple[str, ...]) -> None:
        """See that the server offers ``method``. Raises TunnelError ``auth-failed``, naming what it offers."""
        if method not in methods:
            advice = (
                f"{self.hop} does not accept this way to log in: it offers {_listed(methods)}. Choose one of these."
            )
            raise TunnelError("auth-failed", advice, self.index)

    def _no_safe_signature(self) -> TunnelError:
        advice = f"{self.hop} accepts no secure RSA signature (SHA-1 at best)"
        todo = "log in with an Ed25519 or ECDSA key, or update the server."
        return TunnelError("auth-failed", f"{advice}: {todo}", self.index)

    def refusal(self, answer: Answer) -> TunnelError:
        """Return the error that tells the user why the login failed."""
        return refusal(self.hop, self.index, self._method, self._last, answer)


def _listed(methods: tuple[str, ...]) -> str:
    return ", ".join(methods) or "nothing"


def _ways(login: Login, signers: tuple[Signer, ...]) -> list[tuple[Signer, str]]:
    """Return each key with each algorithm to try: every key by its best one before any by its second.

    OpenSSH names all algorithms that it knows, also those that its PubkeyAcceptedAlgorithms forbid (sshd_config(5)).
    """
    known = [(signer, login.algorithms(signer)) for signer in signers]
    ranks = range(max((len(algorithms) for _, algorithms in known), default=0))
    return [(signer, algorithms[rank]) for rank in ranks for signer, algorithms in known if rank < len(algorithms)]
