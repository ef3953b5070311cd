"""One cell of a scan that waits, for the page where somebody reads it; numbers blind, doubtful letters told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from pipeline.cell_reviews import names_of
from schemas.messages import Language
from store import audit, cell_judgements, cells
from store.audit import Event
from store.cell_judgements import READ_TWICE, CellAnswer, CellJudgement
from store.engine import Store

_MOST = 5_000
"""Cells of the pile that are looked at, the oldest pages first."""


@dataclass(frozen=True)
class OpenCell:
    """A cell that waits: its place, its picture (PNG in base64), what the machine proposes; nothing of a number.

    `quad`: its corners on the page (`schemas.cells`).
    """

    record_id: str
    raw_column: str
    batch_id: str
    province_code: str
    file: str
    page: int
    line: int
    crop: str
    text: str
    readings: tuple[str, ...]
    is_blind: bool
    file_id: str = ""
    quad: str = ""


@dataclass(frozen=True)
class RowCell:
    """Another cell of the row that waits: its label."""

    raw_column: str
    label: str
    is_this: bool

    @property
    def in_path(self) -> str:
        """The column as it stands in a path."""
        return self.raw_column.replace("/", "~")


@dataclass(frozen=True)
class Letters:
    """Letters of a proposal; do other readings have others there?"""

    text: str
    is_doubtful: bool


def in_order(store: Store) -> tuple[tuple[str, str], ...]:
    """Ids of the cells that wait, page by page: record and column. A field of the head of a page comes once."""
    found = cells.waiting_places(store, _MOST)
    seen: set[tuple[object, ...]] = set()
    order = []
    for place in found:
        of = (
            (place.file_id, place.page, place.raw_column)
            if place.kind == "header"
            else (place.record_id, place.raw_column)
        )
        if of not in seen:
            order.append((place.record_id, place.raw_column))
        seen.add(of)
    return tuple(order)


def open_for(store: Store, who: str) -> frozenset[tuple[str, str]]:
    """Of the cells that wait those that are not settled, and that this person did not read."""
    waiting = cells.waiting_places(store, _MOST)
    stands = {
        (s.record_id, s.raw_column): s for s in cell_judgements.standing(store, {place.file_id for place in waiting})
    }
    return frozenset(
        key for key in ((p.record_id, p.raw_column) for p in waiting)
        if key not in stands or not (stands[key].is_settled or who in stands[key].readers)
    )  # fmt: skip


def batches(store: Store) -> tuple[str, ...]:
    """The batches that have cells that wait, also those all of whose cells are read but not sent."""
    return tuple(dict.fromkeys(place.batch_id for place in cells.waiting_places(store, _MOST)))


def cell(store: Store, record_id: str, raw_column: str) -> OpenCell | None:
    """A cell that waits; None if the session sees none."""
    found = cells.waiting_cell(store, record_id, raw_column)
    return None if found is None else _open(found)


def shown(store: Store, of: OpenCell) -> OpenCell:
    """The same cell, once the audit was told that its picture is shown."""
    audit.record(store, Event("review.crop_shown", "record", of.record_id, province_code=of.province_code))
    return of


def of_row(store: Store, of: OpenCell, language: Language) -> tuple[RowCell, ...]:
    """The cells of the row that wait, this one among them."""
    names = names_of(language)
    columns = cells.waiting_columns(store, of.record_id)
    return tuple(RowCell(column, names.get(column, column), column == of.raw_column) for column in columns)


def label_of(of: OpenCell, language: Language) -> str:
    """What a ledger calls the column."""
    return names_of(language).get(of.raw_column, of.raw_column)


def letters(of: OpenCell) -> tuple[Letters, ...]:
    """The proposal in pieces: those letters are doubtful that another reading does not have there."""
    if of.is_blind or not of.text:
        return ()
    doubtful = [False] * len(of.text)
    for other in of.readings:
        for kind, start, end, _, _ in SequenceMatcher(None, of.text, other, autojunk=False).get_opcodes():
            for at in range(start, end) if kind != "equal" else range(0):
                doubtful[at] = True
    pieces: list[Letters] = []
    for letter, is_doubtful in zip(of.text, doubtful, strict=True):
        if pieces and pieces[-1].is_doubtful == is_doubtful:
            pieces[-1] = Letters(pieces[-1].text + letter, is_doubtful)
        else:
            pieces.append(Letters(letter, is_doubtful))
    return tuple(pieces)


def decide(store: Store, of: OpenCell, answer: CellAnswer, text: str, author: str, reason: str) -> None:
    """Record what somebody reads in a cell. Raises UsageError store.cell_unknown."""
    said = CellJudgement(of.record_id, of.raw_column, answer, text.strip() if answer == "reads" else "", author, reason)
    with audit.refusals(store, cell_judgements.event_of(said)):
        cell_judgements.decide(store, [said])


def undo(store: Store, of: OpenCell, author: str, reason: str) -> None:
    """Take the last reading of a cell back. Raises UsageError store.cell_judgement_unknown."""
    decide(store, of, "undone", "", author, reason)


def last_of(store: Store, who: str) -> tuple[str, str] | None:
    """Record and column of the cell that this person read last, if nothing was said of it after that."""
    return cell_judgements.last_of(store, who)


def _open(found: Mapping[str, Any]) -> OpenCell:
    is_blind = found["raw_column"] in READ_TWICE
    readings = () if is_blind else tuple(str(r["text"]) for r in json.loads(found["readings"]))
    text = "" if is_blind else str(found["text"])
    return OpenCell(
        found["record_id"], found["raw_column"], found["batch_id"], found["province_code"], found["file"],
        int(found["page"]), int(found["line"]), found["crop"], text, readings, is_blind,
        found["file_id"], found["quad"],
    )  # fmt: skip
