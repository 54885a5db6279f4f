"""A step as a sentence, for people who do not write scenarios."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from harness.scenario.language.model import Step
from harness.scenario.verbs.expect import Expect

_SENTENCES: Mapping[str, str] = {
    "open": "Open the tunnel",
    "reopen": "Open the tunnel again while it is open",
    "open_together": "Open {count} tunnels at once",
    "cycle": "Open and close the tunnel {times} times",
    "begin": "Start to open the tunnel, without waiting for it",
    "finish": "Wait until the tunnel has opened or failed",
    "test": "Test the connection, without forwarding anything",
    "close": "Stop the tunnel",
    "wait_for_code": "Wait until the present one-time code is valid for {left} at most",
    "echo": "Send bytes through the tunnel and check that they come back",
    "connect": "Open and hold {count} connections through the tunnel",
    "knock": "Open {count} connections that need not be served yet",
    "talk": "Keep the open connections busy",
    "revoke_host_key": "Mark the host keys of {node} as revoked",
    "abandon": "Open {count} connections and reset each of them at once",
    "disconnect": "End the open connections from the client's side",
    "half_close": "End the client's direction of the connection",
    "transfer": "Send {size} through the tunnel and check every byte of the echo",
    "download": "Download {size} from the target and check every byte",
    "stream": "Ask the target for {size} without reading them yet",
    "drain": "Read the rest of the stream and check every byte",
    "upload": "Upload {size} to the target and wait for its reply",
    "answer_after_end": "Read {size} until the target ends its direction, and answer it",
    "dial": "Open a connection that the tunnel cannot carry: it must be {outcome}",
    "works_again": "Connect again and again until the tunnel works, as a client does after a loss",
    "settle": "Check that no connection is left waiting",
    "echo_at_each_address": "Check that bytes come back at each address of the local end",
    "fill": "Send to a target that reads nothing: the tunnel may take at most {most}",
    "compare": "Compare the speed for {size} with that of ssh -L",
    "query": "Fetch {rows} rows from the database through the tunnel and check every byte",
    "import_url": "Import the connection URL {url}",
    "import_config": "Import the host {host} from an OpenSSH configuration",
    "list_hosts": "List the hosts of an OpenSSH configuration",
    "cut": "Cut {link}: end its connections and refuse new ones",
    "mend": "Mend {name}: it accepts connections again",
    "stall": "Silence {link}: nothing passes, and nothing is lost",
    "resume": "Let {name} pass bytes again",
    "reset": "Reset every connection of {link}",
    "latency": "Delay every byte of {link} by {delay}",
    "bandwidth": "Limit {link} to {rate} a second",
    "slice": "Deliver what passes {link} in pieces of at most {size}",
    "limit": "End each new connection of {link} after {size}",
    "swallow": "Throw away every byte of {link}",
    "lose": "Lose packets of {link}, a share of {share}",
    "forget": "Let a middlebox forget connections of {link} that are idle for {after}",
    "oversize": "Lose every packet of {link} with more than {size}, without a word",
    "mtu": "Let {link} carry packets of at most {size}, and say so",
    "restore": "Undo the latest fault of {name}",
    "freeze": "Freeze {node}: its processes stop, its kernel still acknowledges packets",
    "thaw": "Let {name} go on",
    "kill": "Kill {node}",
    "restart": "Start {name} again",
    "rotate_host_key": "Give {node} new host keys",
    "restore_host_key": "Give {name} its old host keys back",
    "refuse": "Let {node} refuse new connections",
    "listen": "Let {name} accept connections again",
    "ignore": "Leave new connections to {node} without an answer",
    "attend": "Let {name} answer new connections again",
    "revoke_key": "Let {node} accept no key of the user any more",
    "restore_key": "Let {name} accept the user's keys again",
    "sleep": "Close the lid: the tunnel's processes stop",
    "wake": "Open the lid: the tunnel's processes go on, and time has passed",
    "change_address": "Move {node} to another address: the old one falls silent",
    "hide_name": "Take the name of {node} out of the client's resolver",
    "show_name": "Let the client's resolver know {name} again",
    "note": "Note what the tunnel's processes hold now",
    "decoy": "Listen on the target's port on the client's machine",
    "wait": "Leave the tunnel idle for {time}",
}
_ARGUMENT = re.compile(r"(?:^|, )(\w+): ((?:[^,]|,(?! \w+: ))*)")
_NAMES = re.compile(r"\bto-(\w[\w-]*)")
_QUANTITY = re.compile(r"\b(\d+(?:\.\d+)?)(ms|s|min|h|B|KiB|MiB|GiB)\b")
_ONE = re.compile(r"\b1 ((?:\w+ )?(?:connection|tunnel|time|row|session|message|channel|credential)s)\b")


def sentence(step: Step) -> str:
    """Return what the step does or expects."""
    verb = step.verb
    if isinstance(verb, Expect):
        seen = verb.observation
        when = f"within {seen.within}" if seen.throughout is None else f"throughout {seen.throughout:g}s"
        return _spelt_out(f"Expect {seen.expected()} {when}")
    values: dict[str, Any] = defaultdict(lambda: "it")
    values |= {name: field.default for name, field in type(verb).model_fields.items() if not field.is_required()}
    values |= _written(step)
    return _spelt_out(_SENTENCES[verb.verb].format_map(values)) + _expected(values["error"])


def _written(step: Step) -> Mapping[str, str]:
    """Return the arguments as the step's text has them, with their units."""
    _, _, rest = step.text.partition(": ")
    if found := dict(_ARGUMENT.findall(rest)):
        return found
    return {step.verb.shorthand: rest} if rest and step.verb.shorthand else {}


def _expected(error: object) -> str:
    """Return which error is expected, where one is."""
    if not isinstance(error, str) or error == "it":
        return ""
    codes = " or ".join(re.findall(r"[\w-]+", error))
    return ", and expect an error" if codes == "any" else f", and expect the error {codes}"


def _spelt_out(text: str) -> str:
    text = re.sub(rf"{_QUANTITY.pattern}\.\.{_QUANTITY.pattern}", r"\1 \2 to \3 \4", text)
    return _ONE.sub(lambda found: f"1 {found[1][:-1]}", _NAMES.sub(r"the link to \1", _QUANTITY.sub(r"\1 \2", text)))
