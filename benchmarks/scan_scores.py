"""How well boxes of pages were read: a pure count of what stands there against what was read."""

import math
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from transforms.text import fold

_Z = 1.96


@dataclass(frozen=True)
class ReadBox:
    """One box of the truth, and what was read in its place.

    Attributes:
        file, page: where it stands. level: of damage, 1 to 5. font_kind, font: of the writing. form_id: of the page.
        kind: "cell" or "header". column: its name. column_kind: what the column holds (`readers.forms`). truth: what
        stands there. read: what was read, None where no box was found there; read_column: of which column it was taken
        to be. confidence: of the reading. accepted: no person needs to look.
    """

    file: str
    page: int
    level: int
    font_kind: str
    font: str
    form_id: str
    kind: str
    column: str
    column_kind: str
    truth: str
    read: str | None
    read_column: str | None
    confidence: float
    accepted: bool

    @property
    def is_named(self) -> bool:
        """Is it taken for a box of its own column? Empty places need no name."""
        return self.read_column == self.column or not (self.truth or self.read)

    @property
    def is_right(self) -> bool:
        """Is it exactly what stands there, but for blanks and Unicode forms, under its own column?"""
        return self.read is not None and self.is_named and _plain(self.read) == _plain(self.truth)


@dataclass(frozen=True)
class Score:
    """Of a group of boxes.

    Attributes:
        boxes: where something stands. named: share of them taken for a box of their own column. exact: share of them
        read exactly, and so named. letter_errors: edits from the readings to the
        truth for each letter of the truth; bare_errors: the same without marks and case. accepted: share of the boxes
        where something stands or was read that no person needs to look at. precision: share of those that are exact;
        precision_low: the least that it is with 97.5 % certainty (Wilson's interval, below). auc: how well the
        confidence parts right from wrong.
    """

    boxes: int
    named: float
    exact: float
    letter_errors: float
    bare_errors: float
    accepted: float
    precision: float
    precision_low: float
    auc: float


def score(boxes: Iterable[ReadBox]) -> Score:
    """The score of boxes; shares of nothing are not-a-number."""
    boxes = list(boxes)
    filled = [b for b in boxes if b.truth]
    said = [b for b in boxes if b.truth or b.read]
    taken = [b for b in said if b.accepted]
    right = sum(b.is_right for b in taken)
    return Score(
        len(filled), _share(sum(b.is_named for b in filled), len(filled)),
        _share(sum(b.is_right for b in filled), len(filled)),
        letter_errors(filled, _plain), letter_errors(filled, lambda text: fold(_plain(text))),
        _share(len(taken), len(said)), _share(right, len(taken)), least_share(right, len(taken)),
        auc([(b.confidence, b.is_right) for b in said]),
    )  # fmt: skip


def letter_errors(boxes: Sequence[ReadBox], shown: Callable[[str], str]) -> float:
    """Edits from the readings to the truth for each letter of the truth, both as `shown` gives them."""
    pairs = [(shown(b.read or ""), shown(b.truth)) for b in boxes]
    return _share(sum(edits(a, b) for a, b in pairs), sum(len(b) for _, b in pairs))


def edits(one: str, other: str) -> int:
    """Fewest letters to exchange, add or drop that make one text the other (Levenshtein's distance)."""
    if one == other:
        return 0
    before = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, its in enumerate(other, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != its)))
        before = row
    return before[-1]


def auc(told: Sequence[tuple[float, bool]]) -> float:
    """The chance that a right reading has more confidence than a wrong one; ties count half."""
    ordered = sorted(confidence for confidence, _ in told)
    rights = [(bisect_left(ordered, c) + bisect_right(ordered, c) + 1) / 2 for c, is_right in told if is_right]
    wrong = len(told) - len(rights)
    return _share(sum(rights) - len(rights) * (len(rights) + 1) / 2, len(rights) * wrong)


def least_share(right: int, of: int) -> float:
    """The lower end of Wilson's 95 % interval of a share; not-a-number of nothing."""
    if not of:
        return math.nan
    share, z2 = right / of, _Z * _Z
    middle = share + z2 / (2 * of)
    spread = _Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, (middle - spread) / (1 + z2 / of))


def grouped(boxes: Sequence[ReadBox]) -> Iterator[tuple[str, str, list[ReadBox]]]:
    """All boxes, and the boxes of each level, column and so on: (what, its value, boxes)."""
    yield "all", "", list(boxes)
    ways: tuple[tuple[str, Callable[[ReadBox], str]], ...] = (
        ("levels", lambda b: "1-3" if b.level <= 3 else "4-5"),
        ("levels", lambda b: "1-4" if b.level <= 4 else "5"),
        ("level", lambda b: str(b.level)), ("box", lambda b: b.kind), ("font kind", lambda b: b.font_kind),
        ("kind of column", lambda b: b.column_kind if b.kind == "cell" else f"header {b.column_kind}"),
        ("column", lambda b: b.column if b.kind == "cell" else f"header {b.column}"),
        ("form", lambda b: b.form_id), ("font", lambda b: b.font),
    )  # fmt: skip
    for name, value in ways:
        for wanted in sorted({value(b) for b in boxes}):
            yield name, wanted, [b for b in boxes if value(b) == wanted]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan
