"""Households by the number of those who live in them, in the words of a language."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quality import charts
from quality.report_households import SizeGroup
from quality.svg import Caption
from quality.wording import number, percent
from schemas.messages import Language, text


@dataclass(frozen=True)
class SizeShown:
    """Households of a size: how many live there, a bar, how many households, their share."""

    label: str
    bar: Markup
    households: str
    share: str


def sizes_shown(sizes: Sequence[SizeGroup], language: Language) -> tuple[SizeShown, ...]:
    """The sizes from the smallest on; the last one is open. The largest group fills its bar."""
    whole, most = sum(s.households for s in sizes), max((s.households for s in sizes), default=0)
    shown = []
    for size in sizes:
        members = number(size.members, language)
        is_last = size is sizes[-1]
        label = text("report.households.open", language, members=members) if is_last else members
        share = percent(size.households, whole, language)
        bar = charts.shares(
            [("read", size.households), ("nothing", most - size.households)],
            Caption(f"{language}-size-{size.members}", label, share),
        )
        shown.append(SizeShown(label, bar, number(size.households, language), share))
    return tuple(shown)
