"""Verbs that query a real database through the tunnel, with its usual driver."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from harness.errors import Failed
from harness.scenario.stage import Stage
from harness.scenario.verbs.traffic import Probe


class Query(Probe):
    """Ask PostgreSQL through the tunnel for ``rows`` rows of a kilobyte, and count and check them all."""

    verb: ClassVar[str] = "query"
    shorthand: ClassVar[str | None] = "rows"

    rows: Annotated[int, Field(ge=1, le=1_000_000)] = 1000

    def run(self, stage: Stage) -> None:
        """Connect with psycopg, at the tunnel's local end, and query."""
        import psycopg

        address = stage.tunnel(self.tunnel).address
        place = stage.world.database("postgresql")
        statement = "select n, repeat(chr(65 + mod(n, 26)), 1024) from generate_series(1, %s) as n"
        try:
            with (
                psycopg.connect(
                    host=address.host,
                    port=address.port,
                    user=place["user"],
                    password=place["password"],
                    dbname=place["dbname"],
                    connect_timeout=max(2, round(self.within)),
                ) as connection,
                connection.cursor() as cursor,
            ):
                cursor.execute(statement, (self.rows,))
                answers = cursor.fetchall()
        except psycopg.Error as error:
            raise Failed(f"{self.rows} rows from PostgreSQL", str(error).strip().splitlines()[0]) from error
        wrong = sum(text != chr(65 + n % 26) * 1024 for n, text in answers)
        if len(answers) != self.rows or wrong:
            raise Failed(f"{self.rows} right rows", f"{len(answers)} rows, {wrong} of them wrong")

    def needs(self) -> frozenset[str]:
        """Return the database that the fabric must have."""
        return frozenset({"database:postgresql"})
