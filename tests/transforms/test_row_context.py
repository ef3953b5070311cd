"""What a row has from the rows around it, and rows of error files that bring it along."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.tables import SOURCE_RECORDS
from transforms.file_facts import file_facts
from transforms.profile import profile_chunks
from transforms.row_context import SCOPE, standing_alone, taken_from, without_repeats

_HOME = "Xóm Bầu, xã Tản Lĩnh, huyện Ba Vì, Hà Nội"
_ROW_ID = "a" * 32 + "-{flags}-" + "0" * 8


def source(
    *rows: tuple[str | None, str | None], homes: tuple[str | None, ...] = (), ids: tuple[str, ...] = ()
) -> pa.Table:
    """SOURCE_RECORDS of (household number, relation), with residences and row ids."""
    made = [
        {
            "record_id": f"{at:032x}", "file_id": "f" * 32, "file": "so.csv", "line": at + 2,
            "full_name_raw": f"Tên {at}", "household_id_raw": number, "relation_raw": relation,
            "permanent_residence_raw": homes[at] if homes else _HOME, "corrects_raw": ids[at] if ids else None,
        }
        for at, (number, relation) in enumerate(rows)
    ]  # fmt: skip
    return pa.Table.from_pylist(made, schema=SOURCE_RECORDS.schema)


def alone(table: pa.Table) -> dict[str, list[str | None]]:
    return standing_alone(table, profile_chunks([table])).to_pydict()  # type: ignore[no-any-return]


def test_numbers_of_the_heads_row_and_marks_are_filled() -> None:
    table = source(("1", "Chủ hộ"), (None, "Vợ"), ("2", "Chủ hộ"), (None, "Con"), homes=(_HOME, _HOME, _HOME, "nt"))
    found = alone(table)
    assert found["household_id_raw"] == ["1", "1", "2", "2"]
    assert found["permanent_residence_raw"] == [_HOME] * 4
    assert found[SCOPE] == ["f" * 32] * 4
    assert alone(source(("1", "Chủ hộ"), ("2", "Chủ hộ")))[SCOPE] == ["tan linh, ba vi"] * 2


def test_a_mark_with_nothing_above_leaves_nothing_and_a_book_counts_everywhere() -> None:
    found = alone(source(("010100020", "Chủ hộ"), ("010100020", "Vợ"), homes=("nt", _HOME)))
    assert found["permanent_residence_raw"] == [None, _HOME]
    assert found[SCOPE] == [None, None]


@pytest.mark.parametrize("flags", ["s", "sp", "spw"])
def test_a_row_of_an_error_file_takes_no_number_from_above(flags: str) -> None:
    ids = tuple(_ROW_ID.format(flags=flags) for _ in range(3))
    table = source(("1", "Chủ hộ"), (None, "Vợ"), (None, "Con"), ids=ids)
    raw, _ = without_repeats(table, file_facts(profile_chunks([table]), "f" * 32))
    assert raw["household_id_raw"].to_pylist() == ["1", None, None]


def test_row_ids_tell_the_list_and_a_line_added_stands_in_the_list_above_it() -> None:
    plain = _ROW_ID.format(flags="s")
    ids = (f"'{plain}-xa a, huyen b#2", "", f"{plain}-{'f' * 30}", plain)
    found = alone(source(("1", "Chủ hộ"), ("1", "Con"), ("1", "Chủ hộ"), ("2", "Chủ hộ"), ids=ids))
    assert found[SCOPE] == ["xa a, huyen b#2", "xa a, huyen b#2", "f" * 30, "f" * 30]


_CELLS = st.sampled_from(["Kinh", "Tày", '"', "nt", None])
_ROWS = st.lists(st.tuples(st.sampled_from(["1", "2", '"', None]), st.sampled_from(["Chủ hộ", "Con"]), _CELLS, _CELLS))


@given(_ROWS, st.integers(0, 3))
def test_the_line_that_a_cell_repeats_says_what_the_cell_counts_as(
    rows: list[tuple[str | None, ...]], sheets: int
) -> None:
    table = source(*((number, relation) for number, relation, *_ in rows))
    for name, at in (("ethnic_group_raw", 2), ("native_place_raw", 3)):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(place), pa.array([row[at] for row in rows], pa.string()))
    sheet = pa.array([str(n * sheets // max(len(rows), 1)) for n in range(len(rows))], pa.string())
    table = table.set_column(table.schema.get_field_index("sheet"), table.schema.field("sheet"), sheet)
    facts = file_facts(profile_chunks([table]), "f" * 32)
    counted, _ = without_repeats(table, facts)
    for column in ("ethnic_group_raw", "native_place_raw", "household_id_raw"):
        lines, texts = (values.to_pylist() for values in taken_from(table, column, facts))
        own = table.column(column).to_pylist()
        said = counted[column].to_pylist()
        assert [text if text is not None else mine for text, mine in zip(texts, own, strict=True)] == [
            mine if line is None and value is None else value
            for line, value, mine in zip(lines, said, own, strict=True)
        ]
        for row, (line, text) in enumerate(zip(lines, texts, strict=True)):
            assert (line is None) == (text is None)
            if line is not None:
                assert line - 2 < row
                assert (own[line - 2], sheet[line - 2]) == (text, sheet[row])
