"""The whole job on a real store: sums, repeats, refusals, the gate, unfinished runs."""

import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline import batch_steps, documents, holding, loading, run, template_book
from pipeline.context import load_run, opened_run
from pipeline.result import BatchResult
from pipeline.settings import Settings
from pipeline.steps import BATCH_STEPS, FILE_STEPS, STEPS
from schemas.errors import FileRefused, SohoaError, StoreMoved, SystemFailed
from schemas.tables import OUTCOMES
from store import invariants, reports
from store.engine import open_store
from tests.pipeline.deliveries import FAMILY, HEADINGS, MENDED, NAMELESS, NO_SUCH_DAY, ledger

pytestmark = pytest.mark.store


def counts(result: BatchResult) -> tuple[int, ...]:
    return (result.read, *(result.counts[o] for o in OUTCOMES))


def persons(settings: Settings) -> int:
    store = open_store(settings.store_url, settings.home)
    try:
        assert not invariants.store_check(store)
        return reports.person_count(store)
    finally:
        store.close()


def test_every_row_has_one_outcome_and_the_same_batch_twice_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    paths = [ledger(tmp_path / "in" / "so.csv", [*FAMILY, NAMELESS, NO_SUCH_DAY])]
    first = run.run_batch(paths, "01", settings)
    assert counts(first) == (7, 5, 0, 0, 2, 0)
    assert first.has_findings
    assert [f.outcome for f in first.files] == ["rows_rejected"]
    assert persons(settings) == 5
    again = run.run_batch(paths, "01", settings)
    assert counts(again) == (7, 0, 0, 7, 0, 0)
    assert [(f.outcome, f.is_twin) for f in again.files] == [("already_known", False)]
    assert not again.has_findings
    assert persons(settings) == 5


def test_the_same_rows_in_another_dialect_and_order_are_known(settings: Settings, tmp_path: Path) -> None:
    run.run_batch([ledger(tmp_path / "a" / "so.csv", FAMILY)], "01", settings)
    other = ledger(tmp_path / "b" / "khac.csv", FAMILY[::-1], separator=";")
    again = run.run_batch([other], "01", settings)
    assert counts(again) == (5, 0, 0, 5, 0, 0)
    assert [f.outcome for f in again.files] == ["already_known"]
    assert persons(settings) == 5


def test_a_corrected_file_brings_only_what_was_corrected(settings: Settings, tmp_path: Path) -> None:
    run.run_batch([ledger(tmp_path / "a" / "so.csv", [*FAMILY, NO_SUCH_DAY])], "01", settings)
    corrected = run.run_batch([ledger(tmp_path / "b" / "so.csv", [*FAMILY, MENDED])], "01", settings)
    assert counts(corrected) == (6, 1, 0, 5, 0, 0)
    assert persons(settings) == 6


def test_a_row_that_waits_already_is_known_when_it_comes_again_unchanged(settings: Settings, tmp_path: Path) -> None:
    run.run_batch([ledger(tmp_path / "a" / "so.csv", [*FAMILY, NO_SUCH_DAY])], "01", settings)
    again = run.run_batch([ledger(tmp_path / "b" / "so.csv", [NO_SUCH_DAY, *FAMILY])], "01", settings)
    assert counts(again) == (6, 0, 0, 6, 0, 0)


def test_a_person_of_the_store_is_joined_and_stays_one(settings: Settings, tmp_path: Path) -> None:
    run.run_batch([ledger(tmp_path / "a" / "so.csv", FAMILY)], "01", settings)
    moved = ("010155555", "Nguyễn Văn Bách", "Chủ hộ", "12/3/1956", "Nam", "Kinh", "TP Hà Nội",
             "Số 5 phố Vọng, Hà Nội", "010123456")  # fmt: skip
    second = run.run_batch([ledger(tmp_path / "b" / "so.csv", [moved])], "01", settings)
    assert counts(second) == (1, 0, 1, 0, 0, 0)
    assert persons(settings) == 5


