"""The four axes of a batch, and its fields beside those of earlier batches, in the words of a language."""

from dataclasses import dataclass

from quality.axes import AXES
from quality.field_history import MEASURES
from quality.report import Report
from quality.shares import Share
from quality.wording import exact_share, number, span
from schemas.messages import Language, text

_NOTHING = "–"


@dataclass(frozen=True)
class ShareShown:
    """A share and its interval; `is_apart`: the interval lies apart from that of this batch."""

    share: str
    span: str
    is_apart: bool = False


@dataclass(frozen=True)
class AxisShown:
    """One of the four axes: its word, what it counts, share and rows."""

    label: str
    means: str
    found: ShareShown
    counted: str


@dataclass(frozen=True)
class CompareRow:
    """A field with the share of this batch and of those that it is compared with."""

    label: str
    shares: tuple[ShareShown, ...]


@dataclass(frozen=True)
class CompareShown:
    """A measure over the 17 fields: what it is, the columns, a row a field."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[CompareRow, ...]


def axes(report: Report, language: Language) -> tuple[AxisShown, ...]:
    """The axes in the order of the campaign."""
    return tuple(
        AxisShown(
            text(f"report.axis.{name}", language), text(f"report.axis.{name}.means", language),
            _shown(report.axes[name], language),
            text("report.axis.counted", language, part=number(report.axes[name].part, language),
                 whole=number(report.axes[name].whole, language)),
        )
        for name in AXES if name in report.axes
    )  # fmt: skip


def compared(report: Report, language: Language) -> tuple[CompareShown, ...]:
    """Each measure with this batch, the last one, the province and the nation side by side."""
    beside = report.history.columns
    titles = (text("report.compared.this", language), *(_column(report, name, language) for name in beside))
    found = []
    for measure in MEASURES:
        rows = []
        for field in report.fields:
            own = field.tally.share_of(measure)
            others = [t.share_of(measure) if (t := c.of(field.name)) else None for c in beside.values()]
            label = field.declared.label_vi if language == "vi" else field.declared.label_en
            shares = (_shown(own, language), *(_shown(other, language, own) for other in others))
            rows.append(CompareRow(f"{field.declared.number} {label}", shares))
        found.append(CompareShown(measure, text(f"report.compared.{measure}", language), titles, tuple(rows)))
    return tuple(found)


def _column(report: Report, name: str, language: Language) -> str:
    return text(f"report.compared.{name}", language, batches=number(report.history.columns[name].batches, language))


def _shown(found: Share | None, language: Language, own: Share | None = None) -> ShareShown:
    if found is None or found.share is None:
        return ShareShown(_NOTHING, "")
    is_apart = own is not None and own.share is not None and (own.high < found.low or found.high < own.low)
    return ShareShown(exact_share(found.share, language), span(found.low, found.high, language), is_apart)
