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

SENTENCES: Mapping[str, str] = {
    "auth": "The right user gets in by password, key, agent or certificate, and nobody learns a secret.",
    "data": "Every byte arrives once, in order and at the right end, whatever the size and direction.",
    "database": "A database client works through the tunnel as it does without one.",
    "errors": "Whatever goes wrong is named, with a stable code and the server at which it happened.",
    "flaky": "Slow, lossy and narrow networks cost time, but neither bytes nor the tunnel.",
    "host_keys": "No credential is sent to a server that has not proved who it is.",
    "imports": "Connection URLs and OpenSSH configurations become the tunnel that they describe.",
    "jump": "The tunnel leads through several servers, each checked and logged in to on its own.",
    "kex": "Both ends agree on algorithms, and change their keys while the tunnel carries data.",
    "liveness": "A dead or frozen server is noticed in time, and a live one is never given up.",
    "local": "The local end listens where it should, for whom it should, and nowhere else.",
    "opening": "A tunnel is open when it works, and fails within its time limit when it cannot.",
    "prompts": "The server's questions reach the user, and only the right answer is sent.",
    "reconnect": "A lost tunnel comes back by itself, at the same place and without a flood of attempts.",
    "shutdown": "A stopped tunnel is gone at once, and leaves nothing behind.",
    "totp": "One-time codes are made, asked for and used once, as the second factor demands.",
    "trust": "Host keys are remembered as the user decided, and the store is never damaged.",
}
"""What a tunnel owes its user in each area, in a sentence."""
