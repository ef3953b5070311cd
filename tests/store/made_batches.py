"""Batches of made-up rows, quickly and of any size: folder tables as the pipeline would hand them to the store."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas import lineage
from schemas import tables as t
from schemas.field import TableSpec
from store.batch import BatchRow, BatchTables, LoadBatch

PROVINCE = "01"
_WORDS = np.array(["Nguyễn", "Trần", "Thị", "Văn", "Ạnh", 'Ngọc "Bé"', "Hậu,", "Đức\\", "Ý\nNhi", "Lê"], object)
_FILLED = (
    "full_name", "surname", "given_name", "ethnic_group_raw", "permanent_residence_text", "native_place_text",
    "father_name", "mother_name", "head_name", "household_id", "relation_raw",
)  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """What a made batch is like; the same seed makes the same rows."""

    seed: str = "a"
    rows: int = 200
    quarantined: int = 0
    rejected: int = 0
    keys: int = 4
    same_keys_as: str | None = None
    values: dict[str, object] = field(default_factory=dict)


def ids(seed: str, count: int) -> pa.Array:
    """`count` ids of 32 hexadecimal digits, unlike for each seed."""
    random = np.random.default_rng(int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=8).digest(), "big"))
    digits = random.bytes(16 * count).hex()
    return pa.array([digits[i : i + 32] for i in range(0, 32 * count, 32)], pa.string())


def make(folder: Path, recipe: Recipe, seen_version: int = 0) -> LoadBatch:
    """Write the folder tables of a batch; every fourth row shares a household, no row is another's double."""
    file_id = ids(f"file {recipe.seed}", 1)[0].as_py()
    records = _records(recipe, file_id)
    persons = ids(f"person {recipe.seed}", recipe.rows)
    golden = _golden(records, persons)
    quarantine = _quarantine(recipe, file_id)
    outcomes = pa.concat_tables([_loaded(records, persons), *_kept_out(recipe, quarantine, file_id)])
    batch_id = lineage.batch_id(PROVINCE, [file_id])
    outcomes = outcomes.set_column(1, t.ROW_OUTCOMES.schema.field("batch_id"), _same(batch_id, outcomes.num_rows))
    made = BatchTables(
        records=[write(folder / "records", t.RECORDS, records)],
        block_keys=[write(folder / "block_keys", t.BLOCK_KEYS, _keys(recipe, records["record_id"]))],
        clusters=[write(folder / "clusters", t.CLUSTERS, _clusters(records, persons))],
        golden_persons=[write(folder / "golden_persons", t.GOLDEN_PERSONS, golden)],
        household_members=[write(folder / "household_members", t.HOUSEHOLD_MEMBERS, household_members(golden))],
        quarantine=[write(folder / "quarantine", t.QUARANTINE, quarantine)],
        row_outcomes=[write(folder / "row_outcomes", t.ROW_OUTCOMES, outcomes)],
    )
    row = BatchRow(batch_id, PROVINCE, "0.1.0", "v1", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    return LoadBatch(row, files_of(batch_id, file_id, outcomes.num_rows), made, seen_version)


def files_of(batch_id: str, file_id: str, read: int, outcome: str = "accepted") -> pa.Table:
    """BATCH_FILES of one file; only `read` is declared."""
    row = dict.fromkeys(t.BATCH_FILES.column_names, 0) | {
        "batch_id": batch_id, "file_id": file_id, "file": "sổ hộ khẩu.csv", "kind": "delimited", "encoding": "utf-8",
        "outcome": outcome, "reason": None, "read": read,
    }  # fmt: skip
    return pa.Table.from_pylist([row], schema=t.BATCH_FILES.schema)


def write(folder: Path, spec: TableSpec, table: pa.Table) -> Path:
    """A folder table of that table's rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, start in enumerate(range(0, max(1, table.num_rows), t.PART_ROWS)):
        path = folder / f"part-{number:05d}.parquet"
        pq.write_table(table.slice(start, t.PART_ROWS).cast(spec.schema), path, compression="lz4")
    return folder


def with_table(batch: LoadBatch, name: str, folder: Path, spec: TableSpec, rows: pa.Table) -> LoadBatch:
    """The batch with another folder for one of its tables."""
    return replace(batch, tables=replace(batch.tables, **{name: [write(folder, spec, rows)]}))


def read(folders: object) -> pa.Table:
    """All rows of a folder table."""
    return pa.concat_tables([pq.read_table(p) for f in folders for p in sorted(f.glob("part-*"))])  # type: ignore[attr-defined]


def table_of(spec: TableSpec, rows: int, **values: object) -> pa.Table:
    """A table of that contract: the given columns, nulls where they are allowed, else something plain."""
    columns = []
    for column in spec.columns:
        value = values.get(column.name)
        if value is None:
            value = None if column.nullable else _plain(column.type)
        columns.append(value if isinstance(value, pa.Array | pa.ChunkedArray) else _same(value, rows, column.type))
    return pa.table(columns, schema=spec.schema)


def _plain(kind: pa.DataType) -> object:
    return {pa.string(): "", pa.bool_(): False}.get(kind, 0)


def _same(value: object, rows: int, kind: pa.DataType | None = None) -> pa.Array:
    return pa.repeat(pa.scalar(value, kind or pa.string()), rows)


def _words(seed: str, rows: int) -> pa.Array:
    random = np.random.default_rng(len(seed) + rows)
    drawn = _WORDS[random.integers(0, len(_WORDS), (rows, 3))]
    return pa.array([" ".join(row) for row in drawn], pa.string())


def _records(recipe: Recipe, file_id: str) -> pa.Table:
    rows = recipe.rows
    record_ids = ids(f"record {recipe.seed}", rows)
    households = ids(f"household {recipe.seed}", rows // 4 + 1).take(pa.array(np.arange(rows) // 4))
    values: dict[str, object] = {name: _words(name, rows) for name in _FILLED}
    values |= {
        "record_id": record_ids, "file_id": file_id, "line": pa.array(np.arange(2, rows + 2), pa.int32()),
        "content_id": ids(f"content {recipe.seed}", rows), "province_code": PROVINCE,
        "birth_year": pa.array(1930 + np.arange(rows) % 90, pa.int16()), "birth_calendar": "solar",
        "sex_code": pa.array(np.where(np.arange(rows) % 2, "1", "2").astype(object)), "empty_reasons": "." * 17,
        "household_key": households, "permanent_residence_code": "01", "permanent_residence_level": "province",
        "permanent_residence_confidence": 0.5, "ethnic_group_code": "01", "relation_code": "",
    }  # fmt: skip
    return table_of(t.RECORDS, rows, **(values | recipe.values))


def _golden(records: pa.Table, persons: pa.Array) -> pa.Table:
    values = {n: records[n] for n in t.GOLDEN_PERSONS.column_names if n in records.schema.names}
    values |= {"person_id": persons, "main_record_id": records["record_id"], "record_count": 1}
    values |= {"sort_key": records["full_name"], "search_key": records["full_name"]}
    return table_of(t.GOLDEN_PERSONS, records.num_rows, **values)


def _clusters(records: pa.Table, persons: pa.Array) -> pa.Table:
    return table_of(t.CLUSTERS, records.num_rows, record_id=records["record_id"], person_id=persons)


def household_members(golden: pa.Table) -> pa.Table:
    """One open stay a person, by its main record; the lowest person id of a household is its head."""
    housed = golden.filter(pc.is_valid(golden["household_key"]))
    heads = housed.group_by("household_key").aggregate([("person_id", "min")])["person_id_min"]
    return table_of(
        t.HOUSEHOLD_MEMBERS, housed.num_rows, **{n: housed[n] for n in ("person_id", "household_key", "relation_code")},
        stay=1, is_head=pc.is_in(housed["person_id"], heads.combine_chunks()), from_date=housed["entry_date"],
        from_reason="entered", record_id=housed["main_record_id"], from_record_id=housed["main_record_id"],
    )  # fmt: skip


def _keys(recipe: Recipe, record_ids: pa.ChunkedArray) -> pa.Table:
    rows = recipe.rows
    random = np.random.default_rng(int(ids(recipe.same_keys_as or recipe.seed, 1)[0].as_py()[:8], 16))
    return table_of(
        t.BLOCK_KEYS, rows * recipe.keys,
        record_id=record_ids.take(pa.array(np.arange(rows * recipe.keys) // recipe.keys)),
        key=pa.array(random.integers(-(2**63), 2**63 - 1, rows * recipe.keys)),
    )  # fmt: skip


def _quarantine(recipe: Recipe, file_id: str) -> pa.Table:
    rows = recipe.quarantined
    return table_of(
        t.QUARANTINE, rows, record_id=ids(f"quarantined {recipe.seed}", rows), file_id=file_id, file="sổ hộ khẩu.csv",
        line=pa.array(np.arange(rows) + 10_000, pa.int32()), content_id=ids(f"bad {recipe.seed}", rows),
        rule_id="birth_date.out_of_range", field="birth_date", raw_value="31/02/1950",
    )  # fmt: skip


def _loaded(records: pa.Table, persons: pa.Array) -> pa.Table:
    return table_of(
        t.ROW_OUTCOMES, records.num_rows, record_id=records["record_id"], batch_id=_same("0" * 32, records.num_rows),
        file_id=records["file_id"], file="sổ hộ khẩu.csv", line=records["line"], outcome="loaded", person_id=persons,
    )  # fmt: skip


def _kept_out(recipe: Recipe, quarantine: pa.Table, file_id: str) -> list[pa.Table]:
    place = {"batch_id": "0" * 32, "file": "sổ hộ khẩu.csv", "rule_id": "birth_date.out_of_range"}
    waiting = table_of(
        t.ROW_OUTCOMES, recipe.quarantined, record_id=quarantine["record_id"], file_id=quarantine["file_id"],
        line=quarantine["line"], outcome="quarantined", **place,
    )  # fmt: skip
    refused = table_of(
        t.ROW_OUTCOMES, recipe.rejected, record_id=ids(f"rejected {recipe.seed}", recipe.rejected), file_id=file_id,
        line=pa.array(np.arange(recipe.rejected) + 20_000, pa.int32()), outcome="rejected", **place,
    )  # fmt: skip
    return [waiting, refused]
