"""Verify an exported audit without the store: `python audit_verifier.py FOLDER --heads KEPT --key audit.pub`.

This file stands alone. It needs Python 3.11 and, for signatures, the package `cryptography`; without that package check
each head with OpenSSL and pass --no-signatures:

    openssl pkeyutl -verify -pubin -inkey audit.pub -rawin -in head-N.txt -sigfile head-N.sig

What is verified. `events.tsv` has one event a line: 15 columns and a hash, between tabs. The hash of an event is
SHA-256(hash of the one before, 32 zero bytes for the first || the line without tab and hash). A head `head-N.txt` holds
sequence, hash and Merkle root (RFC 6962; leaves are the hashes of the events) as they were when it was signed
(`head-N.sig`, Ed25519 over the bytes of the text). `head-N.trail` has the first four bytes of each event's hash since
the head before it: it tells which event was rewritten. A head with a line `next` hands over: heads of later events are
signed by the key whose PEM has that body, and by the one before no more; the key to verify with is the first. Heads
kept where the store's keepers cannot reach them find what the chain alone cannot: a cut tail, an old backup put back, a
chain written anew from some event on.

Exit status: 0 sound, 1 something was changed, 2 called wrongly.
"""

import argparse
import json
import sys
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

TITLE = "sohoa audit head 1"
START = bytes(32)
PREFIX = 4
MOST_FINDINGS = 100
EVENTS = "events.tsv"
_LEAF, _NODE = b"\x00", b"\x01"
_FRAME = "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n"
_ED25519, _KEY_LETTERS = bytes.fromhex("302a300506032b6570032100"), 60


@dataclass(frozen=True)
class Finding:
    """What is wrong at which event: the first that is, up to `until` where it cannot be told more closely.

    kind: changed (does not follow from what it says and the one before), missing, out_of_place, time_goes_back,
    unreadable; cut (a head kept elsewhere knows more events), rewritten (it knows others); head_unreadable,
    head_forged, trail_changed (a kept head itself is not as it was signed).
    """

    kind: str
    position: int
    until: int


@dataclass(frozen=True)
class Head:
    """The chain as it was when it was signed. `trail`: beginnings of the hashes of the events from `trail_from` on.

    `next_key`: body of the PEM of the public key that heads of later events are signed with; "" where it stays.
    """

    text: str
    signature: bytes
    sequence: int
    hash: str
    root: str
    moment: str
    trail_from: int = 0
    trail_digest: str = ""
    trail: bytes = field(default=b"", repr=False)
    next_key: str = ""


@dataclass(frozen=True)
class Term:
    """From which event to which a public key (PEM) signs, and to which one it hands over ("" while it signs)."""

    first: int
    last: int
    key: bytes
    heir: str


@dataclass(frozen=True)
class Verdict:
    """Events seen, hash of the last, Merkle root, moment of the last, findings in order (at most MOST_FINDINGS)."""

    events: int
    hash: str
    root: str
    moment: str
    findings: tuple[Finding, ...]
    heads: int = 0


class Tree:
    """Merkle tree of RFC 6962 over leaves that come one by one; with `wanted` (from 0) it collects that leaf's path."""

    def __init__(self, wanted: int = -1) -> None:
        self.size, self.path = 0, list[bytes]()
        self._stack: list[bytes] = []
        self._wanted = wanted
        self._at = -1  # where in the stack the subtree with the wanted leaf lies

    def add(self, leaf: bytes) -> None:
        """Add a leaf."""
        stack = self._stack
        if self.size == self._wanted:
            self._at = len(stack)
        stack.append(sha256(_LEAF + leaf).digest())
        self.size += 1
        size = self.size
        while not size & 1:
            self._merge(stack)
            size >>= 1

    def root(self) -> bytes:
        """The root as of now; the tree may grow on unless a path is collected."""
        stack = self._stack if self._wanted >= 0 else self._stack.copy()
        while len(stack) > 1:
            self._merge(stack)
        return stack[0] if stack else sha256().digest()

    def _merge(self, stack: list[bytes]) -> None:
        right = stack.pop()
        left = stack[-1]
        if self._at >= len(stack) - 1:
            self.path.append(left if self._at == len(stack) else right)
            self._at = len(stack) - 1
        stack[-1] = sha256(_NODE + left + right).digest()


