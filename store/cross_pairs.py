"""Pairs whose two records lie in two provinces: each province says its word, and both together decide.

Which pairs there are, and that both have said the same, is a question to the nation; a word is written by a session of
the province that says it, so that the database holds nobody speaks for another.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from schemas.errors import UsageError
from store import audit
from store.audit import Event
from store.engine import Store
from store.reviews import OPEN, Verdict
from store.roles import Role

_ID = re.compile(r"[0-9a-f]{32}")
_HEX = "encode(uuid_send({0}), 'hex')"
_ACROSS = "l.province_code <> r.province_code"


@dataclass(frozen=True)
class CrossPair:
    """A pair of two provinces: its records in order, the person and the province (of the 34) of each; does it wait?"""

    left: str
    right: str
    persons: tuple[str, str]
    provinces: tuple[str, str]
    is_open: bool

    def record_of(self, province_code: str) -> str:
        """The record that is of this province."""
        return self.left if self.provinces[0] == province_code else self.right

    def other(self, province_code: str) -> str:
        """The other province."""
        return self.provinces[1] if self.provinces[0] == province_code else self.provinces[0]


@dataclass(frozen=True)
class Word:
    """What a province says of a pair."""

    decision: str
    author: str
    reason: str


def waiting(store: Store, province_code: str, limit: int) -> list[tuple[str, str]]:
    """The open pairs of a province and another one that it has not said anything of, or that they disagree about.

    `store`: of the nation.
    """
    query = f"""
        WITH said AS (
            SELECT DISTINCT ON (left_record_id, right_record_id, province_code) * FROM cross_judgements
            ORDER BY left_record_id, right_record_id, province_code, number DESC)
        SELECT {_HEX.format("s.left_record_id")}, {_HEX.format("s.right_record_id")} {OPEN}
        AND {_ACROSS} AND :p IN (l.province_code, r.province_code) AND NOT EXISTS (
            SELECT FROM said own WHERE own.left_record_id = s.left_record_id AND own.right_record_id = s.right_record_id
            AND own.province_code = :p AND own.decision <> 'undone' AND NOT EXISTS (
                SELECT FROM said their WHERE their.left_record_id = s.left_record_id
                AND their.right_record_id = s.right_record_id AND their.province_code <> :p
                AND their.decision NOT IN ('undone', own.decision)))
        ORDER BY s.match_weight DESC, s.left_record_id, s.right_record_id LIMIT :limit"""
    with store.reading(Role.REVIEW) as connection:
        rows = connection.execute(sa.text(query), {"p": province_code, "limit": limit})
        return [(str(left), str(right)) for left, right in rows]


def pair(store: Store, left: str, right: str) -> CrossPair | None:
    """The pair of those two records of two provinces; None if there is none. `store`: of the nation."""
    if not (_ID.fullmatch(left) and _ID.fullmatch(right)):
        return None
    at = "s.left_record_id = CAST(:l AS uuid) AND s.right_record_id = CAST(:r AS uuid)"
    query = f"""
        SELECT {_HEX.format("s.left_record_id")}, {_HEX.format("s.right_record_id")}, {_HEX.format("l.person_id")},
            {_HEX.format("r.person_id")}, l.province_code, r.province_code, EXISTS (SELECT {OPEN} AND {at})
        FROM scored_pairs s JOIN memberships l ON l.record_id = s.left_record_id
        JOIN memberships r ON r.record_id = s.right_record_id WHERE {at} AND {_ACROSS}"""
    one, other = sorted((left, right))
    with store.reading(Role.REVIEW) as connection:
        row = connection.execute(sa.text(query), {"l": one, "r": other}).one_or_none()
    if row is None:
        return None
    return CrossPair(str(row[0]), str(row[1]), (str(row[2]), str(row[3])), (str(row[4]), str(row[5])), bool(row[6]))


def words(store: Store, of: CrossPair) -> Mapping[str, Word]:
    """The word of each province that stands, by its code. `store`: of the nation."""
    query = """
        SELECT DISTINCT ON (province_code) province_code, decision, author, reason FROM cross_judgements
        WHERE left_record_id = CAST(:l AS uuid) AND right_record_id = CAST(:r AS uuid)
        ORDER BY province_code, number DESC"""
    with store.reading(Role.REVIEW) as connection:
        rows = connection.execute(sa.text(query), {"l": of.left, "r": of.right}).all()
    return {str(code): Word(*map(str, said)) for code, *said in rows if said[0] != "undone"}


def say(store: Store, of: CrossPair, province_code: str, word: Word) -> None:
    """Note what a province says of a pair, or that it takes its word back (undone).

    Args:
        store: limited to that province.
        of: the pair.
        province_code: one of its two.
        word: what it says.

    Raises:
        UsageError: store.pair_unknown, the pair is not of that province; review.who_and_why.
    """
    if province_code not in of.provinces:
        raise UsageError("store.pair_unknown")
    if not (word.author.strip() and word.reason.strip()):
        raise UsageError("review.who_and_why")
    with store.writing("cross_judgements", Role.REVIEW) as connection:
        connection.execute(
            sa.text("""
                INSERT INTO cross_judgements (left_record_id, right_record_id, province_code, decision, author, reason)
                VALUES (CAST(:l AS uuid), CAST(:r AS uuid), :p, :decision, :author, :reason)"""),
            {"l": of.left, "r": of.right, "p": province_code, **vars(word)},
        )
        audit.append(connection, store.acting, event_of(of, province_code, word))


def event_of(of: CrossPair, province_code: str, word: Word) -> Event:
    """The event of a word, for the audit."""
    return Event(
        "review.cross_said", "record", of.left, of.right, province_code=province_code,
        said=(word.author, word.reason), after=(word.decision,),
    )  # fmt: skip


def agreed(found: Mapping[str, Word], of: CrossPair) -> Verdict | None:
    """What both provinces say, if they say the same."""
    said = {found[code].decision if code in found else "" for code in of.provinces}
    if said == {"same"}:
        return "same"
    return "different" if said == {"different"} else None
