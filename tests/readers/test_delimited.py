"""Delimited files: dialects, quotes, lines (dialect, text_file)."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readers import delimited
from readers.dialect import Dialect, find_dialect
from readers.reading import ReadLimits
from tests.readers.files import HEADINGS, PEOPLE, csv_text, read_bytes

TEXT = csv_text()
ROWS = TEXT.splitlines()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "~", "^"])
def test_the_separator_is_the_one_that_makes_a_ledger(separator: str) -> None:
    assert find_dialect(csv_text(separator=separator), None).separator == separator


def test_a_separator_named_in_the_first_line_is_believed_only_if_it_is_true() -> None:
    assert find_dialect("sep=;\n" + csv_text(separator=";"), None) == Dialect(";", width=7, skipped_lines=1)
    assert find_dialect("sep=;\n" + TEXT, None).separator == ","
    assert find_dialect("sep=^\n" + csv_text(separator="^"), None).separator == "^"


def test_commas_in_addresses_do_not_hide_the_semicolons(tmp_path: Path) -> None:
    people = [(*p[:5], "số 1, phố A, phường B, quận C, Hà Nội", p[6]) for p in PEOPLE]

    assert read_bytes(tmp_path, csv_text(people, separator=";").encode()).people == people


def test_48_backslash_before_quotes(tmp_path: Path) -> None:
    lines = [ROWS[0], *(f'{p[0]},"{p[1]} \\"Tý\\" con",{",".join(p[2:5])},"{p[5]}",{p[6]}' for p in PEOPLE)]
    read = read_bytes(tmp_path, "\n".join(lines).encode())

    assert read.column("full_name_raw") == [f'{p[1]} "Tý" con' for p in PEOPLE]
    assert read.rules == []


@pytest.mark.parametrize(("left", "right"), [("'", "'"), ("“", "”")])
def test_49_single_and_curly_quotes(tmp_path: Path, left: str, right: str) -> None:
    lines = (",".join(f"{left}{c}{right}" for c in row) for row in (HEADINGS, *PEOPLE))

    assert read_bytes(tmp_path, "\n".join(lines).encode()).people == list(PEOPLE)


def test_every_cell_in_quotes_with_blanks_before_them(tmp_path: Path) -> None:
    lines = (", ".join(f'"{c}"' for c in row) for row in (HEADINGS, *PEOPLE))

    assert read_bytes(tmp_path, "\r\n".join(lines).encode()).people == list(PEOPLE)


def test_a_quote_inside_a_word_is_a_letter(tmp_path: Path) -> None:
    people = [(p[0], 'Nguyễn Văn "Tý"', *p[2:5], "Cao Bằng", p[6]) for p in PEOPLE]
    lines = (",".join(row) for row in (HEADINGS, *people))

    assert read_bytes(tmp_path, "\n".join(lines).encode()).people == people


def test_an_open_quote_in_the_last_line_and_one_that_meets_another(tmp_path: Path) -> None:
    last = read_bytes(tmp_path, (TEXT + '7,"Lê B,1960,Nam,Kinh,Huế,Con').encode())
    assert last.rules == [(8, "row.quote_unclosed")]

    meeting = [*ROWS[:3], ROWS[3].replace("Nguyễn", '"Nguyễn'), *ROWS[4:]]
    assert read_bytes(tmp_path, "\n".join(meeting).encode()).lines == [2, 3, 4, 5, 6, 7]


def test_blocks_and_lines_may_end_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [(*p[:5], p[5].replace(", ", ",\r\n"), p[6]) for p in PEOPLE * 3]
    content = csv_text(people, end="\r\n").encode()
    wanted = [tuple(c.replace("\r\n", "\n") for c in p) for p in people]
    for size in (1, 2, 3, 7, 64, 1000):
        monkeypatch.setattr("readers.text_file._BLOCK", size)
        if size >= 7:
            assert read_bytes(tmp_path, content).column("native_place_raw")[-6:] == [p[5] for p in wanted[-6:]]
        with (tmp_path / "given").open("wb") as target:
            target.write(content)
        from readers.text_file import TextKind, utf8_blocks

        assert b"".join(
            utf8_blocks(tmp_path / "given", TextKind("utf-8"), ReadLimits())
        ).decode() == content.decode().replace("\r\n", "\n")


CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff?\x1f"), max_size=8
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6))
def test_any_text_in_quotes_comes_back(cells: list[tuple[str, str]]) -> None:
    dialect = Dialect(",", width=3)
    text = "".join(f'{n},"{a.replace(chr(34), chr(34) * 2)}","{b.replace(chr(34), chr(34) * 2)}"\n'
                   for n, (a, b) in enumerate(cells))  # fmt: skip
    grids = list(delimited._grids(iter([text.encode()]), dialect))
    seen = [row for g in grids for row in zip(*(c.to_pylist() for c in g.columns), strict=True)]

    assert [tuple(c or "" for c in row[1:]) for row in seen] == [(_cut(a), _cut(b)) for a, b in cells]


def _cut(text: str) -> str:
    import pyarrow as pa
    import pyarrow.compute as pc

    return str(pc.utf8_trim_whitespace(pa.scalar(text)).as_py())


def test_a_large_file_comes_in_parts_of_one_size(tmp_path: Path) -> None:
    people = [(str(n), *PEOPLE[n % 6][1:]) for n in range(70_000)]
    read = read_bytes(tmp_path, csv_text(people).encode())

    assert read.lines == list(range(2, 70_002))
    assert [p.name for p in sorted((tmp_path / "out" / "source_records").iterdir())] == [
        "part-00000.parquet", "part-00001.parquet"]  # fmt: skip


def notes_of(tmp_path: Path, text: str) -> set[str]:
    return read_bytes(tmp_path, text.encode()).notes


def test_what_was_put_right_is_told(tmp_path: Path) -> None:
    assert notes_of(tmp_path, TEXT) == set()
    assert "file.separator_corrected" in notes_of(tmp_path, "sep=;\n" + TEXT)
    assert "file.lines_left_out" in notes_of(tmp_path, "SỔ HỘ KHẨU\n" + TEXT)
    assert "file.lines_left_out" in notes_of(tmp_path, TEXT + "Người lập biểu\n")
    assert "file.trailing_cells" in notes_of(tmp_path, "\n".join(f"{line},," for line in ROWS))
    assert "file.unusual_quotes" in notes_of(
        tmp_path, "\n".join(",".join(f"'{c}'" for c in r) for r in (HEADINGS, *PEOPLE))
    )
    assert "header.other_words" in notes_of(tmp_path, TEXT.replace("Quê quán", "Nguyên quán", 1))


def test_a_row_with_one_cell_too_many_waits_though_its_last_cell_is_blank(tmp_path: Path) -> None:
    people = [(*p, "") for p in PEOPLE]
    lines = csv_text(people, (*HEADINGS, "Ghi chú")).splitlines()
    lines[3] = lines[3].replace("Đức", "Đ,ức")

    assert read_bytes(tmp_path, "\n".join(lines).encode()).rules == [(4, "row.too_many_cells")]


def test_runs_of_lines_without_their_last_blank_cells_are_whole(tmp_path: Path) -> None:
    people = [(str(n), *PEOPLE[n % 6][1:], "") for n in range(40)]
    lines = csv_text(people, (*HEADINGS, "Ghi chú")).splitlines()
    cut = [*lines[:17], *(line.removesuffix(",") for line in lines[17:])]
    read = read_bytes(tmp_path, "\n".join(cut).encode())
    assert read.rules == []
    assert "file.trailing_cells" in read.notes

    one = [*lines[:20], lines[20].removesuffix(","), *lines[21:]]
    assert read_bytes(tmp_path, "\n".join(one).encode()).rules == [(21, "row.too_few_cells")]


def test_a_year_in_its_own_column_speaks_where_the_date_is_blank(tmp_path: Path) -> None:
    content = "HO_TEN,NGAYSINH,NAMSINH,GIOITINH\nPhùng Thị Tối,,1960,Nữ\nLê Văn Sáng,05/03/1961,1961,Nam\n"
    read = read_bytes(tmp_path, content.encode())

    assert read.column("birth_date_raw") == ["1960", "05/03/1961"]
    assert [f.rule_id for f in read.reading.findings if f.column == "NAMSINH"] == ["header.ambiguous"]
