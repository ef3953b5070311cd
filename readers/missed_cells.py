"""Which cells may only seem empty: what is lost without a word is worse than what is misread and looked at."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_LIVE, _FILLED = 0.4, 0.8
"""Share of its cells that are filled in a row where somebody stands; in a column that nobody leaves out."""


@dataclass(frozen=True)
class Seen:
    """A cell: its row (None for a header field), its column, the text decided on, whether letters were seen in it.

    A spot that may be a ditto mark counts as letters.
    """

    row: int | None
    column: str
    text: str
    has_letters: bool


def missed(cells: Sequence[Seen]) -> list[bool]:
    """Of each cell of a page: nothing is said to stand there, but letters were seen, or nearly all others have a text.

    Others are those of its column in rows where somebody stands.
    """
    width = len({cell.column for cell in cells if cell.row is not None})
    filled = Counter(cell.row for cell in cells if cell.row is not None and cell.text)
    live = [cell for cell in cells if cell.row is not None and filled[cell.row] >= _LIVE * width]
    said, of = Counter(cell.column for cell in live if cell.text), Counter(cell.column for cell in live)
    gaps = {(cell.row, cell.column) for cell in live if said[cell.column] >= _FILLED * of[cell.column]}
    return [not cell.text and (cell.has_letters or (cell.row, cell.column) in gaps) for cell in cells]
