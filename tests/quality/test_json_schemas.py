"""The published schemas are those of the reports of today, and take nothing else."""

import copy
import json
from typing import Any

import jsonschema
import pytest

from quality import render
from quality.report import build_report
from tests.quality import made_facts
from tests.quality.json_schemas import FOLDER, published, text_of

SCHEMAS = dict(published())


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_published_is_what_reports_are(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == text_of(SCHEMAS[name]), "python -m tests.quality.json_schemas"
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


def _report() -> dict[str, Any]:
    return dict(json.loads(render.render_json(build_report(made_facts.facts()))))


def test_a_report_that_lacks_a_key_or_has_another_one_is_none() -> None:
    validator = jsonschema.Draft202012Validator(SCHEMAS["report.schema.json"])
    assert validator.is_valid(_report())
    for key in _report():
        lacking = copy.deepcopy(_report())
        del lacking[key]
        assert not validator.is_valid(lacking), key
    more, wrong = _report(), _report()
    more["another"] = 1
    wrong["balance"]["read"] = "many"
    assert not validator.is_valid(more)
    assert not validator.is_valid(wrong)
