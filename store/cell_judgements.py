"""What persons read in cells of scans: appended, never changed; it stands over every recogniser in later runs.

Numbers are read twice, by two persons who do not see each other's reading: a wrong digit makes another person of a row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.decisions import Decision, cell_place
from schemas.errors import UsageError
from store import audit
from store.audit import Event
from store.engine import Store
from store.roles import Role

CellAnswer = Literal["reads", "illegible", "undone"]
READ_TWICE = frozenset({"personal_number_raw", "old_id_number_raw", "head_number_raw"})
"""Raw columns that two persons have to read alike."""

_ILLEGIBLE = ""
_CELL = """
    SELECT encode(uuid_send(c.file_id), 'hex') AS file_id, c.page, c.line, b.province_code
    FROM cells c JOIN row_outcomes o ON o.record_id = c.record_id AND o.outcome <> 'rejected'
    JOIN batches b USING (batch_id)
    WHERE c.record_id = CAST(:id AS uuid) AND c.raw_column = :raw_column"""
_SAID = """
    SELECT encode(uuid_send(record_id), 'hex') AS record_id, encode(uuid_send(file_id), 'hex') AS file_id, page, line,
        raw_column, decision, text, author FROM cell_judgements"""


@dataclass(frozen=True)
class CellJudgement:
    """What somebody reads in the cell of a row: `text` where the answer is "reads", else empty."""

    record_id: str
    raw_column: str
    answer: CellAnswer
    text: str
    author: str
    reason: str = ""


@dataclass(frozen=True)
class Standing:
    """What stands of a cell: the text that binds (None: not settled), and how many persons read it."""

    file_id: str
    page: int
    line: int
    raw_column: str
    record_id: str
    text: str | None
    readers: tuple[str, ...]

    @property
    def is_settled(self) -> bool:
        """Does it bind later runs?"""
        return self.text is not None


def decide(store: Store, judgements: Sequence[CellJudgement]) -> int:
    """Record what somebody reads in cells; all or none. Returns how many were recorded: what says nothing new is not.

    Raises:
        UsageError: the store holds no such cell; a number that the same person read before is read by him again; no
            reading stands that could be taken back.
    """
    with store.writing("cell_judgements", Role.REVIEW) as connection:
        done = 0
        for judgement in judgements:
            done += _append(connection, store, judgement)
        return done


def standing(store: Store, file_ids: Iterable[str] | None = None) -> list[Standing]:
    """What stands of each cell that somebody read, of all or of those files."""
    with store.reading(Role.REVIEW) as connection:
        where, given = "", {}
        if file_ids is not None:
            where, given = " WHERE file_id = ANY(CAST(:files AS uuid[]))", {"files": list(file_ids)}
        rows = connection.execute(sa.text(f"{_SAID}{where} ORDER BY number"), given).mappings()
        return _settled([dict(row) for row in rows])


def last_of(store: Store, author: str) -> tuple[str, str] | None:
    """Record and column of what an author read last, unless something was said of that cell later."""
    query = """
        SELECT encode(uuid_send(j.record_id), 'hex'), j.raw_column FROM cell_judgements j
        WHERE j.author = :author AND j.decision <> 'undone' AND NOT EXISTS (
            SELECT FROM cell_judgements n WHERE n.record_id = j.record_id AND n.raw_column = j.raw_column
            AND n.number > j.number)
        ORDER BY j.number DESC LIMIT 1"""
    with store.reading(Role.REVIEW) as connection:
        row = connection.execute(sa.text(query), {"author": author}).one_or_none()
    return None if row is None else (str(row[0]), str(row[1]))


def decisions(store: Store, file_ids: Iterable[str]) -> tuple[Decision, ...]:
    """The settled texts of cells of those files, as a run follows them."""
    found = [s for s in standing(store, file_ids) if s.text is not None]
    return tuple(
        Decision("cell", cell_place(s.file_id, s.page, s.line, s.raw_column), str(s.text), "remembered") for s in found
    )


def event_of(judgement: CellJudgement) -> Event:
    """The event of a reading, for the audit: nothing of what was read."""
    said = (judgement.author, judgement.reason)
    return Event(f"review.cell_{judgement.answer}", "record", judgement.record_id, said=said)


def _append(connection: Connection, store: Store, judgement: CellJudgement) -> bool:
    given = {"id": judgement.record_id, "raw_column": judgement.raw_column}
    cell = None
    if len(judgement.record_id) == 32 and set(judgement.record_id) <= set("0123456789abcdef"):
        cell = connection.execute(sa.text(_CELL), given).mappings().one_or_none()
    if cell is None:
        raise UsageError("store.cell_unknown")
    query = f"{_SAID} WHERE record_id = CAST(:id AS uuid) AND raw_column = :raw_column ORDER BY number"
    before = _settled([dict(row) for row in connection.execute(sa.text(query), given).mappings()])
    if judgement.answer == "undone" and not before:
        raise UsageError("store.cell_judgement_unknown")
    if before and judgement.answer != "undone" and _says_nothing_new(before[0], judgement):
        return False
    connection.execute(
        sa.text("""
            INSERT INTO cell_judgements (province_code, record_id, file_id, page, line, raw_column, decision, text,
                author, reason)
            VALUES (:province_code, :id, :file_id, :page, :line, :raw_column, :decision, :text, :author, :reason)"""),
        dict(cell) | given | {
            "decision": judgement.answer, "text": judgement.text if judgement.answer == "reads" else _ILLEGIBLE,
            "author": judgement.author, "reason": judgement.reason,
        },
    )  # fmt: skip
    audit.append(connection, store.acting, event_of(judgement))
    return True


def _says_nothing_new(stands: Standing, judgement: CellJudgement) -> bool:
    text = judgement.text if judgement.answer == "reads" else _ILLEGIBLE
    return stands.text == text and judgement.author in stands.readers


def _settled(rows: Sequence[Mapping[str, object]]) -> list[Standing]:
    """Fold the judgements in order: each person's last reading stands, until somebody takes the last one back."""
    said: dict[tuple[str, str], list[Mapping[str, object]]] = {}
    for row in rows:
        readings = said.setdefault((str(row["record_id"]), str(row["raw_column"])), [])
        if row["decision"] == "undone":
            del readings[-1:]
        else:
            readings[:] = [r for r in readings if r["author"] != row["author"]] + [row]
    return [_stands(readings) for readings in said.values() if readings]


def _stands(readings: Sequence[Mapping[str, object]]) -> Standing:
    last = readings[-1]
    texts = [str(r["text"]) for r in readings]
    settled: str | None = texts[-1]
    if last["raw_column"] in READ_TWICE:
        settled = next((t for t in reversed(texts) if texts.count(t) > 1), None)
    return Standing(
        str(last["file_id"]), int(str(last["page"])), int(str(last["line"])), str(last["raw_column"]),
        str(last["record_id"]), settled, tuple(str(r["author"]) for r in readings),
    )  # fmt: skip
