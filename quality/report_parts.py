"""Which sections a written report has, and from which byte: what its seal hashes one by one."""

import re
from dataclasses import dataclass

_SECTION = re.compile(rb'<section\b[^>]*\baria-labelledby="([a-z]{2})-([a-z_]+)"')
_ARTICLE_END = b"</article>"
_KEY = re.compile(rb'^  "([^"\n]+)": ', re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A section of a file: its name, and its first byte; it ends where the next one begins."""

    name: str
    first: int


WHOLE = (Part("all", 0),)
"""A file that is one section."""


def of_html(content: bytes) -> tuple[Part, ...]:
    """The head of the page, each section of each language, and what follows the last."""
    found = [Part(f"{m[1].decode()} {_name(m[2].decode())}", m.start()) for m in _SECTION.finditer(content)]
    end = content.rfind(_ARTICLE_END)
    return (Part("head", 0), *found, *([Part("end", end)] if end > 0 else []))


def of_json(content: bytes) -> tuple[Part, ...]:
    """Each key of the first level; the first one with the opening bracket."""
    found = [Part(m[1].decode(), m.start()) for m in _KEY.finditer(content)]
    return tuple(Part(p.name, p.first if n else 0) for n, p in enumerate(found)) or WHOLE


def _name(section: str) -> str:
    return "cover" if section == "title" else section
