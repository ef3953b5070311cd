"""A report as HTML (one file, both languages, no network, no script) and as JSON (stable keys)."""

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from quality import charts, flow, fonts, report_json, sections, wording
from quality.report import Report
from schemas import messages
from schemas.messages import LANGUAGES, Language

_WEIGHTS = (("Regular", 400), ("SemiBold", 600))


def render_html(report: Report) -> str:
    """The report for people: Vietnamese, with an English switch.

    Raises:
        KeyError: a text is missing in one of the languages.
    """
    seal = seal_of(report)
    articles = {language: Markup(_article(report, language, seal)) for language in LANGUAGES}  # noqa: S704
    page = _templates().get_template("report.html")
    return page.render(report=report, articles=articles, fonts=_fonts(), style=Markup(_template("report.css")))  # noqa: S704


def render_json(report: Report) -> str:
    """The report for programs; its keys are those of docs/report.md and stay when others are added.

    Sorted keys, two spaces, a final line feed: the text that `seal_of` hashes.
    """
    return json.dumps(report_json.as_json(report), ensure_ascii=False, sort_keys=True, indent=2) + "\n"


def seal_of(report: Report) -> str:
    """SHA-256 of the JSON report, 64 hexadecimal digits: `sha256sum REPORT.json` gives it again."""
    return hashlib.sha256(render_json(report).encode("utf-8")).hexdigest()


def _article(report: Report, language: Language, seal: str) -> str:
    context: dict[str, Any] = {"report": report, "language": language, "seal": seal, "charts": charts, "flow": flow}
    return (
        _templates()
        .get_template("article.html")
        .render(**context, **_words(language), show=sections.of(report, language))
    )


def _words(language: Language) -> dict[str, Any]:
    return {
        "t": lambda key, **values: messages.text(f"report.{key}", language, **values),
        "num": lambda value, digits=0: wording.number(value, language, digits),
        "pct": lambda part, whole: wording.percent(part, whole, language),
        "day": lambda value: wording.day(value, language),
        "moment": lambda value: wording.moment(value, language),
        "places": lambda found: wording.places(found, language),
        "capital": lambda words: words[:1].upper() + words[1:],
        "file_outcome": wording.file_outcome,
        "wrong": lambda code: messages.wrong(code, language),
        "what_to_do": lambda code: messages.what_to_do(code, language),
    }


@cache
def _templates() -> Environment:
    return Environment(
        loader=FunctionLoader(_template), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


@cache
def _template(name: str) -> str:
    return files("quality").joinpath("templates", name).read_text("utf-8")


def _fonts() -> list[tuple[int, str]]:
    return [(weight, fonts.embedded(name)) for name, weight in _WEIGHTS]
