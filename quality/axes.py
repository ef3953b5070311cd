"""The four axes of the campaign of Project 06 (Decision 06/QĐ-TTg of 2022): correct, complete, clean, live.

The campaign names them and defines no measure; these are ours, each a share that can be counted anew from the report.
"""

from collections.abc import Iterable, Mapping

from quality.report_facts import Balance, FieldFacts
from quality.shares import Share, share
from schemas.field import EmptyReason

AXES = ("correct", "complete", "clean", "live")
_NOT_ASKED = (EmptyReason.NOT_IN_FORM, EmptyReason.NOT_APPLICABLE)


def axes(balance: Balance, fields: Iterable[FieldFacts], identifiers: Mapping[str, int]) -> dict[str, Share]:
    """The axes of a batch.

    Returns:
        correct: of the values of the 17 fields, those that no rule wants looked at;
        complete: of the fields that the ledger asks for and that apply, those with a value;
        clean: of the rows read, those that came in or were known, neither kept out nor rejected;
        live: of the rows that came in, those with the personal number by which later changes reach the person.
    """
    told = tuple(fields)
    filled = sum(f.by_reason.get(EmptyReason.FILLED, 0) for f in told)
    asked = sum(rows for f in told for reason, rows in f.by_reason.items() if EmptyReason(reason) not in _NOT_ASKED)
    return {
        "correct": share(filled - sum(f.in_review for f in told), filled),
        "complete": share(filled, asked),
        "clean": share(balance.taken + balance.known, balance.read),
        "live": share(min(identifiers.get("personal_number", 0), balance.taken), balance.taken),
    }
