"""The recounter agrees on every sample ledger, finds every planted wrong sum, and leaves no file out in silence."""

import ast
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_samples.batch import write_batch
from data_samples.options import LAYOUT_NAMES, GenerateOptions
from pipeline import report_recounter, report_verifying, run
from pipeline.report_recounter import NotRecounted, count, in_words, recount, rows_in, status_of
from pipeline.settings import Settings
from quality.render import render_json
from quality.report import build_report
from quality.report_facts import Balance
from tests.corpus import cases
from tests.corpus.catalogue import items
from tests.pipeline.deliveries import FAMILY, HEADINGS, NAMELESS, NO_SUCH_DAY, ledger
from tests.quality import made_facts

ROOT = Path(__file__).parents[2]
THREE = ROOT / "data_samples" / "three_provinces"
NO_ROWS = -1
READ_OTHERWISE = {51}
"""A quote that is never closed: a line of the rest belongs to it, or not."""


def told(*files: tuple[bytes, int]) -> dict[str, Any]:
    """A report of those contents with so many rows each, all loaded."""
    sums = dict.fromkeys(report_recounter.OUTCOMES, 0)
    listed = [
        {"path": f"tep-{sha256(content).hexdigest()[:8]}.csv", "outcome": "accepted", "difference": 0, "read": rows,
         **sums, "loaded": rows} for content, rows in files
    ]  # fmt: skip
    rows = sum(count for _, count in files)
    balance = {"read": rows, "difference": 0, **sums, "loaded": rows}
    return {"files": listed, "balance": balance, "recount": balance, "quarantine": [], "fields": [], "failing": None}


def test_the_committed_samples_have_as_many_rows_as_their_truth() -> None:
    truth = (THREE / "expected" / "truth.csv").read_text("utf-8").splitlines()[1:]
    for path in (THREE / "input").iterdir():
        rows = sum(line.startswith(path.name) for line in truth)
        assert rows_in(path.name, path.read_bytes()) == rows > 100


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
@pytest.mark.parametrize("seed", [3, 4])
def test_generated_ledgers_have_as_many_rows_as_their_truth(layout: str, seed: int, tmp_path: Path) -> None:
    write_batch(GenerateOptions(400, seed, ("01", "40")), layout, tmp_path)  # type: ignore[arg-type]
    counted = sum(rows_in(path.name, path.read_bytes()) for path in (tmp_path / "input").iterdir())
    assert counted == pq.read_metadata(tmp_path / "truth.parquet").num_rows > 400


def test_bad_inputs_that_are_read_have_as_many_rows_as_were_written() -> None:
    compared, other = 0, []
    for one in items():
        case = one.case(901)
        rows = len(case.lines) if case.rows is None else case.rows
        if callable(case.content) or case.is_delivery or case.refused or rows == NO_ROWS:
            continue
        try:
            counted = rows_in(case.name, case.content)
        except NotRecounted:
            continue
        compared += 1
        if counted != rows and one.number not in READ_OTHERWISE:
            other.append((one.number, rows, counted))
    assert other == []
    assert compared > 140
    assert len(cases.CATALOGUE) > compared


@given(
    st.integers(0, 40), st.sampled_from(";,\t|"), st.sampled_from(["utf-8", "utf-16", "cp1258", "latin-1"]), st.data()
)
def test_layout_lines_anywhere_change_no_count(rows: int, mark: str, encoding: str, data: st.DataObject) -> None:
    lines = [("1", "0101", f"Ten {n}", "12/3/1956", "Nam", "Kinh") for n in range(rows)]
    layout = data.draw(st.lists(st.tuples(st.integers(0, rows), st.sampled_from(LAYOUT)), max_size=8))
    for at, line in sorted(layout, key=lambda pair: -pair[0]):
        lines.insert(at, line)
    text = "\r\n".join(mark.join(line) for line in (("SO HO KHAU", *[""] * 5), HEADING, *lines))
    assert rows_in("so.csv", text.encode(encoding)) == rows


HEADING = ("STT", "So ho", "Ho ten", "Ngay sinh", "Gioi tinh", "Dan toc")
LAYOUT = (
    HEADING, ("", *[""] * 5), ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"), ("Tong cong: 24", *[""] * 5),
    ("Cong", "", "24", "", "", ""), ("", "", "Nguoi lap bieu", "", "", "Ngay 3 thang 5"), ("Thon 3", *[""] * 5),
)  # fmt: skip


def test_a_table_without_heading_and_one_of_two_columns() -> None:
    assert count([("1", "Ba", "1956"), ("2", "Tu", "1957")]) == 2
    assert count([("Ho ten", "Nam sinh"), ("Ba", "1956"), ("Tong: 2", "")]) == 1
    assert count([]) == count([("mot", "")]) == 0


def test_dbf_records_that_are_deleted_or_blank_are_none() -> None:
    head = bytes(8) + (33).to_bytes(2, "little") + (6).to_bytes(2, "little") + bytes(21)
    assert rows_in("SO.DBF", head + b" Ba   " + b"*Tu   " + b"      " + b" Nam  " + b"\x1a") == 2


