"""A batch undone in one transaction: its rows go, persons are found anew, and the store says what it said without it.

The transaction stays open while the persons at stake are matched again (`Undoing.store` is the store as it looks
inside), so nobody sees half of it and nothing moves meanwhile; left without `finish`, it is as if nothing was tried.
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from schemas.errors import UsageError
from schemas.field import Column, TableSpec
from schemas.lineage import hash_text
from store import audit, households, membership_history, undo_persons, undo_rows, undo_scope, undo_sums
from store.audit import Event
from store.batch import BatchTables
from store.copying import copy_in, copy_out, copy_through, read_parts
from store.engine import Store
from store.keys import KEY_TABLES, RECENT
from store.load import LOAD_LOCK
from store.neighbours import Asked, neighbours
from store.numbering import Because
from store.persons import PersonCounts, load_persons
from store.queries import NOTHING_REPLACED, say_nothing, spoken_columns
from store.reviews import STANDING
from store.roles import Role
from store.turns import wait_for_turn
from store.upserts import upsert
from store.within import StoreWithin

_LOG = logging.getLogger(__name__)
_ID = re.compile(r"[0-9a-f]{32}")
_STATES = {"stopped": "undo.stopped", "undone": "undo.undone"}


class _Left(Exception):  # noqa: N818
    """The transaction is given up on purpose."""


@dataclass(frozen=True)
class Signed:
    """Who undoes a batch, why, by which version of the code; `proposal` is the number of the approved proposal."""

    author: str
    reason: str
    code_version: str
    proposal: int | None = None


@dataclass
class Undoing:
    """An undoing under way; good within the block of `undoing` only.

    Attributes:
        batch_id: the batch.
        rows: its data rows.
        connection: the open transaction.
        store: the store as it looks inside.
    """

    batch_id: str
    rows: int
    connection: Connection
    store: StoreWithin
    at_stake: pa.Array = field(default_factory=lambda: NOTHING_REPLACED)
    is_finished: bool = False

    def lost_records(self) -> Iterator[pa.Table]:
        """MATCH_RECORDS that go with the batch, as they were when their blocking keys were made."""
        names = ", ".join(f"m.{c}" if c == "person_id" else f"r.{c}" for c in contracts.MATCH_RECORDS.column_names)
        query = f"SELECT {names} FROM lost JOIN records r USING (record_id) JOIN memberships m USING (record_id)"
        yield from copy_out(self.connection, query, contracts.MATCH_RECORDS)

    def take_out(self, lost_keys: Iterable[pa.Table]) -> None:
        """Take out all that the batch brought; `lost_keys` are BLOCK_KEYS of `lost_records`."""
        reached = self._reached()
        _run(self.connection, "CREATE TEMP TABLE lost_keys (record_id uuid, key bigint) ON COMMIT DROP")
        copy_in(self.connection, "lost_keys", lost_keys)
        _run(self.connection, "ANALYZE lost_keys")
        for table in KEY_TABLES:
            _run(
                self.connection,
                f"""DELETE FROM {table} b USING lost_keys k
                    WHERE b.key = k.key AND b.record_id = k.record_id
                    AND k.record_id IN (SELECT record_id FROM lost WHERE NOT is_waiting)""",
            )
        undo_persons.note_persons(self.connection)
        membership_history.note_ended(self.connection, self.batch_id)
        undo_rows.take_out(self.connection, self.batch_id, STANDING)
        self._put_at_stake(reached)

    def records(self) -> Iterator[pa.Table]:
        """MATCH_RECORDS of the records whose persons are found anew, with the person they belong to so far."""
        with self.store.reading() as connection:
            say_nothing(connection, NOTHING_REPLACED)
            query = f"""SELECT m.person_id, {spoken_columns(contracts.MATCH_RECORDS)} FROM at_stake
                        JOIN records r USING (record_id) JOIN memberships m USING (record_id)
                        LEFT JOIN silent s USING (record_id)"""
            yield from copy_out(connection, query, contracts.MATCH_RECORDS)

    def new_records(self) -> pa.Array:
        """Ids of the records that took the place of lost ones: they have no blocking keys yet."""
        query = "SELECT encode(uuid_send(record_id), 'hex') FROM chosen WHERE NOT is_waiting"
        return pa.array(self.connection.execute(sa.text(query)).scalars().all(), pa.string())

    def pairs_of_rule(self, rule: int) -> pa.Table:
        """record_id and corrected_record_id of the pairs at stake that a blocking rule found; then all pairs go."""
        query = f"""
            SELECT p.left_record_id AS record_id, p.right_record_id AS corrected_record_id
            FROM at_stake a JOIN scored_pairs p ON p.left_record_id = a.record_id
            JOIN at_stake b ON b.record_id = p.right_record_id WHERE p.rule = {int(rule)}"""
        found = self.connection.execute(
            sa.text(
                f"""SELECT encode(uuid_send(record_id), 'hex'), encode(uuid_send(corrected_record_id), 'hex')
                    FROM ({query}) q ORDER BY 1, 2"""
            )
        ).all()
        for side in ("left_record_id", "right_record_id"):
            _run(self.connection, f"DELETE FROM scored_pairs WHERE {side} IN (SELECT record_id FROM at_stake)")
        names = ("record_id", "corrected_record_id")
        return pa.table({n: pa.array([row[i] for row in found], pa.string()) for i, n in enumerate(names)})

    def former_ids(self) -> pa.Table:
        """former_id and record_id: ids that lead to a person at stake, with records that bore them."""
        return undo_persons.former_ids(self.connection)

    def finish(self, tables: BatchTables, led: Mapping[str, str]) -> Mapping[str, int]:
        """Write the persons that were found; what it came to, in counts.

        Args:
            tables: clusters, golden_persons, value_sources, household_members, scored_pairs and block_keys.
            led: former person ids -> where they lead now; one that leads to itself is a person again.
        """
        undo_persons.lead(self.connection, led)
        copy_through(self.connection, RECENT, read_parts(tables.block_keys, contracts.BLOCK_KEYS.column_names))
        names = contracts.SCORED_PAIRS.column_names
        upsert(self.connection, contracts.SCORED_PAIRS, read_parts(tables.scored_pairs, names))
        gone = undo_persons.bury(self.connection, self.batch_id)
        persons = load_persons(self.connection, tables, Because(self.batch_id))
        households.count_again(self.connection, undo_persons.HOMES_OF_GONE)
        undo_sums.count_again(self.connection, self.batch_id)
        return self._counts(persons, gone)

    def plan(self) -> str:
        """Hash of what happens: the rows that go, those that take their place, who is one person afterwards."""
        told = [self.batch_id]
        for query in _PLANNED:
            told += [str(row) for row in self.connection.execute(sa.text(query)).scalars()]
        return hash_text("\n".join(told))

    def commit(self, signed: Signed, counts: Mapping[str, int]) -> None:
        """Sign it; at the end of the block it is true."""
        self.connection.execute(
            sa.text("""
                INSERT INTO batch_undos (batch_id, proposal, plan, author, reason, counts)
                VALUES (:batch_id, :proposal, :plan, :author, :reason, :counts)"""),
            {"batch_id": self.batch_id, "proposal": signed.proposal, "plan": self.plan(), "author": signed.author,
             "reason": signed.reason, "counts": json.dumps(dict(counts), sort_keys=True)},
        )  # fmt: skip
        _run(self.connection, "UPDATE store_version SET version = version + 1")
        membership_history.note_undone(self.connection, self.batch_id)
        said = (signed.author, signed.reason)
        audit.append(self.connection, self.store.acting, Event("batch.undone", "batch", self.batch_id, said=said))
        self.is_finished = True

    def _reached(self) -> pa.Array:
        found = self.connection.execute(
            sa.text(f"SELECT encode(uuid_send(record_id), 'hex') FROM ({undo_scope.BEGIN_WITH}) b")
        )
        begin = pa.array(found.scalars().all(), pa.string())
        homes = copy_out(self.connection, "SELECT household_key FROM lost JOIN records USING (record_id)", _HOMES)
        asked = Asked(NOTHING_REPLACED, NOTHING_REPLACED, list(homes), NOTHING_REPLACED, begin)
        with neighbours(self.store, asked) as around:
            return around.ids()

    def _put_at_stake(self, reached: pa.Array) -> None:
        _run(self.connection, "CREATE TEMP TABLE reached (record_id uuid) ON COMMIT DROP")
        copy_in(self.connection, "reached", [pa.table({"record_id": reached})])
        _run(
            self.connection,
            """CREATE TEMP TABLE at_stake ON COMMIT DROP AS
               SELECT record_id FROM reached JOIN memberships USING (record_id)
               UNION SELECT record_id FROM chosen WHERE NOT is_waiting""",
        )
        _run(self.connection, "ANALYZE at_stake")
        found = self.connection.execute(sa.text("SELECT encode(uuid_send(record_id), 'hex') FROM at_stake ORDER BY 1"))
        self.at_stake = pa.array(found.scalars().all(), pa.string())

    def _counts(self, persons: PersonCounts, gone: int) -> Mapping[str, int]:
        counted = {name: int(self.connection.execute(sa.text(q)).scalar_one()) for name, q in _COUNTED.items()}
        return {
            "rows": self.rows, **counted, "persons_gone": gone, "persons_new": persons.new,
            "persons_changed": persons.changed, "persons_retired": persons.retired,
        }  # fmt: skip


_HOMES = TableSpec("homes", (Column("household_key", pa.string()),), (), "Households of records.")
_COUNTED = {
    "records_gone": "SELECT count(*) FROM lost WHERE NOT is_waiting",
    "waiting_gone": "SELECT count(*) FROM lost WHERE is_waiting",
    "rows_of_later_batches": """
        SELECT (SELECT count(*) FROM chosen)
            + (SELECT count(*) FROM row_outcomes JOIN taken_over USING (file_id, batch_id))""",
    "mended_rows_that_speak_again": """
        SELECT count(*) FROM unsettled u JOIN memberships m ON m.record_id = u.corrected_record_id""",
    "numbers_kept": "SELECT count(*) FROM issued_numbers i JOIN vanished v USING (person_id)",
}
_PLANNED = (
    "SELECT record_id::text FROM lost ORDER BY 1",
    "SELECT record_id::text || lost_record_id::text FROM chosen ORDER BY 1",
    "SELECT file_id::text || batch_id::text FROM taken_over ORDER BY 1",
    "SELECT record_id::text || m.person_id::text FROM at_stake JOIN memberships m USING (record_id) ORDER BY 1",
)


@contextmanager
def undoing(store: Store, batch_id: str, code_version: str) -> Iterator[Undoing]:
    """The undoing of a batch, one transaction under the lock of the loads; given up unless it was signed.

    Raises:
        UsageError: batch.unknown; undo.stopped, undo.undone: there is nothing of it; undo.other_province.
        StoreUnavailable: the store was lost. Whatever is raised, nothing was written.
    """
    try:
        with store.writing(role=Role.UNDO) as connection:
            wait_for_turn(connection)
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOAD_LOCK})
            rows = _demand_loaded(connection, batch_id)
            connection.execute(
                sa.text("INSERT INTO batch_events (batch_id, event, code_version) VALUES (:b, 'undone', :v)"),
                {"b": batch_id, "v": code_version},
            )
            undo_scope.find_scope(connection, batch_id)
            undoing = Undoing(batch_id, rows, connection, StoreWithin.of(store, connection))
            yield undoing
            if not undoing.is_finished:
                raise _Left
    except _Left:
        return
    _LOG.info("batch %s undone: %d rows", batch_id, rows)


def _demand_loaded(connection: Connection, batch_id: str) -> int:
    found = None
    if _ID.fullmatch(batch_id):
        found = connection.execute(
            sa.text("SELECT state, read FROM batches WHERE batch_id = :b"), {"b": batch_id}
        ).one_or_none()
    if found is None:
        raise UsageError("batch.unknown", batch=batch_id)
    if found.state != "loaded":
        raise UsageError(_STATES[found.state], batch=batch_id)
    return int(found.read)


def _run(connection: Connection, statement: str) -> None:
    connection.execute(sa.text(statement))
