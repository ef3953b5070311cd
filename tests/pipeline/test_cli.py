"""The command line as a program or a person uses it: answers, exit codes, errors in both languages."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import cli
from pipeline.period import month_of, previous
from pipeline.settings import Settings
from schemas.tables import OUTCOMES, RECORDS, SOURCE_RECORDS
from store import reports
from store.engine import open_store
from tests.pipeline.deliveries import FAMILY, NAMELESS, ledger

Call = Callable[..., tuple[int, str, str]]
FEBRL = Path(__file__).parents[2] / "benchmarks" / "data" / "comparisons" / "febrl.yml"


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Call:
    monkeypatch.setenv("SOHOA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SOHOA_WORKERS", "1")
    monkeypatch.setenv("SOHOA_RECEIVED_ON", "2024-06-01")

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sohoa", *map(str, arguments)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        out, err = capsys.readouterr()
        return int(done.value.code or 0), out, err

    return run


@pytest.fixture
def stored(call: Call, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("SOHOA_STORE_URL", str(settings.store_url))
    return call


def answer(call: Call, *arguments: object, status: int = 0) -> Any:
    code, out, err = call(*arguments, "--json")
    assert code == status, out + err
    return json.loads(out)


@pytest.mark.store
def test_a_program_reads_sums_files_and_report(stored: Call, tmp_path: Path) -> None:
    so = ledger(tmp_path / "so.csv", [*FAMILY, NAMELESS])
    value = answer(stored, "run", so, "--province", "01", status=1)
    assert {"batch_id", "read", *OUTCOMES, "files", "report"} <= set(value)
    assert [value[k] for k in ("read", *OUTCOMES)] == [6, 5, 0, 0, 1, 0]
    assert value["read"] == sum(value[o] for o in OUTCOMES)
    (file,) = value["files"]
    assert {"path", "outcome", "reason", "read", *OUTCOMES} <= set(file)
    assert file["path"] == str(so)
    (listed,) = answer(stored, "batch", "files", value["batch_id"])
    assert listed["file"] == file["file"] != "so.csv"
    assert str(so) not in str(listed)
    (revealed,) = answer(stored, "batch", "files", value["batch_id"], "--reveal")
    assert revealed["path"] == str(so)
    assert Path(value["report"]).exists()
    assert answer(stored, "run", so, "--province", "01")["known"] == 6


@pytest.mark.store
def test_a_person_reads_sentences_in_vietnamese(stored: Call, tmp_path: Path) -> None:
    status, out, err = stored("run", ledger(tmp_path / "so.csv", [*FAMILY, NAMELESS]), "--province", "01")
    assert status == 1
    assert "đã đọc 6 = nạp mới 5 + gộp 0 + đã có 0 + chờ xử lý 1 + từ chối 0" in out
    assert "full_name.missing" in out
    assert "dòng 7" in out
    assert err == ""


@pytest.mark.store
def test_batches_rows_kept_out_and_the_source_of_a_person(stored: Call, tmp_path: Path) -> None:
    run = answer(stored, "run", ledger(tmp_path / "so.csv", [*FAMILY, NAMELESS]), "--province", "01", status=1)
    (listed,) = answer(stored, "batch", "list")
    assert listed["batch_id"] == run["batch_id"]
    assert listed["report"] == run["report"]
    (kept,) = answer(stored, "batch", "why", run["batch_id"])
    assert (kept["line"], kept["rule"]) == (7, "full_name.missing")
    answer(stored, "run", tmp_path / "so.csv", "--province", "01")
    (made,) = answer(stored, "batch", "errors", run["batch_id"], "--out", tmp_path / "loi", "--format", "both")
    assert [Path(p).suffix for p in made["paths"]] == [".xlsx", ".csv"]
    assert stored("batch", "errors", run["batch_id"], "--out", tmp_path, "--format", "pdf")[0] == 2
    (planned,) = answer(stored, "batch", "plan", tmp_path / "so.csv", "--province", "01")
    assert planned["known_batch_id"] == run["batch_id"]
    assert answer(stored, "store", "check") == []
    before = Path(run["report"]).read_bytes()
    assert stored("report", "batch", run["batch_id"])[0] == 0
    assert Path(run["report"]).read_bytes() == before


@pytest.mark.store
def test_reports_of_a_month_by_command(stored: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = month_of(datetime.now(UTC))
    told = answer(stored, "report", "province", "33", "--month", now, "--out", tmp_path / "months")
    assert (told["id"], told["verdict"], told["is_final"]) == (f"province-33-{now}", "nothing", False)
    assert Path(told["path"]).parent == tmp_path / "months"
    assert stored("report", "verify", told["path"])[0] == 0
    final = answer(stored, "report", "nation", "--month", previous(now))
    assert (final["is_final"], final["is_signed"]) == (True, True)
    code, out, err = stored("report", "province", "33", "--month", now)
    assert code == 0
    assert "Tạm tính" in out + err
    monkeypatch.setenv("SOHOA_PROVINCE", "33")
    assert stored("report", "province", "33", "--month", previous(now))[0] == 0
    for wrong, said in (
        (("nation", "--month", now), "store.national_only"),
        (("province", "01", "--month", now), "scope.other_province"),
        (("province", "33", "--month", "10-2026"), "period.no_month"),
        (("province", "33", "--month", "2098-01"), "period.future"),
    ):
        code, out, err = stored("report", *wrong)
        assert code == 2
        assert f"[{said}]" in err


@pytest.mark.store
def test_how_a_person_was_built_and_why_two_rows_are_one(stored: Call, settings: Settings, tmp_path: Path) -> None:
    answer(stored, "run", ledger(tmp_path / "a" / "so.csv", FAMILY), "--province", "01")
    again = ("010155555", "Nguyễn Văn Bách", "Chủ hộ", "12/3/1956", "Nam", "Kinh", "Hà Nội", "Hà Nội", "010123456")
    answer(stored, "run", ledger(tmp_path / "b" / "moi.csv", [again]), "--province", "01")
    store = open_store(settings.store_url, settings.home)
    (person,) = [
        row["person_id"]
        for table in reports.golden_persons(store)
        for row in table.to_pylist()
        if row["record_count"] == 2
    ]
    store.close()
    how = answer(stored, "person", "how", person)
    assert {row["field"] for row in how["values"]} >= {"full_name", "birth_date", "permanent_residence"}
    assert all(row["file"].startswith("tep-") for row in how["values"])
    (pair,) = answer(stored, "person", "why", person, person)
    assert pair["outcome"] == "match"
    assert "cùng ngày, tháng, năm sinh" in pair["agreed"]
    assert len({pair["left"], pair["right"]}) == 2
    assert pair["why"] == ""
    assert all(place.startswith("tep-") and place.endswith(".csv:2") for place in (pair["left"], pair["right"]))
    assert stored("person", "why", person, "f" * 32)[0] == 2


@pytest.mark.store
def test_two_persons_whom_nobody_compared_are_compared_when_asked(
    stored: Call, settings: Settings, tmp_path: Path
) -> None:
    answer(stored, "run", ledger(tmp_path / "so.csv", FAMILY), "--province", "01")
    store = open_store(settings.store_url, settings.home)
    rows = [row for table in reports.golden_persons(store) for row in table.to_pylist()]
    store.close()
    one, other = (next(r["person_id"] for r in rows if r["full_name"] == name) for name in
                  ("Nguyễn Văn Bách", "Quách Thị Nhình"))  # fmt: skip
    (pair,) = answer(stored, "person", "why", one, other)
    assert pair["outcome"] == "not_compared"
    assert "không bản ghi nào của họ có chung một khóa so" in pair["why"]
    assert pair["weight"] < 0
    assert "giới tính khác" in pair["differed"]
    assert pair["left"].startswith("tep-")
    assert pair["left"] != pair["right"]
    status, out, _ = stored("person", "why", one, one)
    assert status == 0
    assert "Chỉ có một bản ghi" in out


@pytest.mark.store
def test_one_step_at_a_time_leads_from_a_file_to_clusters(call: Call, tmp_path: Path) -> None:
    so = ledger(tmp_path / "so.csv", [*FAMILY, NAMELESS])
    answer(call, "read", so, "--out", tmp_path / "read")
    source = pq.read_table(tmp_path / "read" / "source_records.parquet")
    assert source.column_names == list(SOURCE_RECORDS.column_names)
    assert source["line"].to_pylist() == [2, 3, 4, 5, 6, 7]
    assert source["full_name_raw"].to_pylist()[:2] == ["Nguyễn Văn Bách", "Trần Thị Mận"]
    assert call("standardise", tmp_path / "read", "--out", tmp_path / "std", "--province", "01")[0] == 1, (
        "a row is kept out"
    )
    assert (tmp_path / "std" / "records.parquet").stat().st_mode & 0o077 == 0
    records = pq.read_table(tmp_path / "std" / "records.parquet")
    kept = pq.read_table(tmp_path / "std" / "quarantine.parquet")
    assert records.column_names == list(RECORDS.column_names)
    assert (records.num_rows, kept["rule_id"].to_pylist()) == (5, ["full_name.missing"])
    answer(call, "match", tmp_path / "std", "--out", tmp_path / "alone")
    assert pq.read_table(tmp_path / "alone" / "clusters.parquet").num_rows == 5, "the households need not be built"
    answer(call, "check", tmp_path / "std", "--out", tmp_path / "checked", status=1)
    checked = pq.read_table(tmp_path / "checked" / "records.parquet")
    assert checked["household_size"].to_pylist() == [3, 3, 3, 2, 2]
    assert pq.read_table(tmp_path / "checked" / "quarantine.parquet").num_rows == 1
    answer(call, "match", tmp_path / "checked", "--out", tmp_path / "matched")
    clusters = pq.read_table(tmp_path / "matched" / "clusters.parquet")
    assert len(set(clusters["cluster_id"].to_pylist())) == 5
    truth = pa.table({"record_id": clusters["record_id"], "person_id": clusters["record_id"]})
    pq.write_table(truth, tmp_path / "truth.parquet")
    asked = ("evaluate", tmp_path / "matched", tmp_path / "truth.parquet", "--records", tmp_path / "checked")
    made = answer(call, *asked)
    status, out, _ = call(*asked, "--out", tmp_path / "evaluated")
    assert status == 0
    assert str(tmp_path / "evaluated" / "evaluation.html") in out
    assert json.loads((tmp_path / "evaluated" / "evaluation.json").read_text("utf-8")) == made
    assert made["records"]["judged"] == 5
    assert made["whole"]["clustered"]["recall"]["value"] == 1.0
    assert {g["dimension"] for g in made["groups"]} == {"sex", "ethnic_group", "birth_decade", "province"}
    made = answer(call, "model", "train", tmp_path / "checked", "--out", tmp_path / "v3.json", "--name", "v3")
    assert made[0]["version"] == "v3"
    found = answer(call, "model", "compare", tmp_path / "v3.json", tmp_path / "v3.json", tmp_path / "checked")
    assert all(row["before"] == row["after"] for row in found["changes"])
    status, out, _ = call("model", "compare", tmp_path / "v3.json", tmp_path / "v3.json", tmp_path / "checked")
    assert (status, "v3" in out) == (0, True)
    assert call("validate", tmp_path / "checked", "--json")[0] in (0, 1)
    assert (tmp_path / "checked" / "validation.json").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("run", "nowhere.csv", "--province", "01"), 2, "path.not_found"),
        (("run", __file__, "--province", "99"), 2, "province.unknown"),
        (("standardise", "nowhere", "--out", "x"), 2, "path.not_a_step"),
        (("match", __file__, "--out", "x"), 2, "path.not_a_step"),
        (("match", "nowhere", "--out", "x"), 2, "path.not_a_step"),
        (("match", "nowhere", "--out", "x", "--comparisons", "nowhere.yml"), 2, "comparisons.unreadable"),
        (("match", "nowhere", "--out", "x", "--comparisons", FEBRL), 2, "path.not_a_step"),
        (("match", "nowhere", "--out", "x", "--comparisons", __file__), 2, "comparisons.no_yaml"),
        (("load", "nowhere"), 2, "path.not_a_step"),
        (("evaluate", "nowhere", "x"), 2, "path.not_found"),
        (("read", __file__, "--out", "x"), 1, ""),
    ],
)
def test_what_was_called_wrongly_is_said_in_both_languages(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], status: int, code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    found, out, err = call(*arguments)
    assert found == status, (out, err)
    assert f"[{code}" in err
    assert len([line for line in err.splitlines() if line.startswith("[")]) == 2
    assert "Traceback" not in err


def test_unknown_options_and_commands_are_usage_errors(call: Call) -> None:
    for arguments, said in (
        (("run", "so.csv"), "Thiếu tùy chọn --province."), (("nothing",), "Không có lệnh nothing."),
        (("run", "--nothing"), "Không có tùy chọn --nothing."), (("person", "why", "a"), "Thiếu other."),
        (("store", "stop", "now"), "Thừa now."), (("run", "so.csv", "--office"), "Tùy chọn --office cần một giá trị."),
    ):  # fmt: skip
        status, out, err = call(*arguments)
        assert (status, out) == (2, "")
        first, second = err.splitlines()[-2:]
        assert first.startswith(said), err
        assert second.isascii()
        assert "Traceback" not in err


def test_nothing_typed_is_answered_with_help(call: Call) -> None:
    status, _, err = call()
    assert status == 2
    assert "sổ hộ khẩu giấy" in err
    assert "Lệnh chưa đúng" not in err
    assert call("--help")[0] == 0


def test_settings_that_cannot_be_read_are_an_environment_error(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_WORKERS", "many")
    status, _, err = call("batch", "list")
    assert status == 3
    assert "SOHOA_WORKERS" in err
    assert "giá trị hiện có: many" in err
    assert "số nguyên từ 0 trở lên" in err


@pytest.mark.store
def test_a_store_out_of_reach_is_an_environment_error(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_STORE_URL", "postgresql://nobody:s3cret@127.0.0.1:9/x")
    status, out, err = call("batch", "list")
    assert status == 3
    assert "s3cret" not in out + err


def test_rules_and_provinces_are_listed(call: Call) -> None:
    rules = answer(call, "rules")
    assert {"id", "severity", "outcome", "field", "example", "vi", "en"} <= set(rules[0])
    assert answer(call, "rules", rules[0]["id"]) == rules[:1]
    provinces = answer(call, "rules", "--provinces")
    assert len(provinces) == 63
    assert {p["code_34"] for p in provinces} >= {"01", "40", "92"}


def test_help_is_light() -> None:
    """Help must not import what only the bodies of the commands need."""
    heavy = {"pandas", "pyarrow", "duckdb", "sqlalchemy", "numpy"}
    assert imported("pipeline.cli", heavy) == []


def test_matching_imports_no_store() -> None:
    """`sohoa match` takes seconds: what it never calls would be a good part of them."""
    heavy = {"pandas", "duckdb", "sqlalchemy", "psycopg", "yaml", "store", "readers"}
    assert imported("pipeline.console, pipeline.matching_step", heavy) == []


def imported(modules: str, heavy: set[str]) -> list[str]:
    """Which of the heavy modules those modules import."""
    code = f"import sys, {modules}; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.store
def test_retention_holds_erasures_and_a_new_key_by_command(stored: Call, tmp_path: Path, settings: Settings) -> None:
    batch = answer(stored, "run", ledger(tmp_path / "so.csv", FAMILY), "--province", "01")["batch_id"]
    assert {row["count"] for row in answer(stored, "retention", "--dry-run")} == {0}
    assert "biên bản" in stored("retention", "--today", "2024-01-01")[1].lower()
    signed = ("--reason", "đơn 12", "--by")
    assert stored("hold", "add", batch, *signed, "A")[0] == 0
    assert [row["subject"] for row in answer(stored, "hold", "list")] == [batch]
    store = open_store(settings.store_url, settings.home)
    with store.reading() as connection:
        person = connection.exec_driver_sql("SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons").scalar()
    store.close()
    status, _, err = stored("erase", "person", person, *signed, "A")
    assert status != 0
    assert "hold list" in err
    assert stored("hold", "remove", batch, *signed, "A")[0] == 0
    assert stored("erase", "person", person, *signed, "A")[0] == 0
    assert stored("erase", "person", person, "--approve", "--by", "a")[0] != 0
    assert Path(answer(stored, "erase", "person", person, "--approve", "--by", "B")["path"]).exists()
    assert [row["state"] for row in answer(stored, "erase", "list")] == ["done"]
    assert answer(stored, "key", "rotate")["names"] == 1
    assert answer(stored, "store", "check") == []
    assert stored("batch", "original", batch, "tep-00000000.csv", "--out", tmp_path / "goc")[0] == 2
