"""Rows that wait in quarantine, decided by a person: right as the ledger has them, or nobody; and what binds a run.

A run follows the decisions that stood when it began: they are written into its folder, so that every step and every
re-run sees the same.
"""

from pathlib import Path

from pipeline.artefacts import read_json, write_json
from pipeline.inquiries import asked
from pipeline.settings import Settings
from schemas.errors import UsageError
from schemas.judged import NOTHING_JUDGED, Judged
from store import audit, row_judgements
from store.row_judgements import Answer, RowJudgement

_FILE = "row_judgements.json"


def decide(
    record_id: str, *, accept: bool, reject: bool, undo: bool, author: str, reason: str, settings: Settings
) -> str:
    """Record that a row is right as it stands, or is nobody, or take that back; returns the key of what to say.

    Raises:
        UsageError: not exactly one answer, nobody named, no reason, a row that does not wait, or one that no person may
            accept.
    """
    if accept + reject + undo != 1:
        raise UsageError("review.one_row_answer")
    decision: Answer = "accept" if accept else "reject" if reject else "undone"
    judgement = RowJudgement(record_id.strip().lower(), decision, author.strip(), reason.strip())
    with asked(settings) as store, audit.refusals(store, row_judgements.event_of(judgement)):
        if not (judgement.author and judgement.reason):
            raise UsageError("review.who_and_why")
        (row_judgements.undo if undo else row_judgements.decide)(store, judgement)
    return f"review.row_{decision}"


def keep_with_run(folder: Path, judged: Judged) -> None:
    """Write the decisions that a run follows into its folder."""
    accepted = {said: sorted(rule_ids) for said, rule_ids in sorted(judged.accepted.items())}
    write_json(folder / _FILE, {"accepted": accepted, "rejected": sorted(judged.rejected)})


def of_run(folder: Path) -> Judged:
    """The decisions that a run follows."""
    path = folder / _FILE
    if not path.exists():
        return NOTHING_JUDGED
    found = read_json(path)
    accepted = {said: frozenset(rule_ids) for said, rule_ids in found["accepted"].items()}
    return Judged(accepted, frozenset(found["rejected"]))
