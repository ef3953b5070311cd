"""Bars of a table: each against the longest of them."""

from collections.abc import Sequence

from markupsafe import Markup

from quality import svg
from quality.svg import Caption

_WIDTH, _HEIGHT, _LEAST = 200.0, 12.0, 1.5


def bar(parts: Sequence[tuple[float, str]], most: float, key: str, words: str) -> Markup:
    """A bar against the longest one; what is there is never too thin to see."""
    drawn, x = [svg.rect(0, 0, _WIDTH, _HEIGHT, "nothing")], 0.0
    for value, style in parts:
        if value:
            width = min(max(_WIDTH * value / (most or 1), _LEAST), _WIDTH - x)
            drawn.append(svg.rect(x, 0, width, _HEIGHT, style))
            x += width
    return svg.picture(Caption(key, words, words), (_WIDTH, _HEIGHT), drawn, "shares")
