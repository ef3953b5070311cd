"""The steps on a local Spark: row for row what this process gives, and nothing left of it (`make test-spark`)."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_samples.batch import write_batch
from data_samples.options import GenerateOptions
from pipeline import engine, run, single_steps, workplace
from pipeline.context import opened_run
from pipeline.settings import Settings
from pipeline.steps import STEPS
from readers import registry
from readers.parsers import parse_file
from schemas.errors import SystemFailed
from schemas.tables import BLOCK_KEYS
from store.digest import store_digest
from store.engine import open_store

pytestmark = pytest.mark.spark
SECRET = "Nguyễn Thị Không Được Lộ"


@pytest.fixture
def on_spark(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "spark home", engine="spark", workers=2, spark_from_rows=0, spark_memory_mib=1024)


def as_they_are(rows: pa.Table) -> engine.Tables:
    return (rows,)


def test_what_lies_on_the_disk_is_private_and_encrypted_and_gone_at_the_end(on_spark: Settings) -> None:
    work = on_spark.home / workplace.FOLDER
    names = pa.table({"record_id": [SECRET] * 2000, "key": range(2000)}, schema=BLOCK_KEYS.schema)
    with engine.ended():
        list(engine.engine_for(0, on_spark).blocks(as_they_are, [names], (BLOCK_KEYS,)))
        left = list(work.rglob("*"))
        assert any(path.name.startswith("shuffle_") and path.suffix == ".data" for path in left)
        assert not [path for path in left if path.stat().st_mode & 0o077]
        assert not [path for path in left if path.is_file() and SECRET.encode() in path.read_bytes()]
        assert _programs(work)
    assert not list(work.iterdir())
    deadline = time.monotonic() + 30
    while _programs(work) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _programs(work)


def test_a_cluster_that_is_not_there_is_told(on_spark: Settings) -> None:
    settings = replace(on_spark, spark_master="no such thing")
    with pytest.raises(SystemFailed, match=r"spark\.failed"), engine.ended():
        engine.engine_for(0, settings)
    assert not list((on_spark.home / workplace.FOLDER).iterdir())


def test_a_single_step_gives_the_same_files(on_spark: Settings, tmp_path: Path) -> None:
    ledger = Path("data_samples/three_provinces/input/can_tho_tcvn3.csv")
    here = Settings(tmp_path / "home", received_on=on_spark.received_on)
    single_steps.read(ledger, tmp_path / "read", here)
    for name, settings in (("here", here), ("spark", replace(on_spark, home=tmp_path / "home"))):
        single_steps.standardise_folder(tmp_path / "read", tmp_path / name / "standard", "92", settings)
    made = sorted((tmp_path / "here").rglob("*.parquet"))
    assert len(made) == 4
    for file in made:
        assert pq.read_table(file).equals(pq.read_table(tmp_path / "spark" / file.relative_to(tmp_path / "here")))


@pytest.mark.store
@pytest.mark.slow
def test_the_whole_job_gives_the_same_rows_ids_and_store(
    new_settings: Callable[[], Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two deliveries, so that the second meets the store; small parts, so that there are many of them."""
    for module in ("readers.part_writer", "pipeline.blocks", "pipeline.artefacts"):
        monkeypatch.setattr(f"{module}.PART_ROWS", 400)
    write_batch(GenerateOptions(2400, 11, ("01",)), "csv", tmp_path / "made", 1)
    (ledger,) = (p for p in (tmp_path / "made" / "input").iterdir() if p.suffix == ".csv")
    head, *lines = ledger.read_text("utf-8").splitlines(keepends=True)
    halves = [tmp_path / "a.csv", tmp_path / "b.csv"]
    halves[0].write_text("".join([head, *lines[::2], *lines[:40:2]]), "utf-8")  # households torn apart, rows repeated
    halves[1].write_text("".join([head, *lines[1::2]]), "utf-8")
    sample = Path("data_samples/three_provinces/input/ha_noi.csv")
    deliveries = [[halves[0], sample], [halves[1]]]
    made = {}
    with patch.object(registry, "run_parser", parse_file):
        for name in ("local", "spark"):
            settings = replace(new_settings(), engine=name, spark_from_rows=0, spark_memory_mib=1024)
            results = [run.run_batch(paths, "01", settings) for paths in deliveries]
            made[name] = settings, results
    (here, mine), (away, theirs) = made["local"], made["spark"]
    assert [(r.read, r.counts) for r in mine] == [(r.read, r.counts) for r in theirs]
    assert sum(r.counts["merged"] for r in mine)
    for one, other in zip(mine, theirs, strict=True):
        assert _tables(here, one.batch_id) == _tables(away, other.batch_id)
    assert _digest(here) == _digest(away)


def _tables(settings: Settings, batch_id: str) -> dict[str, list[dict[str, object]]]:
    """Every row of every table of every step, sorted; number of a person's cluster and its ids among them."""
    found: dict[str, list[dict[str, object]]] = {}
    (folder,) = (p for p in (settings.home / "runs" / batch_id).iterdir() if p.name.isdigit())
    with opened_run(folder, settings) as made:
        for step in STEPS[:7]:
            for file_id in [f.file_id for f in made.plan.files] if step.by_file else [None]:
                place = made.of(step.name, file_id)
                for table in sorted(p for p in place.iterdir() if p.is_dir()):
                    rows = [row for part in sorted(table.glob("part-*.parquet")) for row in _rows_of(part)]
                    found[f"{step.name}/{file_id}/{table.name}"] = sorted(rows, key=repr)
    assert len(found) > 20
    return found


def _rows_of(part: Path) -> list[dict[str, object]]:
    return list(pq.read_table(part, partitioning=None).to_pylist())


def _digest(settings: Settings) -> str:
    store = open_store(settings.store_url, settings.home)
    try:
        return store_digest(store).whole
    finally:
        store.close()


def _programs(home: Path) -> list[str]:
    """Programs that were started for a home folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                told = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(home) in told and "java" in told:
                found.append(entry.name)
    return found
