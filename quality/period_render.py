"""The report of a month as HTML (one file, both languages, no network, no script) and as JSON (stable keys)."""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from quality import charts, flow, period_json, period_sections, qr, report_json
from quality.period_facts import NATION
from quality.period_report import PeriodReport, stem_of
from quality.render import article, page
from quality.svg import Caption
from schemas import messages
from schemas.messages import LANGUAGES, Language


def render_html(report: PeriodReport) -> str:
    """The report for people: Vietnamese, with an English switch. Raises KeyError where a text is missing."""
    seal = seal_of(report)
    articles = {language: _article(report, language, seal) for language in LANGUAGES}
    title = f"{messages.text('period.window', 'vi')} {report.facts.month}"
    return page(title, articles, "period.css", about=f"period {report.stem}")


def render_json(report: PeriodReport) -> str:
    """The report for programs; its keys are those of docs/report.md."""
    return json.dumps(period_json.as_json(report), ensure_ascii=False, sort_keys=True, indent=2) + "\n"


def seal_of(report: PeriodReport) -> str:
    """SHA-256 of the JSON report, 64 hexadecimal digits."""
    return hashlib.sha256(render_json(report).encode("utf-8")).hexdigest()


def scanned(report: PeriodReport, seal: str) -> str:
    """What the QR code of the cover says: the name of the report and the SHA-256 of the JSON."""
    return f"SOHOA-SEAL-1:{report.stem}:{seal}".upper()


def _article(report: PeriodReport, language: Language, seal: str) -> str:
    words = messages.text("report.cover.qr", language), messages.text("period.cover.qr.described", language)
    facts = report.facts
    context: dict[str, Any] = {
        "report": report, "facts": facts, "show": period_sections.of(report, language), "seal": seal,
        "code": qr.code(scanned(report, seal), Caption(f"{language}-qr", *words)), "charts": charts, "flow": flow,
        "is_nation": facts.scope == NATION, "counted": date.fromisoformat(facts.counted_on),
        "b": lambda key, **values: messages.text(f"report.{key}", language, **values),
        "p": lambda key, **values: messages.text(f"period.{key}", language, **values),
        "stem_of": lambda code: stem_of(code, facts.month), "province": report_json.province_name,
        "at": datetime.fromisoformat, "on": date.fromisoformat,
    }  # fmt: skip
    return article("period_article.html", language, "period", **context)
