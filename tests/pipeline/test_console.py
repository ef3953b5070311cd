import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from pipeline import console
from pipeline.error_files import ErrorFile
from pipeline.result import BatchResult, FileResult
from quality.report_facts import RowPairs, RowPlace
from schemas.errors import SohoaError, UsageError
from schemas.messages import LANGUAGES, Language
from schemas.tables import OUTCOMES

SUMS = dict(zip(OUTCOMES, (5, 1, 0, 2, 0), strict=True))
MESSAGE = {"code": "full_name.missing", "severity": "block", "count": 2, "vi": "Thiếu tên.", "en": "No name."}
FILE = FileResult("[red]so.csv", "rows_rejected", None, 8, SUMS, (MESSAGE,))
RESULT = BatchResult("b" * 32, "01", "loaded", 8, SUMS, (FILE,), "r.html")


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> tuple[io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(console, "OUT", Console(file=out, highlight=False, soft_wrap=True))
    monkeypatch.setattr(console, "ERR", Console(file=err, highlight=False, soft_wrap=True))
    return out, err


@pytest.mark.parametrize(("language", "said"), [("vi", "Thiếu tên."), ("en", "No name.")])
def test_a_result_names_sums_messages_and_report(
    written: tuple[io.StringIO, io.StringIO], language: Language, said: str
) -> None:
    console.say_result(RESULT, language)
    text = written[0].getvalue()
    assert said in text
    assert "r.html" in text
    assert "[red]so.csv" in text, "file names are text, never markup"
    assert all(str(n) in text for n in (8, 5, 1, 2))


def test_rows_whose_cells_wait_are_told_with_what_to_do(written: tuple[io.StringIO, io.StringIO]) -> None:
    waiting = {**MESSAGE, "code": "cell.unsure", "count": 6}
    console.say_result(replace(RESULT, files=(replace(FILE, messages=(waiting,)),)), "en")
    assert "6 rows of scanned pages wait" in written[0].getvalue()
    assert "sohoa review cells" in written[0].getvalue()


def test_persons_with_one_number_are_told_with_their_rows(written: tuple[io.StringIO, io.StringIO]) -> None:
    pair = (RowPlace("a.xlsx", "#1", 3), RowPlace("b.csv", None, 7))
    pairs = RowPairs(2, (pair,))
    console.say_result(replace(RESULT, same_number=pairs, other_nationality=RowPairs(1, (pair,))), "vi")
    text = written[0].getvalue()
    assert "2 cặp người" in text
    assert "1 người được gộp từ các dòng ghi quốc tịch khác nhau" in text
    assert "b.csv dòng 7. Xem lại quốc tịch" in text.replace("; …", "")
    assert "a.xlsx trang “#1” dòng 3 và b.csv dòng 7; …" in text


def test_what_is_masked_is_said_with_where_it_stands_in_full(written: tuple[io.StringIO, io.StringIO]) -> None:
    console.say_result(RESULT, "vi")
    assert "che" not in written[0].getvalue()
    hidden = {**MESSAGE, "places": [{"sheet": None, "line": 7, "read": "**/**/****"}]}
    console.say_result(replace(RESULT, files=(replace(FILE, messages=(hidden,)),)), "vi")
    console.say_result(replace(RESULT, files=(replace(FILE, messages=(hidden,)),)), "en")
    assert "được che bằng dấu *" in written[0].getvalue()
    assert f"sohoa batch errors {'b' * 32} --out" in written[0].getvalue()
    assert "are masked with *" in written[0].getvalue()


def test_known_rows_that_still_wait_are_told_with_their_batch(written: tuple[io.StringIO, io.StringIO]) -> None:
    console.say_result(replace(RESULT, waiting={"c" * 32: 3}), "en")
    assert f"Of the known rows, 3 still wait for correction from batch {'c' * 32}" in written[0].getvalue()


def test_one_cause_of_many_files_is_said_once(written: tuple[io.StringIO, io.StringIO]) -> None:
    console.say_result(replace(RESULT, files=(replace(FILE, to_mend=2),) * 30), "vi")
    text = written[0].getvalue()
    assert text.count("Thiếu tên.") == 1
    assert "60 dòng ở 30 chỗ" in text
    assert text.count("sohoa batch errors") == 30


def test_a_known_error_is_said_in_both_languages_with_what_was_given(written: tuple[io.StringIO, io.StringIO]) -> None:
    console.say_error(UsageError("path.not_found", path="x.csv"), "vi")
    lines = written[1].getvalue().splitlines()
    assert len(lines) == len(LANGUAGES)
    assert "[path.not_found] Không có tệp hoặc thư mục này. Đường dẫn: x.csv. Kiểm tra" in lines[0]
    assert "[path.not_found]" in lines[1]
    assert "Path: x.csv." in lines[1]


def test_an_error_without_text_still_says_its_code(written: tuple[io.StringIO, io.StringIO]) -> None:
    console.say_error(SohoaError("nobody.wrote_this", n=3), "en")
    assert "[nobody.wrote_this] n=3" in written[1].getvalue()


def test_tables_are_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    console.say_table([{"a": 1, "b": None}], "vi", True)
    assert json.loads(capsys.readouterr().out) == [{"a": 1, "b": None}]


def test_an_empty_table_says_so(written: tuple[io.StringIO, io.StringIO]) -> None:
    console.say_table([], "en", False)
    assert written[0].getvalue().strip()


def test_progress_is_silent_away_from_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress(False) as told:
        told("read_file so.csv")
    assert capsys.readouterr() == ("", "")


def test_a_bar_is_silent_away_from_a_terminal_and_moves_on_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with console.bar(False, ["read", "score"], "vi") as told:
        told("read", 0.0)
    assert capsys.readouterr() == ("", "")
    shown = io.StringIO()
    monkeypatch.setattr(console, "ERR", Console(file=shown, force_terminal=True, width=80))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with console.bar(False, ["read", "score"], "vi") as told:
        told("score", 0.5)
        told("read", 0.0)
    assert "so các cặp" in shown.getvalue() or "đọc" in shown.getvalue()


def test_batches_are_listed_with_the_sum_of_all(written: tuple[io.StringIO, io.StringIO]) -> None:
    row = {"batch_id": "b", "province": "01", "state": "loaded", "recorded_at": "01/06/2024 07:00", "report": "r.html"}
    console.say_batches([{**row, "read": 8, **SUMS}, {**row, "state": "stopped", "read": 8, **SUMS}], "vi", False)
    lines = written[0].getvalue().splitlines()
    assert len(lines) == 7
    assert "đã đọc 16 = nạp mới 10 + gộp 2" in lines[-1]


def test_a_table_in_a_pipe_is_never_cut(written: tuple[io.StringIO, io.StringIO]) -> None:
    rows = [{"record_id": "a" * 32, "text": "Kiểm tra lại tệp gốc rồi nộp lại. " * 20}]
    console.say_table(rows, "vi", machine=False)
    assert "a" * 32 in written[0].getvalue()
    assert len(written[0].getvalue().splitlines()) == 2


def test_an_error_file_tells_its_rows_and_how_many_of_them_are_to_be_mended(
    written: tuple[io.StringIO, io.StringIO],
) -> None:
    made = [ErrorFile("f" * 32, (Path("loi.xlsx"),), 6, 2)]
    console.say_error_files(made, "vi", machine=False)
    console.say_error_files(made, "en", machine=False)
    told = " ".join(written[0].getvalue().split())
    assert "(6 dòng, 2 dòng cần sửa)" in told
    assert "(6 rows, 2 of them to mend)" in told


def test_a_twin_of_the_same_delivery_was_not_delivered_before(written: tuple[io.StringIO, io.StringIO]) -> None:
    nothing = dict.fromkeys(OUTCOMES, 0)
    refused = FileResult("tep-1.csv", "file_rejected", "file.empty", 0, nothing)
    twin = FileResult("tep-1.csv (2)", "already_known", RESULT.batch_id, 0, nothing, is_twin=True)
    console.say_result(replace(RESULT, files=(refused, twin)), "vi")
    console.say_result(replace(RESULT, files=(refused, twin)), "en")
    assert "tep-1.csv (2): nộp hai lần trong đợt này" in written[0].getvalue()
    assert "tep-1.csv (2): sent twice in this delivery" in written[0].getvalue()
    assert "đã nộp trước đây" not in written[0].getvalue()


def test_columns_of_a_table_are_named_in_words_for_people_and_by_keys_for_programs(
    written: tuple[io.StringIO, io.StringIO], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"known_batch_id": "x", "mended_by": None}]
    console.say_table(rows, "vi", machine=False)
    assert "đã nộp ở đợt" in written[0].getvalue()
    assert "_" not in written[0].getvalue()
    console.say_table(rows, "vi", machine=True)
    assert json.loads(capsys.readouterr().out) == rows
