"""Load a batch in one transaction: its rows, its sums, its state and the store's version, or nothing at all."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from schemas.cells import CELLS
from schemas.contract import conform
from schemas.errors import StoreMoved
from schemas.field import TableSpec
from store import audit, file_names, lineage, membership_history, sums
from store.audit import Event
from store.batch import SUM_COLUMNS, BatchRow, BatchTables, LoadBatch, LoadCounts, Sums
from store.copying import count_rows, read_parts
from store.corrections import write_corrections, write_replaced
from store.engine import Store
from store.indexes import copy_many
from store.issuing import Issued, IssuingAuthority, change_key, issue_numbers
from store.keys import add_recent, check_scheme
from store.left_out import are_any_left_out, known_rows, without_left_out
from store.numbering import Because
from store.partitions import KEYS, partition_of
from store.persons import PersonCounts, load_persons
from store.turns import wait_for_turn
from store.upserts import upsert

LOAD_LOCK = 0x736F_686F_0002
"""Key of the advisory lock that every writer of persons holds."""

_LOG = logging.getLogger(__name__)


def load_batch(store: Store, batch: LoadBatch) -> LoadCounts:
    """Load a batch, or record that the gate stopped it; the same batch twice changes nothing but an event.

    A stopped batch leaves its sums, its rows' outcomes, its notes and an event, and may be sent again.

    Raises:
        StoreMoved: another batch was committed since `seen_version`; match again.
        ContractError: a table breaks its contract or the sums do not agree.
        StoreUnavailable: the store was lost or is full. Whatever is raised, nothing was written.
    """
    conform(batch.files, contracts.BATCH_FILES)
    with store.writing() as connection:
        if not batch.has_turn:
            wait_for_turn(connection)
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOAD_LOCK})
        loaded = _loaded_before(connection, batch.batch.batch_id)
        if loaded is not None:
            _event(connection, batch, "repeated")
            _tell(connection, store, batch, "repeated", loaded)
            return LoadCounts(loaded, is_repeated=True)
        _forget_stopped(connection, batch.batch.batch_id)
        if batch.batch.stop_rule is not None:
            stopped = _stop(connection, batch)
            _tell(connection, store, batch, "stopped", stopped.sums)
            return stopped
        counts = _load(connection, batch)
        _tell(connection, store, batch, "loaded", counts.sums)
    _LOG.info(
        "batch %s loaded: %d rows read, %d new persons", batch.batch.batch_id, counts.sums.read, counts.persons_new
    )
    return counts


def issue_to_all(store: Store, authority: IssuingAuthority) -> Issued:
    """Issue numbers to all persons of the store who may have one and have none; no batch is loaded meanwhile."""
    with store.writing() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOAD_LOCK})
        issued = issue_numbers(connection, authority)
        audit.append(connection, store.acting, Event("numbers.issued", "numbers", after=astuple(issued)))
        return issued


def change_number_key(store: Store, authority: IssuingAuthority) -> bool:
    """Have the store issue with another key from now on; False if it does already; no batch is loaded meanwhile.

    Raises:
        SettingsError: numbers.key.other: the key in use is not among the older ones of the authority.
    """
    with store.writing("number_allocations") as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOAD_LOCK})
        is_new = change_key(connection, authority)
        if is_new:
            audit.append(connection, store.acting, Event("numbers.key_rotated", "key"))
        return is_new


def _load(connection: Connection, batch: LoadBatch) -> LoadCounts:
    _check_version(connection, batch.seen_version)
    check_scheme(connection, batch.key_scheme)
    persons, written = _write_rows(connection, batch.tables, batch.batch)
    total = _account(connection, batch, written)
    write_corrections(connection, batch.tables.corrections, batch.batch.batch_id, batch.batch.province_code)
    write_replaced(connection, batch.tables.replaced_records, batch.tables.corrections)
    issued = Issued()
    if batch.issuing is not None:
        issued = issue_numbers(connection, batch.issuing, batch.batch.batch_id)
    _event(connection, batch, "loaded")
    membership_history.note_moved_by_load(connection, batch.batch.batch_id)
    connection.execute(sa.text("UPDATE store_version SET version = version + 1"))
    return LoadCounts(
        total, persons_new=persons.new, persons_changed=persons.changed, persons_retired=persons.retired,
        numbers_issued=issued.numbers, numbers_exhausted=issued.exhausted, buckets_low=issued.low_buckets,
        number_issues=persons.number_issues,
    )  # fmt: skip


def _account(connection: Connection, batch: LoadBatch, written: Mapping[str, int]) -> Sums:
    sums.write_file_sums(connection, batch.files, batch.batch.batch_id)
    sums.compare(connection, batch.batch.batch_id, written)
    total = sums.batch_sums(connection, batch.batch.batch_id)
    _write_batch(connection, batch, total)
    _write_notes(connection, batch)
    file_names.write(connection, batch.batch.batch_id, batch.names)
    lineage.write_columns(connection, batch.columns)
    return total


def _write_rows(connection: Connection, tables: BatchTables, batch: BatchRow) -> tuple[PersonCounts, dict[str, int]]:
    some_left_out = are_any_left_out(tables.row_outcomes)
    straight: tuple[tuple[TableSpec, Sequence[Path]], ...] = (
        (contracts.RECORDS, tables.records),
        (contracts.QUARANTINE, tables.quarantine),
        (contracts.CHECK_RESULTS, tables.findings),
        (CELLS, tables.cells),
    )
    written = {}
    for spec, folders in straight:
        all_rows = read_parts(folders, spec.column_names)
        rows = without_left_out(folders, spec, tables.row_outcomes) if some_left_out else all_rows
        part = partition_of(spec.name, batch.province_code) if spec.name in KEYS else None
        written[spec.name] = copy_many(connection, spec.name, rows, count_rows(folders), part)
    if some_left_out:
        copy_many(connection, contracts.KNOWN_ROWS.name, known_rows(tables.records, tables.row_outcomes), 0)
    written[contracts.BLOCK_KEYS.name] = add_recent(connection, tables.block_keys)
    written[contracts.ROW_OUTCOMES.name] = _copy_all(connection, contracts.ROW_OUTCOMES, tables.row_outcomes)
    upsert(connection, contracts.SCORED_PAIRS, read_parts(tables.scored_pairs, contracts.SCORED_PAIRS.column_names))
    persons = load_persons(connection, tables, Because(batch.batch_id), batch.province_code)
    return persons, written | {"memberships": persons.members}


def _copy_all(connection: Connection, spec: TableSpec, folders: Sequence[Path]) -> int:
    return copy_many(connection, spec.name, read_parts(folders, spec.column_names), count_rows(folders))


def _loaded_before(connection: Connection, batch_id: str) -> Sums | None:
    row = connection.execute(
        sa.text(f"SELECT {', '.join(SUM_COLUMNS)} FROM batches WHERE batch_id = :b AND state = 'loaded'"),
        {"b": batch_id},
    ).one_or_none()
    return None if row is None else Sums(*row)


def _check_version(connection: Connection, seen: int) -> None:
    now = int(connection.execute(sa.text("SELECT version FROM store_version")).scalar_one())
    if now != seen:
        raise StoreMoved("store.moved", seen=seen, now=now)


def _stop(connection: Connection, batch: LoadBatch) -> LoadCounts:
    rows = _copy_all(connection, contracts.ROW_OUTCOMES, batch.tables.row_outcomes)
    nothing = dict.fromkeys(("records", "memberships", "quarantine"), 0)
    total = _account(connection, batch, nothing | {"row_outcomes": rows})
    _event(connection, batch, "stopped")
    return LoadCounts(total)


def _forget_stopped(connection: Connection, batch_id: str) -> None:
    """Drop the outcomes that the gate, or an undoing, left of an earlier attempt at the batch; its events stay."""
    stopped = "batch_id IN (SELECT batch_id FROM batches WHERE batch_id = :b AND state <> 'loaded')"
    of_its_files = "file_id IN (SELECT file_id FROM batch_files WHERE batch_id = :b)"
    for statement in (
        f"DELETE FROM row_outcomes WHERE {stopped} AND {of_its_files}",
        f"DELETE FROM batch_files WHERE {stopped}",
    ):
        connection.execute(sa.text(statement), {"b": batch_id})


def _write_batch(connection: Connection, batch: LoadBatch, total: Sums) -> None:
    row = batch.batch
    values = {
        "batch_id": row.batch_id, "province_code": row.province_code, "province_code_63": row.province_code_63,
        "state": "loaded" if row.stop_rule is None else "stopped", "stop_rule": row.stop_rule,
        "code_version": row.code_version, "model_version": row.model_version, "recorded_at": row.recorded_at,
        **{c: getattr(total, c) for c in SUM_COLUMNS},
    }  # fmt: skip
    changed = ", ".join(f"{c} = excluded.{c}" for c in values if c != "batch_id")
    connection.execute(
        sa.text(
            f"INSERT INTO batches ({', '.join(values)}) VALUES ({', '.join(':' + c for c in values)}) "
            f"ON CONFLICT (batch_id) DO UPDATE SET {changed}"
        ),
        values,
    )


def _write_notes(connection: Connection, batch: LoadBatch) -> None:
    """A batch that was stopped and comes again has its notes written anew."""
    connection.execute(sa.text("DELETE FROM batch_notes WHERE batch_id = :b"), {"b": batch.batch.batch_id})
    for note, content in batch.notes.items():
        connection.execute(
            sa.text("INSERT INTO batch_notes (batch_id, note, content) VALUES (:b, :note, :content)"),
            {"b": batch.batch.batch_id, "note": note, "content": content},
        )


def _event(connection: Connection, batch: LoadBatch, event: str) -> None:
    connection.execute(
        sa.text("INSERT INTO batch_events (batch_id, event, code_version) VALUES (:b, :event, :version)"),
        {"b": batch.batch.batch_id, "event": event, "version": batch.batch.code_version},
    )


def _tell(connection: Connection, store: Store, batch: LoadBatch, what: str, told: Sums) -> None:
    """The event of the audit: the last thing that is written, because the chain stays locked until the commit."""
    row = batch.batch
    after = (row.code_version, row.model_version, row.stop_rule, *(getattr(told, c) for c in SUM_COLUMNS))
    event = Event(
        f"batch.{what}", "batch", row.batch_id, province_code=row.province_code, before=(batch.seen_version,),
        after=after,
    )  # fmt: skip
    audit.append(connection, store.acting, event)
