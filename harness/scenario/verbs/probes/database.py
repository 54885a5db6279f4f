"""Verbs that query a real database through the tunnel, with its usual driver."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from harness.address import Address
from harness.errors import Failed
from harness.faults.needs import Need, NeedsDatabase
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs.probes.traffic import Probe

Engine = Literal["postgresql", "mariadb"]
Row = tuple[int, str]


class Query(Probe):
    """Ask a database through the tunnel for ``rows`` rows of a kilobyte, then count and check them all.

    Each row is derived from a secret that only this database has, so no other can answer in its place.
    ``refused``: log in with a wrong password, and see the database refuse that in its own words.
    """

    verb: ClassVar[str] = "query"
    shorthand: ClassVar[str | None] = "rows"

    engine: Engine = "postgresql"
    rows: Annotated[int, Field(ge=1, le=1_000_000)] = 1000
    refused: bool = False

    def run(self, stage: Stage) -> None:
        """Connect with the engine's usual driver, at the tunnel's local end, and query."""
        place = stage.world.database(self.engine)
        if not self.refused:
            self._see_rows(stage.tunnel(self.tunnel).address, place)
        else:
            self._see_refusal(stage.tunnel(self.tunnel).address, {**place, "password": secrets.token_hex()})
        stage.ledger.queried(stage.tunnel(self.tunnel).leads_from)

    def _see_rows(self, address: Address, place: Mapping[str, str]) -> None:
        answers = self._in_time(lambda: _ASK[self.engine](address, place, self.rows))
        wrong = sum(text != _row(place["proof"], n) for n, text in answers)
        if len(answers) != self.rows or wrong:
            raise Failed(f"{self.rows} right rows", f"{len(answers)} rows, {wrong} of them wrong")

    def _see_refusal(self, address: Address, place: Mapping[str, str]) -> None:
        wanted = f"{_NAMES[self.engine]} to refuse the login: {_REFUSALS[self.engine]}"
        try:
            self._in_time(lambda: _ASK[self.engine](address, place, 1))
        except Failed as failed:
            if re.search(_REFUSALS[self.engine], failed.observed):
                return
            raise Failed(wanted, failed.observed) from failed
        raise Failed(wanted, "a login")

    def needs(self) -> frozenset[Need]:
        """Return the database that the fabric must have."""
        return frozenset({NeedsDatabase(self.engine)})

    def _in_time(self, ask: Callable[[], list[Row]]) -> list[Row]:
        """Return what ``ask`` returns within the time for the whole query. Raises Failed.

        The drivers bound the connecting, or each read, and not the sum. Where it takes longer, the driver is left on
        its thread, which ends with its connection.
        """
        answer: Future[list[Row]] = Future()

        def work() -> None:
            try:
                answer.set_result(ask())
            except Exception as error:  # noqa: BLE001 -- it is raised again by the thread that waits
                answer.set_exception(error)

        threading.Thread(target=work, name=f"{self.engine} query", daemon=True).start()
        if not wait([answer], self.within).done:
            raise Failed(_rows(self.rows, self.engine), f"not all of them within {self.within:g} s")
        return answer.result()


def _postgresql(address: Address, place: Mapping[str, str], rows: int) -> list[Row]:
    import psycopg

    try:
        with (
            psycopg.connect(
                host=address.host,
                port=address.port,
                user=place["user"],
                password=place["password"],
                dbname=place["dbname"],
            ) as connection,
            connection.cursor() as cursor,
        ):
            series = "generate_series(1, %s) as n"
            cursor.execute(f"select n, repeat(md5(word || n), 32) from {series}, proof", (rows,))  # noqa: S608 -- constant
            return cursor.fetchall()
    except psycopg.Error as error:
        raise Failed(_rows(rows, "postgresql"), str(error).strip().splitlines()[0]) from error


def _mariadb(address: Address, place: Mapping[str, str], rows: int) -> list[Row]:
    import pymysql

    try:
        with (
            pymysql.connect(
                host=address.host,
                port=address.port,
                user=place["user"],
                password=place["password"],
                database=place["dbname"],
            ) as connection,
            connection.cursor() as cursor,
        ):
            series = f"seq_1_to_{rows:d}"
            cursor.execute(f"select seq, repeat(md5(concat(word, seq)), 32) from {series}, proof")  # noqa: S608 -- a number
            return [(int(n), text if isinstance(text, str) else text.decode()) for n, text in cursor.fetchall()]
    except pymysql.Error as error:
        raise Failed(_rows(rows, "mariadb"), str(error)) from error


def _row(proof: str, number: int) -> str:
    """Return the kilobyte of one row; nothing hangs on the strength of MD5, which both engines have."""
    return hashlib.md5(f"{proof}{number}".encode(), usedforsecurity=False).hexdigest() * 32


def _rows(count: int, engine: Engine) -> str:
    return f"{count} rows from {_NAMES[engine]}"


_REFUSALS: dict[Engine, str] = {
    "postgresql": 'FATAL:  password authentication failed for user "tunspec"',
    "mariadb": r"Access denied for user 'tunspec'@'\S+' \(using password: YES\)",
}
"""Sources: auth.c of PostgreSQL, and ER_ACCESS_DENIED_ERROR of MariaDB."""
_NAMES: dict[Engine, str] = {"postgresql": "PostgreSQL", "mariadb": "MariaDB"}
_ASK = {"postgresql": _postgresql, "mariadb": _mariadb}
