"""Which kind of page file a file is, by its first bytes alone."""

from pathlib import Path
from typing import Literal

PageKind = Literal["PNG", "JPEG", "TIFF", "PDF"]

_MARKS: tuple[tuple[bytes, PageKind], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"II*\x00", "TIFF"), (b"MM\x00*", "TIFF"),
)  # fmt: skip
_BEFORE_PDF = b"\xef\xbb\xbf\r\n\t \x00"
_START = 1024


def kind_of_start(start: bytes) -> PageKind | None:
    """The kind of a file that begins so; None if it is no page file. Blanks may stand before the mark of a PDF."""
    found = next((kind for mark, kind in _MARKS if start.startswith(mark)), None)
    if found is None and start[:_START].lstrip(_BEFORE_PDF).startswith(b"%PDF-"):
        return "PDF"
    return found


def page_kind(path: Path) -> PageKind | None:
    """The kind of a file."""
    with path.open("rb") as source:
        return kind_of_start(source.read(_START))
