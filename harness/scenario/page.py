"""The SSH tunnelling page, statement by statement: which requirements prove each, or why a tunnel cannot be asked."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from harness import documents, resources
from harness.errors import InvalidScenario
from harness.model import Model

_SOURCE = re.compile(r'page "(?P<section>.+)"')


class Statement(Model):
    """One thing that the page says, in our own words, under the heading ``section``.

    It is ``proved_by`` requirements, or ``gui`` says why it is a matter of a graphical interface only.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    section: str
    says: str
    proved_by: tuple[str, ...] = ()
    gui: str | None = None

    @model_validator(mode="after")
    def _has_an_answer(self) -> Self:
        if bool(self.proved_by) is bool(self.gui):
            raise ValueError("name the requirements that prove it (proved_by), or say why none can (gui)")
        return self


class _Page(Model):
    page: str
    statements: tuple[Statement, ...]


@cache
def statements(file: Path | None = None) -> tuple[Statement, ...]:
    """Return what the page says, in its order. Raises InvalidScenario for a malformed file or a repeated id."""
    path = file or resources.scenarios() / "page.yaml"
    try:
        found = _Page.model_validate(documents.read(path)).statements
    except ValidationError as error:
        raise InvalidScenario(f"{path}: {error}") from error
    ids = [statement.id for statement in found]
    if repeated := sorted({one for one in ids if ids.count(one) > 1}):
        raise InvalidScenario(f"{path}: there is more than one {', '.join(repeated)}")
    return found


def section_of(source: str) -> str | None:
    """Return the heading that a requirement's source names; None where the source is not the page."""
    match = _SOURCE.fullmatch(source)
    return match["section"] if match else None
