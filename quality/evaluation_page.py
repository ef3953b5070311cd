"""An evaluation as a page: one file, both languages, no network, no script, in the look of the batch report."""

from dataclasses import dataclass, replace

from markupsafe import Markup

from quality import evaluation_charts as charts
from quality import render
from quality.bars import bar
from quality.evaluation_words import estimate, f1_of, group_label, points, share_of
from quality.rule_words import rule_label
from quality.svg import Caption
from quality.wording import exact_share, number
from schemas.evaluation import (
    DIMENSIONS,
    Bin,
    BlockingEvaluation,
    ClusterEvaluation,
    Evaluation,
    Group,
    PairEvaluation,
    PairScores,
    Rate,
)
from schemas.messages import LANGUAGES, Language, text

Cell = tuple[str, str]
_TEMPLATE = "evaluation_article.html"


@dataclass(frozen=True)
class RowShown:
    """A row of a table: its name, cells of a value and an interval (or none), a mark, a picture."""

    label: str
    cells: tuple[Cell, ...]
    is_small: bool = False
    picture: Markup | None = None


@dataclass(frozen=True)
class DimensionShown:
    """The groups of one dimension."""

    title: str
    rows: tuple[RowShown, ...]


@dataclass(frozen=True)
class Shown:
    """What the article says in one language; an empty tuple = nothing to say."""

    sentences: tuple[str, ...]
    sections: tuple[str, ...]
    points: tuple[RowShown, ...] = ()
    outcomes: tuple[RowShown, ...] = ()
    curve: Markup | None = None
    bins: tuple[RowShown, ...] = ()
    top: tuple[RowShown, ...] = ()
    reliability: Markup | None = None
    clusters: tuple[RowShown, ...] = ()
    groups: tuple[DimensionShown, ...] = ()
    rules: tuple[RowShown, ...] = ()
    strips_from: str = ""


def render_evaluation(made: Evaluation) -> str:
    """The page: Vietnamese, with an English switch.

    Raises:
        KeyError: a text is missing in one of the languages.
    """
    articles = {
        language: render.article(
            "evaluation_article.html", language, "evaluation", made=made, show=shown(made, language)
        )
        for language in LANGUAGES
    }
    title = " · ".join(text("evaluation.title", language) for language in LANGUAGES)
    return render.page(title, articles, "evaluation.css")


def shown(made: Evaluation, language: Language) -> Shown:
    """The article of a language as data."""
    pairs, calibration = made.pairs, None if made.pairs is None else made.pairs.calibration
    present = {"pairs": pairs, "calibration": calibration, "clusters": made.clusters, "blocking": made.blocking,
               "groups": made.groups or None}  # fmt: skip
    low = charts.strip_start(made.groups)
    found = Shown(
        _sentences(made, language), (*(name for name, part in present.items() if part is not None), "method"),
        strips_from=exact_share(low, language),
        groups=tuple(
            _dimension(d, made, low, language) for d in DIMENSIONS if any(g.dimension == d for g in made.groups)
        ),
    )  # fmt: skip
    if made.clusters is not None:
        found = replace(found, clusters=_clusters(made.clusters, made.whole, language))
    if made.blocking is not None:
        found = replace(found, rules=_rules(made.blocking, language))
    if pairs is not None:
        found = replace(found, points=_points(pairs, language), outcomes=_outcomes(pairs, language))
    if pairs is not None and calibration is not None:
        found = replace(
            found, bins=_bins(calibration.bins, 1, language), top=_bins(calibration.top, 4, language),
            curve=charts.precision_recall(pairs, language, f"{language}-curve"),
            reliability=charts.reliability(calibration, language, f"{language}-reliability"),
        )  # fmt: skip
    return found


def _sentences(made: Evaluation, language: Language) -> tuple[str, ...]:
    """In one breath: how much of what was joined is right, how much was found, what waits for people."""
    said = []
    whole = made.whole
    for key, scores in (("matches", whole.matches), ("clustered", whole.clustered)):
        if scores is not None:
            said.append(text(
                f"evaluation.sentence.{key}", language, found=number(scores.precision.whole, language),
                right=share_of(scores.precision, language)[0], true=number(scores.recall.whole, language),
                share=share_of(scores.recall, language)[0],
            ))  # fmt: skip
    if made.pairs is not None:
        pile = made.pairs.review
        said.append(text(
            "evaluation.sentence.review", language, pairs=number(pile.pairs, language),
            share=share_of(pile.decided.recall, language)[0],
        ))  # fmt: skip
    return tuple(said)


