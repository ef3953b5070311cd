"""A group that is served worse is marked; one whose interval reaches the share of all is not."""

from quality.groups import OTHERS
from quality.report_facts import GroupRows
from quality.sections_groups import groups_shown


def test_what_lies_apart_is_marked() -> None:
    made = (
        GroupRows("ethnic_group", "01", "ethnic_groups_121_1979", 9_000, 90, 90, 900),
        GroupRows("ethnic_group", "02", "ethnic_groups_121_1979", 900, 90, 9, 0),
        GroupRows("ethnic_group", OTHERS, None, 20, 1, 0, 2),
    )
    ((title, rows),) = groups_shown(made, "en")
    assert title == "By ethnic group"
    assert [r.label for r in rows] == ["Kinh", "Tày", "small groups together"]
    assert [m.mark for m in rows[1].measures] == ["more", "", "less"]
    assert [m.mark for m in rows[2].measures] == ["", "", ""], "twenty rows say too little"


def test_nothing_counted_is_no_table() -> None:
    assert groups_shown((), "vi") == ()
