"""A delivery on disk: the same bytes whatever the workers, and a truth that fits the files."""

import hashlib
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from data_samples import options as options_module
from data_samples.batch import TRUTH_FILE, write_batch
from data_samples.block import tasks
from data_samples.options import GenerateOptions
from readers.letters import from_tcvn3

SMALL = GenerateOptions(700, 2, ("40", "92"), migrant_share=0.1)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.parametrize("layout", ["csv", "xlsx", "tcvn3"])
def test_workers_change_nothing(tmp_path, layout):
    rows = {write_batch(SMALL, layout, tmp_path / str(workers), workers) for workers in (1, 2)}
    assert len(rows) == 1
    assert digests(tmp_path / "1") == digests(tmp_path / "2")


def test_another_seed_gives_other_people(tmp_path):
    write_batch(SMALL, "csv", tmp_path / "a")
    write_batch(GenerateOptions(700, 3, ("40", "92")), "csv", tmp_path / "b")
    first, second = (digests(tmp_path / name) for name in "ab")
    assert first["input/40-001.csv"] != second["input/40-001.csv"]


@pytest.mark.parametrize("layout", ["csv", "tcvn3"])
def test_lines_of_the_truth_are_lines_of_the_files(tmp_path, layout):
    rows = write_batch(SMALL, layout, tmp_path)
    truth = pq.read_table(tmp_path / "truth.parquet")
    assert truth.schema.equals(TRUTH_FILE)
    assert truth.num_rows == rows
    lines = {p.name: p.read_bytes().split(b"\r\n") for p in (tmp_path / "input").iterdir()}
    assert sum(len(found) - 2 for found in lines.values()) == rows
    for row in truth.to_pylist():
        line = lines[row["file"]][row["line"] - 1]
        text = line.decode("utf-8") if layout == "csv" else from_tcvn3(line.decode("latin-1"))
        assert ("\u00d0" in text) == (row["expected_rule"] == "full_name.look_alike")
        assert ("E+" in text) == str(row["expected_rule"]).endswith(".scientific")


def test_truth_places_rows_in_workbooks(tmp_path):
    write_batch(SMALL, "xlsx", tmp_path)
    first = pq.read_table(tmp_path / "truth.parquet").slice(0, 1).to_pylist()[0]
    sheet = openpyxl.load_workbook(tmp_path / "input" / first["file"])[first["sheet"]]
    assert first["line"] == 10
    assert sheet.cell(first["line"], 2).value.startswith("40")


def test_every_person_is_counted_once_and_stands_somewhere(tmp_path):
    write_batch(SMALL, "csv", tmp_path)
    people = pq.read_table(tmp_path / "truth.parquet").column("person_id")
    assert sorted(people.unique().to_pylist()) == list(range(1, 701))


def test_blocks_follow_each_other_whatever_the_share():
    options = GenerateOptions(2 * options_module.BLOCK_PEOPLE + 5, 1, ("01", "40"))
    made = list(tasks(options, ("csv", "csv")))
    assert [t.people for t in made] == [options_module.BLOCK_PEOPLE, 3, options_module.BLOCK_PEOPLE, 2]
    assert [t.overall for t in made] == [0, 1, 2, 3]
    assert [t.first_person for t in made] == [0, made[0].people, made[0].people + 3, 2 * made[0].people + 3]
