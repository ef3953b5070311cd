"""A QR code as a vector picture that prints in black and white; the only import of segno."""

import segno
from markupsafe import Markup

from quality.svg import Caption, picture

_QUIET = 4


def code(text: str, caption: Caption) -> Markup:
    """The QR code of a text, error correction M, with its quiet zone; capitals and digits make it small."""
    made = segno.make_qr(text, error="m", boost_error=False)
    size = made.symbol_size(border=_QUIET)[0]
    runs = []
    for y, row in enumerate(made.matrix, _QUIET):
        dark = [x for x, is_dark in enumerate(row) if is_dark]
        starts = [x for x in dark if x - 1 not in dark]
        ends = [x for x in dark if x + 1 not in dark]
        runs += [f"M{a + _QUIET} {y}h{b - a + 1}v1h-{b - a + 1}z" for a, b in zip(starts, ends, strict=True)]
    ground = f'<rect width="{size}" height="{size}" fill="#fff"/>'
    return picture(caption, (size, size), [ground, f'<path d="{"".join(runs)}" fill="#000"/>'], "qr")
