"""The protocol's JSON Schemas, one file per message, made from the models.

``python -m harness.adapter.schemas`` writes the files anew. In what the harness sends every key is always
there; in what an adapter sends, keys with a default may be left out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema

from harness.adapter import profile, protocol

if TYPE_CHECKING:
    from pydantic_core import core_schema

    from harness.model import Model

FOLDER = Path(__file__).with_name("schemas")
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SENT: dict[str, type[Model]] = {
    "hello": protocol.Hello,
    "open": protocol.Open,
    "close": protocol.Close,
    "status": protocol.Status,
    "test": protocol.Test,
    "import-url": protocol.ImportUrl,
    "import-config": protocol.ImportConfig,
    "bye": protocol.Bye,
    "answer": protocol.Answer,
    "profile": profile.Profile,
}
_RECEIVED: dict[str, type[Model]] = {
    "reply-ok": protocol.ReplyOk,
    "reply-error": protocol.ReplyError,
    "reply-unsupported": protocol.ReplyUnsupported,
    "hello-ok": protocol.HelloOk,
    "open-ok": protocol.OpenOk,
    "status-ok": protocol.StatusOk,
    "import-url-ok": protocol.ImportUrlOk,
    "import-config-ok": protocol.ImportConfigOk,
    "import-config-hosts-ok": protocol.ImportConfigHosts,
    "empty-ok": protocol.Empty,
    "state-event": protocol.StateEvent,
    "banner-event": protocol.BannerEvent,
    "host-key-question": protocol.HostKeyQuestion,
    "prompt-question": protocol.PromptQuestion,
}


def documents() -> dict[str, dict[str, Any]]:
    """Return every schema by the name of its message."""
    return {
        **{name: _schema(model, _AllRequired) for name, model in _SENT.items()},
        **{name: _schema(model, GenerateJsonSchema) for name, model in _RECEIVED.items()},
    }


def files() -> dict[Path, str]:
    """Return what stands in each schema file."""
    return {
        FOLDER / f"{name}.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        for name, document in documents().items()
    }


def write() -> None:
    """Write the schema files, and remove those of messages that are no more."""
    FOLDER.mkdir(exist_ok=True)
    current = files()
    for old in FOLDER.glob("*.json"):
        if old not in current:
            old.unlink()
    for path, text in current.items():
        path.write_text(text, encoding="utf-8")


class _AllRequired(GenerateJsonSchema):
    """Requires the keys that have a default too: the harness writes them all."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,  # noqa: ARG002 -- pydantic's signature
        total: bool,  # noqa: ARG002 -- pydantic's signature
    ) -> bool:
        return True


def _schema(model: type[Model], generator: type[GenerateJsonSchema]) -> dict[str, Any]:
    return {"$schema": _DIALECT, **model.model_json_schema(schema_generator=generator)}


if __name__ == "__main__":
    write()
