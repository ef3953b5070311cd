"""DBF tables through the public door: RELIABILITY's items 167 to 176 and their variants."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers import registry
from tests.readers.dbf_files import FIELDS, Encode, Table, dbf_rows, utf8
from tests.readers.files import PEOPLE, Read, read_bytes, to_cp1258, to_tcvn3, to_viscii, to_vni

ROWS = dbf_rows()
MANY = dbf_rows(PEOPLE * 5)
LENGTH = 1 + sum(f[2] for f in FIELDS)
MEMO_FIELDS = (*FIELDS, ("GHICHU", "M", 10))


def read(folder: Path, content: bytes, memo: bytes | None = None, **options: object) -> Read:
    return read_bytes(folder, content, "SO.DBF", memo=memo, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("encode", [utf8, to_tcvn3, to_vni, to_viscii, to_cp1258])
@pytest.mark.parametrize("version", [0x03, 0x30, 0xF5])
def test_a_table_in_any_encoding_is_read_to_the_letter(tmp_path: Path, encode: Encode, version: int) -> None:
    found = read(tmp_path, Table(version=version, language=0xC9).written(MANY, encode))
    assert found.code is None
    assert [p[1:] for p in found.people] == [p[1:] for p in PEOPLE * 5]
    assert found.lines == list(range(1, 31))
    assert found.reading is not None
    assert found.reading.kind == "dbf"
    assert ("encoding.legacy" in found.notes) == (encode is not utf8)


def test_deleted_records_are_told_and_are_no_rows(tmp_path: Path) -> None:
    found = read(tmp_path, Table(marks=b" * *  ").written(ROWS))
    assert [p[1] for p in found.people] == [PEOPLE[at][1] for at in (0, 2, 4, 5)]
    assert found.lines == [1, 3, 5, 6]
    assert found.reading is not None
    assert [(f.rule_id, f.detail) for f in found.reading.findings] == [("file.deleted_records", "2")]


@pytest.mark.parametrize("count", [0, 1, 5, 7, 4_000_000_000])
def test_the_count_of_the_header_is_compared_not_believed(tmp_path: Path, count: int) -> None:
    found = read(tmp_path, Table(count=count).written(ROWS))
    assert [p[1] for p in found.people] == [p[1] for p in PEOPLE]
    assert found.notes == {"file.record_count"}


@pytest.mark.parametrize(
    "table",
    [Table(record_length=LENGTH + 1), Table(record_length=LENGTH - 1), Table(record_length=1), Table(header_length=100),
     Table(header_length=32 + 32 * len(FIELDS) + 2), Table(header_length=60_000), Table(record_length=0)],
)  # fmt: skip
def test_wrong_lengths_refuse_the_file(tmp_path: Path, table: Table) -> None:
    found = read(tmp_path, table.written(ROWS))
    assert found.code in {"file.damaged"}


def test_a_cut_record_is_kept_out_and_the_others_stay(tmp_path: Path) -> None:
    whole = Table().written(ROWS)
    found = read(tmp_path, whole[: -1 - LENGTH + 50])
    assert found.rules == [(6, "row.record_cut")]
    assert [p[1] for p in found.people] == [p[1] for p in PEOPLE]


def test_a_record_without_a_valid_mark_is_kept_out(tmp_path: Path) -> None:
    found = read(tmp_path, Table(marks=b"  X \x1a ").written(ROWS))
    assert found.rules == [(3, "row.record_damaged"), (5, "row.record_damaged")]
    assert found.lines == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("written", "shown"),
    [("19600305", "05/03/1960"), ("19600230", "30/02/1960"), ("19600000", "00/00/1960"), ("00000000", None),
     ("        ", None), ("05/03/60", "05/03/60"), ("1960", "1960"), ("abcdefgh", "abcdefgh")],
)  # fmt: skip
def test_a_date_stays_what_it_says(tmp_path: Path, written: str, shown: str | None) -> None:
    rows = [list(r) for r in ROWS]
    rows[2][2] = written
    assert read(tmp_path, Table().written(rows)).column("birth_date_raw")[2] == shown


def test_nul_padding_is_a_blank(tmp_path: Path) -> None:
    found = read(tmp_path, Table(pad=b"\x00").written(ROWS))
    assert [p[1:] for p in found.people] == [p[1:] for p in PEOPLE]
    assert found.rules == []


def test_a_missing_memo_file_is_told_and_its_column_is_empty(tmp_path: Path) -> None:
    found = read(tmp_path, Table(MEMO_FIELDS, version=0x83).written([[*r, "1"] for r in ROWS]))
    assert found.notes == {"file.memo_missing"}
    assert set(found.column("notes_raw")) == {None}


DBT_3 = bytes(512) + "mất năm 1990".encode().ljust(512, b"\x1a") + "đi xa".encode() + b"\x1a\x1a"
DBT_4 = (
    (bytes(20) + struct.pack("<H", 64) + bytes(42)).ljust(64)
    + (b"\xff\xff\x08\x00" + struct.pack("<I", 8 + len("mất năm 1990".encode())) + "mất năm 1990".encode()).ljust(64)
    + b"\xff\xff\x08\x00" + struct.pack("<I", 8 + len("đi xa".encode())) + "đi xa".encode()
)  # fmt: skip
FPT = (
    (bytes(6) + struct.pack(">H", 512)).ljust(512, b"\x00")
    + (struct.pack(">II", 1, len("mất năm 1990".encode())) + "mất năm 1990".encode()).ljust(512, b"\x00")
    + struct.pack(">II", 1, len("đi xa".encode())) + "đi xa".encode()
)  # fmt: skip
MEMOS = [
    (0x83, "M", 10, DBT_3, "{}"), (0x8B, "M", 10, DBT_4, "{}"), (0xF5, "M", 10, FPT, "{}"), (0x30, "M", 4, FPT, "<I"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "kind", "width", "memo", "form"), MEMOS)
def test_memos_come_with_their_rows(
    tmp_path: Path, version: int, kind: str, width: int, memo: bytes, form: str
) -> None:
    def pointer(block: int) -> str | bytes:
        return struct.pack("<I", block) if form == "<I" else str(block or "").rjust(10)

    rows = [[*r, pointer(b)] for r, b in zip(ROWS, (1, 2, 0, 1, 0, 99), strict=True)]
    found = read(tmp_path, Table((*FIELDS, ("GHICHU", kind, width)), version=version).written(rows), memo)
    assert found.column("notes_raw") == ["mất năm 1990", "đi xa", None, "mất năm 1990", None, None]
    assert found.rules == [(6, "row.memo_lost")]


def test_numbers_moments_and_flags_of_visual_foxpro(tmp_path: Path) -> None:
    fields = (("MAHO", "I", 4), ("HO_TEN", "C", 20), ("NGAYSINH", "T", 8), ("PHAI", "L", 1), ("SO_CMND", "Y", 8),
              ("GHICHU", "V", 10), ("_NullFlags", "0", 1))  # fmt: skip
    julian = 2_440_588 - 3_589  # 5 March 1960
    rows: list[list[str | bytes]] = [
        [struct.pack("<i", 12), "Nguyễn Văn A", struct.pack("<II", julian, 0), "T", struct.pack("<q", 12_345_6789_0000),
         b"abc\x00\x00\x00\x00\x00\x00\x03", b"\x01"],
        [struct.pack("<i", -1), "Trần Thị B", bytes(8), "F", bytes(8), b"abcdefghij", b"\x00"],
        [struct.pack("<i", 3), "Lê Văn C", struct.pack("<II", julian, 3_600_000), "?", bytes(8), b" " * 10, b"\x02"],
    ]  # fmt: skip
    found = read(tmp_path, Table(fields, version=0x32, flags=(0, 0, 0, 0, 0, 2, 5)).written(rows))
    assert found.column("household_id_raw") == ["12", "-1", "3"]
    assert found.column("birth_date_raw") == ["05/03/1960", None, "05/03/1960 01:00"]
    assert found.column("sex_raw") == ["TRUE", "FALSE", None]
    assert found.column("old_id_number_raw") == ["123456789", "0", "0"]
    assert found.column("notes_raw") == ["abc", "abcdefghij", None]


@pytest.mark.parametrize("forced", ["tcvn3", "TCVN3"])
def test_a_named_encoding_is_taken(tmp_path: Path, forced: str) -> None:
    found = read(tmp_path, Table().written(ROWS, to_tcvn3), encoding=forced)
    assert [p[1] for p in found.people] == [p[1] for p in PEOPLE]


def test_the_same_table_with_another_memo_is_another_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "m").write_bytes(b"y")
    assert registry.digest(tmp_path / "a") != registry.digest(tmp_path / "a", tmp_path / "m")


@given(st.data())
def test_no_damage_of_bytes_crashes(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("d")
    content = bytearray(Table(MEMO_FIELDS, version=0x83).written([[*r, "1"] for r in ROWS]))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 40))
    found = read(folder, bytes(content[: len(content) - cut]), DBT_3)
    assert found.code or found.records.num_rows
