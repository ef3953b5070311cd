"""Items 201 to 216: archives of ledgers, and files that unpack to far more than they are."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

from tests.corpus.cases import Case, Dice, Ledger, item
from tests.corpus.writers import book_parts, package, sheet_xml
from tests.readers.files import to_tcvn3

SECTION = "archives"
_MIB = 1 << 20
_UNSAFE, _DAMAGED, _EXPANSION = ("file.archive_unsafe",), ("file.damaged",), ("file.archive_too_large",)


def _good(rng: Dice, name: str = "") -> tuple[str, Case]:
    """A clean ledger under a name, with what must come of it."""
    ledger = Ledger(rng, 4)
    kind = rng.choice((".csv", ".xlsx"))
    content = ledger.xlsx() if kind == ".xlsx" else ledger.csv().encode()
    name = f"{name or f'so_{rng.randrange(10**6)}'}{kind}"
    return name, Case(content, name, ledger.clean(), secrets=ledger.secrets)


def _zip(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    return package(files, method)


def _bytes(case: Case) -> bytes:
    assert isinstance(case.content, bytes)
    return case.content


def _refused(content: bytes | Callable[[str], None], codes: tuple[str, ...], name: str = "so.zip") -> Case:
    return Case(content, name, refused=codes, is_delivery=True)


@item(201, "Member that leaves the folder", "F", SECTION)
def _(rng: Dice) -> Case:
    name, case = _good(rng)
    bad = rng.choice(("../../x.csv", "/etc/x.csv", "..\\..\\x.csv", "C:\\x.csv", "a/../../x.csv", "\\\\server\\x.csv"))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        out.writestr(name, _bytes(case))
        info = zipfile.ZipInfo("x")
        info.filename = bad
        out.writestr(info, _bytes(case))
    return _refused(target.getvalue(), _UNSAFE)


@item(202, "Member that is a link", "F", SECTION)
def _(rng: Dice) -> Case:
    name, case = _good(rng)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        out.writestr(name, _bytes(case))
        info = zipfile.ZipInfo("lien_ket.csv")
        info.create_system, info.external_attr = 3, rng.choice((0o120777, 0o010644, 0o060644, 0o020644)) << 16
        out.writestr(info, rng.choice(("/etc/passwd", "../../x", name)))
    return _refused(target.getvalue(), _UNSAFE)


@item(203, "Two members of one name", "F", SECTION)
def _(rng: Dice) -> Case:
    _, case = _good(rng)
    _, other = _good(rng)
    data = _zip({"so_A.csv": _bytes(case), "so_B.csv": _bytes(other)})
    return _refused(data.replace(b"so_B.csv", b"so_A.csv"), _UNSAFE)


@item(204, "Members with names of an old encoding", "W", SECTION)
def _(rng: Dice) -> Case:
    """Names without the mark of UTF-8: read whatever they are, the ledger exact."""
    name, case = _good(rng, "SO_HO_KHAU_XX")
    encode = rng.choice((to_tcvn3, lambda t: t.encode("cp1258", "replace"), str.encode))
    new = encode("sổ hộ khẩu")[:13].ljust(13, b"x").replace(b"/", b"x")
    data = _zip({name: _bytes(case)}).replace(b"SO_HO_KHAU_XX", new)
    return Case(data, "so.zip", is_delivery=True, members={"": case}, letter="A/W", secrets=case.secrets)


def _patched(data: bytes, change: Callable[[bytearray, int, bool], None]) -> bytes:
    """Both headers of each member changed: the local one and that of the directory."""
    out = bytearray(data)
    for mark, is_central in ((b"PK\x03\x04", False), (b"PK\x01\x02", True)):
        at = out.find(mark)
        while at >= 0:
            change(out, at, is_central)
            at = out.find(mark, at + 4)
    return bytes(out)


@item(205, "Encrypted", "F", SECTION)
def _(rng: Dice) -> Case:
    name, case = _good(rng, "so")

    def seal(out: bytearray, at: int, is_central: bool) -> None:
        out[at + (8 if is_central else 6)] |= 1

    return _refused(_patched(_zip({name: _bytes(case)}, zipfile.ZIP_STORED), seal), ("file.password",))


@item(206, "Odd method", "F", SECTION)
def _(rng: Dice) -> Case:
    name, case = _good(rng, "so")
    if rng.random() < 0.4:
        return _refused(_zip({name: _bytes(case)}, rng.choice((zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2))), _UNSAFE)
    method = rng.choice((1, 6, 9, 93, 97, 98, 99))

    def bend(out: bytearray, at: int, is_central: bool) -> None:
        struct.pack_into("<H", out, at + (10 if is_central else 8), method)

    return _refused(_patched(_zip({name: _bytes(case)}, zipfile.ZIP_STORED), bend), _UNSAFE)


@item(207, "Wrong checksum", "F", SECTION)
def _(rng: Dice) -> Case:
    name, case = _good(rng, "so")

    def bend(out: bytearray, at: int, is_central: bool) -> None:
        out[at + (16 if is_central else 14)] ^= 0xFF

    return _refused(_patched(_zip({name: _bytes(case)}), bend), _DAMAGED)


@item(208, "Without a directory", "F", SECTION)
def _(rng: Dice) -> Case:
    name, case = _good(rng, "so")
    data = _zip({name: _bytes(case)})
    start = data.find(b"PK\x01\x02")
    cut = rng.choice((start, start + 20, len(data) - 10))
    return _refused(data[:cut], _DAMAGED)


@item(209, "Nested deeply", "F", SECTION)
def _(rng: Dice) -> Case:
    name, case = _good(rng)
    data = _zip({name: _bytes(case)})
    for depth in range(rng.choice((3, 5, 20))):
        data = gzip.compress(data) if rng.random() < 0.2 else _zip({f"lop_{depth}.zip": data})
    return _refused(_zip({"ngoai.zip": data}), ("file.archive_nested",))


@item(210, "One bad among nine", "W", SECTION)
def _(rng: Dice) -> Case:
    members = dict(_good(rng) for _ in range(9))
    codes, bad = rng.choice(
        (
            (("file.damaged",), b"%PDF-1.7\n%\xe2\xe3\n"),
            (("file.empty",), b""),
            (("header.not_found", "header.missing_required"), "Ghi chú\nkhông có gì\n".encode()),
            (_DAMAGED, b"PK\x03\x04" + b"x" * 300),
            (("encoding.binary", "file.empty"), b"\0" * 999),
        )
    )
    members[f"hong_{rng.randrange(99)}.csv"] = Case(bad, refused=codes)
    names = rng.sample(list(members), len(members))
    content = _zip({n: _bytes(members[n]) for n in names})
    secrets = tuple(s for m in members.values() for s in m.secrets)
    return Case(content, "so.zip", is_delivery=True, members=members, secrets=secrets)


@item(211, "Member of a gigabyte", "F", SECTION)
def _(rng: Dice) -> Case:
    size = 1024 * _MIB if rng.is_large else 80 * _MIB
    unit = rng.choice((b"\0", b"a,b,c\n", b" "))
    return _refused(_zip({"so.csv": unit * (size // len(unit))}), _EXPANSION)


@item(212, "Size that lies", "F", SECTION)
def _(rng: Dice) -> Case:
    name, case = _good(rng, "so")
    said = rng.choice((3, 0, 2**31, 10**6))

    def bend(out: bytearray, at: int, is_central: bool) -> None:
        struct.pack_into("<I", out, at + (24 if is_central else 22), said)

    return _refused(_patched(_zip({name: _bytes(case)}), bend), (*_DAMAGED, *_EXPANSION, *_UNSAFE, "file.empty"))


@item(213, "Members that overlap", "F", SECTION)
def _(rng: Dice) -> Case:
    """Many entries of the directory that all point to one place."""
    name, case = _good(rng, "so")
    data = _zip({name: _bytes(case)})
    start = data.find(b"PK\x01\x02")
    end = data.find(b"PK\x05\x06")
    entry, many = data[start:end], rng.choice((3, 50))
    entries = b"".join(entry.replace(name.encode(), name.replace("so", f"{n:02d}").encode()) for n in range(many))
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, many, many, len(entries), start, 0)
    return _refused(data[:start] + entries + tail, _UNSAFE)


@item(214, "Tens of thousands of members", "F", SECTION)
def _(rng: Dice) -> Case:
    many = 40_000 if rng.is_large else 3_000
    return _refused(_zip({f"{n}.csv": b"a" for n in range(many)}, zipfile.ZIP_STORED), _EXPANSION)


@item(215, "GZIP", "F", SECTION)
def _(rng: Dice) -> Case:
    """A ledger in GZIP is read; a bomb, a cut one or one that is none is refused."""
    name, case = _good(rng)
    kind = rng.choice(("ledger", "bomb", "cut", "garbage"))
    whole = gzip.compress(_bytes(case))
    if kind == "ledger":
        return Case(whole, name + ".gz", is_delivery=True, members={"": case}, letter="A/W", secrets=case.secrets)
    if kind == "bomb":
        size = 2048 if rng.is_large else 80
        return _refused(_zeros(size), _EXPANSION, "so.csv.gz")
    if kind == "cut":
        return _refused(whole[: rng.randrange(20, len(whole) - 8)], _DAMAGED, "so.csv.gz")
    return _refused(b"\x1f\x8b\x08" + b"\xff" * 300, _DAMAGED, "so.csv.gz")


def _zeros(mib: int) -> bytes:
    """A GZIP of so many MiB of zeros."""
    packer, block = zlib.compressobj(9, zlib.DEFLATED, 31), b"\0" * _MIB
    return b"".join(packer.compress(block) for _ in range(mib)) + packer.flush()


@item(216, "Workbook, image or PDF that unpacks to far more", "F", SECTION)
def _(rng: Dice) -> Case:
    kind = rng.choice(("sheet", "strings", "many", "png", "pdf"))
    size = (600 if rng.is_large else 60) * _MIB
    if kind == "png":
        body = zlib.compress(b"\0" * size)
        data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(body)) + b"IDAT" + body
        return _refused(data, ("file.damaged", "file.picture_too_large"), "a.png")
    if kind == "pdf":
        data = b"%PDF-1.7\n1 0 obj<</Filter/FlateDecode>>stream\n" + zlib.compress(b"\0" * size)
        return _refused(data, ("file.damaged",), "a.pdf")
    ledger = Ledger(rng, 3)
    parts = book_parts({"Sheet1": sheet_xml([ledger.headings, *ledger.rows])})
    if kind == "sheet":
        name = "xl/worksheets/sheet1.xml"
        parts[name] = parts[name].replace(b"<sheetData>", b" " * size + b"<sheetData>")
    elif kind == "strings":
        parts["xl/sharedStrings.xml"] = b"<sst>" + b"<si/>" * (size // 5) + b"</sst>"
    else:
        parts |= {f"xl/media/image{n}.png": b"\0" * (size // 20) for n in range(20)}
    return _refused(package(parts), ("file.expansion",), "so.xlsx")
