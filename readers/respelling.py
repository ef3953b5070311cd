"""What else a line may say, word by word: each word is weighed where it stands, so that all of them are mended at once.

A text is laid along the line (its likeliest path through each lattice). Every word then has its own steps, in which
words that look like it, and in addresses the units that lie in what is named behind them, are weighed: by what the
recognisers say of those steps, plus what a word costs (natural logarithms).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from readers.cell_masks import OF_DIGITS
from readers.cell_places import PRICES, Unit, units_of, without_level
from readers.cell_words import like, variants, words
from readers.lattice import Lattice, aligned, best_path, log_probability, n_best
from transforms.text import fold

SHARES = {1: (1.0,), 2: (0.85, 0.15), 3: (1 / 3,) * 3, 4: (*(0.85 / 3,) * 3, 0.15)}
"""Of all looks of the first recogniser, one or three, and of the second behind them, where it read."""
_PLACE = "place"
_WEIGHTS = {_PLACE: 1.8, "name": 1.5, "text": 1.5, "relation": 1.5}
_WEIGHT = 1.0
_OF_BARE, _OF_AGREED, _ENOUGH, _PLAIN = 0.4, 0.4, 6, 0.7
_OF_SURE, _BEYOND_DOUBT = 0.15, 0.9
A_WORD = 4.0
"""For each word more: else two words would always be dearer than both as one."""
_TOKEN = re.compile(r"[^\W\d_]+|[\W\d_]+")
_NEAR, _VARIANTS, _BEAM = 16, 16, 3
_UNLIKELY = -1e8
_RIVALS = 3
_MOST_BEHIND = 8.0
"""A rival further behind the best word (natural logarithm) is not told."""
Seen = tuple[Lattice, ...]


@dataclass(frozen=True)
class Asked:
    """A line: its lattices (of the first recogniser, of its other looks, of the second), best text, kind of column."""

    lattices: tuple[Lattice, ...]
    text: str
    kind: str

    @property
    def weight(self) -> float:
        """Of what the text costs beside what the recognisers say, who are surer of marks not seen than they may be.

        Where no mark was seen in some words, they were written without: little speaks for any. What both read alike,
        and the first plainly, is seldom otherwise; what it sees beyond doubt a list must not outweigh. Only a form of
        digits weighs the same always: signs between them are easily missed by both.
        """
        if self.kind in OF_DIGITS:
            return _WEIGHT
        told = [best_path(lattice) for lattice in (*self.lattices[:1], *self.lattices[1:][-1:])]
        read = [text for text, _ in told]
        is_bare = any(len(text) >= _ENOUGH and " " in text and text.isascii() for text in read[:1])
        is_agreed = len(read) > 1 and told[0][1] > _PLAIN and len({text.replace(" ", "") for text in read}) == 1
        if is_agreed and told[0][1] > _BEYOND_DOUBT:
            return _WEIGHTS.get(self.kind, _WEIGHT) * _OF_SURE
        return _WEIGHTS.get(self.kind, _WEIGHT) * (_OF_BARE if is_bare else _OF_AGREED if is_agreed else 1.0)


@dataclass
class _Token:
    """A word, or what stands between words: its letters in the text, its steps, what it may be with its weight."""

    start: int
    end: int
    text: str
    seen: Seen = ()
    ranked: list[tuple[str, float]] = field(default_factory=list)

    @property
    def best(self) -> str:
        return self.ranked[0][0] if self.ranked else self.text


@dataclass
class _Laid:
    """A line with its text laid along it."""

    asked: Asked
    places: tuple[list[tuple[int, int]] | None, ...]
    tokens: list[_Token]

    def seen(self, start: int, end: int) -> Seen:
        """The steps of those letters in each lattice that knows them all."""
        return tuple(
            _part(lattice, places, start, end)
            for lattice, places in zip(self.asked.lattices, self.places, strict=True)
            if places is not None
        )


def respelt(asked: Sequence[Asked]) -> list[list[str]]:
    """For each line texts that it may hold: that of the best words, and those with one word the next best."""
    laid = _laid(asked)
    _weigh_words(laid)
    _weigh_units([line for line in laid if line.asked.kind == _PLACE])
    return [list(_told(line)) for line in laid]


@lru_cache(maxsize=65_536)
def price_of_words(text: str, kind: str) -> float:
    """What the words of a text cost, by how usual they are."""
    found = [m for m in _TOKEN.findall(text) if m[0].isalpha()]
    return sum(words().log_frequency(word, kind) for word in found) + A_WORD * max(0, len(found) - 1)


def weighed(pairs: Sequence[tuple[Seen, str]]) -> npt.NDArray[np.float64]:
    """What the recognisers say together of texts in their steps."""
    flat = [(lattice, text) for seen, text in pairs for lattice in seen]
    scores = iter(np.maximum(log_probability(flat), _UNLIKELY).tolist())
    found = np.full(len(pairs), _UNLIKELY)
    for place, (seen, _) in enumerate(pairs):
        own = [next(scores) for _ in seen]
        if own:
            found[place] = sum(s * o for s, o in zip(SHARES[len(own)], own, strict=True))
    return found


def _laid(asked: Sequence[Asked]) -> list[_Laid]:
    places = iter(aligned([(lattice, line.text) for line in asked for lattice in line.lattices]))
    found = []
    for line in asked:
        tokens = [_Token(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(line.text)]
        own = _Laid(line, tuple(next(places) for _ in line.lattices), tokens)
        for token in tokens:
            token.seen = own.seen(token.start, token.end)
        found.append(own)
    return found


def _part(lattice: Lattice, places: Sequence[tuple[int, int]], start: int, end: int) -> Lattice:
    first = places[start - 1][1] + 1 if start else 0
    last = places[end][0] if end < len(places) else len(lattice.log_probs)
    return lattice.part(first, last)


def _weigh_words(laid: Sequence[_Laid]) -> None:
    jobs = [
        (line.asked, token, tuple(_may_be(token, line.asked.kind)))
        for line in laid
        for token in line.tokens
        if token.text[0].isalpha() and token.seen
    ]
    scores = iter(weighed([(token.seen, word) for _, token, may_be in jobs for word in may_be]).tolist())
    for asked, token, may_be in jobs:
        weight = asked.weight
        told = [(word, next(scores) + weight * price_of_words(word, asked.kind)) for word in may_be]
        token.ranked = sorted(told, key=lambda pair: -pair[1])


def _may_be(token: _Token, kind: str) -> Iterator[str]:
    """The word, words that look like it, and what else each recogniser sees in its steps."""
    read = dict.fromkeys([token.text])
    for lattice in token.seen:
        for text, _ in n_best(lattice, _BEAM):
            if text.strip().isalpha():
                read.setdefault(text.strip())
    found = dict.fromkeys(read)
    for word in read:
        for other in _like(word.lower(), kind):
            found.setdefault(like(other, word))
    yield from found


@lru_cache(maxsize=16_384)
def _like(word: str, kind: str) -> tuple[str, ...]:
    known = words()
    near = sorted(known.near(word), key=lambda w: (-known.log_frequency(w, kind), w))[:_NEAR]
    marked = sorted(variants(word), key=lambda w: (-known.log_frequency(w, kind), w))[:_VARIANTS]
    return tuple(dict.fromkeys([*near, *marked]))


def _told(line: _Laid) -> Iterator[str]:
    best = [token.best for token in line.tokens]
    yield "".join(best)
    rivals = []
    for place, token in enumerate(line.tokens):
        for word, weight in token.ranked[1:3]:
            if token.ranked[0][1] - weight < _MOST_BEHIND:
                rivals.append((token.ranked[0][1] - weight, place, word))
    for _, place, word in sorted(rivals)[:_RIVALS]:
        yield "".join([*best[:place], word, *best[place + 1 :]])


@dataclass
class _Part:
    """The name of a unit in an address: its words and what parts them, the steps of all of them."""

    tokens: list[_Token]
    seen: Seen
    weight: float

    @property
    def name(self) -> str:
        return "".join(token.best for token in self.tokens)

    def take(self, ranked: list[tuple[str, float]]) -> None:
        """Put names in the place of all its words."""
        self.tokens[0].ranked = ranked
        for token in self.tokens[1:]:
            token.ranked = [("", 0.0)]


def _weigh_units(laid: Sequence[_Laid]) -> None:
    """Take the province, then its district, then its commune, where that is likelier than the words one by one."""
    going = [(parts, "") for parts in (list(_parts(line)) for line in laid) if parts]
    for price in PRICES:
        asked = [
            (parts[-1].seen, name) for parts, parent in going for name in (parts[-1].name, *_names(parts[-1], parent))
        ]
        scores = iter(weighed(asked).tolist())
        further = []
        for parts, parent in going:
            part = parts.pop()
            own, said = next(scores), [next(scores) for _ in _names(part, parent)]
            code = _taken(part, parent, own, [score + part.weight * price for score in said])
            if parts and code:
                further.append((parts, code))
        going = further


def _taken(part: _Part, parent: str, own: float, weights: Sequence[float]) -> str:
    """The code of the unit that the part names, "" where its words say something else."""
    name, units = part.name, _alike(fold(part.name), parent)
    by_words = own + part.weight * price_of_words(name, _PLACE)
    best = max(range(len(units)), key=weights.__getitem__, default=None)
    if best is not None and weights[best] >= by_words:
        part.take([(_names(part, parent)[best], weights[best]), *([(name, by_words)] if by_words > _UNLIKELY else [])])
        return units[best].code
    return ""


def _names(part: _Part, parent: str) -> list[str]:
    name = part.name
    is_upper = len(name) > 1 and name.isupper()
    return [unit.name.upper() if is_upper else unit.name for unit in _alike(fold(name), parent)]


@lru_cache(maxsize=4_096)
def _alike(bare: str, parent: str) -> tuple[Unit, ...]:
    """The units of a parent whose names have about as many letters, half of them the same."""
    return tuple(unit for unit in units_of(parent) if _is_like(fold(unit.name), bare))


def _is_like(name: str, text: str) -> bool:
    if abs(len(name) - len(text)) > max(2, len(name) // 3):
        return False
    return sum(min(name.count(letter), text.count(letter)) for letter in set(name)) >= 0.5 * len(name)


def _parts(line: _Laid) -> Iterator[_Part]:
    """The names between commas, without the words of their levels."""
    part: list[_Token] = []
    for token in [*line.tokens, _Token(0, 0, ",")]:
        if "," not in token.text:
            part.append(token)
            continue
        level = len(without_level("".join(other.best for other in part))[0])
        while part and level > 0:
            level -= len(part.pop(0).best)
        if part:
            yield _Part(part, line.seen(part[0].start, part[-1].end), line.asked.weight)
        part = []
