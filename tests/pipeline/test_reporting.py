"""Reports of real runs on a real store: they tell what the store holds, name nobody, and can be made again."""

import json
from pathlib import Path
from typing import Any

import pytest

from dedup.compare import LEVEL_COUNTS
from pipeline import inquiries, reporting, run
from pipeline.result import BatchResult
from pipeline.settings import Settings
from quality.sections_match import AGREES_FROM
from schemas import messages
from schemas.errors import UsageError
from schemas.fields import FIELDS
from schemas.messages import LANGUAGES
from schemas.tables import LEVEL_NAMES, OUTCOMES
from tests.pipeline.deliveries import FAMILY, HEADINGS, NAMELESS, NO_SUCH_DAY, ledger

pytestmark = pytest.mark.store

MOVED = (
    "010155555",
    "Nguyễn Văn Bách",
    "Chủ hộ",
    "12/3/1956",
    "Nam",
    "Kinh",
    "Hà Nội",
    "Phố Vọng, Hà Nội",
    "010123456",
)
CANARIES = ("Bách", "Mận", "Khoa", "Thạch", "Nhình", "Bưởi", "Minh Châu", "010123456", "010234567", "31/02/1978")


def files_of(settings: Settings, batch_id: str) -> tuple[str, dict[str, Any]]:
    path = inquiries.report_path(settings, batch_id)
    return path.read_text("utf-8"), json.loads(path.with_suffix(".json").read_text("utf-8"))


def sums(value: dict[str, Any]) -> tuple[int, ...]:
    return tuple(value[name] for name in ("read", *OUTCOMES))


@pytest.fixture
def delivered(settings: Settings, tmp_path: Path) -> BatchResult:
    files = [
        ledger(tmp_path / "in" / "so_1.csv", [*FAMILY, NAMELESS, NO_SUCH_DAY]),
        ledger(tmp_path / "in" / "so_2.csv", [MOVED]),
        ledger(tmp_path / "in" / "thieu.csv", [(r[0], r[1]) for r in FAMILY], headings=("Số sổ hộ khẩu", "Họ và tên")),
    ]
    return run.run_batch(files, "01", settings)


def test_the_report_tells_what_the_store_holds_and_names_nobody(delivered: BatchResult, settings: Settings) -> None:
    html, told = files_of(settings, delivered.batch_id)
    assert delivered.report == str(inquiries.report_path(settings, delivered.batch_id))
    assert sums(told["balance"]) == sums(told["recount"]) == (13, 5, 1, 0, 2, 5)
    name_of = {f.file: f.path.rsplit("/", 1)[-1] for f in delivered.files}
    files = {name_of[f["path"]]: (f["read"], f["quarantined"], f["rejected"], f["difference"]) for f in told["files"]}
    assert not [name for name in files if name in html]
    assert files == {
        "so_1.csv": (7, 2, 0, 0), "so_2.csv": (1, 0, 0, 0), "thieu.csv": (5, 0, 5, 0),
    }  # fmt: skip
    assert told["verdict"] == "accepted_in_part"
    assert [f["rows"] for f in told["fields"]] == [6] * len(FIELDS)
    assert told["duplicates"]["merged_within_batch"] == 1
    assert {r["rule_id"]: [p["line"] for p in r["places"]] for r in told["quarantine"]} == {
        "full_name.missing": [7], "birth_date.impossible": [8],
    }  # fmt: skip
    assert told["population"]["persons"] == 5
    assert told["gate"]["results"]
    text = html + json.dumps(told, ensure_ascii=False)
    assert not [canary for canary in CANARIES if canary in text]
    assert "N***** V** B***" in text


