"""Matching models: trained on a table, with labels or without; two compared on it before one replaces the other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dedup.blocking import candidate_pairs
from dedup.encode import encode
from dedup.labels import labelled_records, labels_of
from dedup.matching import load_model
from dedup.model import Model, save_model
from dedup.training import TrainOptions, train_model
from dedup.training_sample import TRAINING_RECORDS, training_sample
from pipeline import workplace
from pipeline.labels import NO_LABELS, agreement
from pipeline.matching_step import MatchRequest, match_file, own_records, private, table_files
from pipeline.model_file import matching_model
from pipeline.settings import Settings
from schemas.errors import UsageError

OUTCOMES = ("match", "review", "non_match")
DIMENSIONS: Mapping[str, str] = {
    "sex": "sex_code", "decade": "birth_year // 10 * 10", "province": "province_code",
    "ethnic_group": "ethnic_group_code",
}  # fmt: skip
"""What pairs that change are counted by, as SQL over RECORDS."""


@dataclass(frozen=True)
class Comparison:
    """Two models on one table.

    Attributes:
        models: of each: version, fingerprint, pairs by outcome, persons.
        changes: pairs by what they were under the first model and are under the second.
        groups: pairs that change sides, by group: how many become matches, and how many cease to be.
        labels: what becomes of decided pairs under each model, by decision; empty where none were given.
    """

    models: tuple[Mapping[str, Any], Mapping[str, Any]]
    changes: tuple[Mapping[str, Any], ...]
    groups: tuple[Mapping[str, Any], ...]
    labels: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Lesson:
    """What a model is trained on.

    Attributes:
        start: the model to start from; the one of the settings or of the package by default.
        labels: LABELLED_PAIRS that people decided.
        most: records of the sample.
        seed: of the random pairs that strangers are counted on.
    """

    start: Path | None = None
    labels: pa.Table = field(default_factory=lambda: NO_LABELS)
    most: int = TRAINING_RECORDS
    seed: int = TrainOptions().seed


def train(records: Path, out: Path, version: str, settings: Settings, lesson: Lesson | None = None) -> Model:
    """Train a model on a sample of a table of our records and write it.

    Args:
        records: Parquet file or folder of what `standardise` or `check` wrote.
        out: the file to write.
        version: name of the new model.
        settings: of this machine.
        lesson: what else it is trained on.

    Raises:
        UsageError: the records or the model cannot be read, or the file cannot be written.
    """
    lesson = lesson or Lesson()
    before = matching_model(lesson.start or settings.model)
    every = encode(own_records(table_files(records)))
    wanted = labelled_records(every, lesson.labels)
    sample = training_sample(every, candidate_pairs(every, before.population), lesson.most, wanted)
    labels = labels_of(sample, lesson.labels)
    told = f"{len(sample.columns)} of {len(every.columns)} records of a table, from {before.version}, "
    told += f"{len(labels)} pairs that people decided" if len(labels) else "no labels"
    model = replace(train_model(sample, before, version, TrainOptions(seed=lesson.seed), labels), trained_on=told)
    try:
        with private():
            out.parent.mkdir(parents=True, exist_ok=True)
            save_model(model, out)
    except OSError:
        raise UsageError("path.cannot_write", path=str(out)) from None
    return load_model(out)


def compare(
    one: Path | None, other: Path, records: Path, settings: Settings, labels: pa.Table = NO_LABELS
) -> Comparison:
    """Match a table with both models and see which pairs change sides, by group, and what becomes of decided pairs.

    Args:
        one: the model in force; the one of the settings or of the package by default.
        other: the model that may replace it.
        records: Parquet file or folder of what `standardise` or `check` wrote.
        settings: of this machine.
        labels: LABELLED_PAIRS that people decided; ones that neither model was trained on judge fairly.

    Raises:
        UsageError: the records or a model cannot be read.
    """
    files = table_files(records)
    with workplace.borrowed_place(settings.home) as folder, duckdb.connect() as sql:
        sql.execute("SET enable_progress_bar = false")
        models, agreed = [], list[Mapping[str, Any]]()
        for name, path in (("one", one or settings.model), ("other", other)):
            model = matching_model(path)
            match_file(MatchRequest(records, folder / name, path), settings)
            models.append(_told(model, folder / name))
            if labels.num_rows:
                agreed += ({"version": model.version, **row} for row in agreement(labels, folder / name))
            sql.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{folder / name}/pairs.parquet')")
        sql.execute(_BOTH)
        changes = _rows(sql, _CHANGES)
        sql.register("records", _of_groups(files))
        groups = [row for name, by in DIMENSIONS.items() for row in _rows(sql, _GROUPS.format(name=name, by=by))]
    return Comparison((models[0], models[1]), tuple(changes), tuple(groups), tuple(agreed))


_BOTH = """
    CREATE TABLE changed AS
    SELECT coalesce(a.left_record_id, b.left_record_id) AS record_id, coalesce(a.outcome, 'non_match') AS before,
        coalesce(b.outcome, 'non_match') AS after
    FROM one a FULL JOIN other b USING (left_record_id, right_record_id)"""
_CHANGES = """
    SELECT before, after, count(*) AS pairs FROM changed GROUP BY before, after
    ORDER BY list_position({kinds}, before), list_position({kinds}, after)""".replace("{kinds}", str(list(OUTCOMES)))
_GROUPS = """
    SELECT '{name}' AS dimension, CAST({by} AS VARCHAR) AS "group", count(*) AS pairs,
        count(*) FILTER (after = 'match' AND before <> 'match') AS new_matches,
        count(*) FILTER (before = 'match' AND after <> 'match') AS lost_matches
    FROM changed JOIN records USING (record_id) GROUP BY 2 ORDER BY 2 NULLS LAST"""


def _told(model: Model, folder: Path) -> Mapping[str, Any]:
    with duckdb.connect() as sql:
        sql.execute("SET enable_progress_bar = false")
        pairs = f"SELECT outcome, count(*) FROM read_parquet('{folder}/pairs.parquet') GROUP BY 1"
        found = dict(sql.execute(pairs).fetchall())
        ((persons,),) = sql.execute(
            f"SELECT count(DISTINCT cluster_id) FROM read_parquet('{folder}/clusters.parquet')"
        ).fetchall()
    return {
        "version": model.version, "fingerprint": model.fingerprint, "trained_on": model.trained_on,
        "matches": found.get("match", 0), "reviews": found.get("review", 0), "persons": persons,
    }  # fmt: skip


def _of_groups(files: Sequence[Path]) -> pa.Table:
    wanted = ("record_id", "sex_code", "birth_year", "province_code", "ethnic_group_code")
    tables = []
    for file in files:
        names = pq.read_schema(file).names
        table = pq.read_table(file, columns=[n for n in wanted if n in names])
        for name in wanted:
            if name not in table.column_names:
                table = table.append_column(name, pa.nulls(table.num_rows, pa.string()))
        tables.append(table.select(wanted))
    return pa.concat_tables(tables, promote_options="permissive")


def _rows(sql: duckdb.DuckDBPyConnection, query: str) -> list[Mapping[str, Any]]:
    return list(_named(sql.execute(query)))


def _named(found: duckdb.DuckDBPyConnection) -> Iterator[Mapping[str, Any]]:
    names = [column[0] for column in found.description or ()]
    return (dict(zip(names, row, strict=True)) for row in found.fetchall())
