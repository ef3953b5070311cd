"""A report as HTML (one file, both languages, no network, no script) and as JSON (stable keys)."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from quality import charts, flow, fonts, qr, report_json, sections, wording
from quality.report import Report
from quality.svg import Caption
from schemas import messages
from schemas.messages import LANGUAGES, Language

_WEIGHTS = (("Regular", 400), ("SemiBold", 600))


def render_html(report: Report) -> str:
    """The report for people: Vietnamese, with an English switch.

    Raises:
        KeyError: a text is missing in one of the languages.
    """
    seal = seal_of(report)
    articles = {language: _article(report, language, seal) for language in LANGUAGES}
    return page(
        f"Báo cáo đợt {report.delivery.batch_id[:12]} · Batch report",
        articles,
        about=f"batch {report.delivery.batch_id}",
    )


def scanned(report: Report) -> str:
    """What the QR code of the cover says: letters that QR codes hold well, the batch and the SHA-256 of the JSON."""
    return f"SOHOA-SEAL-1:{report.delivery.batch_id}:{seal_of(report)}".upper()


def page(title: str, articles: Mapping[Language, str], more_style: str = "", about: str = "") -> str:
    """A page of one article a language, with fonts and style inside.

    Args:
        title: of the window.
        articles: rendered by `article`.
        more_style: name of another style sheet of the templates.
        about: what its seal knows it by.
    """
    style = _template("report.css") + (_template(more_style) if more_style else "")
    marked = {language: Markup(article) for language, article in articles.items()}  # noqa: S704
    template = _templates().get_template("report.html")
    return template.render(title=title, articles=marked, fonts=_fonts(), style=Markup(style), about=about)  # noqa: S704


def article(name: str, language: Language, part: str, **context: Any) -> str:
    """The article of a template; its texts are those of the catalogue whose keys begin with `part`."""
    return _templates().get_template(name).render(**context, **_words(language, part), language=language)


def filled(name: str, /, **context: Any) -> str:
    """A template of this package, filled."""
    return _templates().get_template(name).render(**context)


def render_json(report: Report) -> str:
    """The report for programs; its keys are those of docs/report.md and stay when others are added.

    Sorted keys, two spaces, a final line feed: the text that `seal_of` hashes.
    """
    return json.dumps(report_json.as_json(report), ensure_ascii=False, sort_keys=True, indent=2) + "\n"


def seal_of(report: Report) -> str:
    """SHA-256 of the JSON report, 64 hexadecimal digits: `sha256sum REPORT.json` gives it again."""
    return hashlib.sha256(render_json(report).encode("utf-8")).hexdigest()


def _article(report: Report, language: Language, seal: str) -> str:
    words = [messages.text(f"report.cover.qr{part}", language) for part in ("", ".described")]
    code = qr.code(scanned(report), Caption(f"{language}-qr", *words))
    context: dict[str, Any] = {
        "report": report, "seal": seal, "charts": charts, "flow": flow, "code": code,
        "p": lambda key, **values: messages.text(f"period.{key}", language, **values),
    }  # fmt: skip
    return article("article.html", language, "report", **context, show=sections.of(report, language))


def _words(language: Language, part: str) -> dict[str, Any]:
    return {
        "t": lambda key, **values: messages.text(f"{part}.{key}", language, **values),
        "num": lambda value, digits=0: wording.number(value, language, digits),
        "pct": lambda part, whole: wording.percent(part, whole, language),
        "share": lambda value: wording.exact_share(value, language),
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
