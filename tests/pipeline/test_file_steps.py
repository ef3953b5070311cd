"""What the steps of one file hold at a time."""

from pathlib import Path

import pytest

from pipeline import file_steps
from pipeline.artefacts import parts, read_small
from schemas.tables import CHECK_RESULTS
from tests.pipeline.deliveries import FAMILY, ledger, read_and_checked

_LAME = 7
"""Cells of a row that has too few of them."""


def test_each_part_of_a_file_is_told_of_its_own_rows_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readers.part_writer.PART_ROWS", 4)
    jobs: list[file_steps._StandardiseJob] = []
    standardise = file_steps._standardise_part
    monkeypatch.setattr(file_steps, "_standardise_part", lambda job: jobs.append(job) or standardise(job))
    rows = [(f"0101{n:05d}", *FAMILY[0][1:])[: 9 if n % 5 == 4 else _LAME] for n in range(30)]
    made = read_and_checked(ledger(tmp_path / "so.csv", rows), tmp_path / "home")
    file_id = made.plan.files[0].file_id
    findings = parts(made.of("read_file", file_id) / "findings")
    assert (len(jobs), len(findings)) == (8, 6)
    assert max(len(job.findings) for job in jobs) == 2
    assert {path for job in jobs for path in job.findings} == set(findings)
    told = read_small(made.of("standardise_records", file_id) / "check_results", CHECK_RESULTS)
    assert told["rule_id"].to_pylist().count("row.too_few_cells") == 24
