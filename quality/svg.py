"""Little pieces of inline SVG: text is escaped; numbers have one decimal, so that a picture has the same bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from markupsafe import Markup


@dataclass(frozen=True)
class Caption:
    """What a picture is called and what it says, for those who do not see it; `key` makes its ids unique."""

    key: str
    title: str
    description: str


def picture(caption: Caption, size: tuple[float, float], parts: Iterable[str], style: str = "") -> Markup:
    """A picture with title and description that scales with its box."""
    width, height = (_n(x) for x in size)
    key = escape(caption.key, quote=True)
    # Every text in it is escaped, here or by the functions below.
    return Markup(  # noqa: S704
        f'<svg class="picture {escape(style)}" role="img" aria-labelledby="{key}-t {key}-d" '
        f'viewBox="0 0 {width} {height}" preserveAspectRatio="xMinYMin meet">'
        f'<title id="{key}-t">{escape(caption.title)}</title><desc id="{key}-d">{escape(caption.description)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def rect(x: float, y: float, width: float, height: float, style: str) -> str:
    """A rectangle."""
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" class="{style}"/>'


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    """A straight line."""
    return f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" class="{style}"/>'


def text(x: float, y: float, words: str, style: str = "", anchor: str = "start") -> str:
    """A line of text whose baseline starts (or has its middle or end) at x, y."""
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{_n(x)}" y="{_n(y)}" class="{style}"{place}>{escape(words)}</text>'


def dot(x: float, y: float, radius: float, style: str) -> str:
    """A filled circle."""
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" class="{style}"/>'


def polyline(points: Iterable[tuple[float, float]], style: str) -> str:
    """A line through points."""
    return f'<polyline points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in points)}" class="{style}"/>'


def ribbon(left: tuple[float, float, float], right: tuple[float, float, float], style: str) -> str:
    """A band that flows from left to right; each end is (x, top, bottom)."""
    (x0, top0, bottom0), (x1, top1, bottom1) = left, right
    middle = (x0 + x1) / 2
    return (
        f'<path class="{style}" d="M{_n(x0)} {_n(top0)}C{_n(middle)} {_n(top0)} {_n(middle)} {_n(top1)} '
        f"{_n(x1)} {_n(top1)}V{_n(bottom1)}C{_n(middle)} {_n(bottom1)} {_n(middle)} {_n(bottom0)} "
        f'{_n(x0)} {_n(bottom0)}Z"/>'
    )


def arc(start: tuple[float, float], end: tuple[float, float], bend: float, style: str) -> str:
    """A curve between two points one above the other that bends to the right by `bend`."""
    (x0, y0), (x1, y1) = start, end
    return (
        f'<path class="{style}" d="M{_n(x0)} {_n(y0)}C{_n(x0 + bend)} {_n(y0)} {_n(x1 + bend)} {_n(y1)} '
        f'{_n(x1)} {_n(y1)}"/>'
    )


def standalone(drawn: Markup, style: str) -> str:
    """A picture as a file of its own, with its size, a white ground and the rules of its classes."""
    plain = str(drawn)  # the parts of a Markup would escape what is put between them
    width, height = plain.split('viewBox="', 1)[1].split('"', 1)[0].split()[2:]
    head, rest = plain.split("</desc>", 1)
    head = head.replace("<svg ", f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" ', 1)
    ground = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    return f"{head}</desc><style>{style}</style>{ground}{rest}\n"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
