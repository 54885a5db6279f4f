"""``tunspec schema``: JSON Schemas for editors and for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import TypeAdapter

from harness.adapter import protocol
from harness.report import model as report
from harness.report.matrix.model import Matrix
from harness.repro.report import DropReport
from harness.scenario.language.hops import EACH
from harness.scenario.language.model import ScenarioFile
from harness.scenario.language.verb import Verb
from harness.scenario.observations import OBSERVATIONS
from harness.scenario.verbs import VERBS
from harness.scenario.verbs.expect import Expect

_CHANGES = "with"
_LITERAL = {"default", "examples", "enum", "const", "mapping", "required"}
_VARIABLE = {"type": "string", "pattern": r"\$", "description": "a variable of vars, or a text that holds some"}


def schema_of(what: Literal["scenario", "adapter", "report", "matrix", "repro"]) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of scenario files, of the protocol's lines, of a run report's lines, of a
    matrix, or of what `tunspec repro` plays.
    """
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
        case "matrix":
            return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Matrix.model_json_schema()}
        case "repro":
            return {"$schema": "https://json-schema.org/draft/2020-12/schema", **DropReport.model_json_schema()}


def _scenario() -> dict[str, Any]:
    """The file's own keys, ``cases``, ``vars`` and ``at``, and every verb as a step; the steps may be in the cases."""
    schema = ScenarioFile.model_json_schema()
    definitions = schema.setdefault("$defs", {})
    steps = [form for name, kind in VERBS.items() for form in _steps(name, kind, definitions)]
    properties = schema["properties"]
    properties["steps"] = {"type": "array", "minItems": 1, "items": {"anyOf": steps}}
    written: dict[str, Any] = _as_written(schema)
    written["properties"]["vars"] = {"type": "object"}
    written["properties"]["at"] = {
        "anyOf": [{"const": EACH}, {"type": "array", "minItems": 1, "items": {"type": "string"}}]
    }
    written["properties"]["cases"] = {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"type": ["object", "null"]},
    }
    written["required"].remove("steps")
    written["anyOf"] = [{"required": ["steps"]}, {"required": ["cases"]}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **written}


def _steps(name: str, kind: type[Verb], definitions: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the forms of a step: with its arguments, and bare where it needs none."""
    if kind is Expect:
        looks = [_embedded(one.model_json_schema(by_alias=True), definitions) for one in OBSERVATIONS.values()]
        argument: dict[str, Any] = {"anyOf": looks}
        bare = False
    else:
        argument = _embedded(kind.model_json_schema(by_alias=True), definitions)
        required = [key for key in argument.get("required", []) if key != _CHANGES]
        argument["required"] = required
        if _CHANGES in argument["properties"]:
            argument["properties"][_CHANGES] = _changes(definitions["TunnelSpec"])
        bare = not required
    forms = [argument, {"type": ["string", "integer"]}] if kind.shorthand else [argument]
    yield {
        "type": "object",
        "properties": {name: {"anyOf": [*forms, {"type": "null"}] if bare else forms}},
        "required": [name],
        "additionalProperties": False,
    }
    if bare:
        yield {"const": name}


def _changes(tunnel: dict[str, Any]) -> dict[str, Any]:
    """Return the form of what is laid on the file's tunnel for one step: a way to log in need not be whole."""
    return {**tunnel, "properties": {**tunnel["properties"], "auth": {"type": ["object", "string"]}}}


def _embedded(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Move a schema's definitions to the file's own."""
    definitions.update(schema.pop("$defs", {}))
    return schema


def _as_written(node: Any) -> Any:  # noqa: ANN401 -- any part of a schema
    """Return a schema of what stands in files: ``$name`` for any value, a bare word for a way to log in."""
    if isinstance(node, list):
        return [_as_written(one) for one in node]
    if not isinstance(node, dict):
        return node
    written = {key: value if key in _LITERAL else _as_written(value) for key, value in node.items()}
    if "oneOf" in written:  # a variable may stand for what would tell the alternatives apart
        written["anyOf"] = written.pop("oneOf")
    for key in ("properties", "$defs"):
        if key in node:
            written[key] = {name: _as_written(one) for name, one in node[key].items()}
    if "properties" in written:
        written["properties"] = {name: _or_variable(one) for name, one in written["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(written.get(key), dict):
            written[key] = _or_variable(written[key])
    return written


def _or_variable(schema: dict[str, Any]) -> dict[str, Any]:
    words = sorted(schema.get("discriminator", {}).get("mapping", {}))
    return {"anyOf": [schema, *([{"enum": words}] if words else []), _VARIABLE]}
