"""Items 177 to 200: images and PDF that are broken or hold no page of a ledger; those that hold one are read whole."""

import struct
import zlib
from collections.abc import Callable, Mapping

from tests.corpus import scanned
from tests.corpus.cases import Case, Dice, Ledger, item

IMAGES, PDF = "images", "pdf"
_BROKEN, _UNREAD = ("file.damaged",), ("file.unsupported_kind", "page.nothing_read")
_REFUSED: Mapping[int, tuple[str, ...]] = {
    **dict.fromkeys(range(177, 201), (*_BROKEN, *_UNREAD)),
    178: _BROKEN, 179: _BROKEN, 180: (*_BROKEN, "file.picture_too_large"), 184: _BROKEN, 185: _BROKEN, 186: _BROKEN,
    187: ("file.too_many_pages", *_BROKEN), 189: _UNREAD, 190: (*_UNREAD, "file.no_table"), 191: _BROKEN, 192: _BROKEN,
    194: ("file.unsafe",), 195: ("file.password",), 196: ("file.picture_too_large", *_UNREAD),
    199: ("file.too_many_pages", *_BROKEN),
}  # fmt: skip
"""By number, the codes of which one must refuse it; an empty page has nothing to read."""


def _chunk(kind: bytes, data: bytes, *, is_right: bool = True) -> bytes:
    crc = zlib.crc32(kind + data) ^ (0 if is_right else 0xFFFF)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def _png(width: int, height: int, *, depth: int = 8, colour: int = 0, is_right: bool = True, rows: int = 4) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = zlib.compress(b"\0" * (min(width, 64) + 1) * rows)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body, is_right=is_right) + _chunk(b"IEND", b"")
    )


def _jpeg(marker: int = 0xC0, exif: bytes = b"", size: tuple[int, int] = (16, 16), parts: int = 1) -> bytes:
    frame = struct.pack(">BHHB", 8, *size, parts) + b"".join(bytes([n + 1, 0x11, 0]) for n in range(parts))
    head = b"\xff\xd8" + (
        b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif if exif else b"\xff\xe0\x00\x10JFIF\0" + b"\0" * 9
    )
    return (
        head
        + b"\xff"
        + bytes([marker])
        + struct.pack(">H", len(frame) + 2)
        + frame
        + b"\xff\xda\x00\x08\x01\x01\0\0\x3f\0"
        + b"\0" * 50
        + b"\xff\xd9"
    )


def _tiff(entries: list[tuple[int, int, int, int]], following: int = 0, order: str = "<") -> bytes:
    start = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    body = struct.pack(order + "H", len(entries)) + b"".join(struct.pack(order + "HHII", *e) for e in entries)
    return start + body + struct.pack(order + "I", following) + b"\0" * 64


def _pages(count: int) -> bytes:
    data, at = b"II*\0" + struct.pack("<I", 8), 8
    for n in range(count):
        at += 18
        data += struct.pack("<HHHII", 1, 256, 3, 1, 16) + struct.pack("<I", at if n + 1 < count else 0)
    return data


def _image(number: int, title: str, letter: str, *makers: Callable[[Dice], tuple[bytes, str]]) -> None:
    def build(rng: Dice) -> Case:
        content, name = rng.choice(makers)(rng)
        return Case(content, name, refused=_REFUSED[number])

    item(number, title, letter, IMAGES)(build)


