import hypothesis.strategies as st
import pytest
from hypothesis import given

from readers import error_file
from readers.error_file import ADDED_HEADINGS, CARRIED, STRAY, SURPLUS, escaped, row_id
from readers.heading_words import meanings
from tests.readers.files import HEADINGS, PEOPLE, csv_text, read_bytes

RECORD = "0123456789abcdef" * 2


def returned(rows, flags="", changed=(), surplus=()):  # type: ignore[no-untyped-def]
    """A CSV error file of those rows; `changed` cells were mended after it was made."""
    lines = []
    for number, row in enumerate(rows):
        cells = [*row, *surplus]
        token = row_id(RECORD, flags, enumerate(cells))
        if number in changed:
            cells[1] += " Mới"
        lines.append([escaped(c) for c in cells] + ["Lỗi", "Sửa", "x.y", "'17", ""] + ["'" + token])
    headings = [*HEADINGS, *([SURPLUS] * len(surplus)), *ADDED_HEADINGS]
    return csv_text(lines, headings, ";").encode("utf-8-sig")


@pytest.mark.parametrize("heading", [*ADDED_HEADINGS, *CARRIED.values(), SURPLUS, STRAY])
def test_our_headings_are_known(heading: str) -> None:
    assert meanings(heading)


@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=30))
def test_one_apostrophe_at_most_is_added_and_a_formula_never_starts_a_cell(text: str) -> None:
    shown = escaped(text)
    assert shown in (text, "'" + text)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert shown == text or shown[1:] == text
    assert shown != text or not text.startswith("'")


def test_a_returned_file_reads_as_its_original_without_a_word_on_our_columns(tmp_path) -> None:  # type: ignore[no-untyped-def]
    first = read_bytes(tmp_path, csv_text().encode())
    again = read_bytes(tmp_path, returned(PEOPLE))
    assert again.people == first.people
    assert again.column("other_raw") == first.column("other_raw")
    assert not again.notes
    assert not again.rules
    assert [c.heading for c in again.reading.columns] == list(HEADINGS)  # type: ignore[union-attr]
    assert {(text or "")[:32] for text in again.column("corrects_raw")} == {RECORD}


def test_hostile_and_numeric_cells_come_back_to_the_letter(tmp_path) -> None:  # type: ignore[no-untyped-def]
    odd = ("=1+1", "+84", "-1", "@x", "'", "''x", "'=1", "007", "1.2E+05", "＝1", "TRUE")
    rows = [(*PEOPLE[0][:5], text, "Vợ") for text in odd]
    again = read_bytes(tmp_path, returned(rows))
    assert again.column("native_place_raw") == list(odd)


def test_what_the_reader_kept_out_waits_until_its_cells_change(tmp_path) -> None:  # type: ignore[no-untyped-def]
    again = read_bytes(tmp_path, returned(PEOPLE, error_file.BY_READER, changed=(2,)))
    assert again.rules == [(line, "row.not_corrected") for line in (2, 3, 5, 6, 7)]


def test_surplus_cells_that_are_still_there_still_keep_the_row_out(tmp_path) -> None:  # type: ignore[no-untyped-def]
    again = read_bytes(tmp_path, returned(PEOPLE[:1], surplus=("tràn ra",)))
    assert again.rules == [(2, "row.too_many_cells")]
    assert again.column("other_raw") == ['{"(+1)": "tràn ra"}']


def test_stray_cells_of_a_workbook_come_back_as_such(tmp_path) -> None:  # type: ignore[no-untyped-def]
    again = read_bytes(tmp_path, returned(PEOPLE[:1], surplus=("XFD: x",)).replace(SURPLUS.encode(), STRAY.encode()))
    assert (again.rules, again.column("other_raw")) == ([], ['{"(+1)": "XFD: x"}'])


def test_a_row_that_was_emptied_is_no_row(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert len(read_bytes(tmp_path, returned([PEOPLE[0], ("",) * len(HEADINGS), PEOPLE[1]])).lines) == 2


def test_a_foreign_file_keeps_its_apostrophes(tmp_path) -> None:  # type: ignore[no-untyped-def]
    rows = [(*PEOPLE[0][:5], "'Thôn 1", "Vợ")]
    assert read_bytes(tmp_path, csv_text(rows).encode()).column("native_place_raw") == ["'Thôn 1"]


def test_a_row_whose_own_cells_were_cleared_is_blank_whatever_came_from_the_line_above(tmp_path) -> None:  # type: ignore[no-untyped-def]
    cells = [*PEOPLE[0], "21", "Đỗ Văn Cống"]
    token = ["", "", "", "3", "", row_id(RECORD, "", enumerate(cells))]
    headings = [*HEADINGS, *list(CARRIED.values())[:2], *ADDED_HEADINGS]
    cleared = [*([""] * len(HEADINGS)), *cells[-2:], *token]
    again = read_bytes(tmp_path, csv_text([[*cells, *token], cleared], headings, ";").encode())
    assert again.records.num_rows == 1
    assert again.column("household_id_raw") == ["21"]
    assert again.column("head_name_raw") == ["Đỗ Văn Cống"]
    assert not [note for note in again.notes if str(note).startswith("header.")]
