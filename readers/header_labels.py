"""The labels of header fields: which words before a value name which field, slips of a recogniser included.

The words are those of the forms and of the headings of hand-typed ledgers (`readers.heading_words`). A label stands at
the start of a piece of writing, or ends with a colon; a label of something else ends the value before it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from readers.forms import Form
from readers.heading_guesses import differences
from readers.heading_words import by_compact_words, plain

FIELDS = (
    "household_id_raw", "head_name_raw", "head_number_raw", "permanent_residence_raw", "current_residence_raw",
    "residence_file_number_raw", "entry_date_raw",
)  # fmt: skip
"""What the head of a page tells of all its rows."""

_SLIPS_OF, _SLIPS_INSIDE, _SLIPS_WITHOUT_COLON = 3, 5, 6
"""One letter in so many may be misread: in a label that a colon or a gap ends where a piece of writing starts, in one
inside a piece, in one that nothing sets apart."""
_SHORTEST_WITHOUT_COLON = 5
_WRONG_WHERE_DUE, _COLON_TELLS = 0.45, 0.5
"""Share of letters that may be misread in a label whose place is known; right letters that a colon behind it counts."""
_LONGEST = 42
_LOOK_ALIKE = str.maketrans("0156", "oiso")
"""Digits that a recogniser takes letters for: no label holds a digit."""
_COLON = re.compile(r"\s*[:;]")
_WORD = re.compile(r"\S+")
_STOP = re.compile(r"[.,](?=\s*\d)|(?<=[^\W\d])(?=\d)")
"""Where a colon was misread, or lost: before a number."""
_NUMBER = re.compile(r"\W*\d[\d/.-]{2,}\W*")
_OTHERS = ("điện thoại", "quyển số", "tờ số", "trang số", "ngày cấp", "nơi cấp", "cơ quan cấp", "tổ", "thôn", "xã",
           "phường", "huyện", "quận", "tỉnh", "thành phố", "công an", "ủy ban nhân dân", "mẫu")  # fmt: skip
"""Labels of what is no field of a person; as part of an address such words have no colon behind them."""


@dataclass(frozen=True)
class Label:
    """A label in a line of writing.

    Attributes:
        field: raw column that it names; None for a label of something else. start, end: its letters in the text, the
        colon behind it included. is_apart: a colon or a gap stands behind it.
    """

    field: str | None
    start: int
    end: int
    is_apart: bool = True


_WRONG = 3
"""Right letters that a wrong one outweighs."""
_Cost = tuple[int, int]
"""Wrong letters less right ones; then the one further left."""


class Labels:
    """The labels that may stand on a page."""

    def __init__(self, forms: Sequence[Form]) -> None:
        """With the wordings of the forms; where a heading names several fields it names none here."""
        known: dict[str, str | None] = dict.fromkeys(map(_letters, _OTHERS))
        for letters, roles in by_compact_words().items():
            raws = {raw for raw, _ in roles}
            known[letters] = next(iter(raws)) if len(raws) == 1 and raws <= set(FIELDS) else None
        for form in forms:
            for field in form.header:
                known.update({_letters(label): field.name for label in field.labels})
        self._known: Mapping[str, str | None] = {letters: raw for letters, raw in known.items() if letters}

    def find(self, text: str, starts: Sequence[int]) -> list[Label]:
        """The labels in a line, from the left, none over another.

        Args:
            text: of the line.
            starts: letters at which a piece of writing begins, after a wide gap or at the margin.
        """
        likely = []
        for start in sorted({*starts, *(m.start() for m in _WORD.finditer(text))}):
            piece_end = min((s for s in starts if s > start), default=len(text))
            told = self._at(text, start, len(text[:piece_end].rstrip()), is_piece=start in starts)
            if told is not None:
                likely.append(told)
        found: list[Label] = []
        for _, label in sorted(likely, key=lambda told: told[0]):
            if all(label.end <= other.start or other.end <= label.start for other in found):
                found.append(label)
        return sorted(found, key=lambda label: label.start)

    def _at(self, text: str, start: int, piece_end: int, *, is_piece: bool) -> tuple[_Cost, Label] | None:
        """The label that fits best there, with how badly it fits."""
        best: tuple[_Cost, Label] | None = None
        for end, has_colon in _ends(text if is_piece else text[:piece_end], start):
            if not has_colon and not is_piece:
                continue
            is_apart = has_colon or end == piece_end < len(text.rstrip())
            share = _SLIPS_WITHOUT_COLON if not is_apart else _SLIPS_OF if is_piece else _SLIPS_INSIDE
            may_be_short = is_piece and _NUMBER.fullmatch(text[end:piece_end]) is not None
            letters = _letters(text[start:end])
            for known, raw in self._known.items():
                most = len(known) // share
                if not has_colon and (raw is None or len(known) < _SHORTEST_WITHOUT_COLON):
                    if raw is None or not may_be_short or known[0] != letters[:1]:
                        continue
                    most = 1
                if abs(len(known) - len(letters)) > most:
                    continue
                wrong = differences(known, letters, most)
                cost = _WRONG * wrong + (not has_colon) - len(known), start
                if wrong <= most and (best is None or cost < best[0]):
                    best = cost, Label(raw, start, _behind(text, end), is_apart)
        return best


def label_due(text: str, start: int, wordings: Sequence[str]) -> tuple[int, float] | None:
    """The end of a label that is due at a letter of a line, and the share of its letters that is wrong.

    None if too many are wrong for a label whose place is known.
    """
    best: tuple[float, int] | None = None
    for known in map(_letters, wordings):
        most = int(len(known) * _WRONG_WHERE_DUE)
        for end, has_colon in _every_end(text, start, len(known)):
            letters = _letters(text[start:end])
            if abs(len(known) - len(letters)) > most:
                continue
            wrong = differences(known, letters, most)
            cost = (wrong - _COLON_TELLS * has_colon) / len(known), end
            if wrong <= most and (best is None or cost < best):
                best = cost
    return None if best is None else (_behind(text, best[1]), best[0])


def _every_end(text: str, start: int, letters: int) -> Iterator[tuple[int, bool]]:
    """Where a label of so many letters may end, in words too; and whether a colon stands there."""
    for end in range(start + letters // 2, min(len(text), start + 2 * letters + 4) + 1):
        if text[end - 1 : end].strip(" :;"):
            yield end, _COLON.match(text, end) is not None


def _ends(text: str, start: int) -> Iterator[tuple[int, bool]]:
    """Where a label that starts there may end: at colons, and behind each of its words."""
    part = text[start : start + _LONGEST]
    colon = _COLON.search(part)
    if colon:
        yield start + colon.start(), True
        part = part[: colon.start()]
    for word in _WORD.finditer(part):
        yield start + word.end(), False
    for stop in _STOP.finditer(part):
        yield start + stop.start(), False


def _behind(text: str, end: int) -> int:
    while end < len(text) and text[end] in ":;. ":
        end += 1
    return end


def _letters(text: str) -> str:
    return plain(re.sub(r"^\W*\d{1,2}\s*[.)]\s*", "", text)).replace(" ", "").translate(_LOOK_ALIKE)
