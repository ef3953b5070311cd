"""An auditor's sample: drawn by a seed, marked in Excel, and turned into an error bound."""

import json
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from pipeline import inquiries, report_verifying, reporting, row_samples, run
from pipeline.result import BatchResult
from pipeline.settings import Settings
from quality.sampling import bounds
from readers.sample_book import MARKED, SAMPLE
from schemas.errors import UsageError
from schemas.messages import catalogue
from store.row_samples import Draw
from tests.store.contents import rows as stored

pytestmark = pytest.mark.store

_HEADED = "Số hộ,Họ và tên,Ngày sinh,Giới tính,Dân tộc,Nơi thường trú,Quan hệ với chủ hộ"
_HOME = '"Xóm Bầu, xã Tản Lĩnh, huyện Ba Vì, Hà Nội"'
_SYLLABLES = ("An", "Bình", "Cường", "Dung", "Hà", "Hùng", "Lan", "Mai", "Nga", "Phúc", "Quang", "Sơn")


@pytest.fixture
def batch(settings: Settings, tmp_path: Path) -> BatchResult:
    """36 rows of people unlike each other, and four without a name, which are kept out."""
    lines = [_HEADED]
    for home in range(12):
        for place, relation in enumerate(("Chủ hộ", "Con", "Con")):
            name = f"Lê {_SYLLABLES[home]} {_SYLLABLES[(home * 5 + place * 3) % 12]}"
            born = f"{home + 1:02d}/{place + 1:02d}/{1950 + home * 2 + place * 20}"
            lines.append(f"101000{home:02d},{name},{born},Nam,Kinh,{_HOME},{relation}")
    lines += [f"1010000{n},,0{n + 1}/05/1990,Nữ,Kinh,{_HOME},Con" for n in range(4)]
    ledger = tmp_path / "so.csv"
    ledger.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = run.run_batch([ledger], "01", settings)
    assert (result.read, result.counts["loaded"], result.counts["quarantined"]) == (40, 36, 4)
    return result


def _draw(batch: BatchResult, settings: Settings, path: Path, seed: str = "s-7", **how: object) -> Draw:
    told = {"size": 10, "by": "outcome", "author": "Trần Lan"} | how
    return row_samples.draw(batch.batch_id, seed, path=path, settings=settings, **told)  # type: ignore[arg-type]


def _sheet(path: Path) -> list[dict[str, str]]:
    _, sheet = openpyxl.load_workbook(path).worksheets
    headings, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, headings), (str(c or "") for c in line), strict=True)) for line in lines]


