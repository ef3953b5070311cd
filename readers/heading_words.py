"""What one column heading can mean, by the words in data/headings.csv and the patterns in data/heading_patterns.csv.

Marks decide first (năm is a year, nam a man); a heading typed without marks may leave several meanings, which the
other headings of the row settle (`readers.heading_roles`).
"""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from transforms.text import fold, look_alikes

ASIDE = "other_raw"
UNSURE = 0.7
"""Below this a person is told which field a heading was taken for."""

TOLD = 1.5
"""A person said so: surer than any word list."""
EXACT, WITHOUT_NOTE, COMPACT, CUT, BY_PATTERN = 1.0, 0.95, 0.9, 0.8, 0.7

_NOT_WORD = re.compile(r"[\W_]+")
_NOTE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_CUT_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]{9}$")
_NUMBERING = re.compile(r"^\W*(?:\d{1,2}|[ivx]{1,4})\s*[.):\-]\s*(?=\D)|\s*[(\[]\s*\d{1,2}\s*[)\]]\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Meaning:
    """A raw column that a heading may name, which part of it (day, male, family ...), and how sure that is, 0 to 1."""

    raw_column: str
    part: str
    confidence: float

    @property
    def role(self) -> tuple[str, str]:
        """Raw column and part."""
        return self.raw_column, self.part


@lru_cache(maxsize=8_192)
def meanings(heading: str) -> tuple[Meaning, ...]:
    """What the heading may mean, best first; empty if its words are not known."""
    text = _NUMBERING.sub("", look_alikes(heading)).strip()
    for form, confidence in ((text, EXACT), (_NOTE.sub(" ", text), WITHOUT_NOTE)):
        found = _by_words(form)
        if found:
            return tuple(Meaning(raw, part, confidence) for raw, part in found)
    joined = _words().compact.get(plain(text).replace(" ", ""), ())
    if joined and len(plain(text)) > 3:
        return tuple(Meaning(raw, part, COMPACT) for raw, part in joined)
    return _by_cut(text) or _by_pattern(text)


@cache
def _usual() -> frozenset[str]:
    text = files("readers").joinpath("data", "usual_headings.txt").read_text(encoding="utf-8")
    return frozenset(_marked(line) for line in text.splitlines())


def is_usual(heading: str) -> bool:
    """Are these the words of the template, or such as every clerk writes, with their marks?"""
    return _marked(_NOTE.sub(" ", _NUMBERING.sub("", look_alikes(heading)))) in _usual()


def by_compact_words() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Raw column and part of every known heading, by its folded letters without blanks."""
    return _words().compact


@lru_cache(maxsize=256)
def wording_of(raw_column: str) -> str | None:
    """A heading that means this raw column, whole, and nothing else; None if there is none."""
    listed = (
        row["headings"].split(";")
        for row in _rows("headings.csv")
        if (row["raw_column"], row["part"]) == (raw_column, "")
    )
    return next((h.strip() for headings in listed for h in headings if means_only(h, raw_column)), None)


def means_only(heading: str, raw_column: str) -> bool:
    """The heading means this raw column, whole, wherever it stands: "Số" alone means nothing of the kind."""
    return [meaning.role for meaning in meanings(heading.strip())] == [(raw_column, "")]


def names_something(heading: str) -> bool:
    """Do its words, also run together, name a column as they stand?"""
    return any(meaning.confidence >= COMPACT for meaning in meanings(heading))


@lru_cache(maxsize=8_192)
def bare_letters(heading: str) -> str:
    """The folded letters of a heading, without blanks."""
    return plain(heading).replace(" ", "")


@cache
def typed_wordings() -> tuple[str, ...]:
    """All headings of hand-typed ledgers that mean something, as they are listed; words of our own are none."""
    rows = (row for row in _rows("headings.csv") if row["raw_column"] != ASIDE or not row["part"])
    return tuple(heading.strip() for row in rows for heading in row["headings"].split(";"))


def plain(heading: str) -> str:
    """The words of a heading: folded, without punctuation, single blanks."""
    return _NOT_WORD.sub(" ", fold(heading)).strip()


def _marked(heading: str) -> str:
    return _NOT_WORD.sub(" ", heading.lower()).strip()


def _by_words(text: str) -> tuple[tuple[str, str], ...]:
    words = _words()
    found = words.marked.get(_marked(text))
    if found:
        return found
    candidates = words.folded.get(plain(text), ())
    if text.isascii() or len(candidates) == 1:
        return candidates
    return ()


def _by_cut(text: str) -> tuple[Meaning, ...]:
    """What a DBF name of ten letters was before it was cut, if all known headings that begin so say the same."""
    if not _CUT_NAME.match(text):
        return ()
    start = plain(text).replace(" ", "")
    whole = {role for heading, roles in _words().compact.items() if heading.startswith(start) for role in roles}
    meant = {role for role in whole if role[0] != ASIDE}
    return tuple(Meaning(raw, part, CUT) for raw, part in meant) if len(meant) == 1 else ()


def _by_pattern(text: str) -> tuple[Meaning, ...]:
    form = plain(text)
    for raw_column, part, pattern in _patterns():
        if pattern.search(form):
            return (Meaning(raw_column, part, BY_PATTERN),)
    return ()


_Roles = Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class _Words:
    marked: _Roles
    folded: _Roles
    compact: _Roles


@cache
def _words() -> _Words:
    marked: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in _rows("headings.csv"):
        for heading in row["headings"].split(";"):
            marked[_marked(heading)].append((row["raw_column"], row["part"]))
    folded: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for heading, roles in marked.items():
        folded[plain(heading)] += roles
    compact: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for heading, roles in folded.items():
        compact[heading.replace(" ", "")] += roles
    return _Words(_settled(marked), _settled(folded), _settled(compact))


def _settled(words: Mapping[str, list[tuple[str, str]]]) -> _Roles:
    return {heading: tuple(dict.fromkeys(roles)) for heading, roles in words.items() if heading}


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    rows = _rows("heading_patterns.csv")
    return tuple((r["raw_column"], r["part"], re.compile(r["pattern"])) for r in rows)


def _rows(name: str) -> list[dict[str, str]]:
    with files("readers").joinpath("data", name).open(encoding="utf-8") as source:
        return list(csv.DictReader(source))
