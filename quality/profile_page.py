"""What a matching did, as a page: pairs by blocking rule, largest blocks, outcomes, weights, clusters, seconds."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from quality import charts, render
from quality.bars import bar
from quality.report_facts import WeightCount
from quality.rule_words import rule_label
from quality.thresholds_page import weight
from quality.wording import number, percent
from schemas.match_profile import MatchProfile
from schemas.messages import LANGUAGES, Language, catalogue, text

OUTCOMES = ("match", "review", "non_match")
_MANY_RECORDS = 10
"""Clusters of more records than this are told together."""


@dataclass(frozen=True)
class Row:
    """A row of a table: its name, its cells, and a bar."""

    label: str
    cells: tuple[str, ...]
    bar: Markup


@dataclass(frozen=True)
class Shown:
    """What the article says in one language."""

    sentences: tuple[str, ...]
    sections: tuple[str, ...]
    rules: tuple[Row, ...]
    blocks: tuple[Row, ...]
    outcomes: tuple[Row, ...]
    weights: Markup | None
    sizes: tuple[Row, ...]
    seconds: tuple[Row, ...]


def render_profile(made: MatchProfile) -> str:
    """The page: Vietnamese, with an English switch.

    Raises:
        KeyError: a text is missing in one of the languages.
    """
    articles = {
        language: render.article(
            "profile_article.html", language, "profile", made=made, show=shown(made, language),
            thresholds=thresholds_said(made, language), has_others=any(w.outcome == "non_match" for w in made.weights),
        )
        for language in LANGUAGES
    }  # fmt: skip
    title = " · ".join(text("profile.title", language) for language in LANGUAGES)
    return render.page(title, articles, "evaluation.css")


def shown(made: MatchProfile, language: Language) -> Shown:
    """The article of a language as data."""
    most = max((r.first for r in made.rules), default=0)
    rules = tuple(
        Row(
            rule_label(r.rule, r.parts, language),
            tuple(number(n, language) for n in (r.first, r.alone, r.blocks, r.largest)),
            bar([(r.alone, "match"), (r.first - r.alone, "merged")], most, f"{language}-rule-{place}",
                 text("profile.rules.bar", language, first=number(r.first, language), alone=number(r.alone, language))),
        )
        for place, r in enumerate(made.rules)
    )  # fmt: skip
    return Shown(
        sentences(made, language), ("rules", "blocks", "outcomes", "sizes", "seconds", "method"), rules,
        _blocks(made, language), _outcomes(made, language), _weights(made, language),
        _plain("size", sizes(made, language), language),
        _plain("second", [(step_name(n, language), s, 1) for n, s in made.seconds.items()], language),
    )  # fmt: skip


def sentences(made: MatchProfile, language: Language) -> tuple[str, ...]:
    """Records, candidate pairs and what became of them, in words."""
    found = {name: number(made.outcomes.get(name, 0), language) for name in OUTCOMES}
    clusters = sum(made.sizes.values())
    return (
        text("profile.sentence.pairs", language, records=number(made.records, language),
             pairs=number(made.pairs, language), each=number(made.pairs / max(made.records, 1), language, 1)),
        text("profile.sentence.outcomes", language, **found),
        text("profile.sentence.clusters", language, clusters=number(clusters, language),
             records=number(made.records, language)),
    )  # fmt: skip


def sizes(made: MatchProfile, language: Language) -> list[tuple[str, float, int]]:
    """Clusters by size as name, clusters, records in each (of the many together: 0); large ones in one row."""
    rows = [(number(n, language), float(made.sizes[n]), n) for n in sorted(made.sizes) if n <= _MANY_RECORDS]
    large = sum(clusters for n, clusters in made.sizes.items() if n > _MANY_RECORDS)
    if large:
        rows.append((text("profile.sizes.more", language, records=number(_MANY_RECORDS, language)), float(large), 0))
    return rows


def step_name(step: str, language: Language) -> str:
    """A part of the work in words."""
    return str(catalogue(language).get(f"match.{step}", step))


def _blocks(made: MatchProfile, language: Language) -> tuple[Row, ...]:
    rows = [(rule_label(b.rule, b.parts, language), float(b.records), 1) for b in made.largest_blocks]
    return _plain("block", rows, language)


def _outcomes(made: MatchProfile, language: Language) -> tuple[Row, ...]:
    total = sum(made.outcomes.values())
    most = max(made.outcomes.values(), default=0)
    return tuple(
        Row(
            text(f"evaluation.outcome.{name}", language), (number(pairs, language), percent(pairs, total, language)),
            bar([(pairs, name)], most, f"{language}-outcome-{name}", number(pairs, language)),
        )
        for name in OUTCOMES
        for pairs in (made.outcomes.get(name, 0),)
    )  # fmt: skip


def _weights(made: MatchProfile, language: Language) -> Markup | None:
    counts = [WeightCount(w.weight, w.outcome, w.pairs) for w in made.weights]
    thresholds = {"match": made.match_weight, "review": made.review_weight}
    return charts.weights(counts, thresholds, language, f"{language}-weights") if counts else None


def _plain(kind: str, rows: Iterable[tuple[str, float, int]], language: Language) -> tuple[Row, ...]:
    """Rows of one number each (seconds have a digit behind), with bars against the largest."""
    found = list(rows)
    most = max((value for _, value, _ in found), default=0.0)
    digits = 1 if kind == "second" else 0
    made = []
    for place, (label, value, _) in enumerate(found):
        said = number(value, language, digits)
        made.append(Row(label, (said,), bar([(value, "match")], most, f"{language}-{kind}-{place}", said)))
    return tuple(made)


def thresholds_said(made: MatchProfile, language: Language) -> str:
    """The thresholds of the model in words."""
    return text("profile.weights.thresholds", language, match=weight(made.match_weight, language),
                review=weight(made.review_weight, language))  # fmt: skip
