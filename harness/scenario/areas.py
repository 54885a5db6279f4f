"""What each area of scenarios is about, in the words of a heading."""

from __future__ import annotations

from collections.abc import Mapping

AREAS: Mapping[str, str] = {
    "auth": "Logging in",
    "data": "Carrying bytes",
    "database": "Databases behind the bastion",
    "errors": "Saying what went wrong",
    "flaky": "Bad lines",
    "host_keys": "Host keys",
    "imports": "Importing connections",
    "jump": "Jump hosts",
    "kex": "Agreeing on keys",
    "liveness": "Noticing that the server is gone",
    "local": "The local end",
    "opening": "Opening a tunnel",
    "prompts": "Prompts",
    "reconnect": "Coming back after a loss",
    "shutdown": "Stopping",
    "totp": "One-time codes",
    "trust": "Remembering host keys",
}
