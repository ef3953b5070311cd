"""Two runs compared, as a page: one file, both languages, no network, no script, in the look of the batch report."""

from dataclasses import dataclass

from quality import render
from quality.evaluation_words import group_label
from quality.sections_gate import wrong_of
from quality.wording import exact_share, number
from schemas.comparison import ABSENT, ACCEPTED, DIMENSIONS, OTHERS, Comparison, GroupChange
from schemas.fields import by_name
from schemas.messages import LANGUAGES, Language, text


@dataclass(frozen=True)
class RowShown:
    """A row of a table: what it is of, and its cells."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """The article of a language as data; an empty tuple = nothing to say."""

    sentence: str
    moves: tuple[RowShown, ...]
    fields: tuple[RowShown, ...]
    matching: tuple[RowShown, ...]
    groups: tuple[tuple[str, tuple[RowShown, ...]], ...]


def render_comparison(made: Comparison) -> str:
    """The page: Vietnamese, with an English switch."""
    articles = {
        language: render.article(
            "comparison_article.html", language, "comparison", made=made, show=shown(made, language)
        )
        for language in LANGUAGES
    }
    return render.page(" · ".join(text("comparison.title", language) for language in LANGUAGES), articles)


def shown(made: Comparison, language: Language) -> Shown:
    """The article of a language as data."""
    moved = made.rows - made.same
    sentence = text(
        "comparison.sentence", language, rows=number(made.rows, language), moved=number(moved, language),
        share=exact_share(moved / made.rows if made.rows else 0.0, language),
    )  # fmt: skip
    moves = tuple(
        RowShown(side_label(m.before, language), (side_label(m.after, language), number(m.rows, language)))
        for m in made.moves
    )
    fields = tuple(
        RowShown(_field(f.field, language), tuple(number(n, language) for n in (f.rows, f.filled, f.emptied)))
        for f in made.fields
        if f.rows
    )
    return Shown(sentence, moves, fields, _matching(made, language), _groups(made, language))


def side_label(side: str, language: Language) -> str:
    """Accepted, not read, or what the rule says that keeps a row out."""
    return text(f"comparison.side.{side}", language) if side in (ACCEPTED, ABSENT) else wrong_of(side, language)


def change_label(group: GroupChange, language: Language) -> str:
    """A group by name."""
    return text("comparison.group.others", language) if group.code == OTHERS else group_label(group, language)


def _matching(made: Comparison, language: Language) -> tuple[RowShown, ...]:
    if made.matching is None:
        return ()
    counts = {
        "records": made.matching.records, "both": made.matching.both, "only_before": made.matching.only_before,
        "only_after": made.matching.only_after, "changed": made.matching.changed,
    }  # fmt: skip
    return tuple(
        RowShown(text(f"comparison.matching.{name}", language), (number(n, language),)) for name, n in counts.items()
    )


def _groups(made: Comparison, language: Language) -> tuple[tuple[str, tuple[RowShown, ...]], ...]:
    found = []
    for dimension in DIMENSIONS:
        rows = tuple(_group(g, language) for g in made.groups if g.dimension == dimension)
        if rows:
            found.append((text(f"evaluation.by.{dimension}", language), rows))
    return tuple(found)


def _group(group: GroupChange, language: Language) -> RowShown:
    changed = (group.kept_out, group.let_in, group.matched_otherwise)
    cells = (_part(n, group.rows, language) for n in changed)
    return RowShown(change_label(group, language), (number(group.rows, language), *cells))


def _part(part: int | None, whole: int, language: Language) -> str:
    return "–" if part is None else f"{number(part, language)} ({exact_share(part / whole, language)})"


def _field(name: str, language: Language) -> str:
    declared = by_name(name)
    return declared.label_vi if language == "vi" else declared.label_en
