"""What a person reads in the log of a task that ends with an answer."""

import logging
from pathlib import Path
from typing import Any

import pytest

from pipeline import run, tasks
from schemas.errors import FileRefused, SohoaError, StoreUnavailable, UsageError

SUMS = "đã đọc 3 = nạp mới 0 + gộp 0 + đã có 0 + chờ xử lý 0 + từ chối 3"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_HOME", str(tmp_path))


def ends_with(monkeypatch: pytest.MonkeyPatch, name: str, error: Exception) -> None:
    def failing(*_: Any) -> None:
        raise error

    monkeypatch.setattr(run, name, failing)


def test_a_refused_file_is_one_message_with_alias_reason_sums_and_report(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    error = FileRefused("file.no_table", rows=3, file="tep-1a2b3c4d.csv", sums=SUMS, report="r.html")
    ends_with(monkeypatch, "run_step", error)
    with pytest.raises(SystemExit) as end:
        tasks.run_step("read_file", "folder", "f" * 32)
    assert end.value.code == 1
    assert end.value.__suppress_context__
    (said,) = caplog.records
    assert said.exc_info is None
    text = said.getMessage()
    assert text.startswith("[file.no_table] Tệp là văn bản, không phải bảng")
    for part in ("Tệp: tep-1a2b3c4d.csv; ", f"tổng số: {SUMS}; ", "báo cáo: r.html."):
        assert part in text


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("verdict", SohoaError("run.files_refused", count=1, files="tep-1.csv (file.empty)", sums=SUMS, report="r")),
        ("verdict", SohoaError("batch.stopped", rules="gate.batch.sex", sums=SUMS, report="r")),
        ("start", UsageError("province.unknown", given="99")),
    ],
    ids=lambda x: x if isinstance(x, str) else x.code,
)
def test_answers_end_a_task_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str, error: SohoaError
) -> None:
    ends_with(monkeypatch, name, error)
    with pytest.raises(SystemExit):
        tasks.start([], "99", [], [], "") if name == "start" else tasks.verdict("folder")
    assert [r.levelno for r in caplog.records] == [logging.ERROR]
    assert error.code in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("error", [StoreUnavailable("store.busy"), SohoaError("run.unfinished"), ValueError("x")])
def test_faults_stay_exceptions_and_what_may_pass_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    ends_with(monkeypatch, "run_step", error)
    with pytest.raises(type(error)):
        tasks.run_step("match_records", "folder")


def test_the_files_of_a_run_are_those_that_were_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "new_file_ids", lambda folder: [folder])
    assert tasks.new_file_ids("folder") == ["folder"]
