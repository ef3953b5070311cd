"""Sheets of a workbook that clerks typed in different orders of day and month."""

import pytest

from tests.transforms.ledgers import Row, source, standardise
from transforms.profile import profile_chunks

DAY_FIRST, MONTH_FIRST = ("15.08.1969", "03/02/1981"), ("02/13/1960", "12/25/1964", "03/02/1981")


def rows(sheet: str, *births: str) -> list[Row]:
    return [{"sheet": sheet, "birth_date_raw": birth, "entry_date_raw": birth} for birth in births]


def orders(*given: Row) -> dict[str, str]:
    table = profile_chunks([source(given)]).to_pylist()
    return {r["measure"]: r["value"] for r in table if r["column"] == "birth_date_raw" and "order" in r["measure"]}


def test_each_sheet_is_read_in_its_own_order() -> None:
    table = standardise(source([*rows("A", *DAY_FIRST), *rows("B", *MONTH_FIRST)])).accepted
    born = zip(*(table[f"birth_{part}"].to_pylist() for part in ("year", "month", "day")), strict=True)
    expected = [(1969, 8, 15), (1981, 2, 3), (1960, 2, 13), (1964, 12, 25), (1981, 3, 2)]
    assert list(born) == expected
    assert [(d.year, d.month, d.day) for d in table["entry_date"].to_pylist()] == expected


def test_findings_stand_on_the_rows_of_their_sheet_only() -> None:
    given = source([*rows("A", *DAY_FIRST), *rows("B", *MONTH_FIRST)])
    found = standardise(given).findings.to_pylist()
    rows_of = [r["record_id"] for r in found if r["rule_id"] == "birth_date.month_first"]
    assert rows_of == given["record_id"].to_pylist()[2:]
    assert not [r for r in found if r["rule_id"] == "birth_date.order_unclear"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([*rows("A", *DAY_FIRST), *rows("B", *MONTH_FIRST)],
         {"date_order": "unclear", "date_order:A": "dmy", "date_order:B": "mdy"}),
        ([*rows("A", *DAY_FIRST), *rows("B", "03/02/1981")], {"date_order": "dmy"}),
        # a sheet without evidence in a file of both orders stays unclear
        ([*rows("A", "15/08/1969"), *rows("B", "12/25/1964"), *rows("C", "03/02/1981")],
         {"date_order": "unclear", "date_order:A": "dmy", "date_order:B": "mdy"}),
        # two slips of the pen make no order of a sheet, three dates do
        ([*rows("A", *["15/08/1969"] * 60), *rows("B", *["12/25/1964"] * 2)], {"date_order": "dmy"}),
        ([*rows("A", *["15/08/1969"] * 60), *rows("B", *["12/25/1964"] * 3)],
         {"date_order": "dmy", "date_order:B": "mdy"}),
    ],
)  # fmt: skip
def test_a_sheet_shows_its_order_by_its_own_dates(given: list[Row], expected: dict[str, str]) -> None:
    assert orders(*given) == expected
