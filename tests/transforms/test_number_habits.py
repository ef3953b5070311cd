"""Each sheet of a workbook keeps its own habit of writing household numbers."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.ledgers import source
from transforms import row_context
from transforms.file_facts import file_facts
from transforms.number_habits import NumberHabits
from transforms.profile import profile_chunks

Sheet = list[tuple[bool, str | None]]  # head?, number
ON_HEADS: Sheet = [(True, "12"), (False, None), (False, None)]
ON_ALL: Sheet = [(True, "7"), (False, "7"), (False, "7"), (False, None)]
NOWHERE: Sheet = [(True, None), (False, None)]


def habits(sheets: dict[str | None, Sheet]) -> dict[str, int | None]:
    rows = [(name, *row) for name, sheet in sheets.items() for row in sheet]
    heads = np.array([head for _, head, _ in rows], np.bool_)
    numbered = np.array([number is not None for *_, number in rows], np.bool_)
    found = NumberHabits()
    sheets_of_rows = pa.array([name for name, *_ in rows], pa.string())
    found.add(sheets_of_rows, heads, numbered, ~heads & ~numbered, np.zeros(len(rows), np.bool_))
    return dict(found.measures())


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ({None: ON_HEADS}, {"fill_down": 2}), ({None: ON_ALL}, {}), ({None: NOWHERE}, {}),
        ({"a": ON_HEADS, "b": ON_ALL}, {"fill_down": 2, "fill_down_not:b": 1}),
        ({"a": ON_HEADS, "b": ON_ALL * 9}, {"fill_down": 2, "fill_down_not:b": 9}),
        ({"a": ON_HEADS, "b": NOWHERE}, {"fill_down": 3}), ({"a": ON_ALL, "b": NOWHERE}, {}),
    ],
)  # fmt: skip
def test_habits(sheets: dict[str | None, Sheet], expected: dict[str, int]) -> None:
    assert habits(sheets) == expected


def filled(*given: tuple[str | None, str | None]) -> list[str | None]:
    """Household numbers of rows (number, relation) of one sheet, put in from above."""
    table = source([{"household_id_raw": number, "relation_raw": relation} for number, relation in given])
    facts = file_facts(profile_chunks([table]), table["file_id"][0].as_py())
    found: list[str | None] = row_context.without_repeats(table, facts)[0]["household_id_raw"].to_pylist()
    return found


def test_heads_who_leave_their_relation_blank() -> None:
    assert filled(("1", None), (None, "Vợ"), (None, "Con"), ("2", None), (None, "Vợ")) == ["1", "1", "1", "2", "2"]
    assert filled(("1", None), (None, None), ("2", None), (None, None)) == ["1", "1", "2", "2"]


@pytest.mark.parametrize("given_rows", [
    [("1", None), ("2", None), ("3", None), (None, None)],  # most have a number: the last one lacks it
    [("1", None), ("1", None), (None, None), ("2", None), ("2", None), (None, None)],
    [("1", "Con"), (None, "Con"), ("2", "Vợ"), (None, "Con")],
])  # fmt: skip
def test_who_lacks_a_number_among_others_gets_none(given_rows: list[tuple[str | None, str | None]]) -> None:
    assert filled(*given_rows) == [number for number, _ in given_rows]


rows = st.lists(st.tuples(st.booleans(), st.sampled_from(["1", "2", None])), min_size=1, max_size=8)


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), rows, min_size=1))
def test_law_a_sheet_is_read_alike_alone_and_beside_others(sheets: dict[str, Sheet]) -> None:
    """But one without any evidence of its own, which has nothing to fill from either."""

    def numbers(these: dict[str, Sheet]) -> dict[str, list[str | None]]:
        table = source(
            [
                {"sheet": name, "relation_raw": "Chủ hộ" if head else "Con", "household_id_raw": number}
                for name, sheet in these.items()
                for head, number in sheet
            ]
        )
        facts = file_facts(profile_chunks([table]), table["file_id"][0].as_py())
        filled = row_context.without_repeats(table, facts)[0]["household_id_raw"].to_pylist()
        names = table["sheet"].to_pylist()
        return {name: [n for n, s in zip(filled, names, strict=True) if s == name] for name in these}

    together = numbers(sheets)
    for name, sheet in sheets.items():
        alone = numbers({name: sheet})[name]
        is_decided = any(head and number for head, number in sheet) or not any(number for _, number in sheet)
        assert together[name] == alone or not is_decided
