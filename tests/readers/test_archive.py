"""Archives of ledgers: RELIABILITY's items 201 to 216 and their variants, each through a child process."""

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from readers import registry
from readers.archive import Unpacked, may_be_archive
from readers.reading import ReadLimits
from schemas.errors import FileRefused
from tests.readers.files import csv_text, to_tcvn3, workbook_bytes

TEXT = csv_text().encode()
LINK, FIFO = 0o120777 << 16, 0o010644 << 16


def unpacked(folder: Path, content: bytes, limits: ReadLimits = registry.ARCHIVE_LIMITS) -> Unpacked:
    path, out = folder / "given", folder / "out"
    path.write_bytes(content)
    out.mkdir(exist_ok=True)
    return registry.unpack_file(path, out, limits)


def refusal(folder: Path, content: bytes, limits: ReadLimits = registry.ARCHIVE_LIMITS) -> str:
    with pytest.raises(FileRefused) as refused:
        unpacked(folder, content, limits)
    return refused.value.code


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED, mode: int = 0) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            info.external_attr = mode
            archive.writestr(info, content)
    return target.getvalue()


def changed(content: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """The bytes at an offset from every mark replaced."""
    data, at = bytearray(content), content.find(mark)
    while at >= 0:
        data[at + offset : at + offset + len(value)] = value
        at = content.find(mark, at + 1)
    return bytes(data)


def locked(content: bytes) -> bytes:
    return changed(changed(content, b"PK\x01\x02", 8, b"\x01\x00"), b"PK\x03\x04", 6, b"\x01\x00")


def of_method(content: bytes, method: int) -> bytes:
    value = struct.pack("<H", method)
    return changed(changed(content, b"PK\x01\x02", 10, value), b"PK\x03\x04", 8, value)


@pytest.mark.parametrize("name", ["so.csv", "xã/thôn 1/so.csv", "xa\\thon\\so.csv", "a" * 255, "so..csv", "=1+1.csv"])
def test_members_come_out_under_numbers_whatever_their_names(tmp_path: Path, name: str) -> None:
    found = unpacked(tmp_path, zipped((name, TEXT), ("folder/", b""), ("__MACOSX/._so.csv", b"x"), (".hidden", b"x")))
    (member,) = found.members
    assert member.name == name.replace("\\", "/")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["0001"]
    assert (tmp_path / "out" / "0001").read_bytes() == TEXT


ESCAPES = [
    "../so.csv", "a/../../so.csv",  "..\\..\\so.csv", "/etc/so.csv", "C:\\so.csv", "c:so.csv", "\\\\server\\so.csv",
    "a/..",
]  # fmt: skip
HOSTILE: dict[str, tuple[bytes, str]] = {
    **{f"201 {name}": (zipped((name, TEXT)), "file.archive_unsafe") for name in ESCAPES},
    "202 link": (zipped(("so.csv", b"/etc/passwd"), mode=LINK), "file.archive_unsafe"),
    "202 pipe": (zipped(("so.csv", b""), mode=FIFO), "file.archive_unsafe"),
    "205 encrypted": (locked(zipped(("so.csv", TEXT))), "file.password"),
    "208 no directory": (zipped(("so.csv", TEXT * 9))[:200], "file.damaged"),
    "208 half a directory": (zipped(("so.csv", TEXT), ("b.csv", TEXT))[:-30], "file.damaged"),
    "empty": (zipped(), "file.archive_empty"),
    "only litter": (zipped(("a/", b""), ("Thumbs.db", b"x")), "file.archive_empty"),
    "214 many members": (zipped(*((f"{n}.csv", b"") for n in range(1_001))), "file.archive_too_large"),
    "211 a member of 100 MiB of nothing": (zipped(("so.csv", bytes(100 << 20))), "file.archive_too_large"),
    "215 a bomb in gzip": (gzip.compress(bytes(100 << 20), 9), "file.archive_too_large"),
    "215 gzip cut": (gzip.compress(TEXT)[:-20], "file.damaged"),
    "215 gzip with a wrong checksum": (gzip.compress(TEXT)[:-8] + bytes(8), "file.damaged"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_is_refused_as_a_whole(tmp_path: Path, case: str) -> None:
    content, code = HOSTILE[case]
    assert refusal(tmp_path, content) == code
    assert not [p for p in tmp_path.rglob("*") if p.name not in {"given", "out", "0001"}]


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        content = zipped(("so.csv", TEXT), ("so.csv", b"other"))
    assert refusal(tmp_path, content) == "file.archive_unsafe"


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    content = zipped(("a.csv", TEXT * 50), ("b.csv", TEXT * 50))
    second = content.rindex(b"PK\x01\x02")
    assert refusal(tmp_path, content[: second + 42] + bytes(4) + content[second + 46 :]) in {
        "file.archive_unsafe",
        "file.damaged",
    }
    first = content.index(b"PK\x01\x02")
    longer = struct.pack("<I", 4_000)
    assert refusal(tmp_path, content[: first + 20] + longer + content[first + 24 :]) == "file.archive_unsafe"


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (locked, "file.password"),
        (lambda c: of_method(c, 9), "file.archive_unsafe"),
        (lambda c: of_method(c, 14), "file.archive_unsafe"),
        (lambda c: changed(c, b"PK\x01\x02", 16, b"\x00\x00\x00\x00"), "file.damaged"),
        (lambda c: changed(c, b"PK\x01\x02", 24, struct.pack("<I", 7)), "file.damaged"),
    ],
    ids=["205 encrypted", "206 deflate64", "206 lzma", "207 checksum", "212 size that lies"],
)
def test_what_is_wrong_with_one_member_refuses_that_member(
    tmp_path: Path, harm: Callable[[bytes], bytes], code: str
) -> None:
    bad, good = zipped(("bad.csv", TEXT)), zipped(("good.csv", TEXT))
    found = unpacked(tmp_path, joined(harm(bad), good))
    assert [(m.name, m.refused) for m in found.members] == [("bad.csv", code), ("good.csv", None)]
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["0002"]


def joined(one: bytes, other: bytes) -> bytes:
    """Two archives of one member each as one of two."""
    split = [content.index(b"PK\x01\x02") for content in (one, other)]
    ends = [content.rindex(b"PK\x05\x06") for content in (one, other)]
    bodies, entries = one[: split[0]] + other[: split[1]], [one[split[0] : ends[0]], other[split[1] : ends[1]]]
    entries[1] = entries[1][:42] + struct.pack("<I", split[0]) + entries[1][46:]
    size = sum(map(len, entries))
    return bodies + b"".join(entries) + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2, 2, size, len(bodies), 0)


def test_legacy_names_are_read(tmp_path: Path) -> None:
    name = to_tcvn3("Sổ hộ khẩu thôn Đông Hưng.csv")
    plain = zipped(("X" * len(name), TEXT))
    (member,) = unpacked(tmp_path, plain.replace(b"X" * len(name), name)).members
    assert member.name == "Sổ hộ khẩu thôn Đông Hưng.csv"


def test_a_workbook_is_no_archive_and_one_of_gzip_is(tmp_path: Path) -> None:
    assert not unpacked(tmp_path, workbook_bytes()).is_archive
    (tmp_path / "book").write_bytes(workbook_bytes())
    assert not may_be_archive(tmp_path / "book")
    assert unpacked(tmp_path, gzip.compress(TEXT)).is_archive


def test_limits_hold_for_all_members_together(tmp_path: Path) -> None:
    limits = ReadLimits(expanded_bytes=3 * len(TEXT))
    assert unpacked(tmp_path, zipped(("a", TEXT), ("b", TEXT)), limits).size == 2 * len(TEXT)
    assert (
        refusal(tmp_path, zipped(("a", TEXT), ("b", TEXT), ("c", TEXT), ("d", TEXT)), limits)
        == "file.archive_too_large"
    )
