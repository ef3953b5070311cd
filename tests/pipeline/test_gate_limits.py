"""A file of limits of the operator's is what a batch is judged by, and what its report shows."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import run
from pipeline.gate_limits import limits_for
from pipeline.settings import Settings
from schemas.errors import UsageError
from tests.pipeline.deliveries import FAMILY, ledger
from tests.pipeline.test_gate_release import BAD

HEAD = "scope,expectation,mostly,low,high\n"


@pytest.mark.store
def test_a_province_that_may_keep_out_more_is_not_stopped(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "limits.csv").write_text(f"{HEAD}01,gate.batch.quarantined,,,0.99\n", "utf-8")
    mine = replace(settings, gate_limits=tmp_path / "limits.csv")
    other = run.run_batch([ledger(tmp_path / "so.csv", [*FAMILY, *BAD])], "40", mine)
    assert other.state == "stopped", "another province keeps the limits of the nation"
    made = run.run_batch([tmp_path / "so.csv"], "01", mine)
    assert made.state == "loaded"
    told = json.loads(Path(made.report).with_suffix(".json").read_text("utf-8"))["gate"]["results"]
    assert [r["high"] for r in told if r["id"] == "gate.batch.quarantined"] == [0.99]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"a,b\n", HEAD.encode() + b"01,gate.batch.balance,,,9\n"])
def test_a_file_that_cannot_be_used_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "limits.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"^gate_limits\.") as refused:
        limits_for("01", Settings(tmp_path, gate_limits=path))
    assert refused.value.details["path"] == str(path)


def test_without_a_file_those_of_the_package_hold(tmp_path: Path) -> None:
    assert limits_for("01", Settings(tmp_path))["gate.batch.quarantined"].high == 0.5
