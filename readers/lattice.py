"""What a line recogniser says of a line: a probability for each letter at each step, and what can be read out of it.

Connectionist temporal classification: Graves et al., ICML 2006 (the forward recursion, letters with blanks between);
prefix beam search: Hannun et al., arXiv:1408.2873.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

LogProbs = npt.NDArray[np.float32]
_NEVER = -1e9
_BLANK = 0
_TABLE = 60_000
_FAR = 30.0
_RESCALED, _LEAST = 8, 1e-300
"""Steps after which chances are scaled; eight of e^-30 are far from where numbers end."""
_BARELY, _TORN = -30.0, 0.02
"""Chance that a word goes on in the next line."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """A line as one recogniser sees it. It is asked for the same things again and again, so it remembers them.

    Attributes:
        log_probs: steps x letters; letter 0 is the blank. letters: what each other number stands for.
    """

    log_probs: LogProbs
    letters: "Letters"
    _parts: dict[tuple[int, int], "Lattice"] = field(default_factory=dict, repr=False)
    _texts: dict[tuple[int, float], list[tuple[str, float]]] = field(default_factory=dict, repr=False)

    def part(self, first: int, last: int) -> "Lattice":
        """From one step to before another, as a line of its own."""
        known = self._parts.get((first, last))
        if known is None:
            known = self._parts[first, last] = Lattice(self.log_probs[first:last], self.letters)
        return known

    @cached_property
    def best(self) -> tuple[str, float]:
        """See `best_path`."""
        path = self.log_probs.argmax(1)
        peaks = self.log_probs.max(1)
        stands = (path != _BLANK) & np.concatenate(([True], path[1:] != path[:-1]))
        if not stands.any():
            return "", float(np.exp(peaks.mean())) if len(peaks) else 1.0
        return self.letters.text(path[stands].tolist()), float(np.exp(peaks[stands].min()))


class Letters:
    """The letters of a recogniser, by number from 1."""

    def __init__(self, letters: Sequence[str]) -> None:
        self.letters = tuple(letters)
        self._numbers = {letter: number for number, letter in enumerate(letters, 1) if letter}

    def numbers(self, text: str) -> list[int] | None:
        """The numbers of the letters of a text; None where the recogniser does not know one."""
        try:
            return [self._numbers[letter] for letter in text]
        except KeyError:
            return None

    def text(self, numbers: Sequence[int]) -> str:
        """The text of those letters."""
        return "".join(self.letters[n - 1] for n in numbers)


def joined(lattices: Sequence[Lattice]) -> Lattice:
    """Lines that go on below each other as one, with a blank between two of them; lines without letters left out."""
    lines = [lattice for lattice in lattices if best_path(lattice)[0].strip()] or list(lattices[:1])
    letters = lines[0].letters
    between = np.full((1, lines[0].log_probs.shape[1]), _BARELY, np.float32)
    between[0, [_BLANK, *(letters.numbers(" ") or ())]] = np.log([_TORN, *([1 - _TORN] * bool(letters.numbers(" ")))])
    pieces = [piece for line in lines for piece in (between, line.log_probs)]
    return Lattice(np.concatenate(pieces[1:]), letters)


def best_path(lattice: Lattice) -> tuple[str, float]:
    """The likeliest letter at each step, collapsed; and the least probability of a letter that stands, 0 to 1."""
    return lattice.best


def spelt(lattice: Lattice) -> tuple[str, list[int]]:
    """The likeliest text, and the last step of each of its letters."""
    path = lattice.log_probs.argmax(1)
    letters: list[str] = []
    steps: list[int] = []
    before = _BLANK
    for step, number in enumerate(path.tolist()):
        if number != _BLANK and number == before:
            steps[-1] = step
        elif number != _BLANK:
            letters.append(lattice.letters.text([number]))
            steps.append(step)
        before = number
    return "".join(letters), steps


def letters_between(lattice: Lattice, first: int, last: int) -> npt.NDArray[np.float64]:
    """How likely the likeliest letter is, 0 to 1, at each step from one to before another where a letter stands."""
    said = lattice.log_probs[first:last]
    return np.asarray(np.exp(said.max(1)[said.argmax(1) != _BLANK]), np.float64)


def n_best(lattice: Lattice, beam: int = 6, least: float = -7.0) -> list[tuple[str, float]]:
    """The likeliest texts with their log-probabilities, best first.

    Args:
        lattice: of a line.
        beam: prefixes that are followed at each step.
        least: letters less likely at a step than this (natural logarithm) are left out.
    """
    known = lattice._texts.get((beam, least))
    if known is None:
        known = lattice._texts[beam, least] = _n_best(lattice, beam, least)
    return known


def _n_best(lattice: Lattice, beam: int, least: float) -> list[tuple[str, float]]:
    prefixes: list[tuple[int, int]] = [(-1, _BLANK)]  # the one before, and the letter behind it
    known: dict[tuple[int, int], int] = {}
    beams: list[tuple[int, float, float]] = [(0, 0.0, _NEVER)]
    for blank_p, likely in zip(lattice.log_probs[:, _BLANK].tolist(), _likely(lattice, least), strict=True):
        if blank_p > -1e-3:  # nothing happens here
            beams = [(prefix, _either(blank, letter) + blank_p, _NEVER) for prefix, blank, letter in beams]
            continue
        blanks: dict[int, float] = {}
        letters: dict[int, float] = {}
        for prefix, blank, letter in beams:
            both = _either(blank, letter)
            blanks[prefix] = both + blank_p
            last = prefixes[prefix][1]
            for c, p in likely:
                longer = known.get((prefix, c))
                if longer is None:
                    longer = known[prefix, c] = len(prefixes)
                    prefixes.append((prefix, c))
                score = both + p
                if c == last:
                    score, again = blank + p, letter + p
                    letters[prefix] = _either(letters[prefix], again) if prefix in letters else again
                letters[longer] = _either(letters[longer], score) if longer in letters else score
        scored = [(n, prefix) for prefix, n in letters.items() if prefix not in blanks]
        scored += [(_either(b, letters.get(prefix, _NEVER)), prefix) for prefix, b in blanks.items()]
        best = sorted(scored, reverse=True)[:beam]
        beams = [(prefix, blanks.get(prefix, _NEVER), letters.get(prefix, _NEVER)) for _, prefix in best]
    found = [(_spelt_back(lattice.letters, prefixes, prefix), _either(b, n)) for prefix, b, n in beams]
    return sorted(found, key=lambda pair: -pair[1])


def _spelt_back(letters: Letters, prefixes: Sequence[tuple[int, int]], prefix: int) -> str:
    """The text of a prefix, from its last letter to its first."""
    numbers: list[int] = []
    while prefix > 0:
        prefix, letter = prefixes[prefix]
        numbers.append(letter)
    return letters.text(numbers[::-1])


def _likely(lattice: Lattice, least: float) -> list[list[tuple[int, float]]]:
    """The letters likelier than `least` at each step, with their log-probabilities."""
    found: list[list[tuple[int, float]]] = [[] for _ in range(len(lattice.log_probs))]
    steps, numbers = np.nonzero(lattice.log_probs > least)
    said = lattice.log_probs[steps, numbers].tolist()
    for step, number, p in zip(steps.tolist(), numbers.tolist(), said, strict=True):
        if number != _BLANK:
            found[step].append((number, p))
    return found


def _either(one: float, other: float) -> float:
    """The logarithm of the sum of two probabilities."""
    if other > one:
        one, other = other, one
    return one if one - other > _FAR else one + math.log1p(math.exp(other - one))


def log_probability(pairs: Sequence[tuple[Lattice, str]]) -> npt.NDArray[np.float64]:
    """How likely each text is to be its line (natural logarithm); -1e9 where a letter of it is not known.

    All pairs are worked out at one time, so a page of doubtful cells costs about what one of them does.
    """
    scores = np.full(len(pairs), _NEVER)
    for group, lattices, numbers in _groups(pairs):
        scores[group] = _forward(lattices, numbers)
    return scores


def aligned(pairs: Sequence[tuple[Lattice, str]]) -> list[list[tuple[int, int]] | None]:
    """The first and last step of each letter of a text on its likeliest path; None where it cannot be its line."""
    found: list[list[tuple[int, int]] | None] = [None] * len(pairs)
    for group, lattices, numbers in _groups(pairs):
        for i, places in zip(group, _likeliest(lattices, numbers), strict=True):
            found[i] = places
    return found


def least_letters(pairs: Sequence[tuple[Lattice, str]]) -> list[float]:
    """The least probability of a letter of each text on its likeliest path, 0 to 1; 0 where it cannot be its line."""
    return [_least(*pair, places) for pair, places in zip(pairs, aligned(pairs), strict=True)]


def _least(lattice: Lattice, text: str, places: Sequence[tuple[int, int]] | None) -> float:
    numbers = lattice.letters.numbers(text)
    if not places or numbers is None:
        return 0.0
    peaks = (lattice.log_probs[a : b + 1, n].max() for (a, b), n in zip(places, numbers, strict=True))
    return float(np.exp(min(peaks)))


def _groups(
    pairs: Sequence[tuple[Lattice, str]],
) -> Iterator[tuple[list[int], list[LogProbs], list[list[int]]]]:
    """Pairs that can be, by about one length: their places, lattices, and letters by number."""
    numbered = [lattice.letters.numbers(text) for lattice, text in pairs]
    steps = [len(lattice.log_probs) for lattice, _ in pairs]
    fitting = [i for i, n in enumerate(numbered) if n is not None and len(n) <= steps[i] and steps[i]]
    for group in _of_one_size(fitting, steps):
        yield group, [pairs[i][0].log_probs for i in group], [numbered[i] or [] for i in group]


def _of_one_size(indexes: Sequence[int], steps: Sequence[int]) -> Iterator[list[int]]:
    """Groups of lines of about one length, of at most so many texts that their tables stay small."""
    group: list[int] = []
    for i in sorted(indexes, key=lambda i: steps[i]):
        if group and (steps[i] > 1.3 * steps[group[0]] + 4 or len(group) * steps[i] > _TABLE):
            yield group
            group = []
        group.append(i)
    if group:
        yield group


_Flags = npt.NDArray[np.bool_]
_Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Table:
    """Texts beside each other, one a column, with what their lattices say.

    Attributes:
        letters: the number of each letter of each text, 0 behind its end. counts: letters of each text. may_skip:
        which letters may follow the one before without a blank between. said: what all lattices say, one behind the
        other. starts: where that of each text begins. strides: from one step of it to the next. going: for each
        step but the first, the first text whose lattice is not at its end (`_of_one_size` has them in that order).
        lengths: steps of each lattice.
    """

    letters: _Numbers
    counts: _Numbers
    may_skip: _Flags
    said: LogProbs
    starts: _Numbers
    strides: _Numbers
    going: list[int]
    lengths: _Numbers


def _table(lattices: Sequence[LogProbs], texts: Sequence[list[int]]) -> _Table:
    counts = np.array([len(numbers) for numbers in texts])
    letters = np.zeros((max(1, int(counts.max())), len(texts)), np.int64)
    columns = np.repeat(np.arange(len(texts)), counts)
    rows = np.arange(len(columns)) - np.repeat(np.cumsum(counts) - counts, counts)
    letters[rows, columns] = np.concatenate([*texts, []])
    may_skip = np.zeros(letters.shape, np.bool_)
    may_skip[1:] = letters[1:] != letters[:-1]
    known: dict[int, LogProbs] = {id(one): one for one in lattices}
    begins = dict(zip(known, np.cumsum([0, *(one.size for one in known.values())]).tolist(), strict=False))
    lengths = np.array([len(one) for one in lattices])
    going = np.searchsorted(lengths, np.arange(1, int(lengths[-1])), side="right").tolist()
    said = np.concatenate([one.ravel() for one in known.values()])
    starts, strides = (
        np.array(told) for told in ([begins[id(one)] for one in lattices], [one.shape[1] for one in lattices])
    )
    return _Table(letters, counts, may_skip, said, starts, strides, going, lengths)


def _forward(lattices: Sequence[LogProbs], texts: Sequence[list[int]]) -> npt.NDArray[np.float64]:
    """The forward recursion over all texts at once, of letters and of the blanks before, between and behind them.

    Chances themselves are added up, each text's scaled by its likeliest state now and then: no logarithm a step. What
    is e^-700 times as likely as that state is as good as never.
    """
    table = _table(lattices, texts)
    chances = np.exp(table.said.astype(np.float64))
    skips = table.may_skip.astype(np.float64)
    place, blank = table.starts + table.letters, table.starts.copy()
    letters, blanks = np.zeros(place.shape), np.zeros((len(place) + 1, place.shape[1]))
    letters[0], blanks[0] = chances[place[0]], chances[blank]
    scales = np.zeros(len(texts))
    for number, going in enumerate(table.going, 1):
        place[:, going:] += table.strides[going:]
        blank[going:] += table.strides[going:]
        own, between = letters[:, going:], blanks[:, going:]
        after = own[:-1] * skips[1:, going:]
        after += own[1:]
        before = own.copy()
        own[1:] = after
        own += between[:-1]
        own *= chances.take(place[:, going:])
        between[1:] += before
        between *= chances.take(blank[going:])
        if number % _RESCALED == 0:
            most = np.maximum(np.maximum(own.max(axis=0), between.max(axis=0)), _LEAST)
            own /= most
            between /= most
            scales[going:] += np.log(most)
    at = np.arange(len(texts))
    last = np.where(table.counts > 0, letters[np.maximum(table.counts - 1, 0), at], 0.0)
    whole = blanks[table.counts, at] + last
    return np.asarray(np.where(whole > 0, np.log(np.maximum(whole, _LEAST)) + scales, _NEVER))


def _likeliest(lattices: Sequence[LogProbs], texts: Sequence[list[int]]) -> Iterator[list[tuple[int, int]] | None]:
    """First and last step of each letter of each text on its likeliest path (Viterbi's recursion)."""
    table = _table(lattices, texts)
    count, columns = table.letters.shape
    place = np.repeat(table.starts[None], 2 * count + 1, axis=0)
    place[1::2] += table.letters
    state = np.full(place.shape, _NEVER, np.float32)
    state[:2] = table.said[place[:2]]
    came = np.zeros((int(table.lengths[-1]), *place.shape), np.int8)
    hindered = np.full(place.shape, _NEVER, np.float32)
    hindered[1::2][table.may_skip] = 0
    for number, going in enumerate(table.going, 1):
        place[:, going:] += table.strides[going:]
        now, then, way = state[:, going:], state[:, going:].copy(), came[number, :, going:]
        np.greater(now[:-1], now[1:], out=way[1:], casting="unsafe")
        np.maximum(now[:-1], now[1:], out=then[1:])
        skipped = now[:-2] + hindered[2:, going:]
        way[2:][skipped > then[2:]] = 2
        np.maximum(skipped, then[2:], out=then[2:])
        then += table.said.take(place[:, going:])
        state[:, going:] = then
    at = np.arange(columns)
    ends, last = 2 * table.counts, np.maximum(2 * table.counts - 1, 0)
    here = np.where(state[last, at] > state[ends, at], last, ends)
    path = np.zeros((len(came), columns), np.int64)
    for number in range(len(came) - 1, -1, -1):
        inside = number < table.lengths
        path[number] = np.where(inside, here, -1)
        here = np.where(inside, here - came[number, here, at], here)
    for column, numbers in enumerate(texts):
        yield _places(path[: table.lengths[column], column], len(numbers))


def _places(path: _Numbers, count: int) -> list[tuple[int, int]] | None:
    found = []
    for letter in range(count):
        steps = np.flatnonzero(path == 2 * letter + 1)
        if not len(steps):
            return None
        found.append((int(steps[0]), int(steps[-1])))
    return found
