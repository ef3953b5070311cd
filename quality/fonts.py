"""Be Vietnam Pro (OFL-1.1), cut down to the letters of Vietnamese and English, to be carried inside a report."""

import base64
import io
import unicodedata
from functools import cache
from importlib.resources import files

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
    """One weight (Regular, SemiBold ...) as base64 of a WOFF2 file; the same bytes each time."""
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
    return base64.b64encode(written.getvalue()).decode("ascii")