def test_other_kinds_are_said_not_to_be_recounted(tmp_path: Path) -> None:
    contents = {
        "so.xls": b"\xd0\xcf\x11\xe0" + bytes(90),
        "so.pdf": b"%PDF-1.4",
        "so.html": b"<table>",
        "so.txt": b"mot",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    lines, wrong = recount(told(*((content, 3) for content in contents.values())), [tmp_path])
    assert {line.result for line in lines} == {"not_recounted"}
    assert (len(lines), wrong, status_of(lines, wrong)) == (4, [], 3)
    assert in_words(lines, wrong, 1)[-1] == "RESULT: 0 files the same, 0 differ, 4 not recounted; 0 sums disagree."


def test_workbooks_with_entities_or_damage_are_not_read(tmp_path: Path) -> None:
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    source, target = zipfile.ZipFile(book), io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            made.writestr(
                name, b"<!DOCTYPE x>" + source.read(name) if name.endswith("workbook.xml") else source.read(name)
            )
    (tmp_path / "a.xlsx").write_bytes(target.getvalue())
    (tmp_path / "b.xlsx").write_bytes(book.getvalue()[:500])
    contents = [(path.read_bytes(), 0) for path in sorted(tmp_path.iterdir())]
    lines, _ = recount(told(*contents), [tmp_path])
    assert [line.result for line in lines] == ["unread", "unread"]


def test_files_of_an_archive_twins_and_strangers_are_found(tmp_path: Path) -> None:
    one, two = b"a;b;c\n1;x;2\n", b"a;b;c\n1;x;2\n2;y;3\n"
    with zipfile.ZipFile(tmp_path / "nop.zip", "w") as archive:
        archive.writestr("xa/mot.csv", one)
        archive.writestr("hai.csv", one)
    (tmp_path / "ba.csv").write_bytes(two)
    report = told((one, 1), (one, 1), (two, 3), (b"never given", 5))
    lines, wrong = recount(report, [tmp_path / "nop.zip", tmp_path / "ba.csv"])
    found = [(line.file, line.counted, line.reported, line.result) for line in lines]
    assert found == [
        ("nop.zip/hai.csv", 1, 1, "same"), ("nop.zip/xa/mot.csv", 1, 1, "same"), ("ba.csv", 2, 3, "differs"),
        ("", None, 5, "not_given"),
    ]  # fmt: skip
    assert (lines[2].difference, status_of(lines, wrong)) == (-1, 1)
    (strange,), _ = recount(told(), [tmp_path / "ba.csv"])
    assert strange.result == "not_in_report"


def sound() -> dict[str, Any]:
    """A report whose sums all agree."""
    made = made_facts.facts()
    report: dict[str, Any] = json.loads(render_json(build_report(made)))
    report["failing"] = None
    assert isinstance(made.balance, Balance)
    return report


PLANTED: dict[str, Callable[[dict[str, Any]], object]] = {
    "a file's rows read": lambda r: r["files"][0].update(read=r["files"][0]["read"] + 1),
    "one row moved to another outcome in a file": lambda r: r["files"][0].update(loaded=9_203, merged=499),
    "one row less in the batch and its outcomes": lambda r: r["balance"].update(read=19_799, loaded=17_069),
    "a row in no outcome": lambda r: r["balance"].update(quarantined=r["balance"]["quarantined"] - 1),
    "the recount": lambda r: r["recount"].update(known=0),
    "a rule's rows": lambda r: r["quarantine"][2].update(rows=95),
    "a rule left out": lambda r: r["quarantine"].pop(),
    "a file left out": lambda r: r["files"].pop(),
    "a field's rows": lambda r: r["fields"][4].update(rows=1),
    "a field's empty ones": lambda r: r["fields"][4]["empty"].update(blank=0),
    "a field's valid ones": lambda r: r["fields"][1].update(valid=1),
    "the pages of failing rows": lambda r: r.update(failing={"quarantined": 1, "rejected": 85}),
    "a difference that is said to be one": lambda r: r["balance"].update(difference=1),
}


def test_a_report_that_adds_up_has_nothing_wrong() -> None:
    assert report_recounter.sums(sound()) == []


@pytest.mark.parametrize("planted", PLANTED)
def test_each_planted_wrong_sum_is_found(planted: str) -> None:
    report = deepcopy(sound())
    PLANTED[planted](report)
    assert report_recounter.sums(report)


@pytest.mark.store
def test_a_real_run_agrees_and_the_file_alone_says_so(settings: Settings, tmp_path: Path) -> None:
    out = tmp_path / "in"
    paths = [ledger(out / "so_1.csv", [*FAMILY, NAMELESS, HEADINGS, NO_SUCH_DAY]), ledger(out / "hai.csv", FAMILY[:2])]
    paths.append(ledger(out / "thieu.csv", [(r[0], r[1]) for r in FAMILY], headings=("Số sổ hộ khẩu", "Họ và tên")))
    made = run.run_batch([out], "01", settings)
    alone = report_verifying.write_recounter(tmp_path / "alone")
    report = Path(made.report).with_suffix(".json")

    def said() -> tuple[int, str]:
        command = [sys.executable, "-I", str(alone), str(report), str(out)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=alone.parent, check=False)
        return done.returncode, done.stdout

    status, words = said()
    assert (status, made.read) == (0, 14), words
    assert "RESULT: 3 files the same, 0 differ, 0 not recounted; 0 sums disagree." in words
    with paths[1].open("a", encoding="utf-8") as file:
        file.write("x\n")
    assert said()[0] == 1
    assert (
        subprocess.run([sys.executable, "-I", str(alone), "gone.json"], capture_output=True, check=False).returncode
        == 2
    )


def test_it_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(Path(report_recounter.__file__).read_text("utf-8"))
    named = [n.names[0].name if isinstance(n, ast.Import) else str(n.module) for n in ast.walk(tree)
             if isinstance(n, ast.Import | ast.ImportFrom)]  # fmt: skip
    assert {name.partition(".")[0] for name in named} <= set(sys.stdlib_module_names)


def test_every_result_has_words_in_both_languages() -> None:
    assert all(vi and en and vi != en for vi, en in report_recounter.SAID.values())
