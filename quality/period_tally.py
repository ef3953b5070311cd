"""What the report of a month takes from the facts of one batch."""

from datetime import datetime
from itertools import starmap

from quality.period_facts import BatchLine, GatePoint, PairCount, People, RuleRows, Tally, Threshold
from quality.report import FEWEST_SHOWN, verdict
from quality.report_facts import GateFacts, ReportFacts

_UNDONE = "undone"


def line(facts: ReportFacts, state: str, recorded_at: datetime) -> BatchLine:
    """The batch in the list of its month.

    Args:
        facts: of its report.
        state: as the store has it when the month is counted: loaded, stopped or undone.
        recorded_at: when it was loaded or stopped, in the time of Viet Nam.
    """
    delivery = facts.delivery
    told = _UNDONE if state == _UNDONE else verdict(delivery.state, facts.balance, facts.files)
    return BatchLine(
        delivery.batch_id, delivery.province_code, recorded_at.isoformat(timespec="seconds"), state, told,
        facts.balance, delivery.code_version, delivery.model_version, _gate(facts.gate), facts.codes,
        facts.groups,
    )  # fmt: skip


def tally(facts: ReportFacts) -> Tally:
    """The sums of one batch."""
    found = facts.duplicates
    thresholds = (Threshold(facts.delivery.model_version, found.match_weight, found.review_weight),)
    return Tally(
        balance=facts.balance,
        fields=facts.fields,
        merged_within=found.merged_within,
        merged_with_store=found.merged_with_store,
        pairs=tuple(PairCount(*key, pairs) for key, pairs in sorted(found.pairs.items())),
        weights=found.weights,
        thresholds=thresholds if facts.delivery.state == "loaded" else (),
        candidate_pairs=found.candidate_pairs or 0,
        people=facts.people,
        codes=facts.codes,
        quarantine=tuple(starmap(RuleRows, ((r.rule_id, r.rows) for r in facts.quarantine))),
        households=facts.households,
        states=facts.states,
        cells=facts.cells,
    )


def few(facts: ReportFacts) -> People | None:
    """The persons of a batch whose own report does not tell of them, because they are too few; else None."""
    found = People(facts.people, facts.households, facts.states)
    return found if 0 < found.persons < FEWEST_SHOWN else None


def _gate(gate: GateFacts | None) -> tuple[GatePoint, ...]:
    if gate is None:
        return ()
    return tuple(
        GatePoint(r.id, r.field, r.column, r.severity, r.success, r.evaluated, r.checked, r.unexpected, r.observed)
        for r in gate.results
    )
