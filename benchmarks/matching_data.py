"""Records and their truth for the measurements of matching: ledgers of the sample generator, read and standardised.

Three kinds of data. *usual*: parents, native place or a number are missing in every seventh book or row, and a person
who stands twice has 1.2 slips a row. *hard*: 1.6 slips, and three tenths missing. *easy*: the generator as it is. On
the usual one Splink reaches the F1 that is reported of it on such data (0.90 to 0.94).
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data_samples.batch import write_batch
from data_samples.options import GenerateOptions
from pipeline import file_steps
from pipeline.artefacts import read_chunks
from pipeline.context import load_run
from pipeline.intake import open_run, plan_batch
from pipeline.settings import Settings
from schemas import tables as t

PROVINCES = ("01", "40", "92", "08", "15", "48", "79")


@dataclass(frozen=True)
class Kind:
    """How often people stand twice, how many slips are made, how much is left out."""

    repeats: float
    slips: float
    left_out: float


KINDS = {"usual": Kind(1.7, 1.25, 0.15), "hard": Kind(1.8, 1.6, 0.3), "easy": Kind(1.0, 1.0, 0.0)}


def make(kind: str, people: int, seed: int, out: Path, provinces: tuple[str, ...] = PROVINCES) -> Path:
    """Write OUT/records.parquet (RECORDS) and OUT/truth.parquet (record_id, person_id); returns OUT.

    Args:
        kind: one of KINDS.
        people: true persons; there are about 1.16 times as many records.
        seed: of the generator.
        out: folder.
        provinces: codes of 63.
    """
    return made(KINDS[kind], people, seed, out, provinces)


def made(how: Kind, people: int, seed: int, out: Path, provinces: tuple[str, ...]) -> Path:
    """The same of any kind of data."""
    options = GenerateOptions(
        people, seed, provinces, repeat_share=how.repeats, slip_scale=how.slips, left_out=how.left_out
    )
    write_batch(options, "csv", out, workers=2)
    names = {}
    with (
        tempfile.TemporaryDirectory(prefix="sohoa-bench-") as home,
        pq.ParquetWriter(out / "records.parquet", t.RECORDS.schema) as writer,
    ):
        for ledger in sorted((out / "input").glob("*.csv")):
            names[_checked(ledger, Settings(Path(home)), writer)] = ledger.name
            ledger.unlink()
    _write_truth(out, names)
    return out


def _checked(ledger: Path, settings: Settings, writer: pq.ParquetWriter) -> str:
    """Read, standardise and check one ledger; returns its file id."""
    run = load_run(open_run(plan_batch([ledger], ledger.name[:2], settings), settings), settings)
    (file,) = run.plan.files
    if file_steps.read_file(run, file) is not None:
        raise ValueError("a generated ledger was refused")
    for step in (
        file_steps.profile_batch, file_steps.standardise_records, file_steps.build_households,
        file_steps.check_records,
    ):  # fmt: skip
        step(run, file)
    for chunk in read_chunks(run.of("check_records", file.file_id) / "records"):
        writer.write_table(chunk)
    return file.file_id


def _write_truth(out: Path, names: dict[str, str]) -> None:
    with duckdb.connect() as sql:
        sql.execute("SET enable_progress_bar = false")
        sql.register("files", pa.table({"file_id": list(names), "file": list(names.values())}))
        sql.execute(
            f"""COPY (SELECT r.record_id, CAST(g.person_id AS VARCHAR) AS person_id
                FROM read_parquet('{out}/records.parquet') r JOIN files USING (file_id)
                JOIN read_parquet('{out}/truth.parquet') g ON g.file = files.file AND g.line = r.line)
                TO '{out}/of_records.parquet' (FORMAT parquet)"""
        )
    (out / "of_records.parquet").replace(out / "truth.parquet")
