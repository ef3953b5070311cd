"""Drafts: ledgers that somebody uploaded and has not sent yet, with what was corrected in them; sealed at rest.

`<home>/drafts/<id>/` holds the key of the draft, who it is of, the originals as they came, and the list of what was
done. Nothing in it is in clear but its state, which names nobody. A draft that was loaded is destroyed with its key.
"""

import json
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from pipeline import batch_keys, draft_log, sealing, shredding, workplace
from pipeline.acting import actor
from pipeline.artefacts import read_json
from pipeline.batch_keys import KEY_NAME, batch_key, made_batch_key
from pipeline.draft_log import Change, Entry, Move, Replayed, Said
from pipeline.offices import Reading
from pipeline.sealing import Place
from pipeline.settings import Settings
from pipeline.vault import Vault, open_vault
from schemas.errors import UsageError
from store.files import append_synced, write_synced

FOLDER = "drafts"
State = Literal["open", "queued", "loading", "loaded", "stopped", "failed", "erased"]
_ID = re.compile(r"[0-9a-f]{32}")
_ABOUT, _LOG, _STATE = "about.sealed", "log.sealed", "state.json"
MOST_FILES = 200


@dataclass(frozen=True)
class About:
    """Whose draft it is: account, province of the 34, office, moment of its beginning (ISO, UTC)."""

    owner: str
    province_code: str
    office: str
    begun: str


@dataclass(frozen=True)
class Standing:
    """What became of a draft so far.

    Attributes:
        state: where it is; erased: it held somebody who was erased, and was destroyed.
        moment: of the last change of state (ISO, UTC).
        province_code: its province.
        batch_id: the batch that it is loaded as, once that is known.
        day: it counts as received then.
        reason: why it failed, was stopped, or waits longer than its turn: code of the catalogue, rule ids.
        sent: how often it was sent.
        run_id: its run in Airflow, noted before Airflow is asked.
    """

    state: State = "open"
    moment: str = ""
    province_code: str = ""
    batch_id: str = ""
    day: str = ""
    reason: str = ""
    sent: int = 0
    run_id: str = ""


