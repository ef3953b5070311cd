"""Names in a row of words: where they may start and end, the word for a kind before them, parts in another order."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from transforms.place_words import (
    BELOW,
    ENDS_BEFORE,
    HARD,
    NO_BREAK,
    OF_COMMUNES,
    OF_DISTRICTS,
    PROVINCE,
    SOFT,
    Words,
    gathered,
)  # fmt: skip

LONGEST = 6
"""Words of the longest name (Phan Rang - Tháp Chàm has four)."""
_OLD = "cu4"  # cũ
_COUNTRY = frozenset(("vn", "vietnam", "chxhcn", "chxhcnvn", "city", "province"))
_SAY_NO_MORE = _COUNTRY | {"nam", "cu"}


_tuple = tuple.__new__


class Name(NamedTuple):
    """A window of words that may be a name: from `start` to the end asked for; the word for a kind before it."""

    start: int
    key: str
    kind: str
    is_bounded: bool

    @property
    def left(self) -> int:
        """Where the words before the name and its kind end."""
        return self.start - 1 if self.kind else self.start


def stop_of(words: Words, start: int) -> int:
    """Where a name that starts there ends at the latest: at the next break or word for a kind."""
    return next(
        (j for j in range(start + 1, len(words.keys)) if words.breaks[j] or says_unit(words, j)), len(words.keys)
    )


def ends_of(words: Words, start: int, stop: int) -> list[int]:
    """Where a name that starts there may end: at a break or a word for a kind, or before what may be a hamlet."""
    return [stop, *(j for j in range(start + 1, stop) if words.kinds[j] == BELOW)]


def reordered(words: Words) -> Iterator[Words]:
    """The words with their parts the other way round, and in the order of their kinds."""
    least = HARD if HARD in words.breaks[1:] else SOFT
    starts = [i for i in range(len(words.keys)) if _starts_part(words, i, least)]
    parts = [range(s, e) for s, e in zip(starts, [*starts[1:], len(words.keys)], strict=True)]
    if len(parts) > 1:
        yield _taken(words, parts[::-1])
        yield _taken(words, sorted(parts, key=lambda p: _RANKS.get(words.kinds[p[0]], 0)))


def says_unit(words: Words, i: int) -> bool:
    """Is it a word for a kind of unit, and nothing else?"""
    return words.sure[i] and words.kinds[i] not in ("", BELOW)


def _starts_part(words: Words, i: int, least: int) -> bool:
    is_apart = words.breaks[i] == HARD or (words.breaks[i] >= least and not says_unit(words, i - 1))
    return is_apart or says_unit(words, i)


_RANKS = {PROVINCE: 3, **dict.fromkeys(OF_DISTRICTS, 2), **dict.fromkeys(OF_COMMUNES, 1)}


def _taken(words: Words, parts: Sequence[range]) -> Words:
    order = [i for part in parts for i in part]
    heads = {part[0] for part in parts}
    return gathered([words.words[i] for i in order], [HARD if i in heads else words.breaks[i] for i in order])


def skip(words: Words, end: int) -> int:
    """The end without the country, "cũ" and numbers that stand alone."""
    while end:
        key = words.keys[end - 1]
        if key not in _SAY_NO_MORE and not key.isdecimal():
            return end
        if end > 1 and key == "nam" and words.keys[end - 2] == "viet":
            end -= 2
        elif key in _COUNTRY or (end > 1 and (words.words[end - 1].marked == _OLD or _is_number_alone(words, end - 1))):
            end -= 1
        else:
            return end
    return 0


def _is_number_alone(words: Words, i: int) -> bool:
    return words.breaks[i] > NO_BREAK and words.keys[i].isdecimal() and words.kinds[i - 1] in ("", BELOW)


def windows(words: Words, end: int) -> list[tuple[int, str]]:
    """Where names that end there may start, with their keys; longest first."""
    keys, stops, breaks = words.keys, words.stops, words.breaks
    found: list[tuple[int, str]] = []
    key = ""
    for i in range(end - 1, max(-1, end - 1 - LONGEST), -1):
        stop = stops[i]
        if stop == ENDS_BEFORE:
            break
        key = keys[i] + key
        found.append((i, key))
        if stop or breaks[i] == HARD:
            break
    found.reverse()
    return found


def name_at(words: Words, start: int, key: str) -> Name:
    """The name with the word for its kind before it."""
    before = words.breaks[start]
    kind = words.kinds[start - 1] if start and before < HARD and (not before or words.sure[start - 1]) else ""
    # made as the tuple that it is: there are three names an address, and the way of the class takes thrice as long
    return _tuple(Name, (start, key, kind if kind != BELOW or before == NO_BREAK else "", before > NO_BREAK))


def names(words: Words, end: int) -> list[Name]:
    """Windows of words that end there, longest first."""
    return [name_at(words, start, key) for start, key in windows(words, end)]
