from dataclasses import replace

import pytest

from quality import sections
from quality.render import render_html
from quality.report import build_report
from quality.report_facts import Balance, CodeCount, RowPlace, RuleCount
from schemas.messages import LANGUAGES, Language, what_to_do, wrong
from tests.quality import made_facts


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_names_the_numbers_it_rests_on(language: Language) -> None:
    said = sections.verdict(build_report(made_facts.facts()), language)
    plain = said.replace(".", "").replace(",", "")
    assert all(n in plain for n in ("19800", "17912", "17070", "842", "1240", "563", "85"))


def test_a_stopped_batch_says_what_stopped_it() -> None:
    for language in LANGUAGES:
        said = sections.verdict(build_report(made_facts.stopped()), language)
        assert wrong("gate.batch.sex", language) in said


def test_the_verdict_leaves_out_what_did_not_happen() -> None:
    made = made_facts.facts()
    few = replace(made, balance=Balance(206, 181, 11, 0, 14, 0), files=())
    assert sections.verdict(build_report(few), "vi") == (
        "Trong 206 dòng đã đọc, 192 dòng vào kho (181 người mới, 11 dòng gộp); 14 dòng chờ xử lý."
    )
    none = replace(made, balance=Balance(3, quarantined=3), files=())
    assert sections.verdict(build_report(none), "en") == "Of 3 rows read, none was accepted; 3 kept in quarantine."


def test_many_files_tell_together_rule_by_rule() -> None:
    made = made_facts.facts()
    told = RuleCount("place.missing", "review", 7, tuple(RowPlace("", "Sổ 1", line) for line in (4, 9)), "K", "Nơi ở")
    files = tuple(replace(made.files[0], path=f"xã_{n}.csv", messages=(told,)) for n in range(400))
    report = build_report(replace(made, files=files))
    ((title, (shown,)),) = sections.of(report, "vi").messages
    assert (title, shown.rows, shown.column) == ("400 tệp", "2.800", "")
    assert shown.places == tuple(
        RowPlace(f"xã_{n}.csv", "Sổ 1", line) for n, line in ((0, 4), (0, 9), (1, 4), (1, 9), (2, 4))
    )
    assert len(render_html(report)) < 2_000_000


def test_a_rule_says_what_is_wrong_what_to_do_and_how_many_more_there_are() -> None:
    shown = sections.of(build_report(made_facts.facts()), "vi").quarantine[0]
    assert (shown.rule_id, shown.rows, shown.more) == ("birth_date.impossible", "214", 209)
    assert (shown.wrong, shown.do) == (wrong(shown.rule_id, "vi"), what_to_do(shown.rule_id, "vi"))


def test_a_rule_that_is_gone_keeps_its_id() -> None:
    facts = replace(made_facts.facts(), quarantine=(RuleCount("old.rule", "block", 2),))
    shown = sections.of(build_report(facts), "en").quarantine[0]
    assert (shown.wrong, shown.do) == ("old.rule", "")


def test_a_field_names_its_point_of_law_and_its_element() -> None:
    shown = {f.number: f for f in sections.of(build_report(made_facts.facts()), "vi").fields}
    assert shown[5].law == "điểm đ · QCVN 109 QueQuan"
    assert shown[11].law == "bổ sung bởi Luật 68/2020/QH14"
    assert {n for n, f in shown.items() if f.is_sensitive} == {6, 7, 14}
    assert {n for n, f in shown.items() if f.is_required} == {1, 2, 3, 6, 10, 16}
    assert [(e.label, e.rows) for e in shown[5].empty] == [
        ("để trống", "1.204"), ("ghi là không rõ", "37"), ("hiểu được nhiều cách", "12"),
    ]  # fmt: skip


def test_codes_are_named_by_their_list_and_small_groups_are_not() -> None:
    groups = {g.label: g.persons for g in sections.of(build_report(made_facts.facts()), "en").breakdowns[0].groups}
    assert groups["Kinh"] == "14,920"
    assert groups["3 small groups together"] == "12"
    unknown = (CodeCount("religion", "religions", "99999", 40), CodeCount("religion", "gone", "01", 30))
    facts = replace(made_facts.facts(), codes=unknown)
    assert [g.label for g in sections.of(build_report(facts), "vi").breakdowns[1].groups] == ["99999", "01"]
