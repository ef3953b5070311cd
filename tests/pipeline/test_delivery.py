"""What a delivery holds: archives, memo files, links and devices, names that lie."""

import gzip
import io
import os
import unicodedata
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.delivery import Delivery, alias, take_delivery
from schemas.errors import UsageError
from tests.readers.dbf_files import FIELDS, Table, dbf_rows
from tests.readers.files import csv_text, workbook_bytes

TEXT = csv_text().encode()
DBF = Table((*FIELDS, ("GHICHU", "M", 10)), version=0x83).written([[*r, ""] for r in dbf_rows()])
MEMO = bytes(600)


def taken(folder: Path, **files: bytes) -> Delivery:
    given = folder / "in"
    given.mkdir(exist_ok=True)
    for name, content in files.items():
        (given / name).write_bytes(content)
    return take_delivery([given], folder / "scratch")


def zipped(*members: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def outcomes(found: Delivery) -> list[tuple[str, str | None]]:
    return [(Path(f.given).name, f.refused.code if f.refused else None) for f in found.files]


def test_an_archive_gives_its_members_and_each_is_the_file_it_would_be_alone(tmp_path: Path) -> None:
    found = taken(
        tmp_path, **{"so.zip": zipped(("xa/a.csv", TEXT), ("xa/b.csv", TEXT + TEXT), ("c.xlsx", workbook_bytes()))}
    )
    assert [f.given.removeprefix(str(tmp_path / "in")) for f in found.files] == [
        "/so.zip!xa/a.csv", "/so.zip!xa/b.csv", "/so.zip!c.xlsx",
    ]  # fmt: skip
    alone = taken(tmp_path / "in", **{"so.csv": TEXT})
    assert found.files[0].file_id == alone.files[0].file_id
    assert found.files[0].name == alone.files[0].name
    assert Path(found.files[0].path).read_bytes() == TEXT
    assert Path(found.files[0].path).is_relative_to(tmp_path / "scratch")


def test_one_bad_member_among_nine_leaves_the_nine(tmp_path: Path) -> None:
    good = [(f"{n}.csv", TEXT + b"\n" * n) for n in range(9)]
    content = bytearray(zipped(*good[:4], ("hong.csv", TEXT * 3), *good[4:]))
    at = content.index(b"hong.csv") + 20
    content[at] ^= 0xFF
    found = taken(tmp_path, **{"so.zip": bytes(content)})
    assert sorted(code or "" for _, code in outcomes(found)) == [""] * 9 + ["file.damaged"]


@pytest.mark.parametrize(
    ("depth", "code"), [(1, None), (2, None), (3, "file.archive_nested"), (6, "file.archive_nested")]
)
def test_archives_are_opened_two_deep(tmp_path: Path, depth: int, code: str | None) -> None:
    content, name = TEXT, "so.csv"
    for level in range(depth):
        content, name = zipped((name, content)), f"{level}.zip"
    found = taken(tmp_path, **{name: content})
    assert [c for _, c in outcomes(found)] == [code]


def test_gzip_holds_one_file_under_its_name(tmp_path: Path) -> None:
    found = taken(tmp_path, **{"so.csv.gz": gzip.compress(TEXT)})
    assert outcomes(found) == [("so.csv.gz!so.csv", None)]
    assert found.files[0].name.endswith(".csv")


def test_a_refused_archive_is_one_refused_file(tmp_path: Path) -> None:
    found = taken(tmp_path, **{"a.zip": zipped(("../so.csv", TEXT)), "b.csv": TEXT})
    assert outcomes(found) == [("a.zip", "file.archive_unsafe"), ("b.csv", None)]


@pytest.mark.parametrize("pack", [False, True], ids=["beside", "in a ZIP"])
def test_a_memo_file_goes_with_its_table(tmp_path: Path, pack: bool) -> None:
    files = {"SO.DBF": DBF, "so.dbt": MEMO, "LE.FPT": MEMO, "SO.CDX": b"\x00\x06"}
    found = taken(tmp_path, **({"so.zip": zipped(*files.items())} if pack else files))
    (table,) = found.files
    assert table.memo is not None
    assert Path(table.memo).read_bytes() == MEMO
    assert table.given.endswith("SO.DBF")
    assert sorted(Path(f.given).name.split("!")[-1] for f in found.companions) == ["LE.FPT", "SO.CDX"]
    assert table.file_id != taken(tmp_path / "in", **{"SO.DBF": DBF}).files[0].file_id


def test_a_memo_file_of_another_kind_or_folder_is_not_taken(tmp_path: Path) -> None:
    found = taken(tmp_path, **{"SO.DBF": DBF, "SO.FPT": MEMO, "b.zip": zipped(("SO.DBT", MEMO))})
    assert [f.memo for f in found.files] == [None]
    assert len(found.companions) == 1, "the two are one content"


def test_a_list_under_the_name_of_a_memo_is_a_list(tmp_path: Path) -> None:
    assert outcomes(taken(tmp_path, **{"so.dbt": TEXT})) == [("so.dbt", None)]


def test_what_is_no_file_is_refused_without_being_opened(tmp_path: Path) -> None:
    (tmp_path / "in" / "thu muc.csv").mkdir(parents=True)
    (tmp_path / "in" / "thu muc.csv" / "so.csv").write_bytes(TEXT)
    (tmp_path / "secret.csv").write_bytes(TEXT + TEXT)
    os.mkfifo(tmp_path / "in" / "pipe.csv")
    (tmp_path / "in" / "out.csv").symlink_to(tmp_path / "secret.csv")
    (tmp_path / "in" / "broken.csv").symlink_to(tmp_path / "nowhere")
    (tmp_path / "in" / "loop.csv").symlink_to(tmp_path / "in" / "loop.csv")
    (tmp_path / "in" / "folder").symlink_to(tmp_path)
    (tmp_path / "in" / "inside.csv").symlink_to(tmp_path / "in" / "thu muc.csv" / "so.csv")
    found = taken(tmp_path)
    refused = [(name, "file.not_regular") for name in ("broken.csv", "folder", "loop.csv", "out.csv", "pipe.csv")]
    assert sorted(outcomes(found)) == sorted([*refused, ("inside.csv", None)])
    assert [Path(f.given).name for f in found.repeats] == ["so.csv"]


def test_a_device_or_pipe_that_is_named_itself_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    found = take_delivery([tmp_path / "pipe.csv", Path("/dev/zero")], tmp_path / "scratch")
    assert [code for _, code in outcomes(found)] == ["file.not_regular", "file.not_regular"]


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"path\.no_files"):
        taken(tmp_path)


