"""What a line recogniser says of a line: a probability for each letter at each step, and what can be read out of it.

Connectionist temporal classification: Graves et al., ICML 2006 (the forward recursion, letters with blanks between);
prefix beam search: Hannun et al., arXiv:1408.2873.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LogProbs = npt.NDArray[np.float32]
_NEVER = -1e9
_BLANK = 0
_TABLE = 20_000


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
    for step in lattice.log_probs:
        if step[_BLANK] > -1e-3:  # nothing happens here
            beams = {p: (np.logaddexp(b, n) + float(step[_BLANK]), _NEVER) for p, (b, n) in beams.items()}
            continue
        likely = [int(c) for c in np.flatnonzero(step > least) if c != _BLANK]
        following: dict[tuple[int, ...], list[float]] = {}
        for prefix, (blank, letter) in beams.items():
            both = float(np.logaddexp(blank, letter))
            _add(following, prefix, 0, both + float(step[_BLANK]))
            for c in likely:
                p = float(step[c])
                if prefix and prefix[-1] == c:
                    _add(following, prefix, 1, letter + p)
                    _add(following, (*prefix, c), 1, blank + p)
                else:
                    _add(following, (*prefix, c), 1, both + p)
        ranked = sorted(following.items(), key=lambda item: -float(np.logaddexp(item[1][0], item[1][1])))[:beam]
        beams = {prefix: (scores[0], scores[1]) for prefix, scores in ranked}
    found = [(lattice.letters.text(p), float(np.logaddexp(b, n))) for p, (b, n) in beams.items()]
    return sorted(found, key=lambda pair: -pair[1])


def _add(beams: dict[tuple[int, ...], list[float]], prefix: tuple[int, ...], which: int, score: float) -> None:
    scores = beams.setdefault(prefix, [_NEVER, _NEVER])
    scores[which] = float(np.logaddexp(scores[which], score))


def log_probability(pairs: Sequence[tuple[Lattice, str]]) -> npt.NDArray[np.float64]:
    """How likely each text is to be its line (natural logarithm); -1e9 where a letter of it is not known.

    All pairs are worked out at one time, so a page of doubtful cells costs about what one of them does.
    """
    scores = np.full(len(pairs), _NEVER)
    numbered = [lattice.letters.numbers(text) for lattice, text in pairs]
    steps = [len(lattice.log_probs) for lattice, _ in pairs]
    fitting = [i for i, n in enumerate(numbered) if n is not None and len(n) <= steps[i] and steps[i]]
    for group in _of_one_size(fitting, steps):
        lattices = [pairs[i][0].log_probs for i in group]
        scores[group] = _forward(lattices, [numbered[i] or [] for i in group])
    return scores


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
