"""Why a login failed, in words that its user can act on."""

from __future__ import annotations

from tunnel_impl.errors import TunnelError
from tunnel_impl.login.prompts import Wants
from tunnel_impl.login.protocol import Answer, PasswordExpired, Refused, TurnedAway
from tunnel_impl.profile import AgentAuth, GeneratedTotp, Hop, KeyAuth


def refusal(hop: Hop, index: int, method: str, last: Wants | None, answer: Answer) -> TunnelError:
    """Return the error for ``answer``, which is not a success.

    ``method`` was used last; ``last`` is what the last prompt asked for, when there were prompts. A server does
    not say which answer was wrong: what it asked for last is named, as the step at which it decided.
    """
    if isinstance(answer, PasswordExpired):
        advice = f"The password on {hop} has expired; change it with: ssh {hop.user}@{hop.host}"
        return TunnelError("auth-failed", advice, index)
    if isinstance(answer, Refused) and answer.partial:
        advice = (
            f"{hop} accepted every step and requires yet another: {', '.join(answer.methods)}. Ask its administrator."
        )
        return TunnelError("auth-failed", advice, index)
    why = f" and hung up ({answer.reason})" if isinstance(answer, TurnedAway) else ""
    refused = f"{hop} refused {hop.user}{why}"
    if method == "keyboard-interactive":
        if last in {Wants.CODE, Wants.PASSWORD_AND_CODE}:
            return TunnelError("totp-rejected", f"{refused}: {_code_advice(hop, last)}", index)
        if last is not Wants.PASSWORD:
            return TunnelError("auth-failed", f"{refused}: check what was answered to its prompts.", index)
    return TunnelError("auth-failed", f"{refused}: {_advice(hop, method)}", index)


def _code_advice(hop: Hop, last: Wants) -> str:
    password = " Check the password, too." if last is Wants.PASSWORD_AND_CODE else ""
    if isinstance(hop.totp, GeneratedTotp):
        advice = "check the TOTP secret, algorithm, digits and period, and the clocks of this machine and the server."
    else:
        advice = "enter the one that your authenticator shows now."
    return f"the one-time code was not accepted; {advice}{password}"


def _advice(hop: Hop, method: str) -> str:
    if method == "publickey" and isinstance(hop.auth, KeyAuth):
        return f"check the user name, and that the public half of {hop.auth.file} is in the server's authorized_keys."
    if method == "publickey" and isinstance(hop.auth, AgentAuth):
        return (
            "none of the agent's keys that were tried is in the server's authorized_keys; see them with ssh-add -l, "
            "and where there are many, choose the right one by its public key file."
        )
    return f"check user name and password; try them with: ssh {hop.user}@{hop.host}"
