"""Two pairs of eyes: one person proposes, another approves just that, within days (RELIABILITY S11)."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from schemas.errors import UsageError
from store import proposals
from store.engine import Store
from store.proposals import Proposal

GOOD_FOR = timedelta(days=7)
"""How long a proposal waits; after that it has to be made again."""


@dataclass(frozen=True)
class Content:
    """What is proposed: `plan` is a hash of all that happens; by whom, why."""

    plan: str
    author: str
    reason: str


def propose(store: Store, kind: proposals.Kind, subject: str, records: Sequence[str], content: Content) -> None:
    """Note a proposal; a later one of the same takes its place."""
    proposals.add(store, Proposal(0, kind, subject, tuple(records), content.plan, content.author, content.reason))


def open_proposal(store: Store, kind: proposals.Kind, subject: str, approver: str) -> Proposal:
    """The proposal that another person made last.

    Raises:
        UsageError: approval.none; approval.same_person; approval.stale.
    """
    found = proposals.last(store, kind, subject)
    if found is None:
        raise UsageError("approval.none")
    if one_person(found.author, approver):
        raise UsageError("approval.same_person")
    if found.recorded_at is None or datetime.now(UTC) - found.recorded_at > GOOD_FOR:
        raise UsageError("approval.stale")
    return found


def one_person(one: str, other: str) -> bool:
    """Are the two names one, however they are typed: case, spaces, composed or not?"""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
