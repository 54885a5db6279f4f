"""The command: a plain tunnel, with questions on the terminal. ``python -m tunnel_impl --help`` explains its use."""

from __future__ import annotations

import argparse
import getpass
import logging
import signal
import sys
import threading
from collections.abc import Sequence

from tunnel_impl.banners import Banner, harmless
from tunnel_impl.errors import PARAMIKO_LOG, TunnelError
from tunnel_impl.life.tunnel import Tunnel
from tunnel_impl.profile import Profile, address
from tunnel_impl.questions import HostKeyQuestion, PromptQuestion, Question
from tunnel_impl.status import State
from tunnel_impl.terminal import left_as_found

_EXAMPLE = "example: %(prog)s deploy@bastion.example.com db.internal:5432 --key ~/.ssh/id_ed25519"
_STOPPED_EARLY = 130
_LAST_WORDS = 1.0
"""Seconds for the thread that opened the tunnel to end its line; one that waits at the terminal cannot."""
_CHANGED = "WARNING: the host key has CHANGED; someone may be listening in. On file: {known}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a tunnel until Ctrl-C or its end; return 0, 1 when it failed, 130 when it was stopped before it began."""
    given = _parser().parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.DEBUG if given.verbose else logging.ERROR)
    logging.getLogger(PARAMIKO_LOG).setLevel(logging.DEBUG if given.verbose else logging.CRITICAL)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with left_as_found():
        try:
            return int(not _run(Profile.parse(_profile(given))))
        except TunnelError as error:
            print(harmless(str(error)), file=sys.stderr)
            return 1
        except EOFError:
            print("\nThere was nobody to ask: run it in a terminal, or log in with --key or --agent.", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print(file=sys.stderr)
            return _STOPPED_EARLY


def _run(profile: Profile) -> bool:
    """Run a tunnel until a signal or its end; return whether it did not fail."""
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())

    def on_state(state: State, error: TunnelError | None) -> None:
        print(harmless(f"{state}: {error}") if error else state, file=sys.stderr)
        if state == "failed":
            over.set()

    tunnel = Tunnel(profile, _ask, on_state)
    tunnel.on_banner = _show
    opening = threading.Thread(target=_open, args=(tunnel, over), daemon=True)
    opening.start()
    over.wait()
    failed = tunnel.status().state == "failed"
    tunnel.close()
    opening.join(_LAST_WORDS)
    return not failed


def _open(tunnel: Tunnel, over: threading.Event) -> None:
    try:
        endpoint = tunnel.open()
    except TunnelError:
        over.set()
    else:
        print(address(endpoint.host, endpoint.port), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tunnel_impl", description="Open a tunnel.", epilog=_EXAMPLE)
    parser.add_argument("server", metavar="USER@HOST[:PORT]", help="the SSH server that reaches the target")
    parser.add_argument("target", metavar="HOST:PORT", help="the target, named as the SSH server sees it")
    parser.add_argument("--local", metavar="[HOST:]PORT", default="0", help="where to listen; 0 picks a port")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--key", metavar="FILE", help="log in with this private key")
    how.add_argument("--agent", metavar="SOCKET", nargs="?", const="", help="log in with an agent's keys")
    how.add_argument(
        "--interactive", action="store_true", help="log in by answering the server's prompts, such as for a code"
    )
    parser.add_argument("--passphrase", action="store_true", help="ask for the key's passphrase")
    parser.add_argument(
        "--jump",
        metavar="USER@HOST[:PORT]",
        action="append",
        default=[],
        help="go through this server first; repeatable",
    )
    parser.add_argument("--known-hosts", metavar="FILE", default="~/.ssh/known_hosts", help="default: %(default)s")
    parser.add_argument("--keepalive", metavar="SECONDS", type=float, default=60, help="default: %(default)s")
    parser.add_argument("--verbose", action="store_true", help="log what happens on the wire")
    return parser


def _profile(given: argparse.Namespace) -> dict[str, object]:
    auth = _auth(given)
    jump_auth = auth if auth["method"] in {"key", "agent"} else {"method": "agent"}
    local_host, _, local_port = given.local.rpartition(":")
    return {
        "ssh": _server(given.server),
        "auth": auth,
        "jumps": [{**_server(jump), "auth": jump_auth} for jump in given.jump],
        "host_keys": {"file": given.known_hosts},
        "target": _place(given.target),
        "local": {"port": _number(local_port)} | ({"host": _bare(local_host)} if local_host else {}),
        "keepalive": {"interval": given.keepalive},
    }


def _auth(given: argparse.Namespace) -> dict[str, object]:
    if given.key:
        passphrase = getpass.getpass(f"Passphrase for {given.key}: ") if given.passphrase else None
        return {"method": "key", "file": given.key, "passphrase": passphrase}
    if given.agent is not None:
        return {"method": "agent", "socket": given.agent or None}
    if given.interactive:
        return {"method": "keyboard-interactive"}
    return {"method": "password", "password": getpass.getpass(f"Password for {given.server}: ")}


def _server(text: str) -> dict[str, object]:
    user, _, rest = text.rpartition("@")
    return {"user": user or getpass.getuser(), **_place(rest)}


def _place(text: str) -> dict[str, object]:
    host, colon, port = text.rpartition(":")
    is_bare_ipv6 = ":" in host and not host.endswith("]")
    if not colon or text.endswith("]") or is_bare_ipv6:
        return {"host": _bare(text)}
    return {"host": _bare(host), "port": _number(port)}


def _bare(host: str) -> str:
    return host.removeprefix("[").removesuffix("]")


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise TunnelError("bad-profile", f"{text!r} is not a port number") from error


def _show(banner: Banner) -> None:
    print(banner.text, file=sys.stderr)


def _ask(question: Question) -> str | None:
    """Ask at the terminal; the end of its input gives up."""
    try:
        return _trusts(question) if isinstance(question, HostKeyQuestion) else _responds(question)
    except EOFError:
        return None


def _responds(question: PromptQuestion) -> str:
    for heading in filter(str.strip, (question.name, question.instruction)):
        print(harmless(heading), file=sys.stderr)
    text = harmless(question.text)
    return _read(text) if question.echo else getpass.getpass(text)


def _trusts(question: HostKeyQuestion) -> str:
    if question.status == "changed":
        print(_CHANGED.format(known=question.known), file=sys.stderr)
    print(f"{question.host} port {question.port} shows {question.type} {question.fingerprint}", file=sys.stderr)
    return "accept" if _read("Trust it? (yes/no) ").strip().lower() == "yes" else "reject"


def _read(prompt: str) -> str:
    """Read a line; standard output is for the endpoint alone, so the prompt goes to standard error."""
    print(prompt, end="", file=sys.stderr, flush=True)
    return input()


if __name__ == "__main__":
    sys.exit(main())
