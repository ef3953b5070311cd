"""Order of day and month in the sheets of a workbook: one clerk typed a sheet day first, another one month first."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.column import Finding, Standardised, column_of
from transforms.date_text import Order
from transforms.dates import decide_order, order_evidence

SHEET_ORDER = "date_order:"
"""Measure of a column whose dates stand in another order in one sheet, by the name of the sheet."""

_OWN_EVIDENCE = 3
"""Dates by which a sheet shows an order of its own in a file that keeps to the other one: fewer may be slips."""


@dataclass
class OrderEvidence:
    """How many dates of each column and sheet can only be day-first, and how many only month-first."""

    _counts: defaultdict[str, dict[str, tuple[int, int]]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, part: pa.Table, column: str) -> None:
        """Count the dates of one column of a part of a file."""
        sheets, texts = _names(column_of(part, "sheet")), column_of(part, column)
        names = pc.unique(sheets).to_pylist()
        for name in names:
            found = order_evidence(texts if len(names) == 1 else texts.filter(pc.equal(sheets, name)))
            before = self._counts[column].get(name, (0, 0))
            self._counts[column][name] = (before[0] + found[0], before[1] + found[1])

    def measures(self, *, is_returned: bool) -> Iterator[tuple[str, str, str | None, int | None]]:
        """Rows of the profile: the order of each column, and of each sheet that keeps to another one.

        Args:
            is_returned: a returned error file puts the day first.
        """
        for column, by_sheet in sorted(self._counts.items()):
            of_file = (sum(e[0] for e in by_sheet.values()), sum(e[1] for e in by_sheet.values()))
            order = "dmy" if is_returned else decide_order(*of_file)
            yield column, "date_order", order, sum(of_file)
            for sheet, evidence in sorted(by_sheet.items()):
                own = decide_order(*evidence)
                is_shown = sum(evidence) >= (1 if order == "unclear" else _OWN_EVIDENCE)
                if is_shown and own not in {order, "unclear"} and not is_returned:
                    yield column, f"{SHEET_ORDER}{sheet}", own, sum(evidence)


def read_by_sheet(
    read: Callable[[Order], Standardised], sheets: pa.Array, order: Order, own: Mapping[str, Order]
) -> Standardised:
    """A column of dates, each sheet in its own order.

    Args:
        read: reads the whole column in one order.
        sheets: name of the sheet of each row.
        order: of the sheets that are not in `own`.
        own: order by name of the sheet.
    """
    if not own:
        return read(order)
    sheet = _names(sheets).dictionary_encode()
    orders = np.array([own.get(name, order) for name in sheet.dictionary.to_pylist()], dtype=object)
    of_row = orders[sheet.indices.to_numpy(zero_copy_only=False)]
    found: Standardised | None = None
    for one in sorted(set(orders.tolist())):
        mask = of_row == one
        result = read(one)
        kept = tuple(_within(finding, mask) for finding in result.findings)
        found = replace(result, findings=kept) if found is None else _joined(found, result, kept, pa.array(mask))
    return read(order) if found is None else found


def _within(finding: Finding, mask: np.ndarray) -> Finding:
    return replace(finding, rows=finding.rows[mask[finding.rows]])


def _joined(found: Standardised, more: Standardised, kept: tuple[Finding, ...], mask: pa.Array) -> Standardised:
    columns = {name: pc.if_else(mask, more.columns[name], values) for name, values in found.columns.items()}
    return Standardised(columns, pc.if_else(mask, more.reasons, found.reasons), (*found.findings, *kept))


def _names(sheets: pa.Array) -> pa.Array:
    return pc.fill_null(pc.cast(sheets, pa.string()), "")


def with_order_told(profile: pa.Table, order: Order) -> pa.Table:
    """The profile with the order that a person named, where the dates of the file do not show theirs.

    Args:
        profile: PROFILE.
        order: "dmy" or "mdy".
    """
    unsure = pc.or_kleene(pc.equal(profile["value"], "unclear"), pc.equal(profile["count"], 0))
    asked = pc.and_kleene(pc.starts_with(profile["measure"], "date_order"), unsure)
    values = pc.if_else(pc.fill_null(asked, False), pa.scalar(order), profile["value"])
    return profile.set_column(profile.schema.get_field_index("value"), profile.schema.field("value"), values)
