"""Seals a report: hashes of its files and sections, the places in the audit, a signature; `report_verifier` checks it.

The files of a report are the same bytes whenever they are made. What is bound to the making stands in the seal alone:
`made`, the newest event of the audit when it was sealed, and therefore the signature.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.audit_keys import FIRST_KEY, first_key, signing_key
from pipeline.kept_figures import Kept
from pipeline.report_verifier import BLOCK, FORMAT, SEAL, SIGNATURE, closed, digest_of, leaf, root_of
from pipeline.settings import Settings
from quality.report_facts import Delivery
from quality.report_parts import Part
from schemas.errors import SettingsError
from store import audit
from store.audit_marks import Mark
from store.audit_verifier import parse_head
from store.engine import Store

PUBLIC_KEY = "audit.pub"
_LISTS = ("files", "handed_over", "sections")


@dataclass(frozen=True)
class Made:
    """A file of a report: its name, its bytes, and where its sections begin."""

    name: str
    content: bytes
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Sealed:
    """What a seal says of a file: its name (with the folder, where it lies in one), size, hash and sections."""

    name: str
    size: int
    digest: str
    sections: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Signer:
    """The key that seals, the public key that verifies from the first on, and the heads by which keys were changed."""

    key: Ed25519PrivateKey
    first: bytes
    handed_over: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Subject:
    """What a report is about, and the places in the audit as of which it was counted.

    Attributes:
        kind: batch, province or nation.
        id: of the batch, or the name of the period.
        province_code: of the 34; "" for the nation.
        code_version: of the program that loaded the batch, or counted the period.
        model_version: of the matching model, or models.
        as_of: the event that the report ends with.
        before: the newest event before its figures were counted.
        after: the newest one afterwards.
    """

    kind: str
    id: str
    province_code: str
    code_version: str
    model_version: str
    as_of: Mark | None
    before: Mark | None
    after: Mark | None


def write(folder: Path, stem: str, files: Sequence[Made], seal: bytes, signer: Signer | None) -> None:
    """Write the files of a report and, last, their seal; an older seal goes first, it would be of other bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    unseal(folder, stem)
    for file in files:
        _whole(folder / file.name, file.content)
    if signer is not None:
        _whole(folder / PUBLIC_KEY, signer.first)
        _whole(folder / (stem + SIGNATURE), signer.key.sign(seal))
    _whole(folder / (stem + SEAL), seal)


def unseal(folder: Path, stem: str) -> None:
    """Take a seal away whose files are about to change."""
    for ending in (SEAL, SIGNATURE):
        (folder / (stem + ending)).unlink(missing_ok=True)


def seal_of(
    delivery: Delivery, kept: Kept, made: Mark | None, files: Sequence[Made], signer: Signer | None,
    more: Sequence[Sealed] = (),
) -> bytes:  # fmt: skip
    """The seal of a batch's report, as it is signed.

    Args:
        delivery: the batch.
        kept: the figures, with the places in the audit around their counting.
        made: the newest event of the audit at the sealing.
        files: the files, the JSON among them.
        signer: who signs it; None where this machine does not hold the key.
        more: files that were written before, of which nobody holds the bytes.
    """
    return seal_on(
        Subject(
            "batch", delivery.batch_id, delivery.province_code, delivery.code_version, delivery.model_version,
            kept.as_of, kept.before, kept.after,
        ), made, files, signer, more,
    )  # fmt: skip


def seal_on(
    subject: Subject, made: Mark | None, files: Sequence[Made], signer: Signer | None, more: Sequence[Sealed] = ()
) -> bytes:
    """The seal of a report on any subject; arguments as of `seal_of`."""
    told_of = [*map(sealed_file, files), *more]
    sections = [section for file in told_of for section in file.sections]
    told = {
        "format": FORMAT, "kind": subject.kind, "id": subject.id, "province_code": subject.province_code,
        "code_version": subject.code_version, "model_version": subject.model_version,
        "content": next(_digest(f.content) for f in files if f.name.endswith(".json")),
        "as_of": _place(subject.as_of), "counted": {"before": _place(subject.before), "after": _place(subject.after)},
        "made": _place(made), "handed_over": list(signer.handed_over) if signer else [],
        "files": [{"name": f.name, "bytes": f.size, "sha256": f.digest} for f in told_of],
        "root": root_of([leaf(section) for section in sections]).hex(), "sections": sections,
    }  # fmt: skip
    return closed(_in_lines(told))


def sealed_file(file: Made) -> Sealed:
    """What a seal says of that file."""
    return Sealed(file.name, len(file.content), _digest(file.content), tuple(_sections(file)))


def signer_of(store: Store, settings: Settings) -> Signer | None:
    """Who signs on this machine; None where another one does.

    Raises:
        SettingsError: key.readable_by_others, key.wrong_size, key.other.
    """
    stored = [] if store.province is not None else audit.stored_heads(store)
    if store.province is not None and (settings.home / FIRST_KEY).exists():
        return None  # the heads that hand over are the nation's, and nobody could verify without them
    try:
        key = signing_key(settings, may_make=store.province is None and not stored)
    except SettingsError as refused:
        if refused.code == "audit.no_signing_key":
            return None
        raise
    handing = tuple((text, by.hex()) for text, by in stored if _hands_over(text, by))
    return Signer(key, first_key(settings, key), handing)


def _hands_over(text: str, signature: bytes) -> bool:
    try:
        return bool(parse_head(text, signature).next_key)
    except ValueError:  # a head that was changed: `sohoa audit verify` tells of it
        return False


def _sections(file: Made) -> list[dict[str, Any]]:
    bounds = [part.first for part in file.parts[1:]] + [len(file.content)]
    return [
        {
            "file": file.name, "name": part.name, "from": part.first, "bytes": end - part.first,
            "sha256": _digest(file.content[part.first : end]),
            "blocks": "".join(
                digest_of(file.content[at : min(at + BLOCK, end)]) for at in range(part.first, end, BLOCK)
            ),
        }
        for part, end in zip(file.parts, bounds, strict=True)
    ]  # fmt: skip


def _in_lines(told: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys and no blanks, each member and each entry of a list on a line of its own, without end."""
    lines = ["{"]
    for key in sorted(told):
        if key in _LISTS and told[key]:
            entries = [_compact(entry) for entry in told[key]]
            lines += [f'"{key}":[', *(e + "," for e in entries[:-1]), entries[-1], "],"]
        else:
            lines.append(f'"{key}":{_compact(told[key])},')
    return ("\n".join(lines) + "\n").encode()


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _place(mark: Mark | None) -> dict[str, Any] | None:
    return None if mark is None else asdict(mark)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _whole(path: Path, content: bytes) -> None:
    temporary = path.with_name(path.name + ".part")
    temporary.write_bytes(content)
    temporary.replace(path)
