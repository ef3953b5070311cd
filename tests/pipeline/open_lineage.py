"""What the specification of OpenLineage (2-0-2) demands of an event, in our words, for jsonschema to check."""

from typing import Any

_URI = {"type": "string", "pattern": r"^https?://\S+$"}
_UUID = {"type": "string", "pattern": r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
_TEXT = {"type": "string", "minLength": 1}
_NAMED = {"type": "object", "required": ["namespace", "name"], "properties": {"namespace": _TEXT, "name": _TEXT}}


def _facet(required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    of_all = {
        "_producer": _URI,
        "_schemaURL": {"type": "string", "pattern": r"^https://openlineage\.io/spec/facets/\d-\d-\d/"},
    }
    return {
        "type": "object", "required": ["_producer", "_schemaURL", *(required or [])],
        "properties": {**of_all, **properties},
    }  # fmt: skip


_ORIGIN = {
    "type": "object", "required": ["namespace", "name", "field"],
    "properties": {
        "namespace": _TEXT, "name": _TEXT, "field": _TEXT,
        "transformations": {"type": "array", "items": {
            "type": "object", "required": ["type"],
            "properties": {"type": {"enum": ["DIRECT", "INDIRECT"]}, "subtype": _TEXT, "masking": {"type": "boolean"}},
        }},
    },
}  # fmt: skip
_COLUMN = {
    "type": "object",
    "required": ["inputFields"],
    "properties": {"inputFields": {"type": "array", "items": _ORIGIN}},
}
_FIELD = {"type": "object", "required": ["name"], "properties": {"name": _TEXT, "type": _TEXT, "description": _TEXT}}
_DATA_SET = {
    **_NAMED,
    "properties": {
        **_NAMED["properties"],  # type: ignore[dict-item]
        "facets": {"type": "object", "additionalProperties": _facet(), "properties": {
            "schema": _facet(fields={"type": "array", "items": _FIELD}),
            "columnLineage": _facet(["fields"], fields={"type": "object", "additionalProperties": _COLUMN}),
        }},
        "outputFacets": {"type": "object", "additionalProperties": _facet(), "properties": {
            "outputStatistics": _facet(rowCount={"type": "integer"}, size={"type": "integer"}),
        }},
    },
}  # fmt: skip
_RUN = {"type": "object", "required": ["runId"], "properties": {"runId": _UUID}}
EVENT: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
    "required": ["eventTime", "producer", "schemaURL", "run", "job"],
    "properties": {
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "eventTime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"},
        "producer": _URI, "schemaURL": {"const": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"},
        "run": {**_RUN, "properties": {"runId": _UUID, "facets": {
            "type": "object", "additionalProperties": _facet(), "properties": {
                "parent": _facet(["run", "job"], run=_RUN, job=_NAMED),
                "errorMessage": _facet(["message", "programmingLanguage"], message=_TEXT, programmingLanguage=_TEXT),
                "processing_engine": _facet(["version"], version=_TEXT, name=_TEXT),
            },
        }}},
        "job": {**_NAMED, "properties": {**_NAMED["properties"], "facets": {  # type: ignore[dict-item]
            "type": "object", "additionalProperties": _facet(), "properties": {
                "jobType": _facet(["processingType", "integration"], processingType=_TEXT, integration=_TEXT),
            },
        }}},
        "inputs": {"type": "array", "items": _DATA_SET},
        "outputs": {"type": "array", "items": _DATA_SET},
    },
}  # fmt: skip
