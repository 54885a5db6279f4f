"""Whether what the SSH tunnelling page says is proved, or explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import InvalidScenario
from harness.scenario.page import Statement, section_of, statements
from harness.scenario.requirements import Requirement, catalogue

STATEMENT = "{id: tunnel, section: Top, says: There is a tunnel."
SECTIONS = {statement.section for statement in statements()}


def page(folder: Path, text: str) -> Path:
    """Write a page with these statements."""
    file = folder / "page.yaml"
    file.write_text(f"page: https://docs.example.com\nstatements: [{text}]\n")
    return file


@pytest.mark.parametrize("statement", statements(), ids=lambda one: one.id)
def test_what_proves_a_statement_is_a_requirement(statement: Statement) -> None:
    """Each requirement is in the catalogue; a statement without one says why in a sentence."""
    assert [name for name in statement.proved_by if name not in catalogue()] == []
    assert statement.proved_by or (statement.gui or "").endswith(".")


@pytest.mark.parametrize("requirement", catalogue().values(), ids=lambda one: one.id)
def test_a_source_on_the_page_names_a_section_of_it(requirement: Requirement) -> None:
    """So every requirement that the page is the source of belongs to a statement that is looked at."""
    named = {section for source in requirement.sources if (section := section_of(source))}
    assert named <= SECTIONS


@pytest.mark.parametrize("answer", ["}", ", proved_by: [TUN-1], gui: A form.}"], ids=["no-answer", "two-answers"])
def test_a_statement_has_one_answer(tmp_path: Path, answer: str) -> None:
    """Requirements, or the reason why there are none."""
    with pytest.raises(InvalidScenario, match="proved_by"):
        statements(page(tmp_path, STATEMENT + answer))


def test_a_statement_stands_once(tmp_path: Path) -> None:
    """Two of the same id could have different answers."""
    one = STATEMENT + ", proved_by: [TUN-1]}"
    with pytest.raises(InvalidScenario, match="more than one tunnel"):
        statements(page(tmp_path, f"{one}, {one}"))


def test_other_sources_are_not_the_page() -> None:
    """An RFC or a link has no section of it."""
    assert [section_of(one) for one in ('page "Import from URL"', "RFC 4253 section 9")] == ["Import from URL", None]
