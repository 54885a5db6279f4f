"""The second factors of the image ``bastion-totp``: sshd with PAM, and which module of Debian does what.

- ``pam_unix`` checks the password, and ``pam_google_authenticator`` (libpam-google-authenticator) the code, each with
  its own prompt, where a dialogue has the usual prompts one per round and the codes are SHA1, 6 digits, 30 s.
- ``pam_oath`` (libpam-oath) checks the codes where they are SHA1 with 8 digits or 60 s, come last, and are not taken
  twice, which it never does. Its prompt ``One-time password (OATH) for `user':`` is replaced by the usual one.
- ``pam_dialogue`` (``containers/bastion-totp/pam_dialogue.c``) asks and checks everything else: SHA256, SHA512, other
  prompts. Beside each of the others it tells what was answered: password, code, used code, other or nothing.

A wrong answer is not told before every prompt was asked (``required``, pam.conf(5)).

sshd puts each prompt of PAM into a round of its own, and ends with a round without prompts (OpenSSH's auth-pam.c): a
dialogue with several prompts in a round, or with an empty round before the last, cannot be had from it. The scripted
server (``harness/world/docker/bastion/scripted.py``) holds those.

The ``password`` method runs through PAM too, with the same service name. It is offered only where ``methods`` name it,
since else it would be a way around the second factor, and asks ``pam_unix`` alone.
"""

from __future__ import annotations

import base64

from harness.world.fabric import BastionSetup, Prompt, TotpSetup

Files = dict[str, tuple[str, int]]

_OURS = "/usr/local/lib/tunspec/pam_dialogue.so"
_SETTINGS = "/etc/security/tunspec-dialogue"
_GOOGLE = "/etc/security/tunspec-totp"
_OATH = "/etc/security/tunspec-oath"
_USED, _TRIES = "/run/tunspec-used-codes", "/run/tunspec-tries"
_PASSWORD, _CODE = Prompt("Password: ", "password"), Prompt("Verification code: ", "code")
_SPAN = 30
_WINDOW = 3  # google-authenticator's: the present code and one on either side

FORGET = f"rm -f {_USED} {_TRIES} {_GOOGLE}* {_OATH}*"
"""The script that forgets the codes and tries of the scenario before."""


def impossible(dialogue: tuple[tuple[Prompt, ...], ...]) -> str | None:
    """Return why sshd with PAM cannot hold ``dialogue``, or None."""
    if any(len(prompts) > 1 for prompts in dialogue):
        return "sshd asks the prompts of PAM one by one, never several in a round"
    if any(not prompts for prompts in dialogue[:-1]):
        return "sshd asks a round without prompts only as the last one"
    return None


def keywords(setup: BastionSetup) -> list[str]:
    """Return the lines of sshd_config(5) that ``setup`` needs for its dialogue, or for having none."""
    named = setup.dialogue is None or "password" in (setup.methods or "").replace(",", " ").split()
    by_password = setup.anyone or (setup.password is not None and named)
    asks = "no" if setup.dialogue is None else "yes"
    return [
        f"PasswordAuthentication {'yes' if by_password else 'no'}",
        f"PermitEmptyPasswords {'yes' if setup.anyone else 'no'}",
        f"KbdInteractiveAuthentication {asks}",
        f"UsePAM {asks}",
    ]


def render(setup: BastionSetup) -> Files:
    """Return path to content and mode of every file that PAM needs to hold the dialogue of ``setup``."""
    if setup.dialogue is None:
        return {}
    modules, files = _modules(setup, tuple(prompt for prompts in setup.dialogue for prompt in prompts))
    stack = [
        f"auth [success=1 default=ignore] {_OURS} prompts",
        "auth [success=done default=die] pam_unix.so nodelay",
        *(f"auth required {module}" for module in modules),
        "auth required pam_permit.so",
        "account required pam_permit.so",
        "session required pam_permit.so",
    ]
    return {**files, "/etc/pam.d/sshd": (_lines(stack), 0o644)}


def _modules(setup: BastionSetup, prompts: tuple[Prompt, ...]) -> tuple[list[str], Files]:
    totp, usual = setup.totp, len(set(prompts)) == len(prompts) and set(prompts) <= {_PASSWORD, _CODE}
    own = [] if totp is None else _own(totp)
    if usual and (totp is None or (totp.algorithm, totp.digits, totp.period) == ("SHA1", 6, 30)):
        google = {} if totp is None else {_GOOGLE: (_google(totp), 0o400)}
        checks = {_PASSWORD: "pam_unix.so nodelay", _CODE: f"pam_google_authenticator.so secret={_GOOGLE} user=root"}
        return [checks[prompt] for prompt in prompts], {**google, _SETTINGS: (_lines(own), 0o400)}
    if usual and totp is not None and _fits_oath(totp) and prompts[-1] == _CODE:
        oath = f"pam_oath.so usersfile={_OATH} window=1 digits={totp.digits}"
        checks = {_PASSWORD: "pam_unix.so nodelay", _CODE: oath}
        settings = [*own, f"ask {_CODE.text.encode().hex()}"]
        files = {_OATH: (_oath(setup.user, totp), 0o600), _SETTINGS: (_lines(settings), 0o400)}
        return [checks[prompt] for prompt in prompts], files
    rounds = ["round\n" + "\n".join(map(_prompt, each)) if each else "round" for each in setup.dialogue or ()]
    return [f"{_OURS} rounds"], {_SETTINGS: (_lines([*own, *rounds]), 0o400)}


def _fits_oath(totp: TotpSetup) -> bool:
    return totp.algorithm == "SHA1" and not totp.reuse and totp.tries is None


def _google(totp: TotpSetup) -> str:
    """Return a file of google-authenticator(1)."""
    options = [f"WINDOW_SIZE {_WINDOW}", "TOTP_AUTH"]
    options += [] if totp.reuse else ["DISALLOW_REUSE"]
    options += [] if totp.tries is None else [f"RATE_LIMIT {totp.tries} {_SPAN}"]
    return _lines([totp.secret.rstrip("="), *(f'" {option}' for option in options)])


def _oath(user: str, totp: TotpSetup) -> str:
    """Return a users file of pam_oath(5)."""
    return f"HOTP/T{totp.period}/{totp.digits} {user} - {key(totp).hex()}\n"


def _own(totp: TotpSetup) -> list[str]:
    return [
        f"secret {key(totp).hex()}",
        f"algorithm {totp.algorithm}",
        f"digits {totp.digits}",
        f"period {totp.period}",
        f"reuse {'yes' if totp.reuse else 'no'}",
        f"tries {totp.tries or 0}",
    ]


def _prompt(prompt: Prompt) -> str:
    literal = prompt.expects.startswith("=")
    expects = f"={prompt.expects[1:].encode().hex()}" if literal else prompt.expects
    return f"prompt {'on' if prompt.echo else 'off'} {expects} {prompt.text.encode().hex()}"


def key(totp: TotpSetup) -> bytes:
    """Return the secret as bytes. Raises ValueError where it is not base32."""
    bare = totp.secret.replace(" ", "").rstrip("=").upper()
    return base64.b32decode(bare + "=" * (-len(bare) % 8))


def _lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
