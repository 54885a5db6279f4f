"""The real databases behind the last bastion."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping

from harness.world.docker.engine.containers import Node

ROLE = "tunspec"
"""The name of the role and of the database."""

_READY = {
    "postgresql": "pg_isready -q -h 127.0.0.1 -p",
    "mariadb": "mariadb-admin --no-defaults --silent ping -h 127.0.0.1 -P",
}
_PLANT = {
    "postgresql": (
        "setpriv --reuid=postgres --regid=postgres --clear-groups psql -qX -v ON_ERROR_STOP=1 tunspec -p {port} -c "
        "\"DROP TABLE IF EXISTS proof; CREATE TABLE proof AS SELECT '{word}'::text AS word; "
        'GRANT SELECT ON proof TO tunspec" 2>&1'
    ),
    "mariadb": "mariadb --no-defaults tunspec -e \"CREATE OR REPLACE TABLE proof AS SELECT '{word}' AS word\" 2>&1",
}
"""By the engine's own superuser, over the container's own socket."""
_LIMIT = 60


class Database:
    """A server of ``engine`` that the last bastion calls ``host``.

    Its container starts when it is first asked for; the password is made for it, and ``start`` is given the
    environment that the container needs.
    """

    def __init__(self, engine: str, host: str, port: int, start: Callable[[Mapping[str, str]], Node]) -> None:
        self._engine = engine
        self._host = host
        self._port = port
        self._start = start
        self._password = secrets.token_hex(16)
        self._node: Node | None = None
        self._lock = threading.Lock()

    def coordinates(self) -> Mapping[str, str]:
        """Return ``host port user password dbname proof``, as soon as the server answers. Raises FabricBroken.

        ``proof`` is what stands in the column ``word`` of the table ``proof`` from now on, another each time.
        """
        with self._lock:
            if self._node is None:
                self._node = self._start({"PASSWORD": self._password})
        answers = f"{_READY[self._engine]} {self._port}"
        self._node.shell.run(
            f"for _ in $(seq {_LIMIT * 20}); do {answers} >/dev/null 2>&1 && exit 0; sleep 0.05; done; "
            f"echo {self._engine} did not come up in {_LIMIT} s; exit 1",
            timeout=_LIMIT * 2,
        )
        proof = secrets.token_hex(16)
        self._node.shell.run(_PLANT[self._engine].format(port=self._port, word=proof))
        return {
            "host": self._host,
            "port": str(self._port),
            "user": ROLE,
            "password": self._password,
            "dbname": ROLE,
            "proof": proof,
        }

    def close(self) -> None:
        """Let go of the container; a second call does nothing."""
        if self._node is not None:
            self._node.shell.close()
