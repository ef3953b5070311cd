import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.tables import RAW_COLUMNS
from transforms.cell_checks import KEY_COLUMNS, cell_findings


def rules(column: str, *cells: str | None) -> dict[str, list[int]]:
    found = cell_findings({column: pa.array(cells, pa.string())})
    return {f.rule_id: f.rows.tolist() for f in found}


ACTIVE = [
    "=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "=WEBSERVICE(A1)", "@SUM(A1)", "+1+cmd|'x'!A", "-2+3",
    "+SUM(A1)|x", "\t=1+1", "\r=1", " =A1", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)", "{{7*7}}", "{% x %}", "${jndi:ldap://x}", "#{x}", "<%= x %>", "\x1b[31mđỏ", "%s%n%x",
    "$(id)", "`id`", "x; rm -rf /", "a && b", "x | sh", "'; DROP TABLE persons;--", "' or '1'='1",
    "x' UNION SELECT 1", "\\.", "\\N",
]  # fmt: skip


@pytest.mark.parametrize("text", ACTIVE)
def test_formulas_markup_and_commands_are_told(text: str) -> None:
    assert rules("occupation_raw", "Làm ruộng", text, None).get("text.active_content") == [1]


ORDINARY = [
    "Thôn 3 - xã Hà Long, huyện Hà Trung", "Số 5/2 tổ 3", "- Làm ruộng", "+84 912345678", "50%", "(chết)", "H'Bia Mlô",
    "Công ty A & B", "A; B", "O+", "AB Rh-", "1/2", "05/03/1960", "“nt”", "*", "#1", "xã A (cũ)", "Nguyễn Văn An", "-",
    "R'ông; K'Brêu", "<5 tuổi", "+", "=", "@", "Rh - dương", "-5", "a@b.vn", "...", "100 $",
]  # fmt: skip


@pytest.mark.parametrize("text", ORDINARY)
def test_what_ledgers_hold_is_not_suspected(text: str) -> None:
    for column in ("occupation_raw", "household_id_raw"):
        assert not rules(column, text)


@pytest.mark.parametrize("column", KEY_COLUMNS)
@pytest.mark.parametrize("text", ["../../x", "..\\x", "/etc/passwd", "\\\\srv\\x", "C:\\x", "%2e%2e", "~/x", "file:x"])
def test_a_path_is_no_number(column: str, text: str) -> None:
    assert rules(column, "12/3", text)["text.path_in_key"] == [1]
    assert "text.path_in_key" not in rules("notes_raw", text)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("05/03\u200b/1960", True),
        ("12\u00a0", True),
        ("\u202e12", True),
        ("１２", False),
        ("Lê", False),
        ("e\u0302", False),
    ],
)
def test_invisible_characters_of_columns_that_nobody_cleans(text: str, is_found: bool) -> None:
    assert ("text.invisible_characters" in rules("birth_date_raw", "1", text)) is is_found


def test_columns_whose_reading_tells_it_are_not_told_twice() -> None:
    assert not rules("full_name_raw", "Lê\u200b An")
    assert not rules("other_raw", '{"x": "=1+1"}')


@given(
    st.sampled_from(RAW_COLUMNS), st.lists(st.none() | st.sampled_from([*ACTIVE, *ORDINARY]) | st.text(), max_size=8)
)
def test_each_cell_is_judged_by_itself(column: str, cells: list[str | None]) -> None:
    together = rules(column, *cells)
    for place, cell in enumerate(cells):
        assert {r for r, rows in together.items() if place in rows} == set(rules(column, cell))
