"""What the gate saw before, as it is kept: short, and told again without loss."""

from dataclasses import asdict, replace

from quality.gate_history import GateHistory
from quality.gate_trends import history, trends
from quality.report_facts import GateFacts
from quality.validate import ExpectationResult
from tests.quality import made_facts

SEX = ExpectationResult(
    "gate.batch.sex", "expect", "batch", "male_share", "critical", 1.0, True, 1, 1, 0, observed=0.5
)  # fmt: skip
FILLED = ExpectationResult("gate.sex.share", "expect", "sex", "sex_code", "warning", 0.9, True, 200, 200, 0)


def gate(*results: ExpectationResult) -> GateFacts:
    return GateFacts("engine", 10, results)


def test_points_are_in_order_and_this_batch_is_the_last() -> None:
    told = history([
        ("a" * 32, "2026-01-01T00:00:00+07:00", "loaded", [asdict(SEX), asdict(replace(FILLED, unexpected=20))]),
        ("b" * 32, "2026-02-01T00:00:00+07:00", "stopped", [asdict(replace(SEX, success=False, observed=0.9))]),
    ])  # fmt: skip
    delivery = made_facts.facts().delivery
    found = {t.id: t for t in trends(gate(SEX, FILLED), delivery, told)}
    sex = found["gate.batch.sex"]
    assert [(p.at, p.failed, p.high) for p in sex.points] == [
        ("a" * 32, 0, 0.5), ("b" * 32, 1, 0.9), (delivery.batch_id, 0, 0.5),
    ]  # fmt: skip
    assert (sex.failed, sex.batches) == (1, 3)
    filled = found["gate.sex.share"]
    assert [(p.at, p.high) for p in filled.points] == [("a" * 32, 0.1), (delivery.batch_id, 0.0)], "b was not judged so"


def test_what_could_not_be_evaluated_is_no_figure_and_what_is_new_has_one_point() -> None:
    broken = replace(SEX, success=False, evaluated=False)
    told = history([("a" * 32, "2026-01-01T00:00:00+07:00", "loaded", [asdict(broken)])])
    found = {t.id: t for t in trends(gate(SEX, FILLED), made_facts.facts().delivery, told)}
    assert [(p.failed, p.high) for p in found["gate.batch.sex"].points] == [(1, None), (0, 0.5)]
    assert found["gate.sex.share"].batches == 1


def test_a_first_batch_and_one_without_a_gate_have_no_course() -> None:
    delivery = made_facts.facts().delivery
    assert trends(gate(SEX), delivery, GateHistory()) == ()
    assert trends(None, delivery, history([("a" * 32, "2026-01-01", "loaded", [asdict(SEX)])])) == ()


def test_failed_ones_come_first_and_the_quiet_last() -> None:
    told = history([("a" * 32, "2026-01-01", "loaded", [asdict(SEX), asdict(FILLED)])])
    found = trends(gate(FILLED, SEX, replace(FILLED, id="gate.x", success=False)), made_facts.facts().delivery, told)
    assert [(t.id, t.is_quiet) for t in found] == [
        ("gate.x", False), ("gate.batch.sex", False), ("gate.sex.share", True),
    ]  # fmt: skip
