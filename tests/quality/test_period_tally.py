from datetime import UTC, datetime

from quality import period_tally
from quality.report import verdict
from tests.quality import made_facts

MOMENT = datetime(2026, 11, 20, 2, 41, 7, tzinfo=UTC)


def test_a_batch_is_told_as_its_own_report_tells_it() -> None:
    facts = made_facts.facts()
    line, sums = period_tally.line(facts, "loaded", MOMENT), period_tally.tally(facts)
    assert line.batch_id == facts.delivery.batch_id
    assert line.verdict == verdict("loaded", facts.balance, facts.files)
    assert line.recorded_at == "2026-11-20T02:41:07+00:00"
    assert facts.gate is not None
    assert [(p.id, p.success) for p in line.gate] == [(r.id, r.success) for r in facts.gate.results]
    assert (sums.balance, sums.fields, sums.people, sums.codes) == (
        facts.balance, facts.fields, facts.people, facts.codes,
    )  # fmt: skip
    assert {(p.outcome, p.with_store): p.pairs for p in sums.pairs} == facts.duplicates.pairs
    assert {r.rule_id: r.rows for r in sums.quarantine} == {r.rule_id: r.rows for r in facts.quarantine}
    assert [(t.match, t.review) for t in sums.thresholds] == [(8.0, -2.0)]


def test_a_batch_that_was_undone_is_named_and_not_counted() -> None:
    line = period_tally.line(made_facts.facts(), "undone", MOMENT)
    assert (line.verdict, line.counts) == ("undone", False)


def test_a_stopped_batch_counts_its_rows_as_rejected_and_says_nothing_of_a_model() -> None:
    facts = made_facts.stopped()
    line, sums = period_tally.line(facts, "stopped", MOMENT), period_tally.tally(facts)
    assert (line.verdict, line.counts) == ("stopped", True)
    assert sums.balance.rejected == sums.balance.read > 0
    assert sums.thresholds == ()
