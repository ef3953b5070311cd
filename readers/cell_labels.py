"""Cuts the printed label off a header field: what stands behind it is the value.

The label is looked for in what the fast recogniser reads of the whole field, letter by letter, so that the picture can
be cut where its last letter ends.
"""

from collections.abc import Sequence

import numpy as np

from readers import ocr
from readers.heading_guesses import differences
from readers.heading_words import plain
from readers.lattice import Lattice
from readers.pages import Picture

_WRONG = 0.35
_MORE, _FIRST = 4, 3
_LONGEST = 18
_BEHIND = ": ."
_BLANK = 0


def without_labels(fields: Sequence[tuple[Picture, Sequence[str]]]) -> list[Picture]:
    """The picture of each field behind its label; the whole one where none of its labels is read.

    Args:
        fields: grey picture of label and value in one line, and the wordings of the label.
    """
    if not fields:
        return []
    lattices = ocr.fast().read([_start(picture) for picture, _ in fields])
    return [_behind(picture, lattice, labels) for (picture, labels), lattice in zip(fields, lattices, strict=True)]


def _start(picture: Picture) -> Picture:
    """As much of a field as a label may take: recognisers squeeze what is longer."""
    return np.ascontiguousarray(picture[:, : _LONGEST * picture.shape[0]])


def _behind(picture: Picture, lattice: Lattice, labels: Sequence[str]) -> Picture:
    text, steps = _spelt(lattice)
    end = _label_end(text, labels)
    if end is None:
        return picture
    at = ocr.fast().place_of(_start(picture), (steps[end - 1] + 1) / len(lattice.log_probs))
    at = max(0, min(at, picture.shape[1] - 2))
    return np.ascontiguousarray(picture[:, at:])


def _spelt(lattice: Lattice) -> tuple[str, list[int]]:
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


def _label_end(text: str, labels: Sequence[str]) -> int | None:
    """How many letters of the text the label that fits best takes, with its colon; None where none fits."""
    best: tuple[float, int] | None = None
    for label in labels:
        wanted = _letters(label)
        most = max(1, int(_WRONG * len(wanted)))
        for end in range(max(1, len(label) - _MORE), min(len(text), len(label) + _MORE) + 1):
            for start in range(min(_FIRST, end)):
                wrong = differences(wanted, _letters(text[start:end]), most)
                if wrong <= most and (best is None or (wrong / len(wanted), -end) < (best[0], -best[1])):
                    best = (wrong / len(wanted), end)
    if best is None:
        return None
    end = best[1]
    while end < len(text) and text[end] in _BEHIND:
        end += 1
    return end


def _letters(text: str) -> str:
    return plain(text).replace(" ", "")
