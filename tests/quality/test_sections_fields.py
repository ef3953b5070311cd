"""Axes and comparisons in words: an interval below each share, and what lies apart is said."""

from dataclasses import replace

from quality.field_history import FieldHistory, FieldTally, together
from quality.report import build_report
from quality.sections_fields import axes, compared
from schemas import messages
from schemas.fields import FIELDS
from tests.quality import made_facts


def test_axes_come_in_the_order_of_the_campaign() -> None:
    found = axes(build_report(made_facts.facts()), "vi")
    assert [axis.label for axis in found] == ["Đúng", "Đủ", "Sạch", "Sống"]
    assert found[3].found.share == "23,00\N{NO-BREAK SPACE}%"
    assert found[3].found.span == "22,39–23,63"
    assert "4.120" in found[3].counted


def test_fields_stand_beside_the_last_batch_the_province_and_the_nation() -> None:
    found = compared(build_report(made_facts.facts()), "en")
    assert [m.name for m in found] == ["filled", "valid", "changed", "by_hand"]
    assert found[0].columns[1:] == ("Last batch of the province", "The province, 5 batches", "The nation, 40 batches")
    assert all(len(m.rows) == len(FIELDS) and {len(row.shares) for row in m.rows} == {4} for m in found)
    shown = [share.share.replace("\N{NO-BREAK SPACE}", "") for share in found[2].rows[0].shares]
    assert shown == ["2.50%", "3.75%", "3.75%", "–"]
    assert [share.is_apart for share in found[2].rows[0].shares] == [False, True, True, False]


def test_intervals_that_meet_are_not_said_to_differ() -> None:
    made = made_facts.facts()
    same = together([[FieldTally(f.name, 18_000, 17_000, 16_900, 425, 20) for f in FIELDS]])
    report = build_report(replace(made, history=FieldHistory(last=same, last_batch="6" * 32)))
    full_name = compared(report, "vi")[2].rows[0]
    assert not full_name.shares[1].is_apart


def test_a_first_batch_has_nothing_beside_it_and_an_old_one_no_changes() -> None:
    made = made_facts.facts()
    old = tuple(replace(f, changed=None, by_hand=None) for f in made.fields)
    report = build_report(replace(made, history=FieldHistory(), fields=old))
    found = compared(report, "vi")
    assert found[0].columns == (messages.text("report.compared.this", "vi"),)
    assert {row.shares[0].share for row in found[3].rows} == {"–"}
