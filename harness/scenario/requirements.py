"""The catalogue of requirements: one testable statement each, with an id, a level and its sources."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from harness import documents, resources
from harness.errors import InvalidScenario
from harness.model import Model
from harness.scenario.language.model import Level, Scope


class Requirement(Model):
    """``text`` says what must hold; ``note`` where the page and known applications differ.

    ``scope`` is the set that it belongs to, of which a run judges one or more.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z]+-\d+$")]
    level: Level
    scope: Scope
    text: str
    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    note: str | None = None


class _Catalogue(Model):
    requirements: tuple[Requirement, ...]


@cache
def catalogue(file: Path | None = None) -> dict[str, Requirement]:
    """Return every requirement by id. Raises InvalidScenario for a malformed file or a repeated id."""
    path = file or resources.scenarios() / "requirements.yaml"
    try:
        document = documents.read(path)
        requirements = _Catalogue.model_validate(document).requirements
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"][2:]))
        raise InvalidScenario(
            f"{path}:{documents.line_of(document, problem['loc'])}: {where}: {problem['msg']}"
        ) from error
    found: dict[str, Requirement] = {}
    for requirement in requirements:
        if requirement.id in found:
            raise InvalidScenario(f"{path}: {requirement.id} is defined twice")
        found[requirement.id] = requirement
    return found
