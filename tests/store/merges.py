"""Batches whose records meet each other or persons of the store, as matching and survivorship would hand them over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from schemas import tables as t
from store.batch import LoadBatch
from tests.store import made_batches as made


@dataclass(frozen=True)
class Person:
    """A person of the batch: its id, the stored person it is, its own rows by number, its stored records."""

    person_id: str
    stored_person_id: str | None
    own: tuple[int, ...]
    stored: tuple[str, ...] = ()


def regroup(folder: Path, batch: LoadBatch, people: Sequence[Person]) -> LoadBatch:
    """The made batch with these persons instead of one a row; their values are those of their first own row."""
    clusters, golden = made.read(batch.tables.clusters), made.read(batch.tables.golden_persons)
    outcomes = made.read(batch.tables.row_outcomes)
    records = clusters["record_id"].to_pylist()
    taken = {records[row] for person in people for row in person.own}
    golden_rows = {row["main_record_id"]: row for row in golden.to_pylist()}
    kept = golden.filter(pc.invert(pc.is_in(golden["main_record_id"], pa.array(sorted(taken)))))
    golden = pa.concat_tables([kept, _table(t.GOLDEN_PERSONS, [_golden(p, records, golden_rows) for p in people])])
    outcome_of = {records[row]: new for p in people for row, new in _outcomes(p).items()}
    rows = [row | outcome_of.get(row["record_id"], {}) for row in outcomes.to_pylist()]
    sources = _table(t.VALUE_SOURCES, _sources(people, records))
    tables = replace(
        batch.tables,
        clusters=[made.write(folder / "clusters2", t.CLUSTERS, _clusters(clusters, people, records))],
        golden_persons=[made.write(folder / "golden2", t.GOLDEN_PERSONS, golden)],
        value_sources=[made.write(folder / "sources", t.VALUE_SOURCES, sources)],
        household_members=[made.write(folder / "homes2", t.HOUSEHOLD_MEMBERS, made.household_members(golden))],
        row_outcomes=[made.write(folder / "outcomes2", t.ROW_OUTCOMES, _table(t.ROW_OUTCOMES, rows))],
    )  # fmt: skip
    return replace(batch, tables=tables)


def pairs(left: Sequence[str], right: Sequence[str], outcome: str = "review") -> pa.Table:
    """SCORED_PAIRS of those records, side by side, of falling weight."""
    ordered = [tuple(sorted(pair)) for pair in zip(left, right, strict=True)]
    return made.table_of(
        t.SCORED_PAIRS, len(ordered), left_record_id=pa.array([x for x, _ in ordered], pa.string()),
        right_record_id=pa.array([x for _, x in ordered], pa.string()), outcome=outcome,
        match_weight=pa.array([float(-n) for n in range(len(ordered))]),
    )  # fmt: skip


def _golden(person: Person, records: list[str], rows: dict[str, dict[str, object]]) -> dict[str, object]:
    count = len(person.own) + len(person.stored)
    return rows[records[person.own[0]]] | {"person_id": person.person_id, "record_count": count}


def _outcomes(person: Person) -> dict[int, dict[str, object]]:
    is_new = person.stored_person_id is None
    return {
        row: {"person_id": person.person_id, "outcome": "loaded" if is_new and not number else "merged"}
        for number, row in enumerate(person.own)
    }


def _clusters(clusters: pa.Table, people: Sequence[Person], records: list[str]) -> pa.Table:
    person_of = {records[row]: p for p in people for row in p.own}
    rows = [
        row | ({"person_id": p.person_id, "stored_person_id": p.stored_person_id} if p else {})
        for row in clusters.to_pylist()
        for p in [person_of.get(row["record_id"])]
    ]
    rows += [
        {"record_id": r, "person_id": p.person_id, "stored_person_id": p.stored_person_id, "is_stored": True}
        for p in people
        for r in p.stored
    ]
    return _table(t.CLUSTERS, rows)


def _sources(people: Sequence[Person], records: list[str]) -> list[dict[str, object]]:
    return [
        {"person_id": p.person_id, "field": "sex", "record_id": [*p.stored, records[p.own[0]]][0], "method": "newest"}
        for p in people
        if len(p.own) + len(p.stored) > 1
    ]


def _table(spec: t.TableSpec, rows: Sequence[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=spec.schema)
