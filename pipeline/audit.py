"""The audit for people: verify its chain, sign heads to be kept elsewhere, export it, prove one event.

A head is never signed over a chain that is broken, and heads that were kept must agree with it first.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.audit_keys import first_key, given_key, public, signing_key
from pipeline.inquiries import asked
from pipeline.settings import Settings
from schemas import messages
from schemas.errors import Refused, SettingsError, UsageError
from schemas.messages import Language
from store import audit, audit_verifier
from store.audit import Event
from store.audit_proof import head_text, proof, trail_of
from store.audit_verifier import Finding, Head, Verdict, parse_head, read_heads, terms, vouched
from store.engine import Store

PUBLIC_KEY = "audit.pub"


@dataclass(frozen=True)
class Signed:
    """A signed head and the files it was written to; none where it lies in the store only."""

    head: Head
    files: tuple[Path, ...] = ()


def verified(settings: Settings, kept: Path | None = None, public_key: Path | None = None) -> Verdict:
    """Verify the whole chain against the heads in the store and those that were kept.

    Args:
        settings: of this machine.
        kept: folder of heads that were kept elsewhere.
        public_key: PEM file of the key that signed them; by default that of this machine.

    Raises:
        UsageError: audit.no_heads, audit.no_key.
        SettingsError: audit.no_signing_key: it is on another machine, and no public key was given.
    """
    if kept is not None and not any(kept.glob("head-*.txt")):
        raise UsageError("audit.no_heads", path=str(kept))
    with asked(settings) as store:
        key = _key_to_check(store, settings, kept, public_key)
        heads, wrong = _stored(store, key)
        if kept is not None:
            held, worse = read_heads(kept, key)
            heads, wrong = [*heads, *held], [*wrong, *worse]
        found = audit.check_chain(store, heads)
    return replace(found, findings=(*found.findings, *wrong))


def sign_head(settings: Settings, out: Path | None = None) -> Signed:
    """Sign the chain as it is now; append the head to the store and write it to a folder to be kept elsewhere.

    Raises:
        Refused: audit.broken; neither the chain nor a head of the store or of the folder may have been changed.
        UsageError: audit.empty, path.cannot_write.
        SettingsError: the signing key is missing or unsafe.
    """
    if out is not None:
        _folder(out)
    with asked(settings) as store:
        return _sign(store, settings, out)


def sign(store: Store, settings: Settings, out: Path | None, key: Ed25519PrivateKey, next_key: str = "") -> Signed:
    """Sign the chain with a key: append the head to the store, write it to a folder if there is one.

    Args:
        store: the store.
        settings: of this machine.
        out: folder of heads that are kept elsewhere.
        key: the key of the heads.
        next_key: body of the PEM of the public key that this one hands over to.

    Raises:
        Refused: audit.broken.
        SettingsError: audit.key_retired: another key signs now.
        UsageError: audit.empty, path.cannot_write.
    """
    heads, held = demand_sound(store, settings, out, key)
    with store.reading() as connection:
        verdict = audit_verifier.verify(audit.lines(connection), [*heads, *held])
        if verdict.findings:
            raise Refused("audit.broken", position=verdict.findings[0].position)
        if not verdict.events:
            raise UsageError("audit.empty")
        # The trail goes on where the newest head of the folder ends, so that the folder alone tells of every event.
        since = max((head.sequence for head in held if head.trail), default=0)
        trail = b"" if out is None else trail_of(audit.lines(connection, since))
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    text = head_text(verdict, moment, since + 1, trail, next_key)
    head = parse_head(text, key.sign(text.encode()), trail)
    audit.add_head(store, head)
    if out is None:
        return Signed(head)
    _write(out / PUBLIC_KEY, [first_key(settings, key)])
    for handing in (other for other in heads if other.next_key):
        _write_head(out, handing)
    return Signed(head, _write_head(out, head))


def demand_sound(
    store: Store, settings: Settings, out: Path | None, key: Ed25519PrivateKey
) -> tuple[list[Head], list[Head]]:
    """The heads in the store and those in the folder, where all are as they were signed and the key is in force.

    Raises:
        Refused: audit.broken.
        SettingsError: audit.key_retired.
        UsageError: path.cannot_write.
    """
    if out is not None:
        _folder(out)
    first = first_key(settings, key)
    heads, wrong = _stored(store, first)
    held: list[Head] = []
    if out is not None:
        held, worse = read_heads(out, first)
        wrong = [*wrong, *worse]
    if wrong:
        raise Refused("audit.broken", position=wrong[0].position)
    if terms([*heads, *held], first)[-1].key != public(key):
        raise SettingsError("audit.key_retired")
    return heads, held


def export(settings: Settings, out: Path) -> Signed | None:
    """Write the audit so that it can be verified without the store: events, heads, public key, the verifier itself.

    Returns the head that was signed for it; None where the chain is broken: it is exported all the same, as evidence.

    Raises:
        UsageError: path.cannot_write.
        SettingsError: audit.no_signing_key, or the key is unsafe.
    """
    _folder(out)
    with asked(settings) as store:
        audit.record(store, Event("audit.exported", "audit"))
        try:
            signed = _sign(store, settings, out)
        except Refused:
            signed = None
        # A head that was forged names its own file: it stays where it is, `verify` tells of it.
        for head in _stored(store, first_key(settings, signing_key(settings, may_make=False)))[0]:
            _write_head(out, head)
        with store.reading() as connection:
            _write(out / audit_verifier.EVENTS, audit.lines(connection))
    _write(out / "audit_verifier.py", [Path(audit_verifier.__file__).read_bytes()])
    return signed


def prove(settings: Settings, position: int, out: Path) -> Signed:
    """Write the proof that an event is in the audit, to be checked without store and export; signs a head for it.

    Raises:
        UsageError: audit.no_event, path.cannot_write.
        Refused: audit.broken.
    """
    _folder(out.parent)
    with asked(settings) as store:
        signed = _sign(store, settings, None)
        with store.reading() as connection:
            heads = _stored(store, first_key(settings, signing_key(settings, may_make=False)))[0]
            handed_over = [head for head in heads if head.next_key]
            try:
                told = proof(audit.lines(connection), position, signed.head, handed_over)
            except ValueError:
                raise UsageError("audit.no_event", position=position, events=signed.head.sequence) from None
    _write(out, [json.dumps(told, indent=1).encode() + b"\n"])
    return replace(signed, files=(out,))


def in_rows(found: Verdict, language: Language) -> list[dict[str, Any]]:
    """The findings as rows for people."""
    return [
        {"what": messages.text(f"audit.finding.{f.kind}", language), "first": f.position, "last": f.until}
        for f in found.findings
    ]


def _sign(store: Store, settings: Settings, out: Path | None) -> Signed:
    return sign(store, settings, out, signing_key(settings, may_make=not audit.stored_heads(store)))


def _stored(store: Store, key: bytes | None) -> tuple[list[Head], list[Finding]]:
    """The heads in the store that are as they were signed, and what is wrong with the others."""
    heads, wrong = list[Head](), list[Finding]()
    for text, signature in audit.stored_heads(store):
        try:
            heads.append(parse_head(text, signature))
        except ValueError:
            wrong.append(Finding("head_forged", 0, 0))
    held, forged = vouched(heads, key)
    return held, [*wrong, *forged]


def _key_to_check(store: Store, settings: Settings, kept: Path | None, given: Path | None) -> bytes | None:
    if given is not None:
        return given_key(given)
    if kept is None and not audit.stored_heads(store):
        return None
    return first_key(settings, signing_key(settings, may_make=False))


def _write_head(out: Path, head: Head) -> tuple[Path, ...]:
    """The files of a head, its text last: who finds that finds the others."""
    stamp = head.moment.replace(":", "").replace("-", "").partition("+")[0]
    stem = f"head-{head.sequence:012d}-{stamp}"
    parts = {".trail": head.trail, ".sig": head.signature, ".txt": head.text.encode()}
    paths = {out / (stem + ending): content for ending, content in parts.items() if content}
    for path, content in paths.items():
        if not path.exists():
            _write(path, [content])
    return tuple(paths)


def _write(path: Path, pieces: Sequence[bytes] | Iterator[bytes]) -> None:
    """Complete or not at all, and on the disk."""
    temporary = path.with_name(path.name + ".part")
    try:
        with temporary.open("wb") as target:
            for piece in pieces:
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        temporary.replace(path)
    except OSError:
        raise UsageError("path.cannot_write", path=str(path)) from None


def _folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise UsageError("path.cannot_write", path=str(path)) from None
