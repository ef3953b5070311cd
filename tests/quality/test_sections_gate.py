from dataclasses import replace

import pytest

from quality import sections_gate
from quality.report import Report, build_report
from quality.report_facts import GateRelease
from quality.suite import EXPECTATIONS
from quality.validate import ExpectationResult
from schemas.messages import wrong
from tests.quality import made_facts


def report_of(*results: ExpectationResult) -> Report:
    made = made_facts.facts()
    assert made.gate is not None
    return build_report(replace(made, gate=replace(made.gate, results=results)))


def result(id_: str, **changes: object) -> ExpectationResult:
    made = made_facts.facts().gate
    assert made is not None
    return replace(next(r for r in made.results if r.id == id_), **changes)  # type: ignore[arg-type]


def shown(one: ExpectationResult) -> sections_gate.ResultShown:
    gate = sections_gate.gate(report_of(one), "vi")
    assert gate is not None
    return gate.failed[0] if gate.failed else gate.passed[0][1][0]


@pytest.mark.parametrize(
    ("id_", "changes", "observed", "limit"),
    [
        ("gate.sex.code", {"unexpected": 3, "checked": 1200}, "3 trong 1.200", "không trường hợp nào"),
        ("gate.relatives.father_name", {"unexpected": 0}, "0 trong 17.301", "tối đa 1\N{NO-BREAK SPACE}%"),
        ("gate.batch.sex", {}, "49,62\N{NO-BREAK SPACE}%", "từ 20\N{NO-BREAK SPACE}% đến 80\N{NO-BREAK SPACE}%"),
        ("gate.batch.heaping", {"observed": 131.24}, "131,2", "tối đa 175"),
        ("gate.batch.balance", {"observed": 0.0}, "0", "tối đa 0"),
        ("gate.batch.sex", {"observed": None}, "quá ít để tính", "từ 20\N{NO-BREAK SPACE}% đến 80\N{NO-BREAK SPACE}%"),
        ("gate.sex.code", {"evaluated": False, "success": False}, "không tính được", "không trường hợp nào"),
    ],
)
def test_what_was_seen_and_what_is_borne(id_: str, changes: dict[str, object], observed: str, limit: str) -> None:
    found = shown(result(id_, **changes))
    assert (found.observed, found.limit) == (observed, limit)


def test_failures_come_first_those_that_stop_before_warnings() -> None:
    failing = [
        result("gate.relatives.father_name", success=False), result("gate.sex.code", success=False),
        result("gate.batch.sex"),
    ]  # fmt: skip
    gate = sections_gate.gate(report_of(*failing), "en")
    assert gate is not None
    assert [(r.id, r.status) for r in gate.failed] == [
        ("gate.sex.code", "critical"), ("gate.relatives.father_name", "warning"),
    ]  # fmt: skip
    assert (gate.total, gate.held, gate.stopped, gate.warned) == ("3", "1", 1, 1)
    assert all(r.do for r in gate.failed)


def test_every_expectation_is_named_under_what_it_looks_at() -> None:
    gate = sections_gate.gate(build_report(made_facts.facts()), "vi")
    assert gate is not None
    listed = [r.id for _, rows in gate.passed for r in rows] + [r.id for r in gate.failed]
    assert sorted(listed) == sorted(e.id for e in EXPECTATIONS)
    assert dict(gate.passed)["Giới tính"][0].wrong == wrong("gate.sex.code", "vi")


def test_an_expectation_that_is_gone_keeps_its_id_and_none_kept_is_none() -> None:
    assert shown(replace(result("gate.sex.code"), id="gate.old")).wrong == "gate.old"
    assert sections_gate.gate(build_report(replace(made_facts.facts(), gate=None)), "vi") is None


def test_what_somebody_let_in_is_said_with_who_and_when_and_asks_for_nothing_more() -> None:
    broken = result("gate.batch.sex", success=False, unexpected=1, observed=0.93)
    made = made_facts.facts()
    assert made.gate is not None
    let_in = GateRelease(broken.id, 1, "3fa91c20aa17", "2026-11-02T08:15:00+00:00")
    report = build_report(replace(made, gate=replace(made.gate, results=(broken,), released=(let_in,))))
    gate = sections_gate.gate(report, "vi")
    assert gate is not None
    assert (gate.stopped, gate.failed[0].status, gate.failed[0].do) == (0, "released", "")
    assert "3fa91c20aa17" in gate.released[0]
    assert "15:15" in gate.released[0], "the hour of Viet Nam"
