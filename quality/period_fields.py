"""The 17 fields over a month: shares with their intervals, against the month before, and province by province.

All rows of the month are counted, so the shares are exact; Wilson's interval (1927) says how far the process that
wrote and read them might give another share by chance alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quality.report_facts import FieldFacts
from quality.shares import Share, share
from schemas.field import EmptyReason, Field
from schemas.fields import FIELDS


@dataclass(frozen=True)
class FieldOf:
    """A field over some rows: rows >= filled = valid + in review."""

    rows: int
    filled: int
    in_review: int

    @property
    def valid(self) -> int:
        """Filled values that no rule wants reviewed."""
        return self.filled - self.in_review


@dataclass(frozen=True)
class PeriodField:
    """A field in the month.

    Attributes:
        declared: its declaration.
        now: its rows.
        filled: share of rows with a value.
        valid: share of rows with a value that no rule wants reviewed.
        in_review: share of rows with a value that one does.
        before: the same field in the month before; None where nothing was loaded then.
        provinces: the field by province, where there are several.
    """

    declared: Field
    now: FieldOf
    filled: Share
    valid: Share
    in_review: Share
    before: FieldOf | None = None
    provinces: Mapping[str, FieldOf] | None = None

    @property
    def has_changed(self) -> bool:
        """Do the intervals of the valid share, now and before, lie apart?"""
        if self.before is None or not self.before.rows or not self.now.rows:
            return False
        before = share(self.before.valid, self.before.rows)
        return before.high < self.valid.low or self.valid.high < before.low


def period_fields(
    now: Iterable[FieldFacts], before: Iterable[FieldFacts], provinces: Mapping[str, Iterable[FieldFacts]]
) -> tuple[PeriodField, ...]:
    """The 17 fields in the law's order; `provinces` only where there are several."""
    found, earlier = _by_name(now), _by_name(before)
    parts = {code: _by_name(fields) for code, fields in provinces.items()}
    return tuple(
        _field(field, found, earlier, {code: _of(own, field.name) for code, own in parts.items() if own})
        for field in FIELDS
    )


def _field(
    field: Field, now: Mapping[str, FieldFacts], before: Mapping[str, FieldFacts], provinces: Mapping[str, FieldOf]
) -> PeriodField:
    of = _of(now, field.name)
    filled, valid, in_review = (share(part, of.rows) for part in (of.filled, of.valid, of.in_review))
    earlier = _of(before, field.name) if before else None
    return PeriodField(field, of, filled, valid, in_review, earlier, provinces or None)


def _by_name(fields: Iterable[FieldFacts]) -> dict[str, FieldFacts]:
    return {f.field: f for f in fields}


def _of(fields: Mapping[str, FieldFacts], name: str) -> FieldOf:
    found = fields.get(name, FieldFacts(name, {}))
    return FieldOf(
        sum(found.by_reason.values()), found.by_reason.get(EmptyReason.FILLED.value, 0), found.in_review
    )  # fmt: skip