@dataclass(frozen=True)
class Draft:
    """A draft, opened."""

    draft_id: str
    folder: Path
    about: About
    key: bytes = field(repr=False)

    @property
    def standing(self) -> Standing:
        """Its state now."""
        found = _standing(self.folder)
        return found or Standing(moment=self.about.begun, province_code=self.about.province_code)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was done with it. A last line that was cut off was never promised to anybody."""
        path = self.folder / _LOG
        lines = path.read_text(encoding="ascii").split("\n")[:-1] if path.exists() else []
        vault = self.vault
        return tuple(
            draft_log.from_values(json.loads(vault.reveal(line, self.place(f"log/{number}"))))
            for number, line in enumerate(lines)
        )

    @property
    def replayed(self) -> Replayed:
        """Where what was done leads."""
        return draft_log.replay(self.entries)

    @property
    def vault(self) -> Vault:
        """Seals small texts of the draft."""
        return Vault(self.key, "draft")

    @property
    def originals(self) -> tuple[Path, ...]:
        """The sealed originals, in the order in which they came."""
        return tuple(sorted((self.folder / "originals").glob(f"*{sealing.ENDING}")))

    def place(self, name: str) -> str:
        """The name of something sealed in this draft."""
        return f"{FOLDER}/{self.draft_id}/{name}"

    def reading(self, now: Replayed | None = None) -> Reading:
        """What a run of it follows; its headings and encodings are remembered for the office once it is loaded."""
        now = now or self.replayed
        said = now.said
        has_said = bool(said.encodings or said.headings)
        return Reading(said.encodings, said.headings, self.about.office, has_said, said.dates, now.edits)


def begin(province_code: str, office: str, settings: Settings) -> Draft:
    """A new, empty draft of whoever acts (`pipeline.acting`)."""
    draft_id = secrets.token_hex(16)
    folder = settings.home / FOLDER / draft_id
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = made_batch_key(folder, open_vault(settings))
    draft = Draft(draft_id, folder, About(actor(), province_code, office, now_utc()), key)
    text = json.dumps(asdict(draft.about), ensure_ascii=False)
    write_synced(folder / _ABOUT, draft.vault.seal(text, draft.place("about")))
    return draft


def open_draft(draft_id: str, settings: Settings) -> Draft:
    """A draft by its id. Raises UsageError draft.unknown, SettingsError where its key does not open."""
    folder = settings.home / FOLDER / draft_id
    if not _ID.fullmatch(draft_id) or not (folder / _ABOUT).exists() or not (folder / KEY_NAME).exists():
        raise UsageError("draft.unknown")
    draft = Draft(draft_id, folder, About("", "", "", ""), batch_key(folder, open_vault(settings)))
    text = draft.vault.reveal((folder / _ABOUT).read_text(encoding="ascii"), draft.place("about"))
    return replace(draft, about=About(**json.loads(text)))


def all_drafts(settings: Settings) -> Iterator[Draft]:
    """All drafts that are there, the newest first."""
    found = (open_draft(p.parent.name, settings) for p in (settings.home / FOLDER).glob(f"*/{KEY_NAME}")
             if (p.parent / _ABOUT).exists())  # fmt: skip
    yield from sorted(found, key=lambda draft: draft.about.begun, reverse=True)


def add_original(draft: Draft, path: Path, name: str) -> None:
    """Seal a file that was uploaded whole, under the name that its sender gave it.

    Raises:
        UsageError: draft.sent, draft.too_many_files.
    """
    _demand_open(draft)
    number = len(draft.originals)
    if number >= MOST_FILES:
        raise UsageError("draft.too_many_files", count=MOST_FILES)
    target = draft.folder / "originals" / f"{number:04d}{sealing.ENDING}"
    named = path.with_name(safe_name(name))
    path.rename(named)
    sealing.seal_file(named, target, _original(draft, target))


@contextmanager
def originals_of(draft: Draft, settings: Settings) -> Iterator[list[Path]]:
    """The originals in clear in a private place, for the length of a block."""
    with workplace.borrowed_place(settings.home) as place:
        yield open_originals(draft, place)


def open_originals(draft: Draft, place: Path) -> list[Path]:
    """The originals in clear below a private place, side by side unless two have one name."""
    found: list[Path] = []
    for target in draft.originals:
        (name,) = sealing.names_in(target, _original(draft, target))
        folder = place / target.stem if (place / name).exists() else place
        sealing.open_folder(target, folder, _original(draft, target))
        found.append(folder / name)
    return found


def names_of(draft: Draft) -> list[str]:
    """The names that the originals came with."""
    return [sealing.names_in(target, _original(draft, target))[0] for target in draft.originals]


def correct(draft: Draft, changes: tuple[Change, ...]) -> Replayed:
    """Note corrected cells, all of them one step of undo. Raises UsageError draft.sent."""
    return _note(draft, Entry(actor(), now_utc(), changes))


def move(draft: Draft, where: Move) -> Replayed:
    """Undo the last step, or redo it. Raises UsageError draft.sent."""
    return _note(draft, Entry(actor(), now_utc(), move=where))


def say(draft: Draft, said: Said) -> Replayed:
    """Note how the files are to be read. Raises UsageError draft.sent; decision.unreadable."""
    reading = Reading(said.encodings, said.headings, dates=said.dates)
    _ = (reading.decisions, reading.of_this_delivery)  # an unreadable one raises here, not in every check from now on
    return _note(draft, Entry(actor(), now_utc(), said=said))


def set_standing(draft: Draft, state: State, *, batch_id: str = "", day: date | None = None, reason: str = "") -> None:
    """Note what became of a draft; one that is queued begins without a batch and without a run."""
    before = draft.standing
    if state == "queued":
        batch_id, run_id, sent = "", "", before.sent + 1
    else:
        batch_id, run_id, sent = batch_id or before.batch_id, before.run_id, before.sent
    kept = day.isoformat() if day else before.day
    _keep(draft, Standing(state, now_utc(), draft.about.province_code, batch_id, kept, reason, sent, run_id))


def note(draft: Draft, **values: str) -> None:
    """Note something beside the state of a draft, which stays since when it is: batch_id, run_id, reason."""
    _keep(draft, replace(draft.standing, **values))  # type: ignore[arg-type]


def standing_of(draft_id: str, settings: Settings) -> Standing:
    """The state of a draft, also of one that was destroyed after it was loaded. Raises UsageError draft.unknown."""
    found = _standing(settings.home / FOLDER / draft_id) if _ID.fullmatch(draft_id) else None
    return found or open_draft(draft_id, settings).standing


def discard(draft: Draft) -> None:
    """Destroy a draft that is not wanted. Raises UsageError draft.sent while it waits or loads."""
    if draft.standing.state in ("queued", "loading"):
        raise UsageError("draft.sent")
    shredding.shred(draft.folder)


def end_loaded(draft: Draft, batch_id: str) -> None:
    """A draft is loaded as that batch: its state says so, all else of it is destroyed."""
    set_standing(draft, "loaded", batch_id=batch_id)
    forget(draft)


def forget(draft: Draft) -> None:
    """Destroy the key of a draft that was loaded, and all that was sealed under it; its state stays."""
    batch_keys.destroy(draft.folder)
    for path in draft.folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != _STATE:
            path.unlink(missing_ok=True)


def safe_name(name: str) -> str:
    """The last part of a name, without what a file system does not take."""
    last = re.split(r"[/\\]", name)[-1].strip()
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*')[-100:].lstrip(". ")
    return kept or "tep"


def now_utc() -> str:
    """This moment, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _note(draft: Draft, entry: Entry) -> Replayed:
    _demand_open(draft)
    entries = draft.entries
    text = json.dumps(draft_log.as_values(entry), ensure_ascii=False)
    append_synced(draft.folder / _LOG, draft.vault.seal(text, draft.place(f"log/{len(entries)}")) + "\n")
    return draft_log.replay((*entries, entry))


def _keep(draft: Draft, standing: Standing) -> None:
    write_synced(draft.folder / _STATE, json.dumps(asdict(standing), sort_keys=True))


def _standing(folder: Path) -> Standing | None:
    path = folder / _STATE
    return Standing(**read_json(path)) if path.exists() else None


def _demand_open(draft: Draft) -> None:
    if draft.standing.state not in ("open", "stopped", "failed"):
        raise UsageError("draft.sent")


def _original(draft: Draft, target: Path) -> Place:
    return Place(draft.key, draft.place(f"originals/{target.name}"))