def _marked(path: Path, marks: Mapping[str, str]) -> Path:
    """The workbook with an x in the column that each row id is given."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    headings = [cell.value for cell in sheet[1]]
    for line in range(2, sheet.max_row + 1):
        column = marks.get(str(sheet.cell(line, headings.index(MARKED[0]) + 1).value))
        if column:
            sheet.cell(line, headings.index(column) + 1).value = "x"
    target = path.with_stem(path.stem + "-answered")
    book.save(target)
    return target


def test_a_seed_draws_the_same_rows_again_in_proportion_and_another_seed_others(
    batch: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    drawn = _draw(batch, settings, tmp_path / "a.xlsx")
    rows = _sheet(tmp_path / "a.xlsx")
    assert (drawn.rows, drawn.drawn, len(rows)) == (40, 10, 10)
    assert sorted(row["Kết quả"] for row in rows) == ["giữ lại chờ sửa"] + ["nạp mới"] * 9
    again = _draw(batch, settings, tmp_path / "b.xlsx")
    other = _draw(batch, settings, tmp_path / "c.xlsx", seed="s-8")
    assert (again.digest, again.number) == (drawn.digest, drawn.number + 1)
    assert other.digest != drawn.digest
    with inquiries.asked(settings) as store:
        kept = stored(store, "SELECT seed, rows, drawn, digest, author FROM row_samples ORDER BY number")
    assert [row[0] for row in kept] == ["s-7", "s-7", "s-8"], "every draw is kept"
    assert kept[0] == ("s-7", 40, 10, drawn.digest, "Trần Lan")


def test_values_are_masked_until_somebody_says_why(batch: BatchResult, settings: Settings, tmp_path: Path) -> None:
    _draw(batch, settings, tmp_path / "masked.xlsx", size=40)
    _draw(batch, settings, tmp_path / "clear.xlsx", size=40, clear="đối chiếu theo kế hoạch 12")
    masked, clear = _sheet(tmp_path / "masked.xlsx"), _sheet(tmp_path / "clear.xlsx")
    names = {row["1. Họ, chữ đệm và tên khai sinh"] for row in clear}
    assert "Lê An An" in names
    assert not names & {row["1. Họ, chữ đệm và tên khai sinh"] for row in masked} - {""}
    assert (tmp_path / "clear.xlsx").stat().st_mode & 0o077 == 0
    with inquiries.asked(settings) as store:
        told = stored(store, "SELECT action FROM audit_events WHERE action LIKE 'sample.%' ORDER BY sequence")
    assert told == [("sample.drawn",), ("sample.drawn_clear",)]


def test_marks_become_an_error_bound_and_are_kept(batch: BatchResult, settings: Settings, tmp_path: Path) -> None:
    _draw(batch, settings, tmp_path / "a.xlsx", size=20)
    ids = [row[MARKED[0]] for row in _sheet(tmp_path / "a.xlsx")]
    marks = {ids[0]: MARKED[2], ids[1]: MARKED[3]} | dict.fromkeys(ids[2:-1], MARKED[1])  # the last one has no mark
    found = row_samples.answer(_marked(tmp_path / "a.xlsx", marks), "Trần Lan", settings)
    assert {what: found[what] for what in ("drawn", "right", "wrong", "unclear")} == {
        "drawn": 20, "right": 17, "wrong": 1, "unclear": 2,
    }  # fmt: skip
    assert (found["low"], found["high"]) == (bounds(1, 20)[0], bounds(3, 20)[1])
    assert sum(row["rows"] for row in found["strata"]) == 40
    with inquiries.asked(settings) as store:
        kept = stored(store, "SELECT sum(wrong), sum(unclear), sum(drawn) FROM row_sample_findings")
    assert kept == [(1, 2, 20)]
    sentence, strata = row_samples.in_words(found, "vi")
    assert "40" in sentence
    assert {row["sample_stratum"] for row in strata} == {"nạp mới", "giữ lại chờ sửa"}
    assert {f"heading.{name}" for name in strata[0]} <= set(catalogue("vi")), "a heading is a word, not a key"


@pytest.mark.parametrize("broken", ["another row", "no sample", "a row twice", "no book"])
def test_a_workbook_that_is_not_the_drawn_one_is_refused(
    batch: BatchResult, settings: Settings, tmp_path: Path, broken: str
) -> None:
    path = tmp_path / "a.xlsx"
    _draw(batch, settings, path)
    book = openpyxl.load_workbook(path)
    cover, sheet = book.worksheets
    at = [cell.value for cell in sheet[1]].index(MARKED[0]) + 1
    right = [cell.value for cell in sheet[1]].index(MARKED[1]) + 1
    if broken == "another row":
        sheet.cell(2, at).value, sheet.cell(2, right).value = "0" * 32, "x"
    elif broken == "no sample":
        assert cover.cell(1, 1).value == SAMPLE
        cover.cell(1, 2).value = "999"
    elif broken == "a row twice":
        sheet.cell(2, at).value = sheet.cell(3, at).value
    else:
        book.remove(sheet)
    book.save(path)
    with pytest.raises(UsageError) as refused:
        row_samples.answer(path, "Trần Lan", settings)
    codes = {"another row": "sample.other_rows", "no sample": "sample.unknown"}
    assert refused.value.code == codes.get(broken, "sample.no_book")
    with inquiries.asked(settings) as store:
        assert stored(store, "SELECT count(*) FROM row_sample_findings") == [(0,)]


@pytest.mark.parametrize(("how", "code"), [
    ({"seed": "Lan's"}, "sample.seed"), ({"author": " "}, "sample.who"), ({"clear": " "}, "person.clear_needs_reason"),
])  # fmt: skip
def test_a_draw_needs_a_plain_seed_a_name_and_a_reason(
    batch: BatchResult, settings: Settings, tmp_path: Path, how: dict[str, str], code: str
) -> None:
    with pytest.raises(UsageError) as refused:
        _draw(batch, settings, tmp_path / "a.xlsx", **how)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert not (tmp_path / "a.xlsx").exists()


def test_an_unknown_batch_has_no_sample(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        row_samples.draw("0" * 32, "s", 5, "none", "Lan", tmp_path / "a.xlsx", settings)
    assert refused.value.code == "batch.unknown"


def test_all_samples_are_sealed_beside_a_report_that_does_not_change(
    batch: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    report = inquiries.report_path(settings, batch.batch_id)
    before = report.read_bytes(), report.with_suffix(".json").read_bytes()
    _draw(batch, settings, tmp_path / "a.xlsx", size=20)
    _draw(batch, settings, tmp_path / "b.xlsx", size=5, seed="another-7", by="none")
    ids = [row[MARKED[0]] for row in _sheet(tmp_path / "a.xlsx")]
    marks = {ids[0]: MARKED[2]} | dict.fromkeys(ids[1:], MARKED[1])
    found = row_samples.answer(_marked(tmp_path / "a.xlsx", marks), "Trần Lan", settings)
    page = Path(found["written"])
    assert page == report.with_name(f"{batch.batch_id}.sample.html")
    verdict = report_verifying.verified(page, None, settings).verdict
    assert (verdict.findings, verdict.is_signed, verdict.files) == ((), True, 2)
    told = json.loads(page.with_suffix(".json").read_text("utf-8"))
    first, second = told["samples"]
    assert (first["seed"], first["wrong"], first["right"], first["answers"]) == ("s-7", 1, 19, 1)
    assert (first["share"], first["low"], first["high"]) == (found["share"], *bounds(1, 20))
    assert (second["seed"], second["answers"], second["share"], second["by_stratum"]) == ("another-7", 0, None, [])
    assert "Trần Lan" not in page.read_text("utf-8") + json.dumps(told, ensure_ascii=False)
    assert (report.read_bytes(), report.with_suffix(".json").read_bytes()) == before
    assert page.name in report.read_text("utf-8")
    again = reporting.report_again(batch.batch_id, settings, tmp_path / "out").path.with_name(page.name)
    assert (again.read_bytes(), report_verifying.verified(again, None, settings).verdict.findings) == (
        page.read_bytes(), (),
    )  # fmt: skip
