"""An audit as a list of lines, and every way to change it that RELIABILITY S2 names, seeded; for tests and campaign."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from store.audit_proof import head_text, trail_of
from store.audit_verifier import START, Head, parse_head, verify

ACTIONS = ("person.merged", "person.unmerged", "review.decided", "batch.loaded", "report.written")
Chain = list[bytes]


@dataclass(frozen=True)
class Tampered:
    """What became of a chain, and the first event that is not as it was."""

    rows: Chain
    first: int


def seeded(seed: object) -> random.Random:
    """Chance that is the same each time."""
    return random.Random(str(seed))  # noqa: S311 - no secret


def bodies(count: int, seed: int) -> list[bytes]:
    """The lines of events without their hashes."""
    made = seeded(seed)
    return [
        "\t".join((
            str(n), f"2026-01-{1 + n // 86_400:02d}T{n // 3600 % 24:02d}:{n // 60 % 60:02d}:{n % 60:02d}.000000Z",
            made.choice(("lan", "minh", "sohoa")), "sohoa", made.choice(ACTIONS), "done", "person",
            f"{made.getrandbits(128):032x}", "", f"{made.randrange(1, 97):02d}", "", f"{made.getrandbits(128):032x}",
            "", f"{made.getrandbits(128):032x}", f"{made.getrandbits(128):032x}",
        )).encode()
        for n in range(1, count + 1)
    ]  # fmt: skip


def chained(lines: Sequence[bytes], previous: bytes = START) -> Chain:
    """Lines with the hashes that make them a chain."""
    rows = []
    for line in lines:
        previous = sha256(previous + line).digest()
        rows.append(line + b"\t" + previous.hex().encode() + b"\n")
    return rows


def head_of(rows: Chain, since: int = 0) -> Head:
    """The head of a chain with the trail of the events after `since`; it is not signed."""
    trail = trail_of(rows[since:])
    return parse_head(head_text(verify(rows), "2026-02-01T00:00:00+00:00", since + 1, trail), b"", trail)


def body_of(row: bytes) -> bytes:
    """A line without its hash."""
    return row.rstrip(b"\n").rpartition(b"\t")[0]


def renumbered(rows: Chain, first: int) -> Chain:
    """The rows from that index on with the sequence of their place; their hashes stay."""
    return rows[:first] + [b"%d\t" % (n + 1) + rows[n].partition(b"\t")[2] for n in range(first, len(rows))]


def _edited_line(made: random.Random, line: bytes) -> bytes:
    cells = line.split(b"\t")
    at = made.randrange(1, len(cells))
    cells[at] = bytes(made.choice(b"0123456789abcdef") for _ in range(len(cells[at]) or 2))
    changed = b"\t".join(cells)
    return changed if changed != line else _edited_line(made, line)


def edit(rows: Chain, made: random.Random) -> Tampered:
    """A field of one event is another one."""
    at = made.randrange(len(rows))
    line, _, written = rows[at].rpartition(b"\t")
    return Tampered([*rows[:at], _edited_line(made, line) + b"\t" + written, *rows[at + 1 :]], at + 1)


def edit_hash(rows: Chain, made: random.Random) -> Tampered:
    """A bit of one hash is another one."""
    at = made.randrange(len(rows))
    line, _, written = rows[at].rstrip(b"\n").rpartition(b"\t")
    wrong = (int(written, 16) ^ (1 << made.randrange(256))).to_bytes(32, "big").hex().encode()
    return Tampered([*rows[:at], line + b"\t" + wrong + b"\n", *rows[at + 1 :]], at + 1)


def edit_and_hash(rows: Chain, made: random.Random) -> Tampered:
    """A field of one event is another one and its own hash fits; the next one's does not, but for the last."""
    at = made.randrange(len(rows) - 1)
    line = _edited_line(made, body_of(rows[at]))
    previous = bytes.fromhex(rows[at - 1].rstrip()[-64:].decode()) if at else START
    return Tampered(rows[:at] + chained([line], previous) + rows[at + 1 :], at + 1)


