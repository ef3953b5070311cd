"""The samples of a batch as a page and as JSON, to be sealed beside its report: every draw, answered or not.

A report does not change; samples come after it. So they stand in a document of their own, which grows.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from markupsafe import Markup

from quality import charts, render
from quality.sampling import Estimate, Stratum, estimated
from quality.svg import Caption
from quality.wording import exact_share, number, span
from schemas.messages import LANGUAGES, Language, catalogue, text

FORMAT = "sohoa-samples/1"


@dataclass(frozen=True)
class Sample:
    """A sample as it was drawn and what was found of it.

    Attributes:
        number: of the draw, in the store.
        seed: the auditor's.
        strata: what it is divided by: outcome, file, none.
        rows: rows of the batch when it was drawn.
        drawn: rows of the sample.
        digest: SHA-256 of the ids of the drawn rows.
        author: keyed pseudonym of who drew it.
        drawn_at: when.
        answered_at: when it was answered last; None: not yet.
        answers: how often it was answered; the last time counts.
        found: what was found, by stratum; nothing where it was not answered.
    """

    number: int
    seed: str
    strata: str
    rows: int
    drawn: int
    digest: str
    author: str
    drawn_at: datetime
    answered_at: datetime | None = None
    answers: int = 0
    found: tuple[Stratum, ...] = ()

    @property
    def result(self) -> Estimate | None:
        """What it says of all rows; None where it was not answered."""
        return estimated(self.found) if self.found else None


def render_json(batch_id: str, samples: Sequence[Sample]) -> str:
    """The samples for programs; keys in docs/report.md, sorted, with a final line feed."""
    told = {"format": FORMAT, "batch": {"batch_id": batch_id}, "samples": [_as_json(s) for s in samples]}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=2) + "\n"


def render_html(batch_id: str, samples: Sequence[Sample]) -> str:
    """The page: Vietnamese, with an English switch."""
    seal = sha256(render_json(batch_id, samples).encode()).hexdigest()
    articles = {
        language: render.article(
            "sample_article.html", language, "samples", batch=batch_id, samples=samples, seal=seal,
            sentences=[_sentence(s, language) for s in samples], stratum=partial(_stratum, language=language),
            bar=partial(_bar, language=language), by=partial(_divided, language=language),
        )
        for language in LANGUAGES
    }  # fmt: skip
    title = " · ".join(text("samples.window", language, batch=batch_id[:12]) for language in LANGUAGES)
    return render.page(title, articles, about=f"batch {batch_id}")


def _as_json(sample: Sample) -> dict[str, Any]:
    result, moments = sample.result, {"drawn_at": sample.drawn_at, "answered_at": sample.answered_at}
    told = {name: value for name, value in asdict(sample).items() if name != "found"}
    return {
        **told, **{name: None if at is None else at.isoformat() for name, at in moments.items()},
        "share": result.share if result else None, "low": result.low if result else None,
        "high": result.high if result else None, "by_stratum": [asdict(s) for s in sample.found],
        **{what: sum(getattr(s, what) for s in sample.found) for what in ("right", "wrong", "unclear")},
    }  # fmt: skip


def _sentence(sample: Sample, language: Language) -> str:
    result = sample.result
    if result is None:
        return text("samples.waits", language, drawn=number(sample.drawn, language))
    counted = {what: _sum(sample.found, what) for what in ("wrong", "unclear")}
    shown = {what: number(rows, language) for what, rows in counted.items()}
    if result.share is None:
        return text("samples.nothing", language, **shown)
    return text(
        "samples.result", language, **shown, drawn=number(sample.drawn, language), rows=number(sample.rows, language),
        share=exact_share(result.share, language), span=span(result.low, result.high, language),
    )  # fmt: skip


def _sum(found: Iterable[Stratum], what: str) -> int:
    return sum(int(getattr(s, what)) for s in found)


def _divided(by: str, language: Language) -> str:
    return text(f"sample.by.{by}", language)


def _stratum(name: str, language: Language) -> str:
    key = f"sample.outcome.{name}"
    return text(key, language) if key in catalogue(language) else name or text("samples.all", language)


def _bar(sample: Sample, found: Stratum, language: Language) -> Markup:
    parts = {"right": ("valid", found.right), "wrong": ("misread", found.wrong), "unclear": ("blank", found.unclear)}
    words = (f"{text(f'samples.{name}', language)} {number(rows, language)}" for name, (_, rows) in parts.items())
    key = f"{language}-sample-{sample.number}-{sample.found.index(found)}"
    return charts.shares([*parts.values()], Caption(key, _stratum(found.name, language), "; ".join(words)))
