"""What a line recogniser says of a line: a probability for each letter at each step, and what can be read out of it.

Connectionist temporal classification: Graves et al., ICML 2006 (the forward recursion, letters with blanks between);
prefix beam search: Hannun et al., arXiv:1408.2873.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LogProbs = npt.NDArray[np.float32]
_NEVER = -1e9
_BLANK = 0
_TABLE = 20_000
_FAR = 30.0
_BARELY, _TORN = -30.0, 0.02
"""Chance that a word goes on in the next line."""


@dataclass(frozen=True)
class Lattice:
    """A line as one recogniser sees it.

    Attributes:
        log_probs: steps x letters; letter 0 is the blank. letters: what each other number stands for.
    """

    log_probs: LogProbs
    letters: "Letters"


class Letters:
    """The letters of a recogniser, by number from 1."""

    def __init__(self, letters: Sequence[str]) -> None:
        self.letters = tuple(letters)
        self._numbers = {letter: number for number, letter in enumerate(letters, 1) if letter}

    def numbers(self, text: str) -> list[int] | None:
        """The numbers of the letters of a text; None where the recogniser does not know one."""
        found = [self._numbers.get(letter) for letter in text]
        return None if None in found else [n for n in found if n is not None]

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
    path = lattice.log_probs.argmax(1)
    peaks = lattice.log_probs.max(1)
    stands = (path != _BLANK) & np.concatenate(([True], path[1:] != path[:-1]))
    if not stands.any():
        return "", float(np.exp(peaks.mean())) if len(peaks) else 1.0
    return lattice.letters.text(path[stands].tolist()), float(np.exp(peaks[stands].min()))


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


def n_best(lattice: Lattice, beam: int = 6, least: float = -7.0) -> list[tuple[str, float]]:
    """The likeliest texts with their log-probabilities, best first.

    Args:
        lattice: of a line.
        beam: prefixes that are followed at each step.
        least: letters less likely at a step than this (natural logarithm) are left out.
    """
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, _NEVER)}
    for step, blank_p in zip(lattice.log_probs, lattice.log_probs[:, _BLANK].tolist(), strict=True):
        if blank_p > -1e-3:  # nothing happens here
            beams = {p: (_either(b, n) + blank_p, _NEVER) for p, (b, n) in beams.items()}
            continue
        likely = [(c, p) for c in np.flatnonzero(step > least).tolist() if c != _BLANK for p in [float(step[c])]]
        following: dict[tuple[int, ...], list[float]] = {}
        for prefix, (blank, letter) in beams.items():
            both = _either(blank, letter)
            _add(following, prefix, 0, both + blank_p)
            for c, p in likely:
                if prefix and prefix[-1] == c:
                    _add(following, prefix, 1, letter + p)
                    _add(following, (*prefix, c), 1, blank + p)
                else:
                    _add(following, (*prefix, c), 1, both + p)
        ranked = sorted(((_either(b, n), p) for p, (b, n) in following.items()), reverse=True)[:beam]
        beams = {prefix: (following[prefix][0], following[prefix][1]) for _, prefix in ranked}
    found = [(lattice.letters.text(p), _either(b, n)) for p, (b, n) in beams.items()]
    return sorted(found, key=lambda pair: -pair[1])


def _add(beams: dict[tuple[int, ...], list[float]], prefix: tuple[int, ...], which: int, score: float) -> None:
    scores = beams.get(prefix)
    if scores is None:
        scores = beams[prefix] = [_NEVER, _NEVER]
    scores[which] = _either(scores[which], score)


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


def _forward(lattices: Sequence[LogProbs], texts: Sequence[list[int]]) -> npt.NDArray[np.float64]:
    """The forward recursion over all texts at once: texts x (letters with blanks between), padded with blanks."""
    labels, may_skip, emitted, lengths = _table(lattices, texts)
    longest = len(emitted)
    state = np.full(labels.shape, _NEVER, np.float32)
    state[:, :2] = emitted[0, :, :2]
    one, two = np.full_like(state, _NEVER), np.full_like(state, _NEVER)
    for number in range(1, longest):
        one[:, 1:] = state[:, :-1]
        two[:, 2:] = np.where(may_skip[:, 2:], state[:, :-2], _NEVER)
        most = np.maximum(np.maximum(state, one), two)
        after = most + np.log(np.exp(state - most) + np.exp(one - most) + np.exp(two - most)) + emitted[number]
        state = np.where((number < lengths)[:, None], after, state)
    rows = np.arange(len(texts))
    ends = np.array([2 * len(n) for n in texts])
    last = state[rows, ends]
    both = np.where(ends > 0, np.logaddexp(last, state[rows, np.maximum(ends - 1, 0)]), last)
    return np.asarray(both, dtype=np.float64)


_Flags = npt.NDArray[np.bool_]
_Numbers = npt.NDArray[np.int64]


def _table(lattices: Sequence[LogProbs], texts: Sequence[list[int]]) -> tuple[_Numbers, _Flags, LogProbs, _Numbers]:
    """Letters of each text with blanks between, which may follow the letter before the blank, what each step says.

    The last: how many steps each lattice has.
    """
    width = 2 * max(map(len, texts)) + 1
    labels = np.zeros((len(texts), width), np.int64)
    for row, numbers in enumerate(texts):
        labels[row, 1 : 2 * len(numbers) : 2] = numbers
    may_skip = np.zeros(labels.shape, np.bool_)
    may_skip[:, 3::2] = labels[:, 3::2] != labels[:, 1:-2:2]
    longest = max(map(len, lattices))
    emitted = np.zeros((longest, *labels.shape), np.float32)
    for row, log_probs in enumerate(lattices):
        emitted[: len(log_probs), row] = log_probs[:, labels[row]]
    lengths = np.array([len(log_probs) for log_probs in lattices])
    return labels, may_skip, emitted, lengths


def _likeliest(lattices: Sequence[LogProbs], texts: Sequence[list[int]]) -> Iterator[list[tuple[int, int]] | None]:
    """First and last step of each letter of each text on its likeliest path (Viterbi's recursion)."""
    labels, may_skip, emitted, lengths = _table(lattices, texts)
    rows = np.arange(len(texts))
    state = np.full(labels.shape, _NEVER, np.float32)
    state[:, :2] = emitted[0, :, :2]
    came = np.zeros(emitted.shape, np.int8)
    ways = np.full((3, *labels.shape), _NEVER, np.float32)
    for number in range(1, len(emitted)):
        ways[0] = state
        ways[1, :, 1:] = state[:, :-1]
        ways[2, :, 2:] = np.where(may_skip[:, 2:], state[:, :-2], _NEVER)
        came[number] = ways.argmax(0)
        after = ways.max(0) + emitted[number]
        state = np.where((number < lengths)[:, None], after, state)
    ends = np.array([2 * len(n) for n in texts])
    last = np.maximum(ends - 1, 0)
    at = np.where(state[rows, last] > state[rows, ends], last, ends)
    path = np.zeros((len(emitted), len(texts)), np.int64)
    for number in range(len(emitted) - 1, -1, -1):
        inside = number < lengths
        path[number] = np.where(inside, at, -1)
        at = np.where(inside, at - came[number, rows, at], at)
    for row, numbers in enumerate(texts):
        yield _places(path[: lengths[row], row], len(numbers))


def _places(path: _Numbers, count: int) -> list[tuple[int, int]] | None:
    found = []
    for letter in range(count):
        steps = np.flatnonzero(path == 2 * letter + 1)
        if not len(steps):
            return None
        found.append((int(steps[0]), int(steps[-1])))
    return found
