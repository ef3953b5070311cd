"""What the profile says of one file, in the shape that standardising needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from transforms.date_orders import SHEET_ORDER
from transforms.date_text import Order
from transforms.ditto import HOUSEHOLD_NUMBER
from transforms.household_lists import LIST, LIST_AT, MIXED
from transforms.household_order import AGAIN, CARRIED, ORDER
from transforms.number_habits import FILL_DOWN, NOT_HERE
from transforms.sex_digits import Verdict

_CARRY, _OWNED = "carry:", "number_owned:"
_NUMBERS = "^number_(?:conflict|everywhere):"


@dataclass(frozen=True)
class FileFacts:
    """Decisions about one file.

    Attributes:
        absent: raw columns without a single filled cell; empty when the profile does not know the file.
        orders: order of day and month by date column.
        ditto_columns: raw columns in which ditto marks stand.
        has_default_day: 01/01 stands for "unknown" in many births.
        has_sex_in_words: sex is written in words, so that a digit in that column is no code.
        fill_down: the household number stands on the head's row only.
        filled_sheets_not: sheets in which it stands on the members' rows too, nevertheless.
        carried: what stood above a part, by raw column and first record of the part.
        household_lists: scope by the first record of each list that begins in the file, in order.
        household_list_at: scope of the list in which a part begins, by its first record.
        is_mixed: rows of several communes in no order: short household numbers are unique in the row's own commune.
        household_scope: where short household numbers are unique: the commune of the file, else the file itself.
        sex_digits: what 0 and 1 mean in the column of sex, where they are not the official codes.
        orders_of_sheets: by date column, the order of each sheet that keeps to another one than the file.
        household_orders: by sheet, how it tells its households without numbers (`household_order`).
        heads_again: by mode and record, how often the same was said of a head before.
        owned_numbers: hashes of the personal numbers that belong to a row of the file and stand in another's.
    """

    absent: frozenset[str] = frozenset()
    orders: Mapping[str, Order] | None = None
    ditto_columns: frozenset[str] = frozenset()
    has_default_day: bool = False
    fill_down: bool = False
    has_sex_in_words: bool = False
    carried: Mapping[tuple[str, str], str] | None = None
    household_lists: Mapping[str, str] = field(default_factory=dict)
    household_list_at: Mapping[str, str] = field(default_factory=dict)
    is_mixed: bool = False
    household_scope: str = ""
    sex_digits: Verdict | None = None
    orders_of_sheets: Mapping[str, Mapping[str, Order]] = field(default_factory=dict)
    owned_numbers: frozenset[str] = frozenset()
    filled_sheets_not: frozenset[str] = frozenset()
    household_orders: Mapping[str, str] = field(default_factory=dict)
    heads_again: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def order(self, column: str) -> Order:
        """Order of day and month of a date column; day first where nothing is known."""
        return (self.orders or {}).get(column, "dmy")

    def sheet_orders(self, column: str) -> Mapping[str, Order]:
        """Order by name of the sheets in which a date column keeps to another one than in the file."""
        return self.orders_of_sheets.get(column, {})

    def homes_above(self, record_id: str) -> dict[str, str | None]:
        """By mode, the household without a number that goes on in the part that begins with that record."""
        return {mode: self.above(f"{CARRIED}:{mode}", record_id) for mode in set(self.household_orders.values())}

    def above(self, column: str, record_id: str) -> str | None:
        """What stood last above the part that begins with that record."""
        return (self.carried or {}).get((column, record_id))


def file_facts(profile: pa.Table, file_id: str) -> FileFacts:
    """The facts of one file of a PROFILE.

    The numbers it names are for `quality.check`: there may be very many, and a file is asked about once a part.
    """
    is_number = pc.match_substring_regex(profile.column("measure"), _NUMBERS)
    rows = profile.filter(pc.and_not(pc.equal(profile.column("file_id"), file_id), is_number))
    columns, measures, values, counts = (rows.column(n).to_pylist() for n in ("column", "measure", "value", "count"))
    found = list(zip(columns, measures, values, counts, strict=True))
    return FileFacts(
        frozenset(c for c, m, _, n in found if m == "filled" and n == 0),
        {c: cast(Order, v) for c, m, v, _ in found if m == "date_order"},
        frozenset(c for c, m, _, n in found if m == "ditto" and n),
        any(m == "default_day" for _, m, _, _ in found),
        any(m == FILL_DOWN and c == HOUSEHOLD_NUMBER for c, m, _, _ in found),
        any(m == "in_words" for _, m, _, _ in found),
        {(c, m.removeprefix(_CARRY)): v for c, m, v, _ in found if m.startswith(_CARRY)},
        _by_record(found, LIST),
        _by_record(found, LIST_AT),
        any(m == MIXED for _, m, _, _ in found),
        next((v for _, m, v, _ in found if m == "household_scope" and v), file_id),
        next((cast(Verdict, v) for c, m, v, _ in found if c == "sex_raw" and m == "digits"), None),
        _orders_of_sheets(found),
        frozenset(v for _, m, v, _ in found if m.startswith(_OWNED)),
        frozenset(m.removeprefix(NOT_HERE) for _, m, _, _ in found if m.startswith(NOT_HERE)),
        _by_record(found, ORDER),
        {_mode_and_record(m): n for _, m, _, n in found if m.startswith(AGAIN)},
    )


def _mode_and_record(measure: str) -> tuple[str, str]:
    mode, _, record_id = measure.removeprefix(AGAIN).partition(":")
    return mode, record_id


def _orders_of_sheets(found: Sequence[tuple[str, str, str, int]]) -> dict[str, dict[str, Order]]:
    orders: dict[str, dict[str, Order]] = {}
    for column, measure, value, _ in found:
        if measure.startswith(SHEET_ORDER):
            orders.setdefault(column, {})[measure.removeprefix(SHEET_ORDER)] = cast(Order, value)
    return orders


def _by_record(found: Sequence[tuple[str, str, str, int]], prefix: str) -> dict[str, str]:
    """Values of the measures of that prefix by the record id that follows it."""
    return {m.removeprefix(prefix): v for _, m, v, _ in found if m.startswith(prefix)}
