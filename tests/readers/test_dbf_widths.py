from pathlib import Path

import numpy as np
import pytest

from readers.dbf_header import DbfField
from readers.dbf_widths import Widths
from tests.readers.dbf_files import FIELDS, Table, dbf_rows
from tests.readers.files import PEOPLE, read_bytes

WIDTH = 20


def cut(texts: list[str], width: int = WIDTH, blocks: int = 2) -> list[int]:
    """Rows of the column that is told, for texts written into a field of that width."""
    cells = [text.encode()[:width].ljust(width) for text in texts]
    widths = Widths([DbfField(b"A", "C", 0, width)])
    for part in np.array_split(np.frombuffer(b"".join(cells), np.uint8).reshape(-1, width), blocks):
        widths.add(part)
    return [rows for _, rows in widths.cut()]


LONG = [f"Thon {n}, xa Minh Chau, huyen Ba Vi" for n in range(6)]
TAPER = [f"Le {'a' * n}" for n in range(3, WIDTH - 2) for _ in range(20 - n)]


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ([*LONG, "Ha Noi", "xa Tan Lap"], [6]),
        (LONG * 5, [30]),
        ([*LONG, *TAPER], [9]),
        (TAPER, []),
        ([*LONG[:2], "Ha Noi"], []),  # two may be as long as that by chance
        ([f"HK-{n:017d}" for n in range(50)], []),  # a code of fixed width
        ([f"{n:06d} {n:06d} {n:06d}" for n in range(50)], []),
        (["Thon Muoi, Minh Chau"] * 50 + ["Ha Noi"], []),  # one value that fits the field
        (["", "Ha Noi"], []),
    ],
)
def test_texts_that_pile_up_at_the_width(texts: list[str], wanted: list[int]) -> None:
    assert cut(texts) == wanted


def test_codes_of_letters_and_a_blank_are_no_cut_texts() -> None:
    assert cut([f"XA {n:03d} QUYEN" for n in range(50)], 12) == []


def test_a_column_cut_by_its_field_is_told_once_with_its_rows(tmp_path: Path) -> None:
    fields = tuple((name, kind, 24 if name == "QUEQUAN" else width) for name, kind, width in FIELDS)
    places = [f"Thôn {n}, xã Tân Lập, huyện Mộc Châu, Sơn La" for n in range(6)]
    people = [(*p[:5], place, *p[6:]) for p, place in zip(PEOPLE, places, strict=True)]
    table = Table(fields, marks=b" *")
    found = read_bytes(tmp_path, table.written(dbf_rows(people)), "SO.DBF")
    assert found.reading is not None
    told = [(f.rule_id, f.column, f.detail) for f in found.reading.findings]
    assert ("column.cut_by_width", "QUEQUAN", "5") in told
    assert "column.cut_by_width" not in read_bytes(tmp_path, Table().written(dbf_rows()), "SO.DBF").notes
