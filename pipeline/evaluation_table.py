"""What `sohoa evaluate` says on a terminal: the figures as tables, each with its interval of 95 %."""

from collections.abc import Mapping

from pipeline import console
from quality.evaluation_words import estimate, f1_of, group_label, points, share_of
from quality.rule_words import rule_label
from quality.wording import exact_share, number
from schemas.evaluation import (
    DIMENSIONS,
    Calibration,
    ClusterEvaluation,
    Evaluation,
    Group,
    PairEvaluation,
    RuleRecall,
)
from schemas.messages import Language, text

Row = Mapping[str, str]


def say(made: Evaluation, language: Language) -> None:
    """All figures of an evaluation on stdout."""
    console.say_heading("evaluation.title", language)
    console.say_lines(lead(made, language))
    for key, rows in tables(made, language):
        console.say_lines([""])
        console.say_heading(key, language)
        console.say_table(rows, language, machine=False)
    groups = f"evaluation.groups.lead_{'pairs' if made.clusters is None else 'clusters'}"
    console.say_lines(
        ["", *([text(groups, language)] if made.groups else []), text("evaluation.terminal.note", language)]
    )


def lead(made: Evaluation, language: Language) -> list[str]:
    """How many records were judged, what was left out, what waits for people, which clusters are wrong."""
    counts, said = made.records, []

    def sentence(key: str, **values: float | None) -> None:
        words = {k: "–" if v is None else number(v, language) for k, v in values.items()}
        said.append(text(f"evaluation.{key}", language, **words))

    sentence("judged", records=counts.judged, persons=counts.persons, pairs=counts.true_pairs)
    if counts.only_in_truth or counts.without_truth:
        sentence("left_out", only_in_truth=counts.only_in_truth, without_truth=counts.without_truth)
    if made.pairs is not None:
        pile = made.pairs.review
        share = exact_share(pile.share_of_records, language)
        values = {"pairs": number(pile.pairs, language), "records": number(pile.records, language)}
        said.append(text("evaluation.pile", language, **values, share=share))
    if made.clusters is not None:
        found = made.clusters
        sentence("wrong_clusters", merged=found.over_merged, merged_records=found.over_merged_records,
                 split=found.split, split_records=found.split_records)  # fmt: skip
    if made.blocking is not None:
        hits = made.blocking.found
        told = {"found": number(hits.part, language), "true": number(hits.whole, language)}
        said.append(text("evaluation.blocking.terminal", language, **told, share=exact_share(hits.value, language)))
    return said


def tables(made: Evaluation, language: Language) -> list[tuple[str, list[Row]]]:
    """The tables with the keys of their headings, in the order of reading; the empty ones are left out."""
    found: list[tuple[str, list[Row]]] = []
    if made.pairs is not None:
        found.append(("evaluation.pairs.heading", _points(made.pairs, language)))
        found.append(("evaluation.outcomes.title", _outcomes(made.pairs, language)))
        if made.pairs.calibration is not None:
            found.append(("evaluation.calibration.heading", _bins(made.pairs.calibration, language)))
    if made.clusters is not None:
        found.append(("evaluation.clusters.heading", _clusters(made.clusters, made.whole, language)))
    if made.blocking is not None:
        found.append(("evaluation.blocking.heading", [_rule(rule, language) for rule in made.blocking.rules]))
    for dimension in DIMENSIONS:
        groups = [g for g in made.groups if g.dimension == dimension]
        found.append((f"evaluation.by.{dimension}", [_group(g, language) for g in groups]))
    return [(key, rows) for key, rows in found if rows]


def _points(pairs: PairEvaluation, language: Language) -> list[Row]:
    return [
        {
            "": name,
            text("evaluation.column.found", language): number(point.found, language),
            text("evaluation.column.right", language): number(point.right, language),
            text("evaluation.precision", language): _bracketed(share_of(point.precision, language)),
            text("evaluation.recall", language): _bracketed(share_of(point.recall, language)),
            "F1": exact_share(point.f1, language),
        }
        for name, point in points(pairs, language)
    ]


def _rule(rule: RuleRecall, language: Language) -> Row:
    return {
        text("evaluation.column.rule", language): rule_label(rule.rule, rule.parts, language),
        text("evaluation.column.found_by", language): number(rule.found.part, language),
        text("evaluation.recall", language): exact_share(rule.found.value, language) if rule.found.whole else "–",
        text("evaluation.column.first", language): number(rule.first, language),
        text("evaluation.column.alone", language): number(rule.alone, language),
    }


def _outcomes(pairs: PairEvaluation, language: Language) -> list[Row]:
    return [
        {
            "": text(f"evaluation.outcome.{o.outcome}", language),
            text("evaluation.column.pairs", language): number(o.pairs, language),
            text("evaluation.column.true_share", language): _bracketed(share_of(o.true, language)),
        }
        for o in pairs.outcomes
    ]


def _bins(found: Calibration, language: Language) -> list[Row]:
    pairs, said, true = (text(f"evaluation.column.{c}", language) for c in ("pairs", "said", "true_share"))
    below = "–" if found.error_below is None else exact_share(found.error_below, language)
    errors = (("error", exact_share(found.error, language)), ("error_below", below))
    return [
        *({"p": f"{number(b.low, language, 1)}–{number(b.high, language, 1)}", pairs: number(b.pairs, language),
           said: exact_share(b.said, language), true: _bracketed(share_of(b.true, language))} for b in found.bins),
        *({"p": text(f"evaluation.calibration.{key}", language), pairs: "", said: value, true: ""}
          for key, value in errors),
    ]  # fmt: skip


def _clusters(found: ClusterEvaluation, whole: Group, language: Language) -> list[Row]:
    rows = [_scores(text("evaluation.clusters.inside", language), whole, language)]
    precision, recall = text("evaluation.precision", language), text("evaluation.recall", language)
    if whole.b_cubed is not None:
        b_cubed = whole.b_cubed
        named = ((precision, b_cubed.precision), (recall, b_cubed.recall), ("F1", b_cubed.f1))
        rows.append({"": "B³", **{name: _bracketed(estimate(e, language)) for name, e in named}})
    rows.append({
        "": text("evaluation.clusters.exact", language), precision: _bracketed(share_of(found.exact, language)),
        recall: _bracketed(share_of(found.exact_recall, language)), "F1": exact_share(found.exact_f1, language),
    })  # fmt: skip
    return rows


def _group(group: Group, language: Language) -> Row:
    row = {
        "": group_label(group, language) + (" *" if group.is_small else ""),
        text("evaluation.column.records", language): number(group.records, language),
        text("evaluation.column.true_pairs", language): number(group.true_pairs, language),
    }
    row |= {name: cell for name, cell in _scores("", group, language).items() if name}
    if group.b_cubed is not None:
        row["B³ F1"] = _bracketed(estimate(group.b_cubed.f1, language))
    return row


def _scores(name: str, group: Group, language: Language) -> Row:
    """Of the pairs inside clusters; without clusters of the pairs that were joined."""
    scores = group.clustered or group.matches
    if scores is None:
        return {"": name}
    return {
        "": name,
        text("evaluation.precision", language): _bracketed(share_of(scores.precision, language)),
        text("evaluation.recall", language): _bracketed(share_of(scores.recall, language)),
        "F1": _bracketed(f1_of(scores, language)),
    }


def _bracketed(words: tuple[str, str]) -> str:
    value, interval = words
    return f"{value} [{interval}]" if interval else value