def verify(rows: Iterable[bytes], heads: Sequence[Head] = ()) -> Verdict:
    """Verify lines of events in one pass, and the chain against heads; signatures of heads are checked elsewhere."""
    tree, found = Tree(), list[Finding]()
    seen: dict[int, tuple[str, str]] = {head.sequence: ("", "") for head in heads}
    hashes = bytearray() if any(head.trail for head in heads) else None
    previous, number, moment = START, 0, b""
    for row in rows:
        body, _, written = row.rstrip(b"\n").rpartition(b"\t")
        digest = sha256(previous + body).digest()
        first, _, rest = body.partition(b"\t")
        number += 1
        if first != b"%d" % number or digest.hex().encode() != written or rest[:27] < moment:
            finding, digest = _judged(first, number, digest, written)
            if len(found) < MOST_FINDINGS:
                found.append(finding)
            # Go on from what is written, so that every change is found and not only the first.
            if finding.kind == "out_of_place":
                number -= 1
                continue
            if finding.kind == "missing":
                number, hashes = int(first), None
        previous, moment = digest, rest[:27]
        tree.add(digest)
        if hashes is not None:
            hashes += digest[:PREFIX]
        if number in seen:
            seen[number] = digest.hex(), tree.root().hex()
    found += _against(heads, seen, number, hashes)
    last = (previous.hex(), tree.root().hex(), moment.decode("ascii", "replace"))
    return Verdict(tree.size, *last, tuple(found), len(heads))


def _judged(first: bytes, number: int, digest: bytes, written: bytes) -> tuple[Finding, bytes]:
    """What is wrong with a line, and the hash to go on from: the one it gives itself."""
    try:
        place, own = int(first), bytes.fromhex(written.decode("ascii"))
    except ValueError:
        return Finding("unreadable", number, number), digest
    if len(own) != len(START) or b"%d" % place != first:
        return Finding("unreadable", number, number), digest
    if place > number:
        return Finding("missing", number, place - 1), own
    kind = "out_of_place" if place < number else "changed" if own != digest else "time_goes_back"
    return Finding(kind, number, number), own


def _against(
    heads: Sequence[Head], seen: Mapping[int, tuple[str, str]], last: int, hashes: bytearray | None
) -> Iterator[Finding]:
    """What kept heads know better; of a chain that was rewritten the first event that is another one."""
    agreed = 0
    for head in sorted(heads, key=lambda h: h.sequence):
        if head.sequence > last:
            yield Finding("cut", last + 1, head.sequence)
            return
        if seen[head.sequence] != (head.hash, head.root):
            at = min(filter(None, (_first_other(h, bytes(hashes or b"")) for h in heads)), default=0)
            yield Finding("rewritten", at or agreed + 1, at or head.sequence)
            return
        agreed = head.sequence


def _first_other(head: Head, hashes: bytes) -> int:
    """The first event of a head's trail that is another one now; 0 where the trail does not tell."""
    start = (head.trail_from - 1) * PREFIX
    now = bytes(hashes[start : head.sequence * PREFIX])
    if not head.trail or now == head.trail:
        return 0
    low = next((i for i, (a, b) in enumerate(zip(now, head.trail, strict=False)) if a != b), len(now))
    return head.trail_from + low // PREFIX


def parse_head(text: str, signature: bytes, trail: bytes = b"") -> Head:
    """A head from its text. Raises ValueError: this is no head."""
    title, *told = text.splitlines()
    pairs = dict(line.split(": ", 1) for line in told)
    heir = pairs.pop("next", "")
    if title != TITLE or list(pairs) != ["sequence", "hash", "root", "moment", "trail"]:
        raise ValueError("no head")
    if heir and not (b64decode(heir, validate=True).startswith(_ED25519) and len(heir) == _KEY_LETTERS):
        raise ValueError("no key")
    start, _, digest = pairs["trail"].partition(" ")
    return Head(
        text, signature, int(pairs["sequence"]), pairs["hash"], pairs["root"], pairs["moment"],
        int(start) if digest else 0, digest, trail if digest else b"", heir,
    )  # fmt: skip


def terms(heads: Iterable[Head], key: bytes) -> list[Term]:
    """Who signs when, from a first key on: each until a head that it signed hands over to the next."""
    found, first = list[Term](), 0
    handing = sorted((head for head in heads if head.next_key), key=lambda h: (h.sequence, h.next_key))
    while True:
        over = next((h for h in handing if h.sequence >= first and is_signed(h.text, h.signature, key)), None)
        if over is None:
            return [*found, Term(first, sys.maxsize, key, "")]
        handing.remove(over)  # a ring of keys comes to an end
        found.append(Term(first, over.sequence, key, over.next_key))
        first, key = over.sequence, _FRAME.format(over.next_key).encode()


