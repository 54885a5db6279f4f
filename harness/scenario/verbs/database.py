"""Verbs that query a real database through the tunnel, with its usual driver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from harness.errors import Failed
from harness.scenario.stage import Stage
from harness.scenario.verbs.traffic import Probe
from harness.world.fabric import Address

Engine = Literal["postgresql", "mariadb"]
Row = tuple[int, str]


class Query(Probe):
    """Ask a database through the tunnel for ``rows`` rows of a kilobyte, and count and check them all."""

    verb: ClassVar[str] = "query"
    shorthand: ClassVar[str | None] = "rows"

    engine: Engine = "postgresql"
    rows: Annotated[int, Field(ge=1, le=1_000_000)] = 1000

    def run(self, stage: Stage) -> None:
        """Connect with the engine's usual driver, at the tunnel's local end, and query."""
        address = stage.tunnel(self.tunnel).address
        answers = _ASK[self.engine](address, stage.world.database(self.engine), self.rows, self.within)
        wrong = sum(text != chr(65 + n % 26) * 1024 for n, text in answers)
        if len(answers) != self.rows or wrong:
            raise Failed(f"{self.rows} right rows", f"{len(answers)} rows, {wrong} of them wrong")

    def needs(self) -> frozenset[str]:
        """Return the database that the fabric must have."""
        return frozenset({f"database:{self.engine}"})


def _postgresql(address: Address, place: Mapping[str, str], rows: int, within: float) -> list[Row]:
    import psycopg

    try:
        with (
            psycopg.connect(
                host=address.host,
                port=address.port,
                user=place["user"],
                password=place["password"],
                dbname=place["dbname"],
                connect_timeout=max(2, round(within)),
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("select n, repeat(chr(65 + mod(n, 26)), 1024) from generate_series(1, %s) as n", (rows,))
            return cursor.fetchall()
    except psycopg.Error as error:
        raise Failed(f"{rows} rows from PostgreSQL", str(error).strip().splitlines()[0]) from error


def _mariadb(address: Address, place: Mapping[str, str], rows: int, within: float) -> list[Row]:
    import pymysql

    try:
        with (
            pymysql.connect(
                host=address.host,
                port=address.port,
                user=place["user"],
                password=place["password"],
                database=place["dbname"],
                connect_timeout=max(2, round(within)),
                read_timeout=within,
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(f"select seq, repeat(char(65 + mod(seq, 26)), 1024) from seq_1_to_{rows:d}")  # noqa: S608 -- a number
            return [(int(n), text if isinstance(text, str) else text.decode()) for n, text in cursor.fetchall()]
    except pymysql.Error as error:
        raise Failed(f"{rows} rows from MariaDB", str(error)) from error


_ASK = {"postgresql": _postgresql, "mariadb": _mariadb}
