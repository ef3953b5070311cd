"""Web pages under the name of XLS: spans, tables in tables, old encodings, entities, what is never closed."""

import codecs
import random
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest

from readers.html_table import html_sheets
from readers.html_tokens import tokens
from readers.reading import ReadLimits
from schemas.errors import FileRefused
from tests.readers.files import HEADINGS, PEOPLE, Read, read_bytes, to_cp1258, to_tcvn3, to_viscii, to_vni
from tests.readers.office_files import to_html


def rows_of(rows: object = PEOPLE, tag: str = "td") -> str:
    return "".join(
        "<tr>" + "".join(f"<{tag}>{escape(c)}</{tag}>" for c in row) + "</tr>"
        for row in rows  # type: ignore[attr-defined]
    )


HEAD = rows_of([HEADINGS], "th")
TABLE = f"<table>{HEAD}{rows_of()}</table>"


def read(folder: Path, page: str | bytes, name: str = "so.html") -> Read:
    return read_bytes(folder, page.encode() if isinstance(page, str) else page, name)


PAGES = {
    "bare": TABLE,
    "capital tags": TABLE.replace("<td>", "<TD ALIGN=left>").replace("</td>", "</TD>").replace("<tr>", "<TR>"),
    "never closed": TABLE.replace("</td>", "").replace("</tr>", "").replace("</th>", "").replace("</table>", ""),
    "groups": f"<table><colgroup><col><col></colgroup><thead>{HEAD}</thead><tbody>{rows_of()}</tbody></table>",
    "scripts and comments": "<script>if (a < b) document.write('<table><tr><td>x')</script><!-- <table><tr><td>y -->"
                            f"<style>a{{}}</style><title><b>x</title>{TABLE}",
    "Excel": '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><!--[if gte mso 9]><xml><x:A/></xml>'
             f"<![endif]--></head><body>{TABLE.replace('<td>', '<td class=xl24 x:str>')}</body></html>",
    "declared": f"<?xml version='1.0' encoding='utf-8'?><!DOCTYPE html><html><body>{TABLE}</body></html>",
    "blanks": "\r\n\r\n  <!-- a -->\n" + TABLE.replace("<td>", "<td>\n   ").replace("</td>", "\n  </td>\n"),
    "entities": "<table>" + "".join(
        "<tr>" + "".join("<td>" + "".join(f"&#{ord(c)};" for c in t) + "</td>" for t in row) + "</tr>"
        for row in (HEADINGS, *PEOPLE)) + "</table>",
    "marks inside": TABLE.replace("<td>", "<td><font color=red><b>").replace("</td>", "</b></font></td>"),
    "arranged": f"<table><tr><td>Menu</td><td>{TABLE}</td></tr></table>",
    "arranged twice": f"<table><tr><td><table><tr><td>{TABLE}</td></tr></table></td></tr></table>",
    "comma in style": TABLE.replace("<td>", "<td style=\"mso-number-format:'\\@';a:'>'\">"),
    "below a warning": f"Notice: Undefined index: id in C:\\www\\so.php, line 3<br />\n{TABLE}",
    "stray signs": TABLE.replace("<table>", "<html>3 < 4 <> < <table>"),
}  # fmt: skip


@pytest.mark.parametrize("case", PAGES)
def test_a_page_is_read_to_the_letter(tmp_path: Path, case: str) -> None:
    found = read(tmp_path, PAGES[case])

    assert found.code is None
    assert found.people == list(PEOPLE)
    assert found.rules == []


@pytest.mark.parametrize("encode", [to_tcvn3, to_vni, to_viscii, to_cp1258])
def test_old_encodings_are_found_whatever_the_page_says(tmp_path: Path, encode: Callable[[str], bytes]) -> None:
    page = encode(f'<html><meta http-equiv=Content-Type content="text/html; charset=windows-1252">{TABLE}</html>')
    found = read(tmp_path, page, "so.xls")

    assert found.people == list(PEOPLE)
    assert found.notes == {"encoding.legacy", "file.kind_mismatch"}


