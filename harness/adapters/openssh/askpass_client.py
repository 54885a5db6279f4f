"""What ssh runs as SSH_ASKPASS: hands the prompt to the adapter and prints what comes back.

Standard library only, and nothing of the suite, so that it starts in a few milliseconds.
"""

from __future__ import annotations

import json
import os
import socket
import sys


def main() -> int:
    """Return 0 after printing the answer, 1 when there is none, as ssh-askpass does."""
    question = {"hop": int(os.environ["TUNSPEC_HOP"]), "text": sys.argv[1]}
    with socket.socket(socket.AF_UNIX) as adapter, adapter.makefile("rw", encoding="utf-8") as stream:
        adapter.connect(os.environ["TUNSPEC_ASKPASS"])
        stream.write(json.dumps(question) + "\n")
        stream.flush()
        answer = json.loads(stream.readline() or "null")
    if answer is None:
        return 1
    print(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
