"""Cells of a ledger that a person corrected before it was sent: what stood there, what stands there now, who, when.

A corrected cell is a decision about the file, as an explained heading is one: whoever reads the file with the same
decisions reads the same rows. The file itself is never changed, so that every row keeps its place and its id.
"""

from dataclasses import dataclass, field

from schemas.decisions import Decision

SURPLUS = 16_384
"""Excel's own limit of columns: no sheet has a column of this number."""


@dataclass(frozen=True)
class CellPlace:
    """A cell of a delivered file: sheet (None without sheets), line as the clerk counts it, 0-based column.

    The first cell beyond the last column of its row is in column SURPLUS, the second in the next.
    """

    file_id: str
    sheet: str | None
    line: int
    position: int


@dataclass(frozen=True)
class CellEdit:
    """One corrected cell.

    Attributes:
        place: the cell.
        before: its text as it was read, without any correction; "" for a blank cell.
        after: its text now.
        author: account of who corrected it.
        at: moment of the correction, ISO 8601 in UTC.
    """

    place: CellPlace
    before: str = field(repr=False)
    after: str = field(repr=False)
    author: str
    at: str

    @property
    def decision(self) -> Decision:
        """The decision that a run follows."""
        return Decision("edit", edit_match(self.place), self.after)


def edit_match(place: CellPlace) -> str:
    """What a decision about a corrected cell is about; the sheet last, since its name may hold anything."""
    return f"{place.file_id}/{place.line}/{place.position}/{'' if place.sheet is None else '=' + place.sheet}"


def place_of(match: str) -> CellPlace:
    """The cell that a decision is about: the reverse of `edit_match`."""
    file_id, line, position, sheet = match.split("/", 3)
    return CellPlace(file_id, sheet[1:] if sheet else None, int(line), int(position))
