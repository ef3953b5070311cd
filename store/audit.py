"""The audit: what was done on the store, and what was refused; events chained by hash, append-only.

An event is written in the transaction of what it tells of: without it nothing is done. It holds no text that somebody
typed and no value of a person: who is spoken of stands as a keyed pseudonym (`store.acting`), what was said too.
The database gives each event its sequence, moment, role and hash (migration 0013); `store.audit_verifier` says what
the hash is taken over, and finds what was changed afterwards.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.errors import Refused, SettingsError, UsageError
from store.acting import Acting
from store.audit_verifier import Head, Verdict, verify
from store.copying import psycopg_cursor
from store.engine import Store
from store.roles import Role

_WRITTEN = (
    "actor", "action", "outcome", "object_kind", "object", "other_object", "province_code", "reason", "said", "before",
    "after", "request_id",
)  # fmt: skip
COLUMNS: tuple[str, ...] = (
    "sequence", "moment", "actor", "role", *_WRITTEN[1:],
)  # fmt: skip
"""The columns of an event in the order of its line; the hash stands after them."""

LINE = f"""sequence, to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), {", ".join(COLUMNS[2:])}"""
"""The columns of an event as SQL makes texts of them."""


@dataclass(frozen=True)
class Event:
    """What is done, before it has a place in the chain. Objects and texts are given in clear and leave as pseudonyms.

    Attributes:
        action: what is done, for example `person.merged`; docs/audit.md lists them.
        object_kind: of what the two objects are: person, batch, pair ...
        about: id of what is acted on.
        other: id of the second one, where there are two.
        province_code: the province whose data it is, "" where it is not one.
        reason: a code: the purpose, or why it was refused.
        said: what a person typed as author and reason.
        before: what was so before, any values.
        after: what is so afterwards.
        outcome: done or refused.
    """

    action: str
    object_kind: str = ""
    about: str = field(default="", repr=False)
    other: str = field(default="", repr=False)
    province_code: str = ""
    reason: str = ""
    said: tuple[str, ...] = field(default=(), repr=False)
    before: tuple[object, ...] = field(default=(), repr=False)
    after: tuple[object, ...] = field(default=(), repr=False)
    outcome: Literal["done", "refused"] = "done"


def append(connection: Connection, acting: Acting, event: Event) -> None:
    """Write an event in the transaction of what it tells of; call it last, the chain is locked until the commit."""
    values = {
        "actor": acting.account, "action": event.action, "outcome": event.outcome, "object_kind": event.object_kind,
        "object": acting.pseudonym(event.object_kind, event.about),
        "other_object": acting.pseudonym(event.object_kind, event.other),
        "province_code": event.province_code, "reason": event.reason, "said": acting.said(*event.said),
        "before": acting.state(*event.before), "after": acting.state(*event.after), "request_id": acting.request_id,
    }  # fmt: skip
    connection.execute(
        sa.text(f"INSERT INTO audit_events ({', '.join(_WRITTEN)}) VALUES ({', '.join(':' + c for c in _WRITTEN)})"),
        values,
    )


def record(store: Store, event: Event) -> None:
    """Write an event in a transaction of its own: of a read or an export, before anything of it is shown.

    Raises:
        StoreUnavailable, ContractError: it could not be written; do not do what it tells of.
    """
    with store.writing("audit_events", Role.AUDIT) as connection:
        append(connection, store.acting, event)


@contextmanager
def refusals(store: Store, event: Event) -> Iterator[None]:
    """Within the block a refusal of the action leaves an event of its own, with the code of the refusal."""
    try:
        yield
    except (UsageError, Refused, SettingsError) as refusal:
        record(store, replace(event, outcome="refused", reason=refusal.code))
        raise


def lines(connection: Connection, since: int = 0) -> Iterator[bytes]:
    """The events after a sequence as lines: columns between tabs, then the hash in hexadecimal digits."""
    # The query spells the columns out: a function of the store that lies would be believed.
    wanted = f"SELECT {LINE}, encode(hash, 'hex') FROM audit_events WHERE sequence > {int(since)} ORDER BY sequence"
    query = f"COPY ({wanted}) TO STDOUT"
    with psycopg_cursor(connection).copy(query.encode()) as copy:
        for row in copy:  # the server sends one message a row
            yield bytes(row)


def check_chain(store: Store, heads: Sequence[Head] = ()) -> Verdict:
    """Verify the whole chain against heads that were kept; their signatures are the caller's to check."""
    with store.reading() as connection:
        return verify(lines(connection), heads)


def add_head(store: Store, head: Head) -> None:
    """Append a signed head."""
    with store.writing("audit_heads", Role.AUDIT) as connection:
        connection.execute(
            sa.text("""
                INSERT INTO audit_heads (sequence, hash, content, signature)
                VALUES (:sequence, :hash, :content, :signature)"""),
            {"sequence": head.sequence, "hash": bytes.fromhex(head.hash), "content": head.text,
             "signature": head.signature},
        )  # fmt: skip


def stored_heads(store: Store) -> list[tuple[str, bytes]]:
    """Text and signature of the heads in the store, oldest first."""
    with store.reading() as connection:
        found = connection.execute(sa.text("SELECT content, signature FROM audit_heads ORDER BY number"))
        return [(str(content), bytes(signature)) for content, signature in found]