def test_utf_16(tmp_path: Path) -> None:
    assert read(tmp_path, codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le")).people == list(PEOPLE)


def test_old_letters_as_entities(tmp_path: Path) -> None:
    page = TABLE.encode("ascii", "xmlcharrefreplace")
    old = "<table>" + "".join(
        "<tr>" + "".join(f"<td>{_entities(to_tcvn3(c).decode('latin-1'))}</td>" for c in row) + "</tr>"
        for row in (HEADINGS, *PEOPLE)
    ) + "</table>"  # fmt: skip

    assert read(tmp_path, page).people == list(PEOPLE)
    assert read(tmp_path, old).people == list(PEOPLE)


def _entities(text: str) -> str:
    return escape(text).encode("ascii", "xmlcharrefreplace").decode()


def test_spans_and_breaks(tmp_path: Path) -> None:
    page = (
        "<table><tr><td colspan=5>SỔ HỘ KHẨU</td></tr><tr><td rowspan=2>Số hộ<td rowspan=2>Họ<br>và tên"
        "<td colspan=2>Ngày sinh<td rowspan=2>Quan hệ</tr><tr><td>Nam<td>Nữ</tr>"
        "<tr><td rowspan=2>HK-1<td>Nguyễn Văn A<td>1960<td><td>Chủ hộ</tr><tr><td>Trần Thị B<td><td>1962<td>Vợ</tr>"
        "<tr><td>HK-2<td>Lê Văn C<td colspan=2>1950<td>Chủ hộ</tr></table>"
    )  # fmt: skip
    found = read(tmp_path, page)

    assert found.lines == [4, 5, 6]
    assert found.column("household_id_raw") == ["HK-1", "HK-1", "HK-2"]
    assert found.column("full_name_raw") == ["Nguyễn Văn A", "Trần Thị B", "Lê Văn C"]
    assert found.column("birth_date_raw") == ["1960", "1962", "1950"]
    assert found.column("relation_raw") == ["Chủ hộ", "Vợ", "Chủ hộ"]


def test_a_table_for_each_page_goes_on(tmp_path: Path) -> None:
    page = f"<table>{HEAD}{rows_of(PEOPLE[:3])}</table><p>Trang 2</p><table>{rows_of(PEOPLE[3:])}</table>"
    found = read(tmp_path, page)

    assert found.people == list(PEOPLE)
    assert list(dict.fromkeys(found.column("sheet"))) == ["Bảng 1", "Bảng 2"]
    assert found.notes == {"sheet.continued"}


def test_a_table_inside_a_cell_of_the_ledger_is_its_text(tmp_path: Path) -> None:
    inner = "<table><tr><td>xã Đông Hưng,</td></tr><tr><td>tỉnh Thái Bình</td></tr></table>"
    page = TABLE.replace("<td>xã Đông Hưng, tỉnh Thái Bình</td>", f"<td>{inner}</td>")

    assert [" ".join((p or "").split()) for p in read(tmp_path, page).column("native_place_raw")] == [
        p[5] for p in PEOPLE
    ]


def test_149_what_is_hidden_is_read_and_told(tmp_path: Path) -> None:
    page = "<table><col><col style='display:none'>" + HEAD + rows_of(PEOPLE[:1]) + rows_of(PEOPLE[1:]).replace(
        "<tr>", "<tr height=0 style='display:none'>", 1) + "</table>"  # fmt: skip
    found = read(tmp_path, page)

    assert found.people == list(PEOPLE)
    assert found.rules == [(3, "row.hidden")]
    assert found.notes == {"column.hidden"}


def test_a_number_that_excel_cut_for_show(tmp_path: Path) -> None:
    heads = rows_of([("Họ tên", "Ngày sinh", "Giới tính", "Số CCCD")])
    cells = ("<td x:num='1060012345678'>1.06E+12</td>", '<td x:num="123456789012">########</td>',
             "<td x:num='1060012345'>001060012345</td>", "<td x:num>42</td>")  # fmt: skip
    page = f"<table>{heads}" + "".join(f"<tr><td>A B<td>1960<td>Nam{c}</tr>" for c in cells) + "</table>"

    assert read(tmp_path, page).column("personal_number_raw") == ["1060012345678", "123456789012", "001060012345", "42"]


REFUSED = {
    "no table": ("<html><body><p>Đăng nhập</p></body></html>", "file.unsupported_kind"),
    "empty table": ("<html><table><tr><td></td></tr></table></html>", "file.unsupported_kind"),
    "frames": ("<html><frameset><frame src='a.files/sheet001.htm'></frameset></html>", "file.unsupported_kind"),
    "no ledger": ("<html><table><tr><td>Xin</td><td>chào</td></tr></table>", "header.not_found"),
    "deep": ("<table><tr><td>" * 90, "file.unsafe"),
    "wide": (f"<table>{HEAD}<tr>{'<td colspan=9999>x</td>' * 9}</tr></table>", "file.too_many_columns"),
    "tag without end": ("<table><tr><td " + "a" * (5 << 20), "file.line_too_long"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_ledger_is_refused_by_name(tmp_path: Path, case: str) -> None:
    page, code = REFUSED[case]

    assert read(tmp_path, page).code == code


@pytest.mark.parametrize("unit", ["<", '<a "', "<a '", "<!--", "<td<", "&", "<table", "<a b=", '"', "</"])
def test_no_sign_repeated_makes_the_reader_slow_or_fail(unit: str) -> None:
    """The cost is counted in tokens, not in seconds: every one moves on in the text."""
    page = "<table><tr><td>" + unit * 30_000 + ">"

    assert sum(1 for _ in tokens([page])) <= len(page)


def test_71_a_cell_beyond_the_limit_is_cut_and_its_row_told(tmp_path: Path) -> None:
    page = f"<table>{HEAD}{rows_of(PEOPLE[:1])}{rows_of(PEOPLE[1:2]).replace('Kinh', '&#7877; ' * 900_000)}</table><!--"
    found = read(tmp_path, page + "x" * 6_000_000)

    assert found.rules == [(3, "row.cell_too_long")]
    assert found.people[0] == PEOPLE[0]
    assert (found.column("ethnic_group_raw")[1] or "")[:6] == "ễ ễ ễ "


def test_pieces_of_any_size_give_the_same_tokens() -> None:
    page = "".join(PAGES.values())
    whole = "".join(map(str, tokens([page])))
    for seed in range(60):
        chance = random.Random(seed)  # noqa: S311 - the same cuts on every run
        cuts = sorted(chance.randrange(len(page)) for _ in range(chance.choice((1, 9, 400))))
        pieces = [page[a:b] for a, b in zip([0, *cuts], [*cuts, len(page)], strict=True)]
        assert "".join(map(str, tokens(pieces))) == whole


def test_no_damage_escapes() -> None:
    plain = to_html([HEADINGS, *PEOPLE]).decode()
    for seed in range(150):
        chance = random.Random(seed)  # noqa: S311 - the same damage on every run
        page = list(plain)
        for _ in range(chance.choice((1, 10, 200))):
            page[chance.randrange(len(page))] = chance.choice("<>/\"'&= \x00tdr!-")
        try:
            for sheet in html_sheets(tokens(["".join(page)]), ReadLimits(), None):
                assert all(grid.rows for grid in sheet.grids)
        except FileRefused:
            continue
