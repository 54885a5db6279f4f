"""ProxyCommand: ``ssh -W %h:%p bastion`` is a jump host and read as one; what else would run is in a warning."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from tunnel_impl.imports.ssh_config import tokens
from tunnel_impl.imports.ssh_config.jumps import Stop, stop
from tunnel_impl.imports.ssh_config.ports import port_of
from tunnel_impl.imports.ssh_config.settings import Settings
from tunnel_impl.imports.ssh_config.words import Directive

_DESTINATIONS = {"%h:%p", "[%h]:%p"}
_WITH_ARGUMENT = set("WpliF")
_HARMLESS = set("qxaTnN46Cvk")
"""Flags that change nothing of the way to the host."""
_ADVICE = {
    "aws": "run aws ssm start-session with AWS-StartPortForwardingSession, and let the tunnel lead to its local port",
    "gcloud": "run gcloud compute start-iap-tunnel --local-host-port, and let the tunnel lead to its local port",
    "cloudflared": "run cloudflared access tcp --url localhost:PORT, and let the tunnel lead to that port",
    "nc": "use ProxyJump where a server is on the way; a SOCKS or HTTP proxy is not supported",
}
_OTHER = "use ProxyJump, or add jump hosts; or run it yourself, and let the tunnel lead to its local port"


def stops(directive: Directive, settings: Settings, known: Mapping[str, str]) -> tuple[Stop, ...]:
    """Return the jump host that the command is; none, with a warning in ``settings``, where it is something else."""
    if directive.text.strip().lower() == "none":
        return ()
    found = _jump(directive, known)
    if found is None:
        program = _program(directive)
        advice = _ADVICE.get(program, _OTHER)
        settings.warn(directive, f"{program or 'it'} would be run and is not imported; {advice}")
        return ()
    return (found,)


def _command(directive: Directive) -> list[str]:
    try:
        words = shlex.split(directive.text)
    except ValueError:
        return []
    return words[1:] if words[:1] == ["exec"] else words


def _program(directive: Directive) -> str:
    return PurePath(next(iter(_command(directive)), "")).name[:60]


def _jump(directive: Directive, known: Mapping[str, str]) -> Stop | None:
    """Read ``ssh [-p port] [-l user] [-i file] [-F none] -W %h:%p [user@]host``; None for anything else."""
    words = _command(directive)
    if _program(directive) != "ssh":
        return None
    options = list(_options(words[1:]))
    given = {letter: value for letter, value in options if letter != "i"}
    places = [value for letter, value in options if letter == ""]
    unknown = given.keys() - _WITH_ARGUMENT - _HARMLESS - {""}
    port = port_of(given["p"]) if "p" in given else None
    whole = given.get("W") in _DESTINATIONS and given.get("F", "none") == "none" and ("p" not in given or port)
    if unknown or len(places) != 1 or not whole:
        return None
    place = stop(directive, places[0])
    user = given.get("l", place.user)
    return Stop(
        tokens.expanded(directive, place.name, known),
        tokens.expanded(directive, user, known) if user else None,
        port or place.port,
        identity_files=tuple(
            tokens.expanded_path(directive, value, known) for letter, value in options if letter == "i"
        ),
        alone="F" in given,
    )


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return flags with their values as getopt(3) reads them; the letter is empty for what is no flag."""
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word == "-":
            yield "", word
            continue
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in _WITH_ARGUMENT:
                yield letter, letters or next(rest, "")
                break
            yield letter, ""
