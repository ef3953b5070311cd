"""Reports of real runs on a real store: they tell what the store holds, name nobody, and can be made again."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from dedup.compare import LEVEL_COUNTS
from pipeline import (
    audit_rotation,
    batch_undo,
    erasure,
    inquiries,
    kept_figures,
    report_notes,
    report_verifying,
    reporting,
    run,
)
from pipeline.result import BatchResult
from pipeline.settings import Settings
from quality.sections_match import AGREES_FROM
from schemas import messages
from schemas.errors import UsageError
from schemas.fields import FIELDS
from schemas.messages import LANGUAGES
from schemas.tables import LEVEL_NAMES, OUTCOMES
from store import audit, report_figures
from store.engine import open_store
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


def lines_behind(settings: Settings, batch_id: str, rule_id: str) -> list[str]:
    """The lines that two clicks lead to: from the report to the page of a rule, and from there to the rows."""
    report = inquiries.report_path(settings, batch_id)
    first = re.search(rf'<a href="([^"#]*rule\.{re.escape(rule_id)}\.html)(?:#f\d+)?">', report.read_text("utf-8"))
    assert first is not None
    of_rule = report.parent / first[1]
    found = []
    for page, place in re.findall(r'<a href="(\d+\.html)#([^"]+)">', of_rule.read_text("utf-8")):
        text = of_rule.with_name(page).read_text("utf-8")
        section = text[text.index(f'<section id="{place}">') :]
        found += re.findall("<li><b>([^<]+)</b>", section[: section.index("</section>")])
    return found


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
    assert lines_behind(settings, delivered.batch_id, "birth_date.impossible") == ["8"]
    assert lines_behind(settings, delivered.batch_id, "full_name.missing") == ["7"]
    assert lines_behind(settings, delivered.batch_id, "header.missing_required") == ["1–5"]
    assert told["gate"]["results"]
    text = html + json.dumps(told, ensure_ascii=False)
    assert not [canary for canary in CANARIES if canary in text]
    pairs = [side for pair in told["duplicates"]["examples"] for side in (pair["left"], pair["right"])]
    assert pairs
    assert all(re.fullmatch("[0-9a-f]{32}", side["record_id"]) and side["record_id"] in html for side in pairs)


def test_a_report_made_again_is_the_same_byte_for_byte_whatever_came_later(
    delivered: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    first = inquiries.report_path(settings, delivered.batch_id)
    html, told = first.read_bytes(), first.with_suffix(".json").read_bytes()
    again = ("010199999", "Quách Thị Nhình", "Chủ hộ", "02/09/1952", "Nữ", "Mường", "Hòa Bình", "Thôn 9, Hà Nội", "")
    later = run.run_batch([ledger(tmp_path / "later" / "so.csv", [again, (*MOVED[:8], "")])], "01", settings)
    assert later.counts["merged"] + later.counts["loaded"] == 2
    path = reporting.report_again(delivered.batch_id, settings, tmp_path / "out").path
    assert path == tmp_path / "out" / first.name
    assert path.read_bytes() == html
    assert path.with_suffix(".json").read_bytes() == told
    repeated = run.run_batch([tmp_path / "in"], "01", settings)
    assert repeated.batch_id == delivered.batch_id
    assert first.read_bytes() == html


def contents(settings: Settings, batch_id: str) -> tuple[bytes, bytes, dict[str, bytes]]:
    path = inquiries.report_path(settings, batch_id)
    rows = {page.name: page.read_bytes() for page in path.with_suffix(".rows").iterdir()}
    return path.read_bytes(), path.with_suffix(".json").read_bytes(), rows


def test_a_person_erased_and_a_batch_undone_change_no_byte_of_a_report(
    delivered: BatchResult, settings: Settings
) -> None:
    first = contents(settings, delivered.batch_id)
    assert {"000001.html", "rule.full_name.missing.html", "index.html"} <= set(first[2])
    assert not [canary for canary in CANARIES if canary.encode() in b"".join(first[2].values())]
    store = open_store(settings.store_url, settings.home)
    query = "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons WHERE full_name = :name"
    with store.reading() as connection:
        person = str(connection.execute(sa.text(query), {"name": FAMILY[0][1]}).scalar_one())
    erasure.propose(store, person, "đơn số 12", "Trần A")
    erasure.approve(store, settings, person, "Lê B")
    shutil.rmtree(settings.home / "reports")
    reporting.report_again(delivered.batch_id, settings, None)
    assert contents(settings, delivered.batch_id) == first
    kept = report_figures.note(store, delivered.batch_id, kept_figures.NAME)
    assert kept is not None
    assert not [canary for canary in CANARIES if canary in kept]
    store.close()
    batch_undo.undo(delivered.batch_id, "thử", "Trần A", settings)
    assert reporting.report_again(delivered.batch_id, settings, None).is_undone
    assert contents(settings, delivered.batch_id) == first


def test_a_report_of_a_run_is_sealed_as_of_its_event_and_verifies(delivered: BatchResult, settings: Settings) -> None:
    path = inquiries.report_path(settings, delivered.batch_id)
    found = report_verifying.verified(path, None, settings)
    assert (found.verdict.findings, found.verdict.is_signed, found.origin) == ((), True, "own")
    told = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert told["batch"]["as_of"] == found.verdict.as_of
    assert found.verdict.as_of is not None
    store = open_store(settings.store_url, settings.home)
    with store.reading() as connection:
        lines = list(audit.lines(connection))
    hashes = {int(line.split(b"\t")[0]): line.rstrip().rpartition(b"\t")[2].decode() for line in lines}
    store.close()
    seal = json.loads(path.with_suffix(".seal.json").read_text("utf-8"))
    places = [seal["as_of"], seal["counted"]["before"], seal["counted"]["after"], seal["made"]]
    assert all(hashes[place["sequence"]] == place["hash"] for place in places)
    assert [p["sequence"] for p in places] == sorted(p["sequence"] for p in places)
    assert b"\tbatch.loaded\t" in lines[seal["as_of"]["sequence"] - 1]
    assert b"\treport.written\t" in lines[seal["made"]["sequence"] - 1]


def test_a_report_made_after_the_key_was_changed_verifies_from_the_first_key(
    delivered: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    path = inquiries.report_path(settings, delivered.batch_id)
    shutil.copyfile(path.with_name("audit.pub"), tmp_path / "kept.pub")
    older = [path.with_suffix(ending).read_bytes() for ending in (".seal.json", ".seal.sig")]
    audit_rotation.rotate(settings)
    reporting.report_again(delivered.batch_id, settings, tmp_path / "later")
    later = tmp_path / "later" / path.name
    assert report_verifying.verified(later, tmp_path / "kept.pub", settings).verdict.findings == ()
    assert json.loads(later.with_suffix(".seal.json").read_text("utf-8"))["handed_over"]
    assert report_verifying.verified(path, tmp_path / "kept.pub", settings).verdict.findings == ()
    assert older != [later.with_suffix(ending).read_bytes() for ending in (".seal.json", ".seal.sig")]


def test_a_sheet_named_after_a_person_is_a_pseudonym_in_report_and_notes(settings: Settings, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Ông Bách"
    for row in (HEADINGS, *FAMILY, NAMELESS, NO_SUCH_DAY):
        book.active.append(row)
    book.save(tmp_path / "so.xlsx")
    made = run.run_batch([tmp_path / "so.xlsx"], "01", settings)
    html, told = files_of(settings, made.batch_id)
    sheets = {p["sheet"] for rule in told["quarantine"] for p in rule["places"]}
    sheets |= {p["sheet"] for file in told["files"] for m in file["messages"] for p in m["places"]}
    assert len(sheets) == 1
    assert re.fullmatch("#[0-9a-f]{8}", sheets.pop())
    store = open_store(settings.store_url, settings.home)
    notes = [report_figures.note(store, made.batch_id, name) for name in (kept_figures.NAME, report_notes.NAME)]
    store.close()
    assert not [text for text in (html, *notes) if "Bách" in (text or "")]


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
    path = reporting.report_again(result.batch_id, settings, tmp_path / "again.html").path
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
