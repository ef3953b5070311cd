"""From a count to its rows: a link where rows stand, none where not."""

from quality.row_links import Links
from tests.quality import made_rows

BATCH = "a" * 32


def test_links_lead_to_rules_files_and_fields_that_have_rows() -> None:
    links = Links(made_rows.index(), BATCH)
    assert links.index == f"{BATCH}.rows/index.html"
    assert links.rule("birth_date.impossible") == f"{BATCH}.rows/rule.birth_date.impossible.html"
    assert links.in_file("trang_14.png", "birth_date.impossible").endswith("rule.birth_date.impossible.html#f3")
    assert links.file("trang_14.png") == f"{BATCH}.rows/index.html#f3"
    assert links.field("birth_date") == f"{BATCH}.rows/index.html#field-birth_date"
    assert [links.rule("sex.missing"), links.in_file("trang_14.png", "header.missing_required")] == ["", ""]
    assert [links.file("none.csv"), links.field("sex")] == ["", ""]


def test_without_rows_there_is_no_link() -> None:
    links = Links(None, BATCH)
    assert {links.index, links.rule("sex.missing"), links.in_file("a", "b"), links.file("a"), links.field("sex")} == {
        ""
    }
