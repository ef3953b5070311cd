"""profile.json of a matching as a page and as a short table on a terminal."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dedup.blocking import RULES
from pipeline import console
from pipeline.artefacts import read_json, write_texts
from pipeline.pair_worth import log_odds
from quality.profile_page import render_profile, sentences, sizes
from quality.rule_words import rule_label
from quality.wording import number
from schemas.match_profile import BlockCount, MatchProfile, RuleCount, WeightBin
from schemas.messages import Language, text

PAGE = "profile.html"
_PARTS = {name: parts for name, parts, *_ in RULES}
_SHOWN_RULES = 8
_SHOWN_BLOCKS = 3
Row = Mapping[str, str]


def weight_bins(pairs: Iterable[pa.Table]) -> list[dict[str, Any]]:
    """Pairs by whole weight and outcome, as profile.json has them."""
    found: Counter[tuple[int, str]] = Counter()
    for table in pairs:
        whole = pc.floor(table["match_weight"]).cast(pa.int64())
        counted = pa.table({"weight": whole, "outcome": table["outcome"]}).group_by(["weight", "outcome"])
        for row in counted.aggregate([([], "count_all")]).to_pylist():
            found[row["weight"], row["outcome"]] += row["count_all"]
    return [{"weight": weight, "outcome": name, "pairs": n} for (weight, name), n in sorted(found.items())]


def profile_of(raw: Mapping[str, Any]) -> MatchProfile:
    """The profile that profile.json holds, of our own records or of a declared table."""
    model, blocking = raw["model"], raw["blocking"]
    match, review = (
        model[f"{n}_weight"] if f"{n}_weight" in model else log_odds(model[f"{n}_probability"])
        for n in ("match", "review")
    )
    is_ours = "match_weight" in model
    return MatchProfile(
        raw["records"], model["version"], match, review, blocking.get("pairs", 0),
        tuple(RuleCount(parts=_parts(r["rule"], ours=is_ours), **r) for r in blocking.get("rules", ())),
        tuple(BlockCount(name, _parts(name, ours=is_ours), n) for name, n in blocking.get("largest_blocks", ())),
        blocking.get("blocks_left_out", 0), blocking.get("records_in_them", 0), raw["outcomes"],
        tuple(WeightBin(**w) for w in raw.get("weights", ())),
        {int(size): n for size, n in raw["clusters"]["by_size"].items()}, raw["seconds"],
    )  # fmt: skip


def write_page(raw: Mapping[str, Any], out: Path) -> Path:
    """Write profile.html beside profile.json. Raises UsageError path.cannot_write."""
    return write_texts({PAGE: render_profile(profile_of(raw))}, out)[PAGE]


def say(folder: Path, language: Language) -> None:
    """The profile of a folder that was just written, on stdout: in words, the chief rules, the largest blocks."""
    made = profile_of(read_json(folder / "profile.json"))
    console.say_lines(["", *sentences(made, language)])
    for key, rows in tables(made, language):
        if rows:
            console.say_lines([""])
            console.say_heading(key, language)
            console.say_table(rows, language, machine=False)
    console.say_lines(["", text("profile.terminal.note", language, path=folder / PAGE)])


def tables(made: MatchProfile, language: Language) -> list[tuple[str, list[Row]]]:
    """Tables with the keys of their headings: the rules that found most, the largest blocks, clusters by size."""
    clusters: list[Row] = [
        {text("profile.column.size", language): name, text("profile.column.clusters", language): number(n, language)}
        for name, n, _ in sizes(made, language)
    ]
    blocks: list[Row] = [
        {
            text("profile.column.rule", language): rule_label(b.rule, b.parts, language),
            text("profile.column.records", language): number(b.records, language),
        }
        for b in made.largest_blocks[:_SHOWN_BLOCKS]
    ]
    return [
        ("profile.rules.heading", _rules(made.rules, language)), ("profile.blocks.heading", blocks),
        ("profile.sizes.heading", clusters),
    ]  # fmt: skip


def _rules(rules: Sequence[RuleCount], language: Language) -> list[Row]:
    """The rules that found most first, and what all the others found together."""
    by_first = sorted(rules, key=lambda r: -r.first)
    rows = [
        _rule(rule_label(r.rule, r.parts, language), r.first, r.alone, r.largest, language)
        for r in by_first[:_SHOWN_RULES]
    ]
    if others := by_first[_SHOWN_RULES:]:
        label = text("profile.rules.more", language, rules=number(len(others), language))
        first, alone = sum(r.first for r in others), sum(r.alone for r in others)
        rows.append(_rule(label, first, alone, max(r.largest for r in others), language))
    return rows


def _rule(label: str, first: int, alone: int, largest: int, language: Language) -> Row:
    counts = {"first": first, "alone": alone, "largest": largest}
    return {text("profile.column.rule", language): label} | {
        text(f"profile.column.{name}", language): number(count, language) for name, count in counts.items()
    }


def _parts(rule: str, *, ours: bool) -> tuple[str, ...]:
    """What the key of our rule is made of; rules of declared tables may bear the same names and mean other columns."""
    return _PARTS.get(rule, ()) if ours else ()
