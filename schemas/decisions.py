"""Decisions of people about how a ledger is read: what the file itself does not say clearly enough.

One shape for all kinds, so that they are given as options, remembered by the store and handed to the readers alike.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["encoding", "heading", "cell", "edit", "dates", "again"]
Origin = Literal["option", "remembered"]
KINDS: tuple[Kind, ...] = ("encoding", "heading")
"""Kinds that are remembered for an office."""
WHOLE_FILE = ""


@dataclass(frozen=True)
class Decision:
    """One decision.

    Attributes:
        kind: "encoding": in which encoding a file or column is; "heading": which field a column is; "cell": what
            stands in a cell of a scan; "edit": what stands in a cell that a person corrected; "dates": which of day and
            month is written first; "again": of no reading, a file is tried anew that no try came through.
        match: what it is about: a folded heading, of an encoding also the name of a field or "" for the whole file; of
            a cell its place (`cell_place`, `edits.edit_match`); of dates nothing, the whole file; the id of a file.
        value: the encoding; the field, with its part behind a dot (birth_date.year), or "aside" for none; the text of
            the cell, "" where nobody can read it; "dmy" or "mdy"; how often it was given up.
        origin: whether it was given with the command or remembered for the office.
    """

    kind: Kind
    match: str
    value: str
    origin: Origin = "option"


def cell_place(file_id: str, page: int, line: int, raw_column: str) -> str:
    """What a decision about a cell is about."""
    return f"{file_id}/{page}/{line}/{raw_column}"
