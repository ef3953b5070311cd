"""`sohoa review rows`: what waits in quarantine, by rule and row by row, masked; `review row` decides one."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.inquiries import Row, asked
from pipeline.masking import mask
from pipeline.scope import limited, scope_of
from pipeline.settings import Settings
from schemas import fields, messages, rules
from schemas.errors import UsageError
from schemas.judged import not_overrulable
from schemas.messages import Language
from store import audit, waiting_rows
from store.audit import Event
from store.waiting_rows import WaitingRow


@dataclass(frozen=True)
class WaitingRows:
    """Rules with how many rows each keeps out (undecided, accepted, rejected), and the first of the rows."""

    rules: Sequence[Row]
    rows: Sequence[Row]
    undecided: int


def pile(province: str | None, rule_id: str | None, limit: int, settings: Settings) -> WaitingRows:
    """What waits in quarantine, undecided rows first, those of the oldest batch before others.

    Args:
        province: code of the 34 or the 63; None = all.
        rule_id: rows of this rule only; None = all.
        limit: most rows that are shown.
        settings: of this machine.

    Raises:
        UsageError: province.unknown, scope.other_province, rule.unknown.
    """
    if rule_id is not None and rule_id not in rules.all_rules():
        raise UsageError("rule.unknown", rule=rule_id)
    limits = limited(settings, province)
    with asked(limits) as store:
        audit.record(store, Event("review.rows_shown_masked", "pile", province_code=scope_of(limits) or ""))
        counted = [c for c in waiting_rows.counts(store) if rule_id in (None, c.rule_id)]
        shown = waiting_rows.rows(store, limit, rule_id)
    by_rule = [
        {"rule": c.rule_id, "undecided": c.undecided, "accepted": c.accepted, "rejected": c.rejected,
         "wrong": messages.wrong(rules.rule(c.rule_id).message, settings.language)}
        for c in counted
    ]  # fmt: skip
    return WaitingRows(by_rule, [_row(row, settings.language) for row in shown], sum(c.undecided for c in counted))


def _row(row: WaitingRow, language: Language) -> Row:
    raw = fields.by_name(row.field).raw_columns[0] if row.field else ""
    is_overrulable = not not_overrulable(frozenset(row.rule_ids))
    return {
        "rule": row.rule_id, "file": row.file, "sheet": row.sheet, "line": row.line,
        "column": ", ".join(f"{letter} ({heading})" if heading else letter for letter, heading in row.cells),
        "read": mask(row.raw_value or "", raw),
        "may_accept": messages.text("row.may_accept" if is_overrulable else "row.may_not_accept", language),
        "decided": messages.text(f"decided.{row.decision}", language) if row.decision else None, "author": row.author,
        "batch": row.batch_id, "record_id": row.record_id,
    }  # fmt: skip