def test_a_report_made_again_is_the_same_byte_for_byte_whatever_came_later(
    delivered: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    first = inquiries.report_path(settings, delivered.batch_id)
    html, told = first.read_bytes(), first.with_suffix(".json").read_bytes()
    again = ("010199999", "Quách Thị Nhình", "Chủ hộ", "02/09/1952", "Nữ", "Mường", "Hòa Bình", "Thôn 9, Hà Nội", "")
    later = run.run_batch([ledger(tmp_path / "later" / "so.csv", [again, (*MOVED[:8], "")])], "01", settings)
    assert later.counts["merged"] + later.counts["loaded"] == 2
    path = reporting.report_again(delivered.batch_id, settings, tmp_path / "out")
    assert path == tmp_path / "out" / first.name
    assert path.read_bytes() == html
    assert path.with_suffix(".json").read_bytes() == told
    repeated = run.run_batch([tmp_path / "in"], "01", settings)
    assert repeated.batch_id == delivered.batch_id
    assert first.read_bytes() == html


def test_two_persons_with_one_number_are_named_by_their_rows(settings: Settings, tmp_path: Path) -> None:
    number = "001056012345"
    run.run_batch([ledger(tmp_path / "a" / "so.csv", [(*FAMILY[0][:8], number)])], "01", settings)
    other = ("010155555", "Lê Quốc Hùng", "Chủ hộ", "30/11/1956", "Nam", "Kinh", "Hà Nội", "Phố Vọng, Hà Nội", number)
    later = run.run_batch([ledger(tmp_path / "b" / "so.csv", [*FAMILY[1:], other])], "01", settings)
    html, told = files_of(settings, later.batch_id)
    assert later.same_number.count == told["duplicates"]["same_number"]["pairs"] == 1
    ((left, right),) = later.same_number.places
    assert sorted((p.line or 0) for p in (left, right)) == [2, 6]
    assert messages.text("report.verdict.same_number", "vi", pairs=1) in html
    assert number not in html + json.dumps(told)


def test_a_person_merged_from_two_nationalities_is_named_by_the_rows(settings: Settings, tmp_path: Path) -> None:
    headings = (*HEADINGS, "Quốc tịch")
    both = [(*FAMILY[0], "Việt Nam"), (*FAMILY[1], "Việt Nam"), (*MOVED, "Lào"), (*FAMILY[2], "")]
    made = run.run_batch([ledger(tmp_path / "so.csv", both, headings=headings)], "01", settings)
    html, told = files_of(settings, made.batch_id)
    assert made.counts["merged"] == 1
    assert made.other_nationality.count == told["duplicates"]["other_nationality"]["pairs"] == 1
    ((left, right),) = made.other_nationality.places
    assert sorted((p.line or 0) for p in (left, right)) == [2, 4]
    assert messages.text("report.duplicates.other_nationality", "vi") in html


def test_a_batch_sent_twice_is_known(settings: Settings, tmp_path: Path) -> None:
    paths = [ledger(tmp_path / "in" / "so.csv", [*FAMILY, NO_SUCH_DAY])]
    run.run_batch(paths, "01", settings)
    again = run.run_batch(paths, "01", settings)
    assert (again.state, again.read, again.counts["known"], again.has_findings) == ("known", 6, 6, False)
    _, told = files_of(settings, again.batch_id)
    assert told["verdict"] == "accepted_in_part"  # the report is that of the delivery that was loaded


def test_a_stopped_batch_has_a_report_that_says_why(settings: Settings, tmp_path: Path) -> None:
    rows = [(f"0102{i:05d}", "Phạm Thị Xoan", "Chủ hộ", "31/02/1970", "Nữ", "Kinh", "", "", "") for i in range(60)]
    result = run.run_batch([ledger(tmp_path / "so.csv", [*FAMILY, *rows])], "01", settings)
    html, told = files_of(settings, result.batch_id)
    assert (result.state, told["verdict"]) == ("stopped", "stopped")
    assert told["gate"]["stop_rules"] == list(result.stop_rules) == ["gate.batch.quarantined"]
    assert sums(told["balance"]) == (65, 0, 0, 0, 0, 65)
    assert [sums(f) for f in told["files"]] == [(65, 0, 0, 0, 0, 65)]
    assert {m["rule_id"]: m["rows"] for m in told["files"][0]["messages"]}["birth_date.impossible"] == 60
    assert "Xoan" not in html
    path = reporting.report_again(result.batch_id, settings, tmp_path / "again.html")
    assert path.read_text("utf-8") == html


def test_messages_of_a_run_are_in_both_languages(delivered: BatchResult) -> None:
    by_file = {Path(f.path).name: f.messages for f in delivered.files}
    assert {m["code"] for m in by_file["so_1.csv"]} >= {"full_name.missing", "birth_date.impossible"}
    assert [m["code"] for m in by_file["thieu.csv"]] == ["header.missing_required"]
    assert all(m[language] for messages in by_file.values() for m in messages for language in LANGUAGES)


def test_an_unknown_batch_is_said_to_be_unknown(settings: Settings) -> None:
    for batch_id in ("0" * 32, "no id at all"):
        with pytest.raises(UsageError, match=r"batch\.unknown"):
            reporting.report_again(batch_id, settings, None)


def test_the_report_has_words_for_every_level_that_matching_gives() -> None:
    for name, count in zip(LEVEL_NAMES, LEVEL_COUNTS, strict=True):
        assert 1 < AGREES_FROM[name] < count
        assert all(messages.text(f"report.compare.{name}.{level}", x) for level in range(1, count) for x in LANGUAGES)
