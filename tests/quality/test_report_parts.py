import json

import pytest

from quality.render import render_html, render_json
from quality.report import build_report
from quality.report_parts import Part, of_html, of_json
from schemas.messages import LANGUAGES
from tests.quality import made_facts

SECTIONS = (
    "cover", "balance", "files", "fields", "duplicates", "quarantine", "gate", "population", "households", "method",
    "seal",
)  # fmt: skip


def texts(content: bytes, parts: tuple[Part, ...]) -> dict[str, bytes]:
    ends = [part.first for part in parts[1:]] + [len(content)]
    return {part.name: content[part.first : end] for part, end in zip(parts, ends, strict=True)}


@pytest.mark.parametrize("facts", [made_facts.facts, made_facts.stopped])
def test_each_section_of_each_language_is_one_and_all_make_up_the_page(facts) -> None:  # type: ignore[no-untyped-def]
    content = render_html(build_report(facts())).encode()
    found = texts(content, of_html(content))
    assert list(found) == ["head", *(f"{x} {name}" for x in LANGUAGES for name in SECTIONS), "end"]
    assert b"".join(found.values()) == content
    assert all(found[f"{x} {name}"].startswith(b"<section") for x in LANGUAGES for name in SECTIONS)


def test_each_key_of_the_data_is_one_and_all_make_up_the_file() -> None:
    content = render_json(build_report(made_facts.facts())).encode()
    found = texts(content, of_json(content))
    assert list(found) == sorted(json.loads(content))
    assert b"".join(found.values()) == content


def test_a_file_without_sections_is_one() -> None:
    assert of_json(b"[1]\n") == (Part("all", 0),)
    assert of_html(b"<p>x</p>") == (Part("head", 0),)
