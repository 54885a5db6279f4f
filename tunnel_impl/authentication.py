"""Logs in at one hop with the credential that its profile chose, and with no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tunnel_impl.agent import Agent
from tunnel_impl.cancellation import Cancellation
from tunnel_impl.errors import TunnelError
from tunnel_impl.keys import Signer, load_private_key
from tunnel_impl.login import Accepted, Answer, KeyWelcome, Login, PasswordExpired, Prompt, Prompts, Refused
from tunnel_impl.profile import AgentAuth, Hop, KeyAuth, PasswordAuth
from tunnel_impl.questions import PromptQuestion, Questioner
from tunnel_impl.session import Session

_CODE_WORDS = ("verification", "code", "otp", "token", "2fa", "one-time", "factor")


class Authenticator:
    """One hop's login. ``timeout`` in seconds is for each answer of the server or the agent."""

    def __init__(
        self, hop: Hop, index: int, timeout: float, questioner: Questioner, cancellation: Cancellation
    ) -> None:
        self._hop = hop
        self._index = index
        self._timeout = timeout
        self._questioner = questioner
        self._cancellation = cancellation

    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        """Fetch what is needed before anyone is connected: the key file's key, the agent's keys, or nothing.

        Raises TunnelError with a ``key-`` or ``agent-`` code, or ``wrong-passphrase``.
        """
        match self._hop.auth:
            case PasswordAuth():
                yield ()
            case KeyAuth(file, passphrase):
                yield (load_private_key(file, passphrase),)
            case AgentAuth() as auth:
                with Agent(auth, self._timeout, self._cancellation) as agent:
                    yield agent.keys()

    def log_in(self, session: Session, signers: tuple[Signer, ...]) -> None:
        """Log in. Raises TunnelError ``auth-failed``, ``timeout``, ``connection-lost`` or ``cancelled``."""
        login = Login(session, self._hop.user, self._timeout, self._cancellation)
        answer = login.none()
        if isinstance(answer, Refused):
            match self._hop.auth:
                case PasswordAuth(password):
                    answer = self.send_password(session, login, answer.methods, password)
                case KeyAuth():
                    self._need("publickey", answer.methods)
                    answer = login.prove_key(signers[0])
                case AgentAuth():
                    self._need("publickey", answer.methods)
                    answer = self.offer_keys(login, signers)
        if not isinstance(answer, Accepted):
            raise self._refusal(answer)

    def send_password(self, session: Session, login: Login, methods: tuple[str, ...], password: str) -> Answer:
        """Send the password by its own method, by keyboard-interactive where the server has only that."""
        if "password" in methods:
            return login.password(password)
        self._need("keyboard-interactive", methods)
        answer = login.interactive()
        unspent = [password]
        while isinstance(answer, Prompts):
            answer = login.respond([self.respond(session, prompt, unspent) for prompt in answer.prompts])
        return answer

    def respond(self, session: Session, prompt: Prompt, unspent: list[str]) -> str:
        """Answer one prompt: the password once, to a hidden prompt that asks for it; the user answers the rest."""
        text = prompt.text.lower()
        if unspent and not prompt.echo and "password" in text and not any(word in text for word in _CODE_WORDS):
            return unspent.pop()
        return self._questioner.put(PromptQuestion(self._index, prompt.text, prompt.echo), session)

    def offer_keys(self, login: Login, signers: tuple[Signer, ...]) -> Answer:
        """Offer an agent's keys one by one; only one that the server would accept is asked to sign."""
        answer: Answer = Refused((), partial=False)
        for signer in signers:
            answer = login.offer_key(signer)
            if isinstance(answer, KeyWelcome):
                answer = login.prove_key(signer)
            if isinstance(answer, Accepted) or (isinstance(answer, Refused) and answer.partial):
                break
        return answer

    def _need(self, method: str, methods: tuple[str, ...]) -> None:
        if method not in methods:
            offered = ", ".join(methods) or "nothing"
            advice = f"{self._hop} does not accept this way to log in: it offers {offered}. Choose one of these."
            raise TunnelError("auth-failed", advice, self._index)

    def _refusal(self, answer: Answer) -> TunnelError:
        if isinstance(answer, Refused) and answer.partial:
            advice = f"{self._hop} accepted this and wants a second factor: {', '.join(answer.methods)}."
            return TunnelError("auth-failed", advice, self._index)
        if isinstance(answer, PasswordExpired):
            advice = f"The password on {self._hop} has expired; change it with: ssh {self._hop.user}@{self._hop.host}"
            return TunnelError("auth-failed", advice, self._index)
        return TunnelError("auth-failed", f"{self._hop} refused {self._hop.user}: {self._advice()}", self._index)

    def _advice(self) -> str:
        match self._hop.auth:
            case PasswordAuth():
                return f"check user name and password; try them with: ssh {self._hop.user}@{self._hop.host}"
            case KeyAuth(file):
                return f"check the user name, and that the public half of {file} is in the server's authorized_keys."
            case AgentAuth():
                return "none of the agent's keys is in the server's authorized_keys; see them with: ssh-add -l"
