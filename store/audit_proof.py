"""Heads of the audit to be signed, and the proof that one event is below a head; checked by `store.audit_verifier`."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from store.audit_verifier import PREFIX, START, TITLE, Head, Tree, Verdict


def head_text(verdict: Verdict, moment: str, trail_from: int = 0, trail: bytes = b"", next_key: str = "") -> str:
    """The text of a head, which is what gets signed.

    Args:
        verdict: of a chain without findings.
        moment: of signing, ISO in UTC.
        trail_from: sequence of the first event of the trail.
        trail: beginnings of the hashes of the events from there on.
        next_key: body of the PEM of the public key that later heads are signed with, where the key changes.
    """
    heir = f"next: {next_key}\n" if next_key else ""
    told = f"{trail_from} {sha256(trail).hexdigest()}" if trail else "-"
    return (
        f"{TITLE}\nsequence: {verdict.events}\nhash: {verdict.hash}\nroot: {verdict.root}\n"
        f"moment: {moment}\ntrail: {told}\n{heir}"
    )


def trail_of(rows: Iterable[bytes]) -> bytes:
    """The beginnings of the hashes of lines of events."""
    return b"".join(bytes.fromhex(row.rstrip(b"\n")[-2 * len(START) :][: 2 * PREFIX].decode("ascii")) for row in rows)


def proof(rows: Iterable[bytes], position: int, head: Head, handed_over: Sequence[Head] = ()) -> dict[str, Any]:
    """Proof that an event is in the chain that a head was signed over; under 4 KB, and half a KB a change of the key.

    Args:
        rows: the lines of the events, from the first on.
        position: sequence of the event.
        head: a signed head.
        handed_over: the heads by which keys handed over to the one that signed it.

    Raises:
        ValueError: there is no such event below the head, or the chain is not the head's.
    """
    tree, line, previous, last = Tree(position - 1), "", "", START.hex()
    for number, row in enumerate(rows, 1):
        if number > head.sequence:
            break
        body, _, written = row.rstrip(b"\n").decode("ascii").rpartition("\t")
        if number == position:
            line, previous = body, last
        last = written
        tree.add(bytes.fromhex(written))
    if not 1 <= position <= head.sequence or tree.root().hex() != head.root:
        raise ValueError("not below this head")
    path = [node.hex() for node in tree.path]
    told: dict[str, Any] = {"event": line, "previous": previous, "position": position, "path": path}
    if handed_over:
        told["handed_over"] = [[other.text, other.signature.hex()] for other in handed_over]
    return told | {"head": head.text, "signature": head.signature.hex()}