def test_a_refused_file_is_seen_and_keeps_nobody_out(settings: Settings, tmp_path: Path) -> None:
    good = ledger(tmp_path / "in" / "so.csv", FAMILY)
    bad = ledger(tmp_path / "in" / "thieu.csv", [(r[0], r[1]) for r in FAMILY], headings=("Số sổ hộ khẩu", "Họ và tên"))
    empty = tmp_path / "in" / "trong.csv"
    empty.write_bytes(b"")
    result = run.run_batch([good, bad, empty], "01", settings)
    files = {f.path.rsplit("/", 1)[-1]: f for f in result.files}
    assert files["so.csv"].outcome in {"accepted", "accepted_with_warnings"}
    assert (files["thieu.csv"].outcome, files["thieu.csv"].reason) == ("file_rejected", "header.missing_required")
    assert (files["trong.csv"].outcome, files["trong.csv"].reason) == ("file_rejected", "file.empty")
    assert counts(result) == (10, 5, 0, 0, 0, 5)
    assert result.has_findings
    assert persons(settings) == 5


def test_a_delivery_of_refused_files_only_loads_nobody_and_says_so(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\x00\x01\x02" * 100)
    result = run.run_batch([tmp_path / "a.csv"], "01", settings)
    assert result.read == 0
    assert result.has_findings
    assert persons(settings) == 0


def test_a_file_delivered_twice_in_one_batch_counts_once(settings: Settings, tmp_path: Path) -> None:
    one = ledger(tmp_path / "in" / "so.csv", FAMILY)
    two = ledger(tmp_path / "in" / "so_ban_sao.csv", FAMILY)
    result = run.run_batch([one, two], "01", settings)
    assert sorted(f.outcome for f in result.files) == ["accepted", "already_known"] or {
        f.outcome for f in result.files
    } == {"accepted_with_warnings", "already_known"}
    assert result.counts["loaded"] == 5
    assert [f.is_twin for f in sorted(result.files, key=lambda f: f.file)] == [False, True]
    assert persons(settings) == 5


def test_the_gate_stops_a_batch_of_mostly_bad_rows_and_nothing_is_loaded(settings: Settings, tmp_path: Path) -> None:
    rows = [(f"0102{i:05d}", "Phạm Thị Xoan", "Chủ hộ", "31/02/1970", "Nữ", "Kinh", "", "", "") for i in range(60)]
    result = run.run_batch([ledger(tmp_path / "so.csv", [*FAMILY, *rows])], "01", settings)
    assert result.state == "stopped"
    assert result.stop_rules
    assert counts(result) == (65, 0, 0, 0, 0, 65)
    assert persons(settings) == 0
    again = run.run_batch([ledger(tmp_path / "so.csv", [*FAMILY, *rows])], "01", settings)
    assert again.state == "stopped", "a stopped batch may be sent again and is not known"


def test_a_batch_of_bad_rows_only_has_nothing_to_keep_out_and_each_row_waits(
    settings: Settings, tmp_path: Path
) -> None:
    rows = [(f"0102{i:05d}", "Phạm Thị Xoan", "Chủ hộ", "31/02/1970", "Nữ", "Kinh", "", "", "") for i in range(60)]
    result = run.run_batch([ledger(tmp_path / "so.csv", rows)], "01", settings)
    assert counts(result) == (60, 0, 0, 0, 60, 0)
    assert [f.outcome for f in result.files] == ["rows_rejected"]
    assert persons(settings) == 0


def test_the_steps_are_the_ten_of_the_house_in_their_order() -> None:
    assert [s.name for s in STEPS] == [
        "read_file", "profile_batch", "standardise_records", "build_households", "check_records", "match_records",
        "survive", "validate_batch", "load_batch", "report_batch",
    ]  # fmt: skip
    assert (*FILE_STEPS, *BATCH_STEPS) == tuple(s.name for s in STEPS)


def as_airflow_would(settings: Settings, monkeypatch: pytest.MonkeyPatch, paths: list[Path]) -> str:
    monkeypatch.setenv("SOHOA_HOME", str(settings.home))
    monkeypatch.setenv("SOHOA_STORE_URL", str(settings.store_url))
    monkeypatch.setenv("SOHOA_WORKERS", "1")
    return run.start([str(p) for p in paths], "01")


def test_step_by_step_gives_the_same_as_all_at_once(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = as_airflow_would(settings, monkeypatch, [ledger(tmp_path / "so.csv", [*FAMILY, NAMELESS])])
    for file_id in run.new_file_ids(folder):
        for step in FILE_STEPS:
            run.run_step(step, folder, file_id)
    for step in BATCH_STEPS:
        run.run_step(step, folder)
    sums = run.verdict(folder)
    assert {o: sums[o] for o in OUTCOMES} == dict(zip(OUTCOMES, (5, 0, 0, 1, 0), strict=True))
    assert Path(sums["report"]).exists()
    for step in BATCH_STEPS:
        with opened_run(Path(folder), settings) as made:
            manifest = made.manifest(step)
        assert manifest is not None
        assert manifest.step == step


def test_a_cleared_step_is_not_made_twice_and_a_missing_one_is_told(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = as_airflow_would(settings, monkeypatch, [ledger(tmp_path / "so.csv", FAMILY)])
    with pytest.raises(SohoaError, match=r"run\.unfinished"):
        run.run_step("match_records", folder)
    with pytest.raises(SohoaError, match=r"run\.unfinished"):
        run.verdict(folder)
    file_id = run.new_file_ids(folder)[0]
    made = [Path(run.run_step("read_file", folder, file_id)) for _ in range(2)]
    assert made[0].stat().st_mtime_ns == made[1].stat().st_mtime_ns


def test_a_refused_file_fails_its_task_and_the_verdict(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.csv").write_bytes(b"")
    folder = as_airflow_would(settings, monkeypatch, [tmp_path / "x.csv", ledger(tmp_path / "so.csv", FAMILY)])
    for file in load_run(Path(folder), settings).plan.files:
        if file.given.endswith("x.csv"):
            with pytest.raises(FileRefused, match=r"file\.empty") as refused:
                run.run_step("read_file", folder, file.file_id)
            assert refused.value.details["file"] == file.name
        else:
            for step in FILE_STEPS:
                run.run_step(step, folder, file.file_id)
    for step in BATCH_STEPS:
        run.run_step(step, folder)
    with pytest.raises(SohoaError, match=r"run\.files_refused") as verdict:
        run.verdict(folder)
    assert verdict.value.details["files"] == f"{refused.value.details['file']} (file.empty)"
    assert verdict.value.details["sums"] == "đã đọc 5 = nạp mới 5 + gộp 0 + đã có 0 + chờ xử lý 0 + từ chối 0"
    assert verdict.value.details["report"] == str(refused.value.details["report"])
    assert Path(str(verdict.value.details["report"])).exists()
    with pytest.raises(SohoaError, match=r"run\.files_refused"):
        run.verdict(folder)


def test_a_batch_that_came_in_between_means_matching_again(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = ledger(tmp_path / "late" / "so.csv", FAMILY)
    early = ledger(tmp_path / "early" / "so.csv", FAMILY[::-1])
    load, seen = loading.load_batch, list[str]()

    def load_after_another(*given: Any) -> Any:
        if not seen:
            seen.append("other")
            run.run_batch([early], "01", settings)
        return load(*given)

    monkeypatch.setattr(loading, "load_batch", load_after_another)
    result = run.run_batch([late], "01", settings)
    assert counts(result) == (5, 0, 0, 5, 0, 0)
    assert persons(settings) == 5


def test_matching_again_that_was_cut_off_is_begun_anew_by_the_task_that_comes_back(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = as_airflow_would(settings, monkeypatch, [ledger(tmp_path / "late" / "so.csv", FAMILY)])
    for file_id in run.new_file_ids(folder):
        for step in FILE_STEPS:
            run.run_step(step, folder, file_id)
    for step in BATCH_STEPS[:3]:
        run.run_step(step, folder)
    run.run_batch([ledger(tmp_path / "early" / "so.csv", FAMILY[:3])], "01", settings)

    def cut(*_: Any) -> Any:
        raise OSError(errno.EIO, "cut")

    with monkeypatch.context() as patch:
        patch.setattr(batch_steps, "survive", cut)
        with pytest.raises(SystemFailed):
            run.run_step("load_batch", folder)
    for step in BATCH_STEPS[3:]:
        run.run_step(step, folder)
    sums = run.verdict(folder)
    assert {o: sums[o] for o in OUTCOMES} == dict(zip(OUTCOMES, (2, 0, 3, 0, 0), strict=True))
    assert persons(settings) == 5


def test_a_store_that_never_rests_ends_in_an_error(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def moved(*given: Any) -> Any:
        tries.append(1)
        raise StoreMoved("store.moved")

    monkeypatch.setattr(loading, "load_batch", moved)
    with pytest.raises(StoreMoved):
        run.run_batch([ledger(tmp_path / "so.csv", FAMILY)], "01", settings)
    assert len(tries) == 5


@pytest.mark.parametrize("step", [*FILE_STEPS, *BATCH_STEPS])
def test_a_run_cut_in_any_step_leaves_the_store_as_it_was_and_can_be_repeated(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    paths = [ledger(tmp_path / "so.csv", [*FAMILY, NAMELESS])]

    def cut(*given: Any, **named: Any) -> Any:
        raise OSError(errno.ENOSPC, "no space left", "Nguyễn Thị Mật.csv")

    module = run.file_steps if step in FILE_STEPS else batch_steps
    with monkeypatch.context() as patch:
        if step == "profile_batch":  # made while the file is read
            patch.setattr(run.file_steps.standardise, step, cut)
        elif step == "load_batch":
            patch.setattr(loading, "load_batch", cut)
        elif step == "report_batch":
            patch.setattr(run.reporting, "report_batch", cut)
        else:
            patch.setattr(module, step, cut)
        with pytest.raises(SystemFailed, match=r"system\.disk_full error=ENOSPC"):
            run.run_batch(paths, "01", settings)
    assert persons(settings) == (5 if step == "report_batch" else 0)
    result = run.run_batch(paths, "01", settings)
    assert counts(result) == (6, 5, 0, 0, 1, 0), "what was loaded and never told is told now"
    assert result.files[0].to_mend == 1
    assert persons(settings) == 5
    attempts = {p.name for p in (settings.home / "runs" / result.batch_id).iterdir()}
    assert ("0002" in attempts) == (step != "report_batch"), "only what was loaded is taken up"
    again = run.run_batch(paths, "01", settings)
    assert counts(again) == (6, 0, 0, 6, 0, 0), "what was told once is known"


def test_who_was_killed_while_it_cleaned_up_cleans_up_when_it_comes_back(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [ledger(tmp_path / "so.csv", FAMILY)]

    def cut(*_: Any) -> None:
        raise OSError("cut")

    with monkeypatch.context() as patch:
        patch.setattr(run, "_forget_older_runs", cut)
        with pytest.raises(SystemFailed):
            run.run_batch(paths, "01", settings)
    (folder,) = (settings.home / "runs").glob("*/[0-9]*")
    left, other = settings.home / "work" / "left", folder / "unpacked.sealed"
    left.mkdir()
    other.touch()
    assert counts(run.run_batch(paths, "01", settings)) == (5, 5, 0, 0, 0, 0)
    assert not left.exists()
    assert not other.exists()


def test_one_cause_is_one_message_with_its_count_and_first_places_masked(settings: Settings, tmp_path: Path) -> None:
    bad = [("010100003", f"Vi Thị Bông {i}", "Con", "31/02/1978", "Nữ", "Thái", "", "", "987654321") for i in range(8)]
    good = [("010100003", "Lò Văn Ún", "Chủ hộ", "1950", "Nam", "Thái", "", "", "")]
    result = run.run_batch([ledger(tmp_path / "so.csv", [*FAMILY, *good, *bad])], "01", settings)
    (file,) = result.files
    by_code = {m["code"]: m for m in file.messages}
    message = by_code["birth_date.impossible"]
    assert message["count"] == 8
    assert [p["line"] for p in message["places"]] == [8, 9, 10, 11, 12]
    assert "**/**/****" in message["vi"]
    assert file.file in message["vi"]
    assert "so.csv" not in message["vi"], "the name of a file may be that of a person"
    assert "dòng 8" in message["vi"]
    shown = str(file.messages)
    assert "987654321" not in shown
    assert "31/02/1978" not in shown
    assert "Bông" not in shown


def test_a_refused_file_says_where_what_was_read_and_what_to_do(settings: Settings, tmp_path: Path) -> None:
    bad = ledger(tmp_path / "thieu.csv", [(r[0], r[1]) for r in FAMILY], headings=("Số sổ hộ khẩu", "Họ và tên"))
    (file,) = run.run_batch([bad], "01", settings).files
    (message,) = file.messages
    assert message["code"] == "header.missing_required"
    assert file.file in message["vi"]
    assert file.path == str(bad)
    assert "Còn thiếu: Ngày sinh, Giới tính." in message["vi"]
    assert message["vi"] != message["en"]


def test_older_runs_of_a_batch_are_forgotten(settings: Settings, tmp_path: Path) -> None:
    paths = [ledger(tmp_path / "so.csv", FAMILY)]
    for _ in range(5):
        batch = run.run_batch(paths, "01", settings).batch_id
    assert sorted(p.name for p in (settings.home / "runs" / batch).iterdir() if p.is_dir()) == [
        "0001",
        "0003",
        "0004",
        "0005",
    ], "the first one read the file"


def test_the_folder_of_a_living_run_of_the_same_batch_stays(settings: Settings, tmp_path: Path) -> None:
    paths, settings = [ledger(tmp_path / "so.csv", FAMILY)], replace(settings, keep_runs=1)
    runs = settings.home / "runs" / run.run_batch(paths, "01", settings).batch_id
    run.run_batch(paths, "01", settings)
    living = runs / "0002"
    assert holding.take(living)
    run.run_batch(paths, "01", settings)
    assert living.is_dir()
    holding.let_go(living)
    run.run_batch(paths, "01", settings)
    assert sorted(p.name for p in runs.iterdir() if p.is_dir()) == ["0001", "0004"], "the first one read the file"


def test_the_blank_template_filled_in_is_a_ledger_and_its_lists_are_not(settings: Settings, tmp_path: Path) -> None:
    template, _ = template_book.write_templates(tmp_path / "mau")
    book = openpyxl.load_workbook(template)
    headings = [heading for *_, heading in documents.template_columns()]
    given = {"Họ và tên": "Lò Văn Ún", "Ngày sinh": "1950", "Giới tính": "Nam", "Số sổ hộ khẩu": "010100009",
             "Quan hệ với chủ hộ": "Chủ hộ", "Dân tộc": "Thái", "Nơi thường trú": "Mường La, Sơn La"}  # fmt: skip
    for heading, value in given.items():
        book.worksheets[0].cell(2, headings.index(heading) + 1, value)
    book.save(tmp_path / "so.xlsx")
    result = run.run_batch([tmp_path / "so.xlsx"], "14", settings)
    assert counts(result) == (1, 1, 0, 0, 0, 0)
    blank = run.run_batch([template], "14", settings)
    assert [f.reason for f in blank.files] == ["file.no_rows"]


@pytest.mark.parametrize("lists_first", [True, False])
def test_a_sheet_that_names_nobody_keeps_no_ledger_out(settings: Settings, tmp_path: Path, lists_first: bool) -> None:
    book = openpyxl.Workbook()
    sheets = [book.active, book.create_sheet()]
    lists, people = sheets if lists_first else sheets[::-1]
    for row in (("Dân tộc", "Giới tính", "Quốc tịch"), ("Kinh", "Nam", "Việt Nam"), ("Tày", "Nữ", "")):
        lists.append(row)
    for row in (HEADINGS, *FAMILY):
        people.append(row)
    book.save(tmp_path / "so.xlsx")
    result = run.run_batch([tmp_path / "so.xlsx"], "01", settings)
    assert counts(result) == (5, 5, 0, 0, 0, 0)
    assert any(m["code"] == "sheet.no_people" for m in result.files[0].messages), "told, not hidden"
