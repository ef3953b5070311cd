"""How the cells of scans were read, by field and by confidence, in the words of a language."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from quality.report_facts import CellCount
from quality.shares import share
from quality.wording import exact_share, number, span
from schemas.fields import ALL_FIELDS
from schemas.messages import Language, text

COUNTED = ("cells", "accepted", "waiting", "confirmed", "corrected")
_LAST_BAND = 9


@dataclass(frozen=True)
class CellsShown:
    """Cells of a field or a band: the counts in the order of COUNTED; the share read right of those a person read."""

    label: str
    counts: tuple[str, ...]
    right: str
    span: str


@dataclass(frozen=True)
class ScansShown:
    """Cells of scans by field, and by the confidence of the machine, the highest first."""

    fields: tuple[CellsShown, ...]
    bands: tuple[CellsShown, ...]


def scans(cells: Iterable[CellCount], language: Language) -> ScansShown | None:
    """The reading of scans; None where there are none."""
    counted = tuple(cells)
    if not counted:
        return None
    labels = {f.name: f.label_vi if language == "vi" else f.label_en for f in ALL_FIELDS}
    fields = _together(counted, lambda c: c.field)
    order = [f.name for f in ALL_FIELDS if f.name in fields]
    bands = _together(counted, lambda c: f"{c.band}")
    return ScansShown(
        tuple(_shown(labels[name], fields[name], language) for name in order),
        tuple(_shown(_band(int(b), language), bands[b], language) for b in sorted(bands, reverse=True)),
    )


def sums_of(counted: Iterable[CellCount]) -> dict[str, int]:
    """The counts of several cells together."""
    found = tuple(counted)
    return {what: sum(getattr(c, what) for c in found) for what in COUNTED}


def _together(counted: Iterable[CellCount], key: Callable[[CellCount], str]) -> dict[str, dict[str, int]]:
    grouped: dict[str, list[CellCount]] = {}
    for cell in counted:
        grouped.setdefault(key(cell), []).append(cell)
    return {name: sums_of(cells) for name, cells in grouped.items()}


def _shown(label: str, sums: Mapping[str, int], language: Language) -> CellsShown:
    right = share(sums["confirmed"], sums["confirmed"] + sums["corrected"])
    counts = tuple(number(sums[what], language) for what in COUNTED)
    if right.share is None:
        return CellsShown(label, counts, "–", "")
    return CellsShown(label, counts, exact_share(right.share, language), span(right.low, right.high, language))


def _band(band: int, language: Language) -> str:
    ends = {"low": number(band / 10, language, 1), "high": number((band + 1) / 10, language, 1)}
    return text("report.scans.band.last" if band == _LAST_BAND else "report.scans.band", language, **ends)