_SIZES = ((1, 4, 1, 16),)
item(177, "Blank page", "W", IMAGES)(scanned.beside_a_blank_page)
_image(
    178,
    "Image cut",
    "F",
    lambda r: (_png(64, 64)[: r.randrange(9, 50)], "a.png"),
    lambda r: (_jpeg()[: r.randrange(4, 60)], "a.jpg"),
)
_image(179, "Image with a wrong checksum", "F", lambda r: (_png(64, 64, is_right=False), "a.png"))
_image(
    180,
    "Zero or huge size",
    "F",
    lambda r: (_png(0, 0), "a.png"),
    lambda r: (_png(2**31 - 1, 2**31 - 1), "a.png"),
    lambda r: (_jpeg(size=(65535, 65535)), "a.jpg"),
)
_image(
    181,
    "Image with an archive behind it",
    "W/F",
    lambda r: (_png(64, 64) + Ledger(r, 3).xlsx(), "a.png"),
    lambda r: (_jpeg() + Ledger(r, 3).csv().encode(), "a.jpg"),
)
item(182, "Turned by EXIF", "W", IMAGES)(scanned.turned_by_exif)
item(183, "CMYK, 16 bit, alpha", "W", IMAGES)(scanned.in_odd_colours)
_image(
    184,
    "Arithmetic or odd compression",
    "F",
    lambda r: (_jpeg(0xC9), "a.jpg"),
    lambda r: (_tiff([(259, 3, 1, 34712)]), "a.tif"),
)
_image(185, "Loop of TIFF pages", "F", lambda r: (_tiff([(256, 3, 1, 16)], following=8), "a.tif"))
_image(
    186,
    "Offsets outside the file",
    "F",
    lambda r: (_tiff([(273, 4, 1, 0xFFFFFF00)]), "a.tif"),
    lambda r: (b"MM\0*\xff\xff\xff\xf0" + b"\0" * 30, "a.tiff"),
)
_image(187, "Thousands of pages", "F", lambda r: (_pages(20_000 if r.is_large else 3_000), "a.tif"))
item(188, "Wrong ending", "W", IMAGES)(scanned.under_a_wrong_name)
_image(
    189,
    "Program as .jpg",
    "F",
    lambda r: (b"MZ\x90\0\x03\0\0\0" + b"\0" * 300, "a.jpg"),
    lambda r: (b"\x7fELF\x02\x01\x01" + b"\0" * 300, "a.png"),
)
_image(
    190,
    "SVG as .jpg",
    "F",
    lambda r: (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.jpg"),
    lambda r: (b'<?xml version="1.0"?>\n<!DOCTYPE svg SYSTEM "http://x.invalid/x"><svg/>', "a.jpg"),
)


def _pdf(objects: list[bytes], trailer: bytes = b"<</Root 1 0 R>>") -> bytes:
    data, offsets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for n, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n" % n + body + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(
        b"%010d 00000 n \n" % o for o in offsets
    )
    return data + table + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % len(data)


_CATALOG, _PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"


def _document(number: int, title: str, letter: str, *makers: Callable[[Dice], bytes]) -> None:
    def build(rng: Dice) -> Case:
        return Case(rng.choice(makers)(rng), rng.choice(("so.pdf", "SO.PDF", "so.csv")), refused=_REFUSED[number])

    item(number, title, letter, PDF)(build)


_document(191, "PDF truncated", "F", lambda r: _pdf([_CATALOG, _PAGES, _PAGE])[: r.randrange(6, 200)])
_document(192, "PDF without pages", "F", lambda r: _pdf([_CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"]))
_document(
    193,
    "PDF that loops",
    "F",
    lambda r: _pdf([_CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>"]),
    lambda r: _pdf([_CATALOG, _PAGES, _PAGE], b"<</Root 1 0 R/Prev 20>>"),
)
_document(
    194,
    "PDF with script, launch, attachment",
    "F",
    lambda r: _pdf([b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>", _PAGES, _PAGE]),
    lambda r: _pdf([b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/Launch/F(cmd.exe)>>>>", _PAGES, _PAGE]),
)
_document(
    195, "PDF encrypted", "F", lambda r: _pdf([_CATALOG, _PAGES, _PAGE], b"<</Root 1 0 R/Encrypt<</Filter/Standard>>>>")
)
_document(
    196,
    "PDF with a huge page",
    "F",
    lambda r: _pdf([_CATALOG, _PAGES, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1e9 1e9]>>"]),
)
_document(
    197,
    "PDF image that lies about its size",
    "F",
    lambda r: _pdf(
        [
            _CATALOG,
            _PAGES,
            _PAGE,
            b"<</Type/XObject/Subtype/Image/Width 99999/Height 99999/Length 3>>stream\nabc\nendstream",
        ]
    ),
)
_document(
    198,
    "PDF form that draws itself",
    "F",
    lambda r: _pdf(
        [
            _CATALOG,
            _PAGES,
            _PAGE,
            b"<</Subtype/Form/Resources<</XObject<</F 4 0 R>>>>/Length 5>>stream\n/F Do\nendstream",
        ]
    ),
)
_document(
    199,
    "PDF of 20 000 pages",
    "F",
    lambda r: _pdf(
        [_CATALOG, b"<</Type/Pages/Kids[" + b"3 0 R " * (20_000 if r.is_large else 2_000) + b"]/Count 20000>>", _PAGE]
    ),
)
item(200, "PDF with one broken page", "W", PDF)(scanned.beside_a_broken_page)