def _points(pairs: PairEvaluation, language: Language) -> tuple[RowShown, ...]:
    rows = []
    for name, point in points(pairs, language):
        counts = [(number(n, language), "") for n in (point.found, point.found - point.right)]
        rates = [share_of(rate, language) for rate in (point.precision, point.recall)]
        rows.append(RowShown(name, (*counts, *rates, (exact_share(point.f1, language), ""))))
    return tuple(rows)


def _outcomes(pairs: PairEvaluation, language: Language) -> tuple[RowShown, ...]:
    return tuple(
        RowShown(
            text(f"evaluation.outcome.{o.outcome}", language),
            ((number(o.pairs, language), ""), share_of(o.true, language)),
        )
        for o in pairs.outcomes
    )


def _bins(bins: tuple[Bin, ...], most_digits: int, language: Language) -> tuple[RowShown, ...]:
    return tuple(
        RowShown(f"{_edge(b.low, most_digits, language)}–{_edge(b.high, most_digits, language)}", (
            (number(b.pairs, language), ""), (exact_share(b.said, language), ""), share_of(b.true, language),
        ))
        for b in bins
    )  # fmt: skip


def _edge(value: float, most_digits: int, language: Language) -> str:
    """0.9, 0.995: as many digits as it has, one at least."""
    digits = max(1, len(f"{value:.{most_digits}f}".rstrip("0").partition(".")[2]))
    return number(value, language, digits)


def _clusters(found: ClusterEvaluation, whole: Group, language: Language) -> tuple[RowShown, ...]:
    rows = []
    if whole.clustered is not None:
        rows.append(RowShown(text("evaluation.clusters.inside", language), _scores(whole.clustered, language)))
    if whole.b_cubed is not None:
        cells = tuple(estimate(e, language) for e in (whole.b_cubed.precision, whole.b_cubed.recall, whole.b_cubed.f1))
        rows.append(RowShown("B³", cells))
    exact: tuple[Rate, ...] = (found.exact, found.exact_recall)
    cells = (*(share_of(rate, language) for rate in exact), (exact_share(found.exact_f1, language), ""))
    return (*rows, RowShown(text("evaluation.clusters.exact", language), cells))


def _rules(found: BlockingEvaluation, language: Language) -> tuple[RowShown, ...]:
    """Blocking rules with what they find of the true pairs; in the bar what each alone finds, then the rest of it."""
    rows = []
    for place, rule in enumerate(found.rules):
        hits = rule.found.part
        said = f"{number(hits, language)}, {share_of(rule.found, language)[0]}"
        picture = bar([(rule.alone, "match"), (hits - rule.alone, "merged")], rule.found.whole,
                      f"{language}-rule-{place}", said)  # fmt: skip
        counts = [(number(n, language), "") for n in (hits, rule.first, rule.alone)]
        recall = exact_share(rule.found.value, language) if rule.found.whole else "–"
        cells = (*counts[:1], (recall, ""), *counts[1:])
        rows.append(RowShown(rule_label(rule.rule, rule.parts, language), cells, picture=picture))
    return tuple(rows)


def _dimension(name: str, made: Evaluation, low: float, language: Language) -> DimensionShown:
    rows = tuple(
        _group(group, place, low, language) for place, group in enumerate(made.groups) if group.dimension == name
    )
    return DimensionShown(text(f"evaluation.by.{name}", language), rows)


def _group(group: Group, place: int, low: float, language: Language) -> RowShown:
    label, scores = group_label(group, language), charts.scores_of(group)
    nothing: Cell = ("", "")
    scored = (nothing,) * 3 if scores is None else _scores(scores, language)
    said = [
        f"{text(f'evaluation.{what}', language)} {value}" + (f" ({span})" if span else "")
        for what, (value, span) in zip(("precision", "recall"), scored, strict=False)
    ]
    caption = Caption(f"{language}-group-{place}", label, "; ".join(said))
    counts = ((number(group.records, language), ""), (number(group.true_pairs, language), ""))
    b_cubed = nothing if group.b_cubed is None else estimate(group.b_cubed.f1, language)
    return RowShown(label, (*counts, *scored, b_cubed), group.is_small, charts.strip(group, low, caption))


def _scores(scores: PairScores, language: Language) -> tuple[Cell, ...]:
    return share_of(scores.precision, language), share_of(scores.recall, language), f1_of(scores, language)
