"""What a clerk did with a draft, entry by entry: corrections, undo and redo, how the files are to be read.

The list is only added to, and replayed: undo and redo are positions in it, so what was taken back stays on record.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from schemas.edits import CellEdit, CellPlace

Move = Literal["undo", "redo"]


@dataclass(frozen=True)
class Change:
    """A cell that is corrected: its text as it stood, and as it is to be."""

    place: CellPlace
    before: str = field(repr=False)
    after: str = field(repr=False)


@dataclass(frozen=True)
class Said:
    """How the files of a draft are to be read: encodings, headings ("Cột X=full_name"), order of dates."""

    encodings: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    dates: str = ""


@dataclass(frozen=True)
class Entry:
    """One entry: cells corrected at once, a move in the list, or a new way of reading; by whom, when (ISO, UTC)."""

    author: str
    at: str
    changes: tuple[Change, ...] = ()
    move: Move | None = None
    said: Said | None = None


@dataclass(frozen=True)
class Replayed:
    """Where the entries lead: corrections that stand, those that can be redone, how the files are read."""

    done: tuple[Entry, ...] = ()
    undone: tuple[Entry, ...] = ()
    said: Said = Said()

    @property
    def edits(self) -> tuple[CellEdit, ...]:
        """The corrected cells: each with its first text and its last one; none that came back to what it was."""
        found: dict[CellPlace, CellEdit] = {}
        for entry in self.done:
            for change in entry.changes:
                first = found[change.place].before if change.place in found else change.before
                found[change.place] = CellEdit(change.place, first, change.after, entry.author, entry.at)
        return tuple(edit for edit in found.values() if edit.before != edit.after)


def replay(entries: Iterable[Entry]) -> Replayed:
    """Where a list of entries leads; an undo or redo of nothing does nothing."""
    now = Replayed()
    for entry in entries:
        now = _after(now, entry)
    return now


def as_values(entry: Entry) -> dict[str, Any]:
    """The entry as plain values."""
    return asdict(entry)


def from_values(values: Mapping[str, Any]) -> Entry:
    """The entry that `as_values` described."""
    said = values["said"]
    return Entry(
        values["author"], values["at"], tuple(_change(c) for c in values["changes"]), values["move"],
        None if said is None else Said(tuple(said["encodings"]), tuple(said["headings"]), said["dates"]),
    )  # fmt: skip


def _after(now: Replayed, entry: Entry) -> Replayed:
    if entry.said is not None:
        return replace(now, said=entry.said)
    if entry.move == "undo":
        return replace(now, done=now.done[:-1], undone=(*now.undone, *now.done[-1:]))
    if entry.move == "redo":
        return replace(now, done=(*now.done, *now.undone[-1:]), undone=now.undone[:-1])
    return replace(now, done=(*now.done, entry), undone=()) if entry.changes else now


def _change(values: Mapping[str, Any]) -> Change:
    return Change(CellPlace(**values["place"]), values["before"], values["after"])


def moved(now: Replayed, move: Move) -> Sequence[Change]:
    """The changes that an undo or redo would make, each from what stands now to what will."""
    entries = now.done if move == "undo" else now.undone
    changes = entries[-1].changes if entries else ()
    return tuple(replace(c, before=c.after, after=c.before) if move == "undo" else c for c in changes)
