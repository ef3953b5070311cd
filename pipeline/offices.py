"""Decisions about how ledgers are read: given with a command, remembered for an office, kept with the run."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.acting import account
from pipeline.inquiries import asked
from pipeline.intake import VIET_NAM_TIME, Plan, resolve_province
from pipeline.settings import Settings
from pipeline.vault import Vault
from readers.encoding import known_name
from readers.heading_words import plain
from readers.told import meaning_of
from schemas import lineage
from schemas.decisions import WHOLE_FILE, Decision, Kind
from schemas.edits import CellEdit
from schemas.errors import UsageError
from schemas.messages import Language, text
from store import audit, offices
from store.engine import Store
from store.files import write_synced
from store.offices import Author, Office

_FILE = "decisions.sealed"


@dataclass(frozen=True)
class Reading:
    """What a person said of a delivery: encodings ("tcvn3", "full_name=vni"), headings ("Cột X=full_name"), its office.

    `remember`: the decisions are kept for the office once the batch is loaded. `dates`: "dmy" or "mdy", for dates that
    do not show which of day and month stands first. `edits`: cells that were corrected before it was sent.
    """

    encodings: Sequence[str] = ()
    headings: Sequence[str] = ()
    office: str = ""
    remember: bool = False
    dates: str = ""
    edits: Sequence[CellEdit] = ()

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions; two about one thing: the last.

        Raises:
            UsageError: decision.unreadable, for an unknown encoding or field.
        """
        found = [*(_of_encoding(t) for t in self.encodings), *(_of_heading(t) for t in self.headings)]
        return tuple({(d.kind, d.match): d for d in found}.values())

    @property
    def of_this_delivery(self) -> tuple[Decision, ...]:
        """The decisions about this delivery alone, remembered for nobody: the order of dates, corrected cells.

        Raises:
            UsageError: decision.unreadable, for an unknown order.
        """
        if self.dates not in ("", "dmy", "mdy"):
            raise UsageError("decision.unreadable", given=self.dates)
        dates = [Decision("dates", WHOLE_FILE, self.dates)] if self.dates else []
        return (*dates, *(edit.decision for edit in self.edits))


NOTHING_SAID = Reading()


def followed(said: Sequence[Decision], office: Office, store: Store) -> tuple[Decision, ...]:
    """The decisions that a run follows: those said, and those remembered for the office about other things."""
    about = {(d.kind, d.match) for d in said}
    return (*said, *(d for d in offices.decisions_of(store, office) if (d.kind, d.match) not in about))


def with_decisions(plan: Plan, decisions: Sequence[Decision]) -> Plan:
    """The plan as a delivery of its own where decisions change how its files are read.

    A file that was refused is read otherwise once its headings are explained: it must not pass for a repetition.
    """
    if not decisions:
        return plan
    texts = sorted(f"{d.kind} {d.match} {d.value}" for d in decisions)
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32]
    return replace(plan, batch_id=lineage.batch_id(plan.province_code, [*(f.file_id for f in plan.files), digest]))


def keep_with_run(folder: Path, decisions: Sequence[Decision], key: bytes) -> None:
    """Write the decisions that a run follows into its folder, so that every step and every re-run sees the same.

    Sealed under the key of the batch: what people read in cells of scans is among them, names too.
    """
    said = json.dumps([asdict(d) for d in decisions], ensure_ascii=False)
    write_synced(folder / _FILE, Vault(key, "batch").seal(said, _place(folder)))


def of_run(folder: Path, key: bytes) -> tuple[Decision, ...]:
    """The decisions that a run follows. Raises SettingsError key.damaged."""
    path = folder / _FILE
    if not path.exists():
        return ()
    said = Vault(key, "batch").reveal(path.read_text(encoding="ascii"), _place(folder))
    return tuple(Decision(**values) for values in json.loads(said))


def _place(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}/decisions"


def remember_all(store: Store, province_code: str, reading: Reading, reason: str) -> None:
    """Keep the decisions of a reading for its office."""
    office, author = Office(province_code, reading.office.strip()), Author(account(), reason)
    for decision in reading.decisions:
        offices.remember(store, office, decision, author)


def remember(province: str, reading: Reading, reason: str, settings: Settings) -> list[str]:
    """`sohoa office remember`; what was kept, in words.

    Raises:
        UsageError: nothing to remember, an unknown province, encoding or field.
    """
    if not reading.decisions:
        raise UsageError("decision.nothing")
    with asked(settings) as store:
        remember_all(store, resolve_province(province)[0], reading, reason)
    office = Office(resolve_province(province)[0], reading.office.strip())
    return [_told("office.remembered", office, decision, settings.language) for decision in reading.decisions]


def forget(province: str, reading: Reading, reason: str, settings: Settings) -> list[str]:
    """`sohoa office forget`: withdraw decisions by what they are about ("", a field, a heading); what went, in words.

    Raises:
        UsageError: nothing named, or no such decision stands.
    """
    named = [_bare("encoding", t) for t in reading.encodings] + [_bare("heading", t) for t in reading.headings]
    if not named:
        raise UsageError("decision.nothing")
    office = Office(resolve_province(province)[0], reading.office.strip())
    with asked(settings) as store:
        for decision in named:
            author = Author(account(), reason)
            with audit.refusals(store, offices.event_of(office, decision, author, "office.forgotten")):
                offices.forget(store, office, decision, author)
    return [_told("office.forgotten", office, decision, settings.language) for decision in named]


def listed(province: str | None, settings: Settings) -> list[Mapping[str, Any]]:
    """`sohoa office list`: the decisions that stand, of a province or of all."""
    code = resolve_province(province)[0] if province else None
    with asked(settings) as store:
        rows = offices.standing(store).to_pylist()
    return [
        {**row, "recorded_at": row["recorded_at"].astimezone(VIET_NAM_TIME).strftime("%d/%m/%Y %H:%M")}
        for row in rows
        if code in (None, row["province_code"])
    ]


def _of_encoding(text: str) -> Decision:
    match, sign, value = text.rpartition("=")
    known = known_name(value)
    if known is None or (sign and not match.strip()):
        raise UsageError("decision.unreadable", given=text)
    return Decision("encoding", _folded(match), known)


def _of_heading(text: str) -> Decision:
    match, _, value = text.rpartition("=")
    if not plain(match) or meaning_of(value) is None:
        raise UsageError("decision.unreadable", given=text)
    return Decision("heading", plain(match), value.strip().lower())


def _folded(match: str) -> str:
    """A field keeps its name, a heading its folded words, nothing means the whole file."""
    name = match.strip()
    return name.lower() if not name or meaning_of(name) is not None else plain(name)


def _bare(kind: Kind, text: str) -> Decision:
    match, sign, _ = text.rpartition("=")
    about = match if sign else text
    if kind == "encoding":
        return Decision(kind, WHOLE_FILE if known_name(about) else _folded(about), "")
    return Decision(kind, plain(about), "")


def _told(key: str, office: Office, decision: Decision, language: Language) -> str:
    """One line on what became of a decision, and for whose ledgers."""
    where = text(
        "office.commune" if office.name else "office.province", language,
        office=office.name, province=office.province_code,
    )  # fmt: skip
    kind = "encoding_of" if decision.kind == "encoding" and decision.match else decision.kind
    about = "office." if decision.value else "office.about."
    what = text(about + kind, language, match=decision.match, value=decision.value)
    return text(key, language, office=where, what=what)
