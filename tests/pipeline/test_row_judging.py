"""Decisions about rows that are kept out: they bind later deliveries, whatever file the row comes in, until undone."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline import error_files, inquiries, row_judging, run
from pipeline.error_files import Wish
from pipeline.result import BatchResult
from pipeline.settings import Settings
from schemas.errors import UsageError
from store import invariants, row_judgements
from store.digest import store_digest
from tests.store.contents import rows as stored

pytestmark = pytest.mark.store

_HEADED = ("Số hộ", "Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc", "Nơi thường trú", "Quan hệ với chủ hộ")
_HOME = "Xóm Bầu, xã Tản Lĩnh, huyện Ba Vì, Hà Nội"
_WELL = ("10100020", "Lê Văn Tám", "05/03/1951", "Nam", "Kinh", _HOME, "Chủ hộ")
_IMPOSSIBLE = ("10100020", "Vũ Thị Nhàn", "31/4/1970", "Nữ", "Kinh", _HOME, "Vợ")
_NAMELESS = ("10100020", "", "07/06/1975", "Nam", "Kinh", _HOME, "Con")
Rows = Sequence[Sequence[str]]


def _saved(
    path: Path, rows: Rows, *, headed: Sequence[str] = _HEADED, encoding: str = "utf-8", mark: str = ","
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [mark.join(f'"{cell}"' for cell in row) for row in (headed, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def _sent(settings: Settings, path: Path, rows: Rows, province: str = "01", **how: object) -> BatchResult:
    return run.run_batch([_saved(path, rows, **how)], province, settings)  # type: ignore[arg-type]


def _why(batch: BatchResult, settings: Settings) -> dict[str, inquiries.Row]:
    return {row["rule"]: row for row in inquiries.kept_out(batch.batch_id, settings)}


def _judge(record_id: str, answer: str, settings: Settings, author: str = "cán bộ Lan", reason: str = "xem sổ") -> str:
    answers = {name: name == answer for name in ("accept", "reject", "undo")}
    return row_judging.decide(record_id, **answers, author=author, reason=reason, settings=settings)


def _rows(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with inquiries.asked(settings) as store:
        return stored(store, query)


def _digest(settings: Settings) -> str:
    with inquiries.asked(settings) as store:
        assert not invariants.store_check(store)
        return store_digest(store).whole


@pytest.fixture
def first(settings: Settings, tmp_path: Path) -> BatchResult:
    """A batch with a row that is well, one whose birth is no day, one that names nobody."""
    sent = _sent(settings, tmp_path / "in" / "so.csv", (_WELL, _IMPOSSIBLE, _NAMELESS))
    assert (sent.counts["loaded"], sent.counts["quarantined"]) == (1, 2)
    return sent


def test_an_accepted_row_enters_with_the_error_file_that_nobody_changed(
    first: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    (made,) = error_files.of_batch(first.batch_id, tmp_path / "made", settings, Wish("blocked"))
    assert (
        _judge(_why(first, settings)["birth_date.impossible"]["record_id"], "accept", settings) == "review.row_accept"
    )
    again = run.run_batch([made.paths[0]], "01", settings)
    assert (again.read, again.counts["loaded"], again.counts["known"]) == (3, 1, 2)
    query = "SELECT full_name, birth_year FROM records WHERE full_name LIKE '%Nhàn'"
    assert _rows(settings, query) == [("Vũ Thị Nhàn", None)]
    severity = "SELECT DISTINCT severity FROM check_results JOIN records USING (record_id) WHERE rule_id = '{}'"
    assert _rows(settings, severity.format("birth_date.impossible")) == [("notice",)]
    told = _why(first, settings)
    assert told["birth_date.impossible"]["mended_by"] == again.batch_id
    assert (told["birth_date.impossible"]["decided"], told["full_name.missing"]["decided"]) == ("chấp nhận", None)


def test_a_decision_binds_the_row_in_another_file_and_no_other_province(
    first: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    before = _digest(settings)
    told = _why(first, settings)
    _judge(told["birth_date.impossible"]["record_id"], "accept", settings)
    _judge(told["full_name.missing"]["record_id"], "reject", settings)
    assert _digest(settings) == before
    elsewhere = _sent(settings, tmp_path / "x" / "so.csv", (_IMPOSSIBLE, _NAMELESS, _WELL), "33", mark=";")
    assert elsewhere.counts["quarantined"] == 0
    assert elsewhere.counts["known"] == 3
    other = {"encoding": "utf-16", "mark": "\t", "headed": _HEADED[::-1]}
    rows = [row[::-1] for row in (_NAMELESS, _IMPOSSIBLE, _WELL)]
    again = _sent(settings, tmp_path / "y" / "so.csv", rows, **other)
    assert (again.counts["loaded"], again.counts["known"]) == (1, 2)
    once_more = _sent(settings, tmp_path / "z" / "so.csv", rows[::-1], headed=_HEADED[::-1])
    assert once_more.counts["known"] == 3
    assert [row["decided"] for row in _why(first, settings).values()] == ["chấp nhận", "loại"]
    _digest(settings)


def test_undone_it_is_as_if_nobody_had_decided(first: BatchResult, settings: Settings, tmp_path: Path) -> None:
    before = _digest(settings)
    for rule_id, answer in (("birth_date.impossible", "accept"), ("full_name.missing", "reject")):
        record_id = _why(first, settings)[rule_id]["record_id"]
        _judge(record_id, answer, settings)
        assert _judge(record_id, "undo", settings) == "review.row_undone"
        with pytest.raises(UsageError) as refused:
            _judge(record_id, "undo", settings)
        assert refused.value.code == "store.row_judgement_unknown"
    assert _digest(settings) == before
    with inquiries.asked(settings) as store:
        assert row_judgements.standing(store).num_rows == 0
    again = _sent(settings, tmp_path / "y" / "so.csv", (_NAMELESS, _IMPOSSIBLE, _WELL))
    assert again.counts["known"] == 3
    assert _digest(settings) == before
    assert {row["decided"] for row in _why(first, settings).values()} == {None}


_REFUSED = (
    ("full_name.missing", "accept", "Lan", "store.row_not_overrulable"),
    ("birth_date.impossible", "accept", " ", "review.who_and_why"),
    ("birth_date.impossible", "undo", "Lan", "store.row_judgement_unknown"),
    ("", "accept", "Lan", "store.row_unknown"),
)


def test_what_is_no_decision_is_refused_and_told_to_the_audit(first: BatchResult, settings: Settings) -> None:
    ids = {"": "'; DROP TABLE row_judgements"} | {rule: row["record_id"] for rule, row in _why(first, settings).items()}
    for rule_id, answer, author, code in _REFUSED:
        with pytest.raises(UsageError) as refused:
            _judge(ids[rule_id], answer, settings, author=author)
        assert refused.value.code == code
    with pytest.raises(UsageError) as refused:
        row_judging.decide("", accept=True, reject=True, undo=False, author="a", reason="b", settings=settings)
    assert refused.value.code == "review.one_row_answer"
    events = _rows(
        settings, "SELECT outcome, reason FROM audit_events WHERE action LIKE 'review.row%' ORDER BY sequence"
    )
    assert events == [("refused", code) for *_, code in _REFUSED]
    assert _rows(settings, "SELECT count(*) FROM row_judgements") == [(0,)]