def vouched(heads: Sequence[Head], key: bytes | None) -> tuple[list[Head], list[Finding]]:
    """The heads whose signatures hold under a first key or one of its heirs, each in its term; what is wrong else.

    None as key: signatures were checked elsewhere.
    """
    held, wrong = list[Head](), list[Finding]()
    signing = [] if key is None else terms(heads, key)
    for head in heads:
        if key is not None and not any(_is_of(head, term) for term in signing):
            wrong.append(Finding("head_forged", head.sequence, head.sequence))
        elif head.trail and sha256(head.trail).hexdigest() != head.trail_digest:
            wrong.append(Finding("trail_changed", head.trail_from, head.sequence))
        else:
            held.append(head)
    return held, wrong


def _is_of(head: Head, term: Term) -> bool:
    is_in_term = term.first <= head.sequence <= term.last and head.next_key in ("", term.heir)
    return is_in_term and is_signed(head.text, head.signature, term.key)


def read_heads(folder: Path, key: bytes | None) -> tuple[list[Head], list[Finding]]:
    """The heads of a folder (head-*.txt with .sig and .trail beside) that hold as `vouched` says; what is wrong."""
    heads, unreadable = _parsed(folder)
    held, wrong = vouched(heads, key)
    return held, wrong + unreadable


def _parsed(*folders: Path) -> tuple[list[Head], list[Finding]]:
    heads, wrong = list[Head](), list[Finding]()
    for path in (path for folder in folders for path in sorted(folder.glob("head-*.txt"))):
        try:
            trail = path.with_suffix(".trail")
            heads.append(parse_head(
                path.read_bytes().decode("ascii"), path.with_suffix(".sig").read_bytes(),
                trail.read_bytes() if trail.exists() else b"",
            ))  # fmt: skip
        except (ValueError, OSError):
            wrong.append(Finding("head_unreadable", 0, 0))
    return heads, wrong


def is_signed(text: str, signature: bytes, key: bytes) -> bool:
    """Does the signature of a text hold under a public key?"""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    public = load_pem_public_key(key)
    if not isinstance(public, Ed25519PublicKey):
        return False
    try:
        public.verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def holds(given: Mapping[str, Any], key: bytes | None) -> bool:
    """Does a proof hold? None as key: the signature of its head was checked elsewhere."""
    head = parse_head(given["head"], bytes.fromhex(given["signature"]))
    handed = [parse_head(text, bytes.fromhex(signature)) for text, signature in given.get("handed_over", [])]
    if head not in vouched([head, *handed], key)[0]:
        return False
    event = str(given["event"]).encode()
    node = sha256(_LEAF + sha256(bytes.fromhex(given["previous"]) + event).digest()).digest()
    index, last = int(given["position"]) - 1, head.sequence - 1
    for step in map(bytes.fromhex, given["path"]):
        if index & 1 or index == last:
            node = sha256(_NODE + step + node).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha256(_NODE + node + step).digest()
        index, last = index >> 1, last >> 1
    return last == 0 and node.hex() == head.root and event.startswith(b"%d\t" % int(given["position"]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify an export (a folder) or a proof (a file); says what it found, in English."""
    parser = argparse.ArgumentParser(description="Verify an exported sohoa audit, or the proof of one event.")
    parser.add_argument("given", type=Path, help="folder of an export, or file of a proof")
    parser.add_argument("--heads", type=Path, help="folder of heads that were kept elsewhere")
    parser.add_argument("--key", type=Path, help="first public key, PEM; by default the audit.pub beside the export")
    parser.add_argument("--no-signatures", action="store_true", help="signatures were checked elsewhere")
    told = parser.parse_args(arguments)
    try:
        folder = told.given if told.given.is_dir() else told.given.parent
        key = None if told.no_signatures else (told.key or folder / "audit.pub").read_bytes()
        if not told.given.is_dir():
            return _say([] if holds(json.loads(told.given.read_bytes()), key) else [Finding("proof_false", 0, 0)], 1)
        parsed, unreadable = _parsed(folder, *filter(None, [told.heads]))
        heads, wrong = vouched(parsed, key)
        wrong += unreadable
        with (folder / EVENTS).open("rb") as rows:
            verdict = verify(rows, heads)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"cannot be read: {type(error).__name__}\n")
        return 2
    return _say([*wrong, *verdict.findings], verdict.events, len(heads))


def _say(findings: Sequence[Finding], events: int, heads: int = 0) -> int:
    for finding in findings:
        sys.stdout.write(f"{finding.kind}: event {finding.position} to {finding.until}\n")
    sys.stdout.write(f"{'CHANGED' if findings else 'sound'}: {events} events, {heads} heads\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
