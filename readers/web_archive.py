"""Web archives (MHTML): Excel's "single file web page", often under the name of XLS; its pages are read in order.

Parts are decoded line by line; pictures and style sheets are passed over. Source: RFC 2557, RFC 2045.
"""

import binascii
import codecs
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from readers import encoding as enc
from readers.grid import Sheet
from readers.html_table import html_sheets
from readers.html_tokens import tokens
from readers.reading import ReadLimits
from readers.text_file import UNKNOWN
from schemas.errors import FileRefused

_LONGEST_LINE = 1 << 20
_MOST_HEADER_LINES = 200
_SAMPLE_LINES = 20_000
_BOUNDARY = re.compile(r"^[ -~]{1,200}$")
_END_OF_PAGE = "</table></table></table>"


def read_web_archive(path: Path, forced: str | None, limits: ReadLimits) -> Iterator[Sheet]:
    """The tables of the pages of an archive.

    Raises:
        FileRefused: file.damaged (no boundary, a part that cannot be decoded, cut), and as `html_table.read_html`.
    """
    legacy = forced if forced in enc.DECODERS else _legacy(path)
    codec = "latin-1" if legacy else "utf-8"
    yield from html_sheets(tokens(_texts(path, codec)), limits, legacy, None if legacy else codec)


def _legacy(path: Path) -> str | None:
    """The encoding of the pages by their letters; None for Unicode, which pages with entities only are too."""
    check = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in _pages(path):
            check.decode(piece or b"\n")
        return None
    except UnicodeDecodeError:
        lines = (piece.decode("latin-1") for piece in islice(_pages(path), _SAMPLE_LINES) if piece)
        return enc.judge_bytes(enc.words_of(lines)).encoding or UNKNOWN


def _texts(path: Path, codec: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)("replace")
    for piece in _pages(path):
        yield decoder.decode(piece) if piece is not None else _END_OF_PAGE


def _pages(path: Path) -> Iterator[bytes | None]:
    """The decoded lines of each page; None where a page ends."""
    with path.open("rb") as source:
        boundary = _headers(source).get_boundary() or ""
        if not _BOUNDARY.match(boundary):
            raise FileRefused("file.damaged", found="MIME")
        mark = b"--" + boundary.encode()
        for line in _lines(source):
            if line.startswith(mark):
                break
        while not line.rstrip().endswith(mark + b"--"):
            headers = _headers(source)
            is_page = headers.get_content_type() == "text/html"
            for line in _lines(source):
                if line.startswith(mark):
                    break
                if is_page:
                    yield _decoded(line, str(headers.get("content-transfer-encoding", "")).strip().lower())
            if is_page:
                yield None


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """Lines up to the one that the caller stops at; an archive that ends before was cut."""
    while line := source.readline(_LONGEST_LINE):
        yield line
    raise FileRefused("file.damaged", found="MIME")


def _headers(source: BinaryIO) -> Message:
    lines = []
    for line in islice(_lines(source), _MOST_HEADER_LINES):
        if not line.strip():
            break
        lines.append(line)
    return BytesHeaderParser().parsebytes(b"".join(lines))


def _decoded(line: bytes, how: str) -> bytes:
    if how == "quoted-printable":
        return binascii.a2b_qp(line)
    if how != "base64":
        return line
    try:
        return binascii.a2b_base64(line)
    except binascii.Error as wrong:
        raise FileRefused("file.damaged", found="MIME") from wrong
