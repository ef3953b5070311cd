"""Files on their way up a weak line: part by part, each part sealed as it comes, the whole checked at its end.

A part that was cut off was never there; whoever goes on asks for the offset and sends from there. Nothing lies in clear
before, between or after.
"""

import hashlib
import json
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline import drafts, sealing, virus_scan, workplace
from pipeline.drafts import Draft
from pipeline.inquiries import asked
from pipeline.sealing import Place
from pipeline.settings import Settings
from schemas.errors import UsageError
from store import audit
from store.audit import Event
from store.files import write_synced

MOST_BYTES = 256 << 20
"""Longest file of a draft; larger ones come by the command line."""
PART_BYTES = 512 << 10
"""Longest part."""
_FOLDER, _DONE, _ABOUT = "uploads", "taken", "about.sealed"
_MOST_AT_ONCE = 20


@dataclass(frozen=True)
class Upload:
    """A file on its way: its id within the draft, name, declared bytes, declared SHA-256 ("": not declared)."""

    upload_id: str
    name: str
    size: int
    sha256: str = ""


def begin(draft: Draft, name: str, size: int, sha256: str = "") -> Upload:
    """Begin to take a file.

    Raises:
        UsageError: draft.sent; upload.empty; upload.too_large; upload.too_many; upload.wrong_digest, no SHA-256.
    """
    if draft.standing.state not in ("open", "stopped", "failed"):
        raise UsageError("draft.sent")
    if size == 0:
        raise UsageError("upload.empty")
    if not 0 < size <= MOST_BYTES:
        raise UsageError("upload.too_large")
    if sha256 and (len(sha256) != 64 or set(sha256) - set("0123456789abcdef")):
        raise UsageError("upload.wrong_digest")
    if len(list((draft.folder / _FOLDER).glob(f"*/{_ABOUT}"))) >= _MOST_AT_ONCE:
        raise UsageError("upload.too_many")
    upload = Upload(secrets.token_hex(8), drafts.safe_name(name), size, sha256)
    folder = draft.folder / _FOLDER / upload.upload_id
    folder.mkdir(parents=True, mode=0o700)
    text = json.dumps(asdict(upload), ensure_ascii=False)
    write_synced(folder / _ABOUT, draft.vault.seal(text, draft.place(f"upload/{upload.upload_id}")))
    return upload


def open_upload(draft: Draft, upload_id: str) -> Upload:
    """A file on its way by its id. Raises UsageError upload.unknown."""
    path = draft.folder / _FOLDER / upload_id / _ABOUT
    if not upload_id.isalnum() or not path.exists():
        raise UsageError("upload.unknown")
    text = draft.vault.reveal(path.read_text(encoding="ascii"), draft.place(f"upload/{upload_id}"))
    return Upload(**json.loads(text))


def offset(draft: Draft, upload: Upload) -> int:
    """How many bytes are there."""
    return _end(_parts(draft, upload))


def put(draft: Draft, upload: Upload, start: int, data: bytes, settings: Settings) -> int:
    """Take a part that begins at an offset; how many bytes are there now. What is there already changes nothing.

    Raises:
        UsageError: upload.wrong_offset, it does not join what is there; upload.too_large, more than declared.
    """
    there = offset(draft, upload)
    if start > there or not data:
        raise UsageError("upload.wrong_offset")
    if start < there:
        return there
    if len(data) > PART_BYTES or start + len(data) > upload.size:
        raise UsageError("upload.too_large")
    with workplace.borrowed_place(settings.home) as place:
        part = place / f"{start:012d}-{len(data)}"
        part.write_bytes(data)
        target = draft.folder / _FOLDER / upload.upload_id / f"{part.name}{sealing.ENDING}"
        sealing.seal_file(part, target, _place(draft, upload, part.name))
    return start + len(data)


def finish(draft: Draft, upload: Upload, settings: Settings) -> None:
    """Make the parts an original of the draft, once a virus scanner, where there is one, has looked at the whole.

    Raises:
        UsageError: upload.unfinished; upload.wrong_digest, it is not what its sender has: it has to be sent anew;
            upload.virus, upload.not_scanned: it is not taken, and destroyed.
        ScannerDown: upload.scanner_down; the file stays as it is and waits for this to be called again.
    """
    if offset(draft, upload) != upload.size:
        raise UsageError("upload.unfinished")
    with workplace.borrowed_place(settings.home) as place:
        whole, digest = place / "whole", hashlib.sha256()
        with whole.open("wb") as out:
            for target in _parts(draft, upload):
                name = target.name.removesuffix(sealing.ENDING)
                data = sealing.read_sealed(target, name, _place(draft, upload, name))
                digest.update(data)
                out.write(data)
        if upload.sha256 and digest.hexdigest() != upload.sha256:
            forget(draft, upload)
            raise UsageError("upload.wrong_digest")
        _demand_clean(draft, upload, whole, settings)
        drafts.add_original(draft, whole, upload.name)
        (draft.folder / _DONE).mkdir(exist_ok=True, mode=0o700)
        (draft.folder / _DONE / upload.upload_id).touch()
    forget(draft, upload)


def is_finished(draft: Draft, upload_id: str) -> bool:
    """Is it an original already? The answer to whoever made it one may have been lost on the line."""
    return upload_id.isalnum() and (draft.folder / _DONE / upload_id).exists()


def take_whole(draft: Draft, path: Path, name: str, settings: Settings) -> None:
    """Take a file that came in one piece, as one that came in parts. Raises as `begin` and `finish`."""
    upload = begin(draft, name, path.stat().st_size)
    start = 0
    with path.open("rb") as source:
        while data := source.read(PART_BYTES):
            start = put(draft, upload, start, data, settings)
    finish(draft, upload, settings)


def waiting(draft: Draft) -> list[Upload]:
    """The files that are there whole and that no scanner has looked at yet."""
    abouts = sorted((draft.folder / _FOLDER).glob(f"*/{_ABOUT}"))
    found = (open_upload(draft, about.parent.name) for about in abouts)
    return [upload for upload in found if offset(draft, upload) == upload.size]


def forget(draft: Draft, upload: Upload) -> None:
    """Remove what came of a file."""
    shutil.rmtree(draft.folder / _FOLDER / upload.upload_id, ignore_errors=True)


def _demand_clean(draft: Draft, upload: Upload, whole: Path, settings: Settings) -> None:
    """Have the scanner look; what it will not have is destroyed, and the audit told."""
    if settings.virus_scanner is None:
        return
    try:
        virus_scan.demand_clean(whole, settings.virus_scanner)
    except UsageError as refused:
        forget(draft, upload)
        event = Event(
            "desk.file_refused", "draft", draft.draft_id, province_code=draft.about.province_code, reason=refused.code,
            outcome="refused",
        )  # fmt: skip
        with asked(settings) as store:
            audit.record(store, event)
        raise


def _parts(draft: Draft, upload: Upload) -> list[Path]:
    return sorted((draft.folder / _FOLDER / upload.upload_id).glob(f"*-*{sealing.ENDING}"))


def _end(parts: list[Path]) -> int:
    if not parts:
        return 0
    start, length = parts[-1].name.removesuffix(sealing.ENDING).split("-")
    return int(start) + int(length)


def _place(draft: Draft, upload: Upload, name: str) -> Place:
    return Place(draft.key, draft.place(f"upload/{upload.upload_id}/{name}"))
