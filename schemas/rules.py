"""The rules, read from rules.csv: the one place that decides what a finding does to its row or file."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

Severity = Literal["block", "review", "notice"]
RuleOutcome = Literal["file", "row", "value"]


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        id: ``<subject>.<what is wrong>``; also its key in the message catalogue.
        severity: block (chặn) | review (cần xem) | notice (nhắc).
        outcome: what a blocking rule keeps out: the file or the row; ``value`` keeps the row.
        field: name of the field it speaks of; empty for files, rows and all places.
        message: key in the catalogue.
        example: a value that breaks it.
        order: place in rules.csv; the first rule in order names a quarantined row.
    """

    id: str
    severity: Severity
    outcome: RuleOutcome
    field: str
    message: str
    example: str
    order: int


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule by id, in the order of rules.csv."""
    with files("schemas").joinpath("rules.csv").open("r", encoding="utf-8") as lines:
        return {row["id"]: _rule(row, order) for order, row in enumerate(csv.DictReader(lines))}


def rule(rule_id: str) -> Rule:
    """The rule of that id. Raises KeyError for an id that rules.csv does not know."""
    return all_rules()[rule_id]


def quarantining() -> frozenset[str]:
    """Ids of the rules that keep a row out."""
    return frozenset(r.id for r in all_rules().values() if r.severity == "block" and r.outcome == "row")


def _rule(row: dict[str, str], order: int) -> Rule:
    severity, outcome = cast(Severity, row["severity"]), cast(RuleOutcome, row["outcome"])
    return Rule(row["id"], severity, outcome, row["field"], row["message"], row["example"], order)
