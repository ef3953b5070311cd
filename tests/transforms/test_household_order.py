"""Households of lists without numbers: by the rows of heads, by their names, or not at all."""

from collections.abc import Sequence
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.lineage import record_ids
from schemas.tables import SOURCE_RECORDS
from transforms.file_facts import file_facts
from transforms.household_order import TOLD
from transforms.profile import profile_chunks
from transforms.row_context import SCOPE, households_by_order, standing_alone

FILE = "f" * 32
Row = tuple[str, str | None, str | None]
"""Name, relation, head's name."""


def source(rows: Sequence[Row], sheet: str | None = None, **more: str | int | None) -> pa.Table:
    ids = record_ids(FILE, sheet or "", list(range(1, len(rows) + 1))).to_pylist()
    place = {"file_id": FILE, "file": "so.csv", "sheet": sheet, "page": None}
    columns = ("full_name_raw", "relation_raw", "head_name_raw")
    made = [
        place | {"record_id": i, "line": n} | dict(zip(columns, row, strict=True)) | more
        for n, (i, row) in enumerate(zip(ids, rows, strict=True), 1)
    ]
    return pa.Table.from_pylist(made, schema=SOURCE_RECORDS.schema)


def homes(*parts: pa.Table) -> list[list[str | None]]:
    facts = file_facts(profile_chunks(parts), FILE)
    return [households_by_order(part, facts).to_pylist() for part in parts]


def runs(found: Sequence[str | None]) -> list[int]:
    """Numbers of households in the order in which they come; 0 = none."""
    known: dict[str, int] = {}
    return [0 if home is None else known.setdefault(home, len(known) + 1) for home in found]


TWO = [("A", "Chủ hộ", None), ("B", "Vợ", None), ("C", "Con", None), ("D", "CH", None), ("E", "Chồng", None)]
SHUFFLED = [("A", "Chủ hộ", None), ("B", "Con", None), ("C", "Vợ", None), ("D", "Chủ hộ", None), ("E", "Con", None),
            ("F", "Vợ", None)]  # fmt: skip


def test_from_a_head_to_the_next() -> None:
    assert runs(homes(source(TWO))[0]) == [1, 1, 1, 2, 2]


@pytest.mark.parametrize("rows", [SHUFFLED, TWO[1:], [("A", None, None)], [("A", "Vợ", None)]])
def test_a_list_in_another_order_tells_nothing(rows: list[Row]) -> None:
    assert set(homes(source(rows))[0]) == {None}


@pytest.mark.parametrize("more", [{"household_id_raw": "12"}, {"page": 1}])
def test_numbers_and_scans_are_left_alone(more: dict[str, str | int]) -> None:
    assert set(homes(source(TWO, **more))[0]) == {None}


def test_one_number_in_a_sheet_is_enough_to_leave_it_alone() -> None:
    rows = source(TWO).to_pylist()
    rows[3]["household_id_raw"] = "12"
    assert set(homes(pa.Table.from_pylist(rows, schema=SOURCE_RECORDS.schema))[0]) == {None}


def test_by_the_names_of_heads() -> None:
    named: list[Row] = [("A", None, "A"), ("B", None, None), ("C", None, "A"), ("D", None, "D"), ("E", None, "D"),
                        ("F", None, "F")]  # fmt: skip
    assert runs(homes(source(named))[0]) == [1, 1, 1, 2, 2, 3]
    assert set(homes(source([named[at] for at in (0, 3, 2, 4, 0, 3)]))[0]) == {None}, "each name in one place only"


def test_heads_who_leave_the_relation_blank() -> None:
    blank = [(name, None if relation in ("Chủ hộ", "CH") else relation, None) for name, relation, _ in TWO]
    assert runs(homes(source(blank))[0]) == [1, 1, 1, 2, 2]
    assert set(homes(source([("A", None, None), ("B", None, None), ("C", "Con", None)]))[0]) == {None}
    assert set(homes(source([("A", None, None), ("B", "Con", None), ("C", "Vợ", None)]))[0]) == {None}


def test_each_sheet_by_itself() -> None:
    found = homes(source(TWO, "T1"), source(TWO[1:], "T2"), source(TWO[3:], "T3"))
    assert runs(found[0] + found[1] + found[2]) == [1, 1, 1, 2, 2, 0, 0, 0, 0, 3, 3]


def test_a_head_who_comes_again_word_for_word_heads_another_household() -> None:
    assert runs(homes(source([*TWO, *TWO]))[0]) == [1, 1, 1, 2, 2, 3, 3, 3, 4, 4]


def test_a_corrected_file_finds_its_households_again_where_rows_say_where() -> None:
    where = {"permanent_residence_raw": "xã Phù Đổng, huyện Gia Lâm, Hà Nội"}
    before, after = (homes(source(rows, **where))[0] for rows in (TWO, [*TWO[:2], ("C", "Con nuôi", None), *TWO[3:]]))
    assert before == after


def test_rows_of_an_error_file_bring_their_household_along() -> None:
    part = source(TWO)
    alone = standing_alone(part, profile_chunks([part]))
    scopes = alone.column(SCOPE).to_pylist()
    assert all(scope.startswith(TOLD) for scope in scopes)
    back = source([TWO[2]], corrects_raw=f"{'a' * 32}--{'b' * 8}-{scopes[2]}")
    assert homes(back)[0] == [scopes[2].removeprefix(TOLD)]


relations = st.sampled_from(["Chủ hộ", "Vợ", "Con", None])
people = st.lists(
    st.tuples(st.sampled_from("ABC"), relations, st.sampled_from(["A", "B", None])), min_size=1, max_size=12
)


@given(people, st.sets(st.integers(1, 11)))
def test_however_a_file_is_cut_into_parts(rows: list[Row], cuts: set[int]) -> None:
    whole = source(rows)
    ends = [0, *sorted(c for c in cuts if c < len(rows)), len(rows)]
    parts = [whole.slice(a, b - a) for a, b in pairwise(ends)]
    assert [home for part in homes(*parts) for home in part] == homes(whole)[0]


@given(people)
def test_a_household_is_one_run_of_rows(rows: list[Row]) -> None:
    found = homes(source(rows))[0]
    changes = sum(1 for a, b in pairwise([None, *found]) if b is not None and a != b)
    assert changes == len({home for home in found if home is not None})