def delete(rows: Chain, made: random.Random, at: int | None = None) -> Tampered:
    """One event is gone; of the others some are numbered anew."""
    at = made.randrange(1, len(rows) - 1) if at is None else at
    left = rows[:at] + rows[at + 1 :]
    return Tampered(renumbered(left, at) if made.random() < 0.5 else left, at + 1)


def delete_first(rows: Chain, made: random.Random) -> Tampered:
    """The first event is gone."""
    return delete(rows, made, 0)


def delete_last(rows: Chain, made: random.Random) -> Tampered:
    """The last event is gone: only a kept head knows."""
    return Tampered(rows[:-1], len(rows))


def swap(rows: Chain, made: random.Random) -> Tampered:
    """Two events stand in each other's place, under each other's number or their own."""
    one, other = sorted(made.sample(range(len(rows)), 2))
    changed = rows.copy()
    changed[one], changed[other] = rows[other], rows[one]
    if made.random() < 0.5:
        for at in (one, other):
            changed[at] = b"%d\t" % (at + 1) + changed[at].partition(b"\t")[2]
    return Tampered(changed, one + 1)


def insert(rows: Chain, made: random.Random) -> Tampered:
    """An event that never was stands between two; of those after it some are numbered anew."""
    at = made.randrange(len(rows))
    line, _, written = rows[at].rpartition(b"\t")
    changed = [*rows[:at], _edited_line(made, line) + b"\t" + written, *rows[at:]]
    return Tampered(renumbered(changed, at) if made.random() < 0.5 else changed, at + 1)


def replay(rows: Chain, made: random.Random) -> Tampered:
    """An event stands once more, further down or at the end; chained there or not."""
    old = made.randrange(len(rows) - 1)
    at = made.randrange(old + 1, len(rows) + 1)
    if at == len(rows) and made.random() < 0.5:
        line = b"%d\t" % (at + 1) + body_of(rows[old]).partition(b"\t")[2]
        previous = bytes.fromhex(rows[-1].rstrip()[-64:].decode())
        return Tampered(rows + chained([line], previous), at + 1)
    changed = [*rows[:at], rows[old], *rows[at:]]
    return Tampered(renumbered(changed, at) if made.random() < 0.5 else changed, at + 1)


def cut_tail(rows: Chain, made: random.Random) -> Tampered:
    """Some of the last events are gone."""
    left = made.randrange(len(rows) - 1)
    return Tampered(rows[:left], left + 1)


def old_backup(rows: Chain, made: random.Random) -> Tampered:
    """An old backup was put back, and work went on: other events stand where the old ones stood."""
    left = made.randrange(1, len(rows) - 1)
    more = bodies(len(rows) + made.randrange(50), made.randrange(1 << 30))[left:]
    previous = bytes.fromhex(rows[left - 1].rstrip()[-64:].decode())
    return Tampered(rows[:left] + chained(more, previous), left + 1)


def rewrite(rows: Chain, made: random.Random) -> Tampered:
    """One event is another one and everything from it on is chained anew."""
    at = made.randrange(len(rows))
    cells = body_of(rows[at]).split(b"\t")
    cells[made.choice((2, 4, 7, 9))] += b"x"  # not the moment: time must not give it away
    lines = [b"\t".join(cells), *map(body_of, rows[at + 1 :])]
    previous = bytes.fromhex(rows[at - 1].rstrip()[-64:].decode()) if at else START
    return Tampered(rows[:at] + chained(lines, previous), at + 1)


KINDS: Mapping[str, Callable[[Chain, random.Random], Tampered]] = {
    f.__name__: f
    for f in (
        edit, edit_hash, edit_and_hash, delete, delete_first, delete_last, swap, insert, replay, cut_tail, old_backup,
        rewrite,
    )
}  # fmt: skip


def is_located(tampered: Tampered, heads: Sequence[Head]) -> bool:
    """Is the change found, and its first event named within one?"""
    found = verify(tampered.rows, heads).findings
    return bool(found) and abs(found[0].position - tampered.first) <= 1
