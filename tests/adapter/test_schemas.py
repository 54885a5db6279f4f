"""The published schemas."""

from __future__ import annotations

from harness.adapter import schemas


def test_the_schema_files_are_current() -> None:
    """``python -m harness.adapter.schemas`` was run after the last change of a message."""
    found = {path: path.read_text(encoding="utf-8") for path in schemas.FOLDER.glob("*.json")}
    assert found == schemas.files()


def test_what_the_harness_sends_is_all_required() -> None:
    """An adapter may rely on every key of a request."""
    profile = schemas.documents()["profile"]
    assert set(profile["required"]) == set(profile["properties"])


def test_what_an_adapter_sends_may_leave_defaults_out() -> None:
    """An adapter need not write keys that have a default."""
    assert schemas.documents()["status-ok"]["required"] == ["state"]
