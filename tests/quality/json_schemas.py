"""The published schemas of the JSON reports, taken from reports of every kind that the tests know.

    python -m tests.quality.json_schemas

writes them to docs/schemas; a test compares, so that a key that is added is published. What a key means stands in
docs/report.md.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from quality import period_render, render
from quality.period_report import build_period
from quality.report import build_report
from tests.quality import test_period_render, test_render

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAMES = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}


def schema_of(values: Iterable[Any]) -> dict[str, Any]:
    """A schema that all of the values keep: objects with the same keys are closed, others take further keys."""
    found = list(values)
    names = sorted({_name(v) for v in found})
    if "number" in names and "integer" in names:
        names.remove("integer")
    made: dict[str, Any] = {"type": names[0] if len(names) == 1 else names} if names else {}
    objects, lists = [v for v in found if isinstance(v, dict)], [v for v in found if isinstance(v, list)]
    if objects:
        made |= _object(objects)
    items = [item for each in lists for item in each]
    if items:
        made["items"] = schema_of(items)
    return made


def published() -> Iterator[tuple[str, dict[str, Any]]]:
    """Name of the file and schema, of the reports of batches and of months."""
    batches = (json.loads(render.render_json(build_report(f))) for f in test_render.variants())
    yield "report.schema.json", _whole("The report of a batch", batches)
    months = (json.loads(period_render.render_json(build_period(f))) for f in test_period_render.variants())
    yield "period.schema.json", _whole("The report of a month of a province or the nation", months)


def text_of(schema: Mapping[str, Any]) -> str:
    """As it is written."""
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _whole(title: str, values: Iterable[Any]) -> dict[str, Any]:
    return {"$schema": _DIALECT, "title": title, "description": "Keys: docs/report.md", **schema_of(values)}


def _object(objects: list[dict[str, Any]]) -> dict[str, Any]:
    keys = sorted({key for each in objects for key in each})
    always = [key for key in keys if all(key in each for each in objects)]
    properties = {key: schema_of(each[key] for each in objects if key in each) for key in keys}
    if always == keys:
        return {"properties": properties, "required": always, "additionalProperties": False}
    # A count by a code: which codes there are is no matter of the schema.
    return {"additionalProperties": schema_of(value for each in objects for value in each.values())}


def _name(value: Any) -> str:
    return "object" if isinstance(value, dict) else "array" if isinstance(value, list) else _NAMES[type(value)]


def main() -> None:
    """Write them anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, schema in published():
        (FOLDER / name).write_text(text_of(schema), "utf-8")


if __name__ == "__main__":
    main()