NAMES = ["Hộ ông Nguyễn Văn A.csv", "=HYPERLINK(1).csv", "<script>.csv", unicodedata.normalize("NFD", "Hộ bà Trần.csv"),
         "x" * 251 + ".csv", "so.exe.csv", "so", "$(reboot).csv", "a\nb.csv", "-rf.csv"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_file_goes_by_an_alias_that_says_its_kind_only(tmp_path: Path, name: str) -> None:
    (file,) = taken(tmp_path, **{name: TEXT}).files
    assert file.name == f"tep-{file.file_id[:8]}{Path(name).suffix}"
    assert name not in repr(file)


@pytest.mark.parametrize("name", ["so.csv.exe", "SO.XLSX.SCR", "so.csv.exe ", "so.xls.com.", "so.xlsm"])
def test_a_name_that_says_a_program_is_refused(tmp_path: Path, name: str) -> None:
    (file,) = taken(tmp_path, **{name: TEXT}).files
    assert file.refused is not None
    assert file.refused.code in {"file.unsupported_kind", "file.macro"}


def test_an_ending_that_is_no_kind_is_dropped() -> None:
    assert alias("3f9a1c20" * 4, "Danh sách.Nguyễn Văn A") == "tep-3f9a1c20"
    assert alias("3f9a1c20" * 4, "DS.XLSX") == "tep-3f9a1c20.xlsx"


def test_a_file_name_that_is_no_text_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/s\xe6.csv")).write_bytes(TEXT)
    (file,) = taken(tmp_path).files
    assert file.name.endswith(".csv")


def names_in(delivery: Delivery) -> Sequence[str]:
    return [f.name for f in (*delivery.files, *delivery.repeats, *delivery.companions)]


def test_aliases_differ_within_a_delivery(tmp_path: Path) -> None:
    found = taken(tmp_path, **{"a.csv": TEXT, "b.csv": TEXT, "c.csv": TEXT + TEXT, "x.fpt": MEMO})
    assert len(set(names_in(found))) == 4
