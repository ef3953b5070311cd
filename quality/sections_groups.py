"""Is a group of people served worse than the others? Its shares of rows kept out, unsure, merged, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quality.evaluation_words import group_label
from quality.groups import DIMENSIONS, MEASURES, OTHERS
from quality.report_facts import GroupRows
from quality.shares import Share, share
from quality.wording import exact_share, number, span
from schemas.messages import Language, text


@dataclass(frozen=True)
class MeasureShown:
    """A share with its interval; `mark`: more, less, or "" where the interval reaches that of all rows."""

    share: str
    span: str
    mark: str


@dataclass(frozen=True)
class RowsShown:
    """A group: its name, rows and shares in the order of MEASURES."""

    label: str
    rows: str
    measures: tuple[MeasureShown, ...]


def groups_shown(given: Iterable[GroupRows], language: Language) -> tuple[tuple[str, tuple[RowsShown, ...]], ...]:
    """A table a dimension: its title and its groups; those without any group are left out."""
    groups, found = tuple(given), []
    for dimension in DIMENSIONS:
        mine = [g for g in groups if g.dimension == dimension]
        if mine:
            whole = {m: share(sum(getattr(g, m) for g in mine), sum(g.rows for g in mine)) for m in MEASURES}
            rows = tuple(_shown(g, whole, language) for g in mine)
            found.append((text(f"evaluation.by.{dimension}", language), rows))
    return tuple(found)


def _shown(group: GroupRows, whole: Mapping[str, Share], language: Language) -> RowsShown:
    label = text("report.groups.others", language) if group.code == OTHERS else group_label(group, language)
    measures = (_measure(share(getattr(group, m), group.rows), whole[m], language) for m in MEASURES)
    return RowsShown(label, number(group.rows, language), tuple(measures))


def _measure(found: Share, whole: Share, language: Language) -> MeasureShown:
    """Apart from the share of all rows: the interval of the group does not reach it."""
    value = whole.share or 0.0
    mark = "more" if found.low > value else "less" if found.high < value else ""
    said = text(f"report.groups.{mark}", language) if mark else ""
    return MeasureShown(exact_share(found.share or 0.0, language), span(found.low, found.high, language), said)
