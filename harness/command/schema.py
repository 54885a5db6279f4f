"""``tunspec schema``: JSON Schemas for editors and for other programs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import TypeAdapter

from harness.adapter import protocol
from harness.report import model as report
from harness.scenario.model import ScenarioFile
from harness.scenario.observation import Expect
from harness.scenario.observations import OBSERVATIONS
from harness.scenario.verbs import VERBS


def schema_of(what: Literal["scenario", "adapter", "report"]) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of scenario files, of the protocol's lines, or of a report's lines."""
    match what:
        case "scenario":
            return _scenario()
        case "adapter":
            return {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": "tunspec adapter protocol, version 1: one object a line",
                "anyOf": [
                    {"title": "harness to adapter", **TypeAdapter(protocol.ToAdapter).json_schema()},
                    {"title": "adapter to harness", **TypeAdapter(protocol.FromAdapter).json_schema()},
                ],
            }
        case "report":
            return {"$schema": "https://json-schema.org/draft/2020-12/schema", **report.line.json_schema()}


def _scenario() -> dict[str, Any]:
    """The file's own keys, ``cases`` and ``vars``, and every verb as a step."""
    schema = ScenarioFile.model_json_schema()
    definitions = schema.setdefault("$defs", {})
    alternatives: list[dict[str, Any]] = []
    for name, kind in VERBS.items():
        if kind is Expect:
            inner = {
                "anyOf": [_embedded(one.model_json_schema(by_alias=True), definitions) for one in OBSERVATIONS.values()]
            }
        else:
            inner = _embedded(kind.model_json_schema(by_alias=True), definitions)
        inner.setdefault("required", [])
        required = [key for key in inner["required"] if key != "with"]
        inner["required"] = required
        forms: list[dict[str, Any]] = [inner]
        if kind.shorthand:
            forms.append({"type": ["string", "integer"]})
        alternatives.append(
            {
                "type": "object",
                "properties": {name: {"anyOf": forms}},
                "required": [name],
                "additionalProperties": False,
            }
        )
        if not required:
            alternatives.append({"const": name})
    schema["properties"]["steps"] = {"type": "array", "minItems": 1, "items": {"anyOf": alternatives}}
    schema["properties"]["vars"] = {"type": "object"}
    schema["properties"]["cases"] = {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"type": "object"},
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _embedded(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Move a schema's definitions to the file's own."""
    definitions.update(schema.pop("$defs", {}))
    return schema
