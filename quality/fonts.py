"""Be Vietnam Pro (OFL-1.1), cut down to the letters of Vietnamese and English, to be carried inside a report.

The cut-down files lie beside the templates, because cutting takes longer than writing the rest of a page;
`python -m quality.fonts` cuts them anew, and a test compares.
"""

import base64
import io
import unicodedata
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

WEIGHTS = ("Regular", "SemiBold")
"""Those that pages carry."""
_PLAIN = "".join(map(chr, range(0x20, 0x7F)))
_BASES, _TONES = "aăâeêioôơuưy", ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_SIGNS = "\u00a0“”‘’–—…·•×÷±−≤≥→←✓✕%‰§°³đĐÐ"
_TABLES_KEPT = ("kern", "mark", "mkmk", "ccmp", "locl", "tnum", "liga")


def letters() -> str:
    """The letters and signs that the cut-down font holds."""
    marked = {unicodedata.normalize("NFC", base + tone) for base in _BASES for tone in _TONES}
    return "".join(sorted({*_PLAIN, *_SIGNS, *marked, *(m.upper() for m in marked)}))


@cache
def embedded(weight: str) -> str:
    """One weight (Regular, SemiBold ...) as base64 of a WOFF2 file."""
    return base64.b64encode(_folder().joinpath(f"BeVietnamPro-{weight}.woff2").read_bytes()).decode("ascii")


def cut(weight: str) -> bytes:
    """One weight cut down from the whole font, as WOFF2; the same bytes each time."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    source = files("fontpkg_be_vietnam_pro").joinpath("files", f"BeVietnamPro-{weight}.ttf").read_bytes()
    options = subset.Options(flavor="woff2", layout_features=list(_TABLES_KEPT), hinting=False, desubroutinize=True)
    options.notdef_outline = True
    font = TTFont(io.BytesIO(source), recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=letters())
    cutter.subset(font)
    font.flavor = "woff2"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def _folder() -> Traversable:
    return files("quality").joinpath("templates", "fonts")


def main() -> None:
    """Cut all weights anew, into the folder of the source."""
    folder = Path(str(_folder()))
    for weight in WEIGHTS:
        folder.joinpath(f"BeVietnamPro-{weight}.woff2").write_bytes(cut(weight))


if __name__ == "__main__":
    main()
